"""The return of after-school service: days, hours, requests, service and satisfaction by school and stage.

Belongs here: what schools offer and to whom. Does not belong here: homework.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo import labels
from eduplan.demo.arrays import Ints
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, apostrophe, constant, full_width
from eduplan.demo.grades import Stage
from eduplan.demo.records.writing import Form, write_by_district
from eduplan.demo.records.year import CityYear

SOURCE = "after_school_service"
COMPULSORY_TYPES = (211, 218, 311, 312, 341, 345)

_FORM = Form(
    source=SOURCE,
    title="课后服务情况表",
    headers={
        "school_code": "学校标识码", "school_name": "学校名称", "stage": "学段", "days_a_week": "每周服务天数",
        "hours_a_day": "每天服务时长(小时)", "pupils_requesting": "有需求学生数", "pupils_served": "已保障学生数",
        "pupils_taking_part": "每周至少参加一天人数", "counts_in_workload": "是否计入教师工作量",
        "families_asked": "满意度调查人数", "families_content": "其中满意人数",
    },
    keep_out=(
        Defect("school_unknown", "V04", "school_code", "quarantine", constant("2199999999")),
        Defect("requests_unreadable", "number", "pupils_requesting", "quarantine", constant("约400")),
        Defect("served_beyond_requests", "V31", "pupils_served", "quarantine", constant("99999")),
    ),
    repaired=(
        Defect("full_width", "width", "pupils_taking_part", "repair", full_width),
        Defect("apostrophe", "apostrophe", "school_code", "repair", apostrophe),
    ),
    per_thousand=3.0,
)  # fmt: skip


def write(city: CityYear) -> None:
    """Writes the return of a year and keeps its rows."""
    table = _returns(city).sort("district", "school", "stage")
    staged = write_by_district(city, _FORM, city.period, _texts(city, table), table["district"].to_numpy())
    city.facts.records[SOURCE, city.year] = table.filter(pl.Series(staged))


def compulsory_schools(city: CityYear) -> Ints:
    """The compulsory schools that are listed and have pupils."""
    active = city.active
    return active[np.isin(city.schools.school_type[active], COMPULSORY_TYPES)]


def _returns(city: CityYear) -> pl.DataFrame:
    schools = compulsory_schools(city)
    school, column = np.nonzero(city.pupils[schools][:, [Stage.PRIMARY, Stage.JUNIOR]])
    school, stage = schools[school], column + int(Stage.PRIMARY)
    sent = city.draw(school * 10 + stage, f"after school sent {city.year}") < 0.988
    school, stage = school[sent], stage[sent]
    part = school * 10 + stage
    district = city.schools.district[school].astype(np.int64)
    wealth = np.array([each.wealth for each in DISTRICTS])[district]
    offers = city.draw(part, "full service") < 0.79 + 0.038 * city.passed + 0.22 * (wealth - 0.5)
    pupils = city.pupils[school, stage]
    requesting = (pupils * (0.50 + 0.25 * wealth + 0.15 * city.draw(part, "requests"))).astype(np.int64)
    short = city.draw(part, "no places") < 0.30 - 0.050 * city.passed - 0.12 * (wealth - 0.5)
    unserved = np.where(short, np.ceil(requesting * 0.12 * city.draw(part, "how many")), 0).astype(np.int64)
    asked = np.minimum(60, pupils // 4)
    content = 0.76 + 0.02 * city.passed + 0.20 * (city.draw(part, f"content {city.year}") - 0.5)
    served = requesting - unserved
    return pl.DataFrame(
        {
            "school": school, "stage": stage, "district": district, "offers": offers, "requesting": requesting,
            "served": served, "taking_part": (served * 0.94).astype(np.int64),
            "in_workload": city.share(school, "service is work", 0.62, 0.075, wealth=0.2),
            "asked": asked, "content": (asked * np.minimum(content, 1.0)).astype(np.int64),
            "half_hours": np.where(offers, 4, np.where(city.draw(part, "hours") < 0.5, 3, 4)),
            "days": np.where(offers, 5, 3 + (city.draw(part, "days") < 0.5)),
        }
    )  # fmt: skip


def _texts(city: CityYear, table: pl.DataFrame) -> pl.DataFrame:
    school = table["school"].to_numpy()
    counts = {
        "pupils_requesting": "requesting", "pupils_served": "served", "pupils_taking_part": "taking_part",
        "families_asked": "asked", "families_content": "content", "days_a_week": "days",
    }  # fmt: skip
    return pl.DataFrame(
        {
            "school_code": pl.Series(city.schools.code.tolist()).gather(school),
            "school_name": pl.Series(city.schools.name.tolist()).gather(school),
            "stage": labels.pick(labels.STAGE, table["stage"].to_numpy()),
            "hours_a_day": (table["half_hours"] / 2).cast(pl.String),
            "counts_in_workload": labels.flags(table["in_workload"].to_numpy()),
            **{name: table[column].cast(pl.String) for name, column in counts.items()},
        }
    )
