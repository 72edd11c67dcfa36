"""The joint register of children with disability: those on the rolls, those who stay at home, and this year's leavers.

Belongs here: who stands on it, with which placement, assessment and destination. Does not belong here: any rate.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo import labels
from eduplan.demo.arrays import AnyArray, Ints, noise
from eduplan.demo.calendar import age_on_31_august, census_day, day_of, day_texts, ymd
from eduplan.demo.city import DISTRICTS, cohort_size
from eduplan.demo.defects import Defect, constant, dotted_date, full_width, lost_precision, wrong_check
from eduplan.demo.grades import NUMBERS, Grade
from eduplan.demo.identity import identity_numbers, names
from eduplan.demo.records.special_pupils import rows_with_disability
from eduplan.demo.records.writing import Form, write_by_district
from eduplan.demo.records.year import CityYear
from eduplan.demo.roll import Change, Placement, Status
from eduplan.demo.truth.facts import coded

SOURCE = "special_needs_register"
PLACEMENTS = (
    "none", "ordinary_class", "special_class", "special_school", "home_delivered", "completed", "deferred",
    "not_enrolled",
)  # fmt: skip
"""The placements of the roll, in its order, and those that no roll has."""
_COMPLETED, _DEFERRED, _NOT_ENROLLED = 5, 6, 7
_PLACEMENT_LABELS = (*labels.PLACEMENT, "初中毕业", "延缓入学", "未入学")
_REASONS = ("治疗", "康复训练", "经评估暂不适宜入学")
DESTINATIONS = ("none", "senior_general", "senior_vocational", "special_senior", "sheltered_work", "home")
_DESTINATION_LABELS = ("", "普通高中", "中等职业学校", "特殊教育高中", "辅助性就业", "居家")
_PREFIX_AT_HOME = 990199
"""Division part of the numbers of children who never came to a school, so that they meet nobody else's."""
_SEVERE = np.array([2, 2, 1, 4, 5, 5, 6, 7, 7])
_CHILDREN_A_NUMBER = 12

_FORM = Form(
    source=SOURCE,
    title="适龄残疾儿童少年联合登记册",
    headers={
        "division_code": "区划代码", "child_name": "姓名", "identity_number": "身份证件号", "sex": "性别",
        "birth_date": "出生日期", "disability_type": "残疾类型", "placement": "安置方式", "deferral_reason": "缓学原因",
        "deferred_until": "缓学截止日期", "completed_on": "完成义务教育日期", "assessed_on": "最近评估日期",
        "tracking_status": "跟踪状态", "wishes_to_continue": "是否愿意继续就读", "destination": "毕业去向",
    },
    keep_out=(
        Defect("identity_lost_precision", "V05", "identity_number", "quarantine", lost_precision),
        Defect("identity_wrong_check", "V05", "identity_number", "quarantine", wrong_check),
        Defect("placement_unknown", "code", "placement", "quarantine", constant("待定")),
        Defect("no_disability", "V30", "disability_type", "quarantine", constant("无残疾")),
    ),
    repaired=(
        Defect("full_width", "width", "identity_number", "repair", full_width),
        Defect("dotted_date", "", "birth_date", "repair", dotted_date),
    ),
    per_thousand=3.0,
)  # fmt: skip


def write(city: CityYear) -> None:
    """Writes the register of a year and keeps its rows."""
    children = pl.concat([_on_roll(city), _dropped(city), _leavers(city), _at_home(city)])
    children = _assessed(city, children)
    missing = _lasting(city, children, "unregistered") < 0.012 - 0.0018 * city.passed
    children = children.filter(~pl.Series(missing)).sort("district", "number")
    staged = write_by_district(
        city, _FORM, city.period, _texts(city, children), children["district"].to_numpy().astype(np.int64)
    )
    kept = children.filter(pl.Series(staged)).drop("number")
    city.facts.records[SOURCE, city.year] = kept.with_columns(
        placed_as=coded(PLACEMENTS, kept["placement"].to_numpy()),
        went_to=coded(DESTINATIONS, kept["destination"].to_numpy()),
    )


def _children(
    city: CityYear, person: AnyArray, district: AnyArray, placement: AnyArray | int, **more: AnyArray
) -> pl.DataFrame:
    """Children who are or were on a roll, one row each."""
    people = city.people
    return _table(
        city, person=person, district=district, number=people.number[person], birth=people.birth[person],
        is_male=people.is_male[person], disability=people.disability[person],
        placement=np.broadcast_to(np.asarray(placement), len(person)), **more,
    )  # fmt: skip


def _table(city: CityYear, **columns: AnyArray) -> pl.DataFrame:
    size = len(columns["person"])
    none = np.full(size, -1)
    given = {
        "deferral_reason": none, "deferred_until": none, "completed_on": none, "wishes": none,
        "destination": np.zeros(size), **columns,
    }  # fmt: skip
    order = [*columns, *(name for name in given if name not in columns)]
    types = {name: np.asarray(given[name], dtype=np.int64) for name in sorted(order)}
    age = age_on_31_august(types["birth"], city.year)
    return pl.DataFrame({**types, "age": age.astype(np.int64)})


def _on_roll(city: CityYear) -> pl.DataFrame:
    rows = rows_with_disability(city)
    rows = rows[~city.people.has_passport[city.roll.person[rows]]]
    school = city.roll.school[rows]
    return _children(city, city.roll.person[rows], city.schools.district[school], city.roll.placement[rows])


def _dropped(city: CityYear) -> pl.DataFrame:
    """Pupils who dropped out since the last census; the register finds them out of school."""
    roll = city.roll
    dropped = (roll.status == Status.LEFT) & (roll.change == Change.DROP_OUT) & (NUMBERS[roll.grade] <= 9)
    rows = np.flatnonzero(dropped & (city.attributes.disability > 0) & (roll.placement != Placement.NONE))
    return _children(city, roll.person[rows], city.schools.district[roll.school[rows]], _NOT_ENROLLED)


def _leavers(city: CityYear) -> pl.DataFrame:
    """Those who completed grade nine this summer: most wish to go on, and more of them can every year."""
    roll = city.roll
    finished = (roll.status == Status.GRADUATED) & (roll.grade == Grade.J3) & (city.attributes.disability > 0)
    rows = np.flatnonzero(finished & (roll.placement != Placement.NONE))
    person, district = roll.person[rows].astype(np.int64), city.schools.district[roll.school[rows]]
    entered = roll.person[(roll.status == Status.ACTIVE) & (roll.grade == Grade.S1)]
    general = np.isin(person, entered)
    people = city.people
    wealth = np.array([each.wealth for each in DISTRICTS])[district]
    goes_on = people.noise(person, "senior place") < 0.86 + 0.06 * wealth + 0.02 * city.passed
    special = people.noise(person, "senior kind") < np.where(roll.placement[rows] >= Placement.SPECIAL_SCHOOL, 0.8, 0.1)
    place = np.where(goes_on, np.where(special, 3, 2), np.where(people.noise(person, "after school") < 0.3, 4, 5))
    wishes = general | (people.noise(person, "wish") < 0.93)
    return _children(
        city, person, district, _COMPLETED, wishes=wishes, destination=np.where(general, 1, np.where(wishes, place, 5)),
        completed_on=np.full(len(rows), day_of(city.year, 6, 30)),
    )  # fmt: skip


def _at_home(city: CityYear) -> pl.DataFrame:
    """Children who never came to a school: a few in each birth cohort, whose deferrals are approved more and more."""
    district, cohort = (
        grid.ravel() for grid in np.meshgrid(np.arange(len(DISTRICTS)), np.arange(city.year - 15, city.year - 5))
    )
    sizes = [cohort_size(int(year), DISTRICTS[place], city.scale) for place, year in zip(district, cohort, strict=True)]
    cells = district * 10_000 + cohort
    wanted = np.maximum(np.array(sizes) * 0.009 * 0.022, 0.03)
    counts = (wanted + noise(cells, "children at home", city.seed)).astype(np.int64)
    district, cohort, cell = np.repeat(district, counts), np.repeat(cohort, counts), np.repeat(cells, counts)
    place = _place_in_cell(counts)
    keys = cell * 100 + place
    start = np.array([day_of(int(year) - 1, 9, 1) for year in cohort], dtype=np.int64)
    birth = start + (noise(keys, "birth at home", city.seed) * 365).astype(np.int64)
    is_male = noise(keys, "sex at home", city.seed) < 0.55
    sequence = 2 * (place * _CHILDREN_A_NUMBER + district) + np.where(is_male, 1, 2)
    number = _PREFIX_AT_HOME * 10**11 + ymd(birth) * 1000 + sequence
    kind = _SEVERE[(noise(keys, "kind at home", city.seed) * len(_SEVERE)).astype(np.int64)]
    draw = noise(keys, "standing at home", city.seed)
    approved, paper = draw < 0.45 + 0.08 * city.passed, draw < 0.62 + 0.065 * city.passed
    expired = ~approved & paper & (noise(keys, "deferral expired", city.seed) < 0.5)
    reason = (noise(keys, "deferral reason", city.seed) * len(_REASONS)).astype(np.int64)
    until = np.where(approved, day_of(city.year + 1, 8, 31), np.where(expired, day_of(city.year, 6, 30), -1))
    return _table(
        city, person=-1 - keys, district=district, number=number, birth=birth, is_male=is_male, disability=kind,
        placement=np.where(paper, _DEFERRED, _NOT_ENROLLED), deferral_reason=np.where(paper, reason, -1),
        deferred_until=until,
    )  # fmt: skip


def _place_in_cell(counts: Ints) -> Ints:
    """The position of each child among those of its cell."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


def _lasting(city: CityYear, children: pl.DataFrame, salt: str) -> AnyArray:
    """A number in [0, 1) of each child that stays the same over the years."""
    return noise(children["number"].to_numpy(), salt, city.seed)


def _assessed(city: CityYear, children: pl.DataFrame) -> pl.DataFrame:
    """Adds the last assessment and whether the child is tracked; poorer districts are later with both."""
    wealth = np.array([each.wealth for each in DISTRICTS])[children["district"].to_numpy()]
    this_year = noise(children["number"].to_numpy(), f"assessed {city.year}", city.seed)
    recent = this_year < 0.80 + 0.10 * wealth + 0.022 * city.passed
    days = (noise(children["number"].to_numpy(), f"day {city.year}", city.seed) * 340).astype(np.int64)
    assessed_on = np.where(recent, census_day(city.year - 1) + 5 + days, census_day(city.year - 2) + 5 + days)
    never = ~recent & (_lasting(city, children, "never assessed") < 0.3)
    tracked = _lasting(city, children, "tracked") < 0.90 + 0.06 * wealth + 0.01 * city.passed
    return children.with_columns(
        assessed_on=pl.Series(np.where(never, -1, assessed_on), dtype=pl.Int64),
        is_recent=pl.Series(recent),
        is_tracked=pl.Series(tracked),
    )


def _texts(city: CityYear, children: pl.DataFrame) -> pl.DataFrame:
    column = {name: children[name].to_numpy() for name in children.columns}
    codes = pl.Series([district.code_in(city.year) for district in DISTRICTS])
    place = column["placement"]
    tracking = np.select([place == _COMPLETED, place == Placement.HOME_DELIVERED, place >= _DEFERRED], [4, 2, 3], 1)
    wishes = pl.Series(["否", "是"]).gather(np.maximum(column["wishes"], 0))
    return pl.DataFrame(
        {
            "division_code": codes.gather(column["district"]),
            "child_name": names(column["number"], city.seed),
            "identity_number": identity_numbers(column["number"]),
            "sex": labels.pick(("女", "男"), column["is_male"]),
            "birth_date": day_texts(column["birth"]),
            "disability_type": labels.pick(labels.DISABILITY, column["disability"]),
            "placement": labels.pick(_PLACEMENT_LABELS, place),
            "deferral_reason": labels.pick(("", *_REASONS), column["deferral_reason"] + 1),
            "deferred_until": day_texts(column["deferred_until"]),
            "completed_on": day_texts(column["completed_on"]),
            "assessed_on": day_texts(column["assessed_on"]),
            "tracking_status": labels.pick(
                ("未跟踪", "在校跟踪", "居家跟踪", "康复跟踪", "毕业跟踪"), np.where(column["is_tracked"], tracking, 0)
            ),
            "wishes_to_continue": pl.select(pl.when(pl.Series(column["wishes"] >= 0)).then(wishes)).to_series(),
            "destination": labels.pick(_DESTINATION_LABELS, column["destination"]),
        }
    )
