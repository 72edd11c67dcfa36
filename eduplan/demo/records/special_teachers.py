"""The return of teachers for pupils with disability: certified special teachers, and teachers of inclusive classes.

Belongs here: how many a school has, and how many were trained. Does not belong here: the staff roll.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, apostrophe, constant, full_width
from eduplan.demo.records.special_pupils import pupils_by_school
from eduplan.demo.records.writing import Form, write_by_district
from eduplan.demo.records.year import CityYear
from eduplan.demo.roll import Placement

SOURCE = "special_teachers"

_FORM = Form(
    source=SOURCE,
    title="特殊教育师资情况表",
    headers={
        "school_code": "学校标识码", "school_name": "学校名称", "certified_special_teachers": "持证特教教师数",
        "inclusive_class_teachers": "随班就读教师数", "inclusive_class_teachers_trained": "其中本年培训人数",
    },
    keep_out=(
        Defect("school_unknown", "V04", "school_code", "quarantine", constant("2199999999")),
        Defect("too_many_trained", "V31", "inclusive_class_teachers_trained", "quarantine", constant("999")),
    ),
    repaired=(
        Defect("full_width", "width", "inclusive_class_teachers", "repair", full_width),
        Defect("apostrophe", "apostrophe", "school_code", "repair", apostrophe),
    ),
    per_thousand=3.0,
)  # fmt: skip


def write(city: CityYear) -> None:
    """Writes the return of a year and keeps its rows."""
    pupils, in_ordinary = pupils_by_school(city), pupils_by_school(city, Placement.ORDINARY_CLASS)
    school = np.flatnonzero(pupils > 0)
    school = school[city.draw(school, f"special teachers sent {city.year}") < 0.985]
    district = city.schools.district[school].astype(np.int64)
    school = school[np.argsort(district, kind="stable")]
    district = city.schools.district[school].astype(np.int64)
    wealth = np.array([each.wealth for each in DISTRICTS])[district]
    special = city.schools.is_special[school]
    a_teacher_for = 6.2 - 1.5 * wealth - 0.2 * city.passed
    certified = np.where(
        special,
        np.ceil(pupils[school] / a_teacher_for),
        city.draw(school, "own special teacher") < 0.10 * pupils[school] + 0.05 * city.passed,
    ).astype(np.int64)
    inclusive = np.where(in_ordinary[school] > 0, 2 + 2 * np.minimum(in_ordinary[school], 12), 0).astype(np.int64)
    untrained = np.clip(0.31 - 0.12 * wealth - 0.048 * city.passed, 0.0, 1.0)
    missing = np.ceil(inclusive * untrained * city.draw(school, "untrained"))
    trained = inclusive - np.where(city.draw(school, "some untrained") < 2.2 * untrained, missing, 0).astype(np.int64)
    table = pl.DataFrame(
        {
            "school": school, "district": district, "certified": certified, "inclusive": inclusive,
            "trained": trained.astype(np.int64), "pupils": pupils[school].astype(np.int64),
        }
    )  # fmt: skip
    staged = write_by_district(city, _FORM, city.period, _texts(city, table), district)
    city.facts.records[SOURCE, city.year] = table.filter(pl.Series(staged))


def _texts(city: CityYear, table: pl.DataFrame) -> pl.DataFrame:
    school = table["school"].to_numpy()
    return pl.DataFrame(
        {
            "school_code": pl.Series(city.schools.code.tolist()).gather(school),
            "school_name": pl.Series(city.schools.name.tolist()).gather(school),
            "certified_special_teachers": table["certified"].cast(pl.String),
            "inclusive_class_teachers": table["inclusive"].cast(pl.String),
            "inclusive_class_teachers_trained": table["trained"].cast(pl.String),
        }
    )
