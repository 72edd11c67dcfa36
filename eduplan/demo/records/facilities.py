"""The return on land, buildings, teacher housing and basic conditions: one row a school and school year.

Belongs here: the figures and their file. Does not belong here: areas that the school register states.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import Flags, Floats, Ints
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, constant, full_width
from eduplan.demo.records.writing import Form, write_by_district
from eduplan.demo.records.year import CityYear
from eduplan.demo.register_files import hundredths

_FORM = Form(
    source="facilities",
    title="学校办学条件与校舍安全表",
    headers={
        "school_code": "学校标识码", "school_name": "学校名称", "land_area_m2": "占地面积", "classrooms": "普通教室数",
        "places": "核定学位数", "buildings": "在用校舍栋数", "buildings_grade_a": "A级栋数",
        "buildings_grade_b": "B级栋数", "buildings_grade_c": "C级栋数", "buildings_grade_d": "D级栋数",
        "area_grade_c_m2": "在用C级校舍面积", "area_grade_d_m2": "在用D级校舍面积",
        "teachers_needing_housing": "需周转宿舍教师数", "teachers_housed": "已入住周转宿舍教师数",
        "basic_items": "基本办学条件核查项数", "basic_items_met": "基本办学条件达标项数",
    },
    keep_out=(
        Defect("buildings_in_words", "number", "buildings", "quarantine", constant("若干")),
        Defect("more_graded_than_used", "V12", "buildings_grade_a", "quarantine", constant("99")),
    ),
    repaired=(Defect("full_width", "width", "school_code", "repair", full_width),),
    per_thousand=4.0,
)  # fmt: skip
_AREAS = ("land_area_m2", "area_grade_c_m2", "area_grade_d_m2")
_ATTACHED_CLASS = 119
_ITEMS = 20
_CAPACITY = 45


def write(city: CityYear) -> None:
    """Makes and writes the return of every active school that has premises of its own."""
    school = city.active[city.schools.school_type[city.active] != _ATTACHED_CLASS]
    pupils = city.pupils[school].sum(axis=1)
    table = _figures(city, school, pupils)
    texts = table.select(
        pl.Series("school_code", city.schools.code[school].tolist()),
        pl.Series("school_name", city.schools.name[school].tolist()),
        *(hundredths(pl.col(name)).alias(name) for name in _AREAS),
        pl.all().exclude("school", *_AREAS).cast(pl.String),
    )
    staged = write_by_district(city, _FORM, city.period, texts, city.schools.district[school])
    city.facts.records["facilities", city.year] = table.filter(pl.Series(staged))


def _figures(city: CityYear, school: Ints, pupils: Ints) -> pl.DataFrame:
    """The figures; areas in hundredths."""
    buildings = 1 + pupils // 260 + (city.draw(school, "buildings") * 3).astype(np.int64)
    grade_d, grade_c, ungraded = _dangerous(city, school, buildings)
    good = buildings - grade_d - grade_c - ungraded
    grade_b = (good * (0.2 + 0.5 * city.draw(school, "grade b"))).astype(np.int64)
    rural = city.schools.urban_class[school] == "rural"
    needing = np.where(rural, (pupils / 45 * (0.3 + city.draw(school, "needing"))).astype(np.int64), 0)
    housed = np.minimum(needing, (needing * _housed_share(city, school) + 0.5).astype(np.int64))
    met = _ITEMS - _items_missing(city, school)
    rooms = np.maximum(1, -(-pupils // 38)) + (city.draw(school, "rooms") * 4).astype(np.int64)
    land = np.maximum(pupils, 60) * (13 + 14 * city.draw(school, "land")) * np.where(rural, 1.5, 1.0)
    return pl.DataFrame(
        {
            "school": pl.Series(school, dtype=pl.Int32),
            "land_area_m2": np.round(land * 100).astype(np.int64),
            "classrooms": rooms,
            "places": rooms * _CAPACITY,
            "buildings": buildings,
            "buildings_grade_a": good - grade_b,
            "buildings_grade_b": grade_b,
            "buildings_grade_c": grade_c,
            "buildings_grade_d": grade_d,
            "area_grade_c_m2": grade_c * np.round(60_000 * (0.5 + city.draw(school, "area c"))).astype(np.int64),
            "area_grade_d_m2": grade_d * np.round(45_000 * (0.5 + city.draw(school, "area d"))).astype(np.int64),
            "teachers_needing_housing": needing,
            "teachers_housed": housed,
            "basic_items": np.full(len(school), _ITEMS),
            "basic_items_met": met,
        }
    )


def _wealth(school: Ints, city: CityYear) -> Floats:
    return np.array([district.wealth for district in DISTRICTS])[city.schools.district[school]]


def _dangerous(city: CityYear, school: Ints, buildings: Ints) -> tuple[Ints, Ints, Ints]:
    """Buildings of grade D, of grade C and without a grade: fewer every year, and most in poor districts."""
    left = (1.05 - _wealth(school, city)) * max(0.0, 1.0 - 0.16 * city.passed)
    grade_d = city.draw(school, "grade d") < 0.07 * left
    grade_c = (city.draw(school, "grade c") < 0.30 * left) & (buildings > 1)
    ungraded = (city.draw(school, "ungraded") < 0.02 * left) & (buildings > 2)
    return grade_d.astype(np.int64), grade_c.astype(np.int64), ungraded.astype(np.int64)


def _housed_share(city: CityYear, school: Ints) -> Floats:
    share = 0.45 + 0.35 * _wealth(school, city) + 0.07 * city.passed + 0.25 * city.draw(school, "housed")
    return np.minimum(1.0, share)


def _items_missing(city: CityYear, school: Ints) -> Ints:
    """Items that a school lacks, until its turn of the improvement works comes."""
    lacks: Flags = ~city.share(school, "conditions", 0.45, 0.10, wealth=0.5)
    return np.where(lacks, 1 + (city.draw(school, "items") * 4).astype(np.int64), 0)
