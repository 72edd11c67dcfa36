"""The return of senior schools on course choice and on moves between general and vocational schools.

Belongs here: the figures and the file. Does not belong here: pupils or teachers of the school.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, constant, full_width
from eduplan.demo.grades import Stage
from eduplan.demo.records.writing import Form, write_by_district
from eduplan.demo.records.year import CityYear

_FORM = Form(
    source="course_choice",
    title="普通高中选课走班与职普融通情况表",
    headers={
        "school_code": "学校标识码", "school_name": "学校名称", "combinations_offered": "开设选科组合数",
        "rooms_needed": "走班所需教室数", "rooms_available": "可用教室数", "short_subjects": "教师短缺学科数",
        "moved_to_vocational": "转入中职人数", "moved_from_vocational": "中职转入人数",
        "mutual_credit_pupils": "学分互认学生数",
    },
    keep_out=(Defect("too_many_combinations", "range", "combinations_offered", "quarantine", constant("21")),),
    repaired=(Defect("full_width", "width", "rooms_needed", "repair", full_width),),
    per_thousand=8.0,
)  # fmt: skip


def write(city: CityYear) -> None:
    """Makes and writes the return of every school with general senior pupils."""
    school = city.active[city.pupils[city.active, Stage.SENIOR_GENERAL] > 0]
    pupils = city.pupils[school, Stage.SENIOR_GENERAL]
    t = city.passed
    yearly = school * 32 + t
    wealth = np.array([each.wealth for each in DISTRICTS])[city.schools.district[school]]
    offers_all = city.share(school, "combinations", 0.55, 0.08, wealth=0.4)
    fewer = 6 + (city.draw(school, "fewer") * 6).astype(np.int64)
    needed = 2 + pupils // 45 + (city.draw(school, "rooms") * 4).astype(np.int64)
    lacking = np.where(city.share(school, "enough rooms", 0.70, 0.06, wealth=0.2), 0, 1 + needed // 6)
    short = np.where(city.share(school, "teachers of all", 0.72, 0.05, wealth=0.2), 0, 1 + (wealth < 0.5))
    recognised = (0.01 + 0.006 * t) * 2 * city.draw(school, "credit")
    table = pl.DataFrame(
        {
            "school": pl.Series(school, dtype=pl.Int32), "combinations_offered": np.where(offers_all, 12, fewer),
            "rooms_needed": needed, "rooms_available": needed - lacking, "short_subjects": short.astype(np.int64),
            "moved_to_vocational": np.floor(pupils * 0.004 + city.draw(yearly, "to")).astype(np.int64),
            "moved_from_vocational": np.floor(pupils * 0.002 + 0.7 * city.draw(yearly, "from")).astype(np.int64),
            "mutual_credit_pupils": np.floor(pupils * recognised).astype(np.int64),
        }
    )  # fmt: skip
    texts = table.select(
        pl.Series("school_code", city.schools.code[school].tolist()),
        pl.Series("school_name", city.schools.name[school].tolist()),
        pl.exclude("school").cast(pl.String),
    )
    staged = write_by_district(city, _FORM, city.period, texts, city.schools.district[school])
    city.facts.records["course_choice", city.year] = table.filter(pl.Series(staged))
