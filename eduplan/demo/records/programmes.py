"""The register of programmes: what schools and other units of the demo city are recognised for.

Belongs here: which units hold which designation, since when and until when. Does not belong here: persons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from eduplan.demo import labels
from eduplan.demo.arrays import Flags, Floats, Ints
from eduplan.demo.calendar import day_texts, mid_month
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, constant, dotted_date, excel_serial
from eduplan.demo.qualifications import SCHOOL_HEALTH_TYPES
from eduplan.demo.records.writing import Form, write_for_city
from eduplan.demo.records.year import CityYear
from eduplan.demo.schools import SPECIAL_TYPES

SOURCE = "programmes"
LEVELS = ("县级", "市级", "省级", "国家级")
_SENIOR_TYPES = (341, 342, 345)
_FIRST_ORGANISATION = 10**6
_TITLES = 4
"""Titles that one school may hold in a programme that recognises classes or activities."""


@dataclass(frozen=True)
class UnitProgramme:
    """How many hold a designation at the plan's start and end, in a city of scale 1.

    Attributes:
        code: Code of the programme.
        label: What the register calls it.
        first: Designations in 2020.
        last: Designations in 2025.
        types: School types that can hold it; none where it goes to other organisations.
        has_titles: Whether classes or activities are recognised, of which a school may have several.
        is_scaled: Whether a smaller city has fewer.
    """

    code: str
    label: str
    first: float
    last: float
    types: tuple[int, ...] = SCHOOL_HEALTH_TYPES
    has_titles: bool = False
    is_scaled: bool = True

    def wanted(self, city: CityYear) -> int:
        """Designations that the register of a year has, those that ended included."""
        progress = plan_progress(city.year)
        number = self.first + (self.last - self.first) * progress
        if not self.is_scaled:
            return round(number)
        return max(round(number * city.scale), 1 + round(2 * progress))


UNIT_PROGRAMMES = (
    UnitProgramme("teacher_education_base", "教师教育基地", 2, 10, (), is_scaled=False),
    UnitProgramme("professional_development_school", "教师专业发展学校", 30, 116),
    UnitProgramme("ai_model_school", "人工智能教育示范校", 8, 100),
    UnitProgramme("comprehensive_senior_school", "综合高中", 4, 22, _SENIOR_TYPES),
    UnitProgramme("characteristic_senior_school", "特色高中", 6, 20, _SENIOR_TYPES),
    UnitProgramme("course_base", "学科课程基地", 20, 80),
    UnitProgramme("reform_school", "教改实验校", 15, 60),
    UnitProgramme("moral_open_class", "思政精品公开课", 60, 210, has_titles=True),
    UnitProgramme("moral_activity", "德育品牌活动", 40, 120, has_titles=True),
    UnitProgramme("aesthetic_studio", "美育工作室", 30, 75),
    UnitProgramme("heritage_school", "传统文化传承学校", 25, 60),
    UnitProgramme("practice_base", "综合实践基地", 6, 15, ()),
    UnitProgramme("labour_base", "劳动教育实践基地", 30, 95, ()),
    UnitProgramme("study_travel_base", "研学旅行基地", 15, 45, ()),
    UnitProgramme("autism_resource_centre", "孤独症教育资源中心", 0, 1, (), is_scaled=False),
    UnitProgramme("fifteen_year_special_school", "十五年一贯制特教学校", 2, 7, SPECIAL_TYPES, is_scaled=False),
    UnitProgramme("sister_school", "友好学校", 125, 140),
    UnitProgramme("characteristic_school", "特色学校", 40, 110),
    UnitProgramme("play_kindergarten", "游戏活动实验园", 20, 90, (111,)),
    UnitProgramme("bridging_pilot", "幼小衔接试点园", 12, 70, (111,)),
    UnitProgramme("research_community", "教研共同体", 24, 48, ()),
    UnitProgramme("lesson_case", "强课提质典型案例", 10, 120, has_titles=True),
    UnitProgramme("maker_space", "创客空间", 30, 90),
    UnitProgramme("reform_pilot", "教育改革试点", 5, 12, (), is_scaled=False),
    UnitProgramme("think_tank", "教育智库", 1, 3, (), is_scaled=False),
)
_OPEN_ENDED = ("teacher_education_base", "autism_resource_centre")
"""Programmes whose designations have no last day."""

_FORM = Form(
    source=SOURCE,
    title="项目与称号登记表",
    headers={
        "programme": "项目名称", "recognition_level": "认定级别", "document_number": "文号",
        "school_code": "学校标识码",
        "organisation_code": "统一社会信用代码", "unit_name": "单位名称", "title": "课程（活动）名称",
        "division_code": "所在区划代码", "stage": "学段", "valid_from": "认定日期", "valid_to": "有效期至",
        "centre_staff": "专职人员数", "centre_pupils": "服务学生数",
    },
    keep_out=(
        Defect("document_missing", "V34", "document_number", "quarantine", constant("")),
        Defect("programme_unknown", "code", "programme", "quarantine", constant("其他荣誉")),
        Defect("school_unknown", "V04", "school_code", "quarantine", constant("2199999998")),
        Defect("ends_before_it_starts", "V39", "valid_to", "quarantine", constant("1999-12-31")),
    ),
    repaired=(
        Defect("dotted_date", "", "valid_from", "repair", dotted_date),
        Defect("excel_serial_date", "excel_serial_date", "valid_from", "repair", excel_serial),
    ),
    per_thousand=8.0,
    repairs_per_thousand=20.0,
)  # fmt: skip


def plan_progress(year: int) -> float:
    """How far the plan has come: 0 in 2020, 1 in 2025."""
    return float(np.clip((year - 2020) / 5, 0, 1))


def write(city: CityYear) -> None:
    """Writes the register of a year and keeps the rows that get through."""
    rows = pl.concat([_with_documents(city, programme, _held(city, programme)) for programme in UNIT_PROGRAMMES])
    rows = rows.with_columns(is_staged=pl.Series(write_for_city(city, _FORM, city.period, _texts(city, rows))))
    city.facts.records[SOURCE, city.year] = rows


def _held(city: CityYear, programme: UnitProgramme) -> pl.DataFrame:
    """What units hold of a programme: ``unit`` and ``title`` with the year of their first document."""
    keys = _candidates(city, programme)
    wealth = np.array([each.wealth for each in DISTRICTS])[_district_of(city, keys)]
    known = _first_years(city, programme)
    draw = city.draw(keys, f"holds {programme.code}") * (1.3 - 0.6 * wealth)
    holders = np.isin(keys, known["key"].to_numpy())
    order = np.argsort(np.where(holders, -1.0, draw), kind="stable")
    chosen = np.sort(keys[order[: max(programme.wanted(city), int(holders.sum()))]])
    older = (city.year - (city.draw(chosen, f"age of {programme.code}") * 4).astype(np.int64)).tolist()
    start = older if city.year == city.first_year else [city.year] * len(chosen)
    table = pl.DataFrame({"key": chosen, "start": start}, schema={"key": pl.Int64, "start": pl.Int64})
    return table.join(known, on="key", how="left", maintain_order="left").select(
        "key", first_year=pl.coalesce("first_year", "start")
    )


def _candidates(city: CityYear, programme: UnitProgramme) -> Ints:
    """Keys of what can be recognised: schools, titles of schools, or other organisations."""
    if not programme.types:
        place = [each.code for each in UNIT_PROGRAMMES].index(programme.code)
        size = round(max(programme.last * (city.scale if programme.is_scaled else 1), 4)) * 2
        return np.arange(size, dtype=np.int64) * _TITLES + (_FIRST_ORGANISATION + place * 10**5) * _TITLES
    active = city.active
    schools = active[np.isin(city.schools.school_type[active], programme.types)]
    titles = np.arange(_TITLES if programme.has_titles else 1)
    return np.asarray((schools[:, None] * _TITLES + titles[None, :]).ravel(), dtype=np.int64)


def _first_years(city: CityYear, programme: UnitProgramme) -> pl.DataFrame:
    before = city.facts.records.get((SOURCE, city.year - 1))
    if before is None:
        return pl.DataFrame(schema={"key": pl.Int64, "first_year": pl.Int64})
    mine = before.filter(pl.col("programme") == programme.code)
    return mine.group_by("key").agg(pl.col("first_year").first()).sort("key")


def _district_of(city: CityYear, keys: Ints) -> Ints:
    unit = keys // _TITLES
    weights = np.cumsum([each.weight for each in DISTRICTS])
    drawn = np.searchsorted(weights / weights[-1], city.draw(unit, "district of an organisation"), side="right")
    inside = np.where(unit < _FIRST_ORGANISATION, unit, 0)
    return np.asarray(np.where(unit < _FIRST_ORGANISATION, city.schools.district[inside], drawn), dtype=np.int64)


def _with_documents(city: CityYear, programme: UnitProgramme, held: pl.DataFrame) -> pl.DataFrame:
    """One row a document: the first one, a renewal after three years for some, a higher level after two for a few."""
    keys, first_year = held["key"].to_numpy(), held["first_year"].to_numpy()
    code = programme.code
    lowest = 0 if programme.is_scaled and code != "sister_school" else 1
    steps = (0.35, 0.85, 0.97) if lowest == 0 else (0.0, 0.72, 0.95)
    level = np.digitize(city.draw(keys, f"level of {code}"), steps)
    ends = (city.draw(keys, f"term of {code}") < 0.2) & (code not in _OPEN_ENDED)
    renewed = ends & (city.draw(keys, f"renewal of {code}") < 0.6) & (first_year + 3 <= city.year)
    raised = (city.draw(keys, f"raised {code}") < 0.12) & (level < 3) & (first_year + 2 <= city.year)
    everyone = np.ones(len(keys), dtype=bool)
    parts = [
        _documents(city, code, keys, first_year, level, everyone, 0, first_year, ends),
        _documents(city, code, keys, first_year, level, renewed, 1, first_year + 3, np.zeros(len(keys), dtype=bool)),
        _documents(city, code, keys, first_year, level + 1, raised, 2, first_year + 2, np.zeros(len(keys), dtype=bool)),
    ]
    return pl.concat(parts).sort("key", "document", maintain_order=True)


def _documents(
    city: CityYear,
    code: str,
    keys: Ints,
    first_year: Ints,
    level: Ints,
    chosen: Flags,
    document: int,
    since: Ints,
    ends: Flags,
) -> pl.DataFrame:
    month = _month(city.draw(keys, f"month of {code}"))
    start, end = mid_month(since, month), mid_month(since + 3, month) - 1
    unit = keys // _TITLES
    is_school = unit < _FIRST_ORGANISATION
    inside = np.where(is_school, unit, 0)
    stage = np.where(is_school, city.pupils[inside].argmax(axis=1), -1)
    centre = code == "autism_resource_centre"
    return pl.DataFrame(
        {
            "programme": [code] * len(keys), "key": keys, "first_year": first_year, "level": level,
            "document": np.full(len(keys), document), "unit": unit, "title": keys % _TITLES,
            "school": np.where(is_school, unit, -1), "district": _district_of(city, keys),
            "stage": np.where(city.draw(keys, "stage left out") < 0.04, -1, stage),
            "valid_from": start, "valid_to": np.where(ends, end, -1),
            "centre_staff": np.full(len(keys), 12 + 4 * city.passed if centre else -1),
            "centre_pupils": np.full(len(keys), round(40 + 900 * city.scale * (1 + city.passed)) if centre else -1),
        },
        schema_overrides={"key": pl.Int64, "first_year": pl.Int64, "unit": pl.Int64, "title": pl.Int64},
    ).filter(pl.Series(chosen))  # fmt: skip


def _month(draw: Floats) -> Ints:
    return np.asarray(3 + (draw * 9).astype(np.int64))


def _texts(city: CityYear, rows: pl.DataFrame) -> pl.DataFrame:
    programme = {each.code: each for each in UNIT_PROGRAMMES}
    unit, school = rows["unit"].to_numpy(), rows["school"].to_numpy()
    is_school = school >= 0
    inside = np.where(is_school, school, 0)
    district = rows["district"].to_numpy()
    names = np.array([each.name_in(city.year)[0] for each in DISTRICTS])[district]
    number = unit - _FIRST_ORGANISATION
    label = rows["programme"].replace_strict({code: each.label for code, each in programme.items()})
    titled = rows["programme"].is_in([code for code, each in programme.items() if each.has_titles]).to_numpy()
    first = rows["valid_from"].to_numpy()
    year = np.array([text[:4] for text in day_texts(first).to_list()])
    table = pl.DataFrame(
        {
            "programme": label,
            "recognition_level": labels.pick(LEVELS, rows["level"].to_numpy()),
            "year": year,
            "school_code": np.where(is_school, city.schools.code[inside], ""),
            "organisation_code": np.where(is_school, "", "129901"),
            "number": np.where(is_school, 0, number),
            "unit": np.where(is_school, city.schools.name[inside], names),
            "title": np.where(titled, rows["title"].to_numpy() + 1, 0),
            "document": rows["document"],
            "division_code": np.array([each.code_in(city.year) for each in DISTRICTS])[district],
            "stage": labels.pick((*labels.STAGE, ""), rows["stage"].to_numpy()),
            "valid_from": day_texts(first),
            "valid_to": day_texts(rows["valid_to"].to_numpy()),
            "centre_staff": rows["centre_staff"],
            "centre_pupils": rows["centre_pupils"],
        }
    )
    serial = pl.col("number").cast(pl.String).str.zfill(12)
    outside = pl.col("school_code") == ""
    return table.select(
        "programme",
        "recognition_level",
        pl.format("示教〔{}〕{}号", "year", pl.col("document") * 40 + pl.col("title") + 7).alias("document_number"),
        pl.when(~outside).then("school_code").alias("school_code"),
        pl.when(outside).then(pl.col("organisation_code") + serial).alias("organisation_code"),
        pl.when(outside)
        .then(pl.format("{}{}{}号", "unit", "programme", "number"))
        .otherwise("unit")
        .alias("unit_name"),
        pl.when(pl.col("title") > 0).then(pl.format("{}第{}课例", "programme", "title")).alias("title"),
        "division_code",
        "stage",
        "valid_from",
        "valid_to",
        pl.when(pl.col("centre_staff") >= 0).then(pl.col("centre_staff").cast(pl.String)).alias("centre_staff"),
        pl.when(pl.col("centre_pupils") >= 0).then(pl.col("centre_pupils").cast(pl.String)).alias("centre_pupils"),
    )
