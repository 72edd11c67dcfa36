"""The register of recognised persons: staff with their titles, pupils with the awards of the year.

Belongs here: who is recognised, and since when. Does not belong here: what units are recognised for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from eduplan.demo import labels
from eduplan.demo.arrays import Flags, Ints
from eduplan.demo.calendar import day_texts, mid_month
from eduplan.demo.defects import Defect, constant, dotted_date, full_width, lost_precision, wrong_check
from eduplan.demo.grades import Stage
from eduplan.demo.identity import identity_numbers, names
from eduplan.demo.qualifications import SCHOOL_HEALTH_TYPES, SUBJECTS
from eduplan.demo.records.programmes import LEVELS, plan_progress
from eduplan.demo.records.writing import Form, write_for_city
from eduplan.demo.records.year import CityYear
from eduplan.demo.staff import ACTIVE, ADMINISTRATIVE, HEAD, TEACHER

SOURCE = "programme_persons"
_TECHNOLOGY = SUBJECTS.index("technology")
_COLUMNS = {
    "programme": pl.String, "person": pl.Int64, "school": pl.Int64, "first_year": pl.Int64, "document": pl.Int64,
    "level": pl.Int64, "valid_from": pl.Int64, "valid_to": pl.Int64, "is_in_post": pl.Boolean,
}  # fmt: skip


@dataclass(frozen=True)
class StaffProgramme:
    """How many staff hold a title at the plan's start and end, in a city of scale 1; ``category`` is whom it is for."""

    code: str
    label: str
    first: float
    last: float
    category: int

    def wanted(self, city: CityYear) -> int:
        """Staff in post who hold the title in a year."""
        progress = plan_progress(city.year)
        return max(round((self.first + (self.last - self.first) * progress) * city.scale), round(3 * progress))


STAFF_PROGRAMMES = (
    StaffProgramme("chief_information_officer", "首席信息官", 0, 104, ADMINISTRATIVE),
    StaffProgramme("expert_principal", "专家型校长", 0, 270, HEAD),
    StaffProgramme("expert_subject_teacher", "专家型学科教师", 0, 505, TEACHER),
    StaffProgramme("named_principal", "名校长", 60, 100, HEAD),
    StaffProgramme("named_teacher", "名师", 260, 420, TEACHER),
    StaffProgramme("named_class_adviser", "名班主任", 120, 220, TEACHER),
)
PUPIL_PROGRAMME = "pupil_it_expert"
PUPIL_LABELS = ("信息技术小专家", "信息技术小院士")
_AWARDS_A_YEAR = 460

_FORM = Form(
    source=SOURCE,
    title="人才与称号人员登记表",
    headers={
        "programme": "称号名称", "recognition_level": "级别", "document_number": "认定文号", "person_name": "姓名",
        "identity_number": "身份证件号", "school_code": "所在学校标识码", "school_name": "所在学校",
        "valid_from": "认定日期", "valid_to": "有效期至", "is_in_post": "是否在岗",
    },
    keep_out=(
        Defect("identity_lost_precision", "V05", "identity_number", "quarantine", lost_precision),
        Defect("identity_wrong_check", "V05", "identity_number", "quarantine", wrong_check),
        Defect("document_missing", "V34", "document_number", "quarantine", constant("")),
        Defect("school_unknown", "V04", "school_code", "quarantine", constant("2199999998")),
    ),
    repaired=(
        Defect("full_width", "width", "identity_number", "repair", full_width),
        Defect("dotted_date", "", "valid_from", "repair", dotted_date),
    ),
    per_thousand=5.0,
    repairs_per_thousand=12.0,
)  # fmt: skip


def write(city: CityYear) -> None:
    """Writes the register of a year and keeps the rows that get through."""
    before = city.facts.records.get((SOURCE, city.year - 1), pl.DataFrame(schema=_COLUMNS))
    parts = [_titles(city, programme, before) for programme in STAFF_PROGRAMMES]
    rows = pl.concat([*parts, _awards(city, before)]).sort("programme", "person", "document", maintain_order=True)
    is_pupil = (rows["programme"] == PUPIL_PROGRAMME).to_numpy()
    # Foreign papers have no digits of a birth date to spoil.
    rows = rows.filter(~pl.Series(is_pupil & city.people.has_passport[np.where(is_pupil, rows["person"], 0)]))
    rows = rows.with_columns(is_staged=pl.Series(write_for_city(city, _FORM, city.period, _texts(city, rows))))
    city.facts.records[SOURCE, city.year] = rows


def _titles(city: CityYear, programme: StaffProgramme, before: pl.DataFrame) -> pl.DataFrame:
    """Staff who hold a title: those of last year, whether still here or not, and new ones up to the number wanted."""
    pool = _pool(city, programme)
    persons = city.staff_rows.person[pool].astype(np.int64)
    mine = before.filter(pl.col("programme") == programme.code)
    known = mine.group_by("person").agg(pl.col("first_year", "school").first()).sort("person")
    holders = np.isin(persons, known["person"].to_numpy())
    order = np.argsort(np.where(holders, -1.0, city.draw(persons, programme.code)), kind="stable")
    chosen = np.sort(order[: max(programme.wanted(city), int(holders.sum()))])
    start = city.year - (city.draw(persons[chosen], f"age of {programme.code}") * 4).astype(np.int64)
    here = pl.DataFrame(
        {
            "person": persons[chosen],
            "here": city.staff_rows.school[pool][chosen].astype(np.int64),
            "start": start if city.year == city.first_year else np.full(len(chosen), city.year),
        },
        schema={"person": pl.Int64, "here": pl.Int64, "start": pl.Int64},
    )
    everybody = known.join(here, on="person", how="full", coalesce=True).sort("person")
    listed = everybody.select(
        "person", school=pl.coalesce("here", "school"), first_year=pl.coalesce("first_year", "start"),
        is_in_post=pl.col("here").is_not_null(),
    ).filter(pl.col("school").is_in(city.register["school"].cast(pl.Int64).implode()))  # fmt: skip
    return _documents(city, programme, listed)


def _pool(city: CityYear, programme: StaffProgramme) -> Ints:
    """Places of the staff rows that a title can go to: one row a person, at a primary or secondary school."""
    rows = city.staff_rows
    able = rows.category == programme.category
    if programme.category == ADMINISTRATIVE:
        able |= (rows.category == TEACHER) & (city.qualities.subject == _TECHNOLOGY)
    able &= (rows.status == ACTIVE) & np.isin(city.schools.school_type[rows.school], SCHOOL_HEALTH_TYPES)
    places = np.flatnonzero(able)
    return np.asarray(places[np.unique(rows.person[places], return_index=True)[1]], dtype=np.int64)


def _documents(city: CityYear, programme: StaffProgramme, listed: pl.DataFrame) -> pl.DataFrame:
    """The first document of each title, and the higher level that a few reach two years later."""
    person, first_year = listed["person"].to_numpy(), listed["first_year"].to_numpy()
    level = np.digitize(city.draw(person, f"level of {programme.code}"), (0.25, 0.85, 0.97))
    ends = city.draw(person, f"term of {programme.code}") < 0.15
    raised = (city.draw(person, f"raised {programme.code}") < 0.1) & (level < 3) & (first_year + 2 <= city.year)
    never = np.zeros(len(person), dtype=bool)
    first = _rows(city, programme.code, listed, level, 0, first_year, ends)
    second = _rows(city, programme.code, listed, level + 1, 1, first_year + 2, never).filter(pl.Series(raised))
    return pl.concat([first, second])


def _awards(city: CityYear, before: pl.DataFrame) -> pl.DataFrame:
    """Awards of a year to pupils of grades 3 to 12; earlier winners are likelier to win again."""
    grade = city.attributes.grade_number
    stages = np.isin(city.attributes.stage, (Stage.PRIMARY, Stage.JUNIOR, Stage.SENIOR_GENERAL))
    places = np.flatnonzero(city.roll.is_enrolled & stages & (grade >= 3))
    person = city.roll.person[places].astype(np.int64)
    winners = np.isin(person, before.filter(pl.col("programme") == PUPIL_PROGRAMME)["person"].to_numpy())
    draw = city.draw(person, f"award of {city.year}") * np.where(winners, 0.02, 1.0)
    number = max(round(_AWARDS_A_YEAR * city.scale), 4)
    chosen = np.sort(np.argsort(draw, kind="stable")[:number])
    listed = pl.DataFrame(
        {
            "person": person[chosen],
            "school": city.roll.school[places][chosen].astype(np.int64),
            "first_year": np.full(number, city.year),
            "is_in_post": np.ones(number, dtype=bool),
        }
    )
    never = np.zeros(number, dtype=bool)
    level = np.digitize(city.draw(person[chosen], f"level of award {city.year}"), (0.4, 0.9))
    twice = pl.Series(city.draw(person[chosen], f"second award {city.year}") < 0.08)
    year = np.full(number, city.year)
    first = _rows(city, PUPIL_PROGRAMME, listed, level, 0, year, never)
    return pl.concat([first, _rows(city, PUPIL_PROGRAMME, listed, level, 1, year, never).filter(twice)])


def _rows(
    city: CityYear, code: str, listed: pl.DataFrame, level: Ints, document: int, since: Ints, ends: Flags
) -> pl.DataFrame:
    person = listed["person"].to_numpy()
    month = 3 + (city.draw(person, f"month of {code} {document}") * 9).astype(np.int64)
    return listed.with_columns(
        programme=pl.lit(code), document=pl.lit(document, dtype=pl.Int64), level=pl.Series(level, dtype=pl.Int64),
        valid_from=pl.Series(mid_month(since, month), dtype=pl.Int64),
        valid_to=pl.Series(np.where(ends, mid_month(since + 3, month) - 1, -1), dtype=pl.Int64),
    ).select(list(_COLUMNS))  # fmt: skip


def _texts(city: CityYear, rows: pl.DataFrame) -> pl.DataFrame:
    person, school = rows["person"].to_numpy(), rows["school"].to_numpy()
    is_pupil = (rows["programme"] == PUPIL_PROGRAMME).to_numpy()
    pupil, member = np.where(is_pupil, person, 0), np.where(is_pupil, 0, person)
    label = {programme.code: programme.label for programme in STAFF_PROGRAMMES} | {PUPIL_PROGRAMME: ""}
    first = day_texts(rows["valid_from"].to_numpy())
    shown = pl.DataFrame(
        {
            "label": rows["programme"].replace_strict(label), "is_pupil": is_pupil, "document": rows["document"],
            "pupil_label": labels.pick(PUPIL_LABELS, rows["document"].to_numpy()),
            "pupil_number": city.people.identity(pupil), "pupil_name": names(pupil, city.seed),
            "staff_number": identity_numbers(city.staff.number[member]),
            "staff_name": names(member + 10**9, city.seed), "year": first.str.slice(0, 4),
        }
    )  # fmt: skip

    def either(pupil_column: str, staff_column: str) -> pl.Series:
        return shown.select(
            pl.when(pl.col("is_pupil")).then(pl.col(pupil_column)).otherwise(pl.col(staff_column))
        ).to_series()

    return pl.DataFrame(
        {
            "programme": either("pupil_label", "label"),
            "recognition_level": labels.pick(LEVELS, rows["level"].to_numpy()),
            "document_number": shown.select(
                pl.format("示教人〔{}〕{}号", "year", pl.col("document") * 30 + 11)
            ).to_series(),
            "person_name": either("pupil_name", "staff_name"),
            "identity_number": either("pupil_number", "staff_number"),
            "school_code": city.schools.code[school],
            "school_name": city.schools.name[school],
            "valid_from": first,
            "valid_to": day_texts(rows["valid_to"].to_numpy()),
            "is_in_post": labels.flags(rows["is_in_post"].to_numpy()),
        }
    )
