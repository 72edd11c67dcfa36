"""The list of universities and colleges with their yearly figures.

Belongs here: the figures and the file. Does not belong here: residents.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, constant, full_width
from eduplan.demo.records.writing import Form, write_for_city
from eduplan.demo.records.year import CityYear

_FORM = Form(
    source="higher_education",
    title="驻市高校基本情况表",
    headers={
        "institution_code": "院校代码", "institution_name": "院校名称", "division_code": "所在区划代码",
        "associate_students": "专科在校生数", "bachelor_students": "本科在校生数",
        "postgraduate_students": "研究生在校生数", "entrants": "招生数", "full_time_teachers": "专任教师数",
        "programmes": "专业数",
        "key_programmes": "对接重点产业专业数", "opened_programmes": "新增专业数", "closed_programmes": "撤销专业数",
        "model_programmes": "产教融合示范专业数", "research_platforms": "创新平台数",
        "transfer_contracts": "成果转化合同数",
        "transfer_value_yuan": "成果转化合同额", "public_facilities": "场馆与实验室数",
        "open_facilities": "已向社会开放数",
        "students_in_projects": "创新创业项目参与学生数", "milestones_due": "应完成里程碑数",
        "milestones_on_time": "按期完成里程碑数",
    },
    keep_out=(Defect("open_above_all", "V31", "open_facilities", "quarantine", constant("9999")),),
    repaired=(Defect("full_width", "width", "entrants", "repair", full_width),),
    per_thousand=10.0,
    repairs_per_thousand=40.0,
)  # fmt: skip
_NAMES = ("示范大学", "示范海洋大学", "示范理工大学", "示范康养大学", "示范职业技术学院", "示范港湾职业学院",
          "示范艺术学院", "示范科技学院")  # fmt: skip
_SIZE = np.array([0.24, 0.18, 0.17, 0.03, 0.13, 0.11, 0.05, 0.09])
_IS_COLLEGE = np.array([False, False, False, False, True, True, False, False])
_STUDENTS = 110_000
"""Students of the first year at scale 1."""


def write(city: CityYear) -> None:
    """Makes and writes the figures of eight institutions; the new one grows fastest."""
    t = city.passed
    keys = np.arange(len(_NAMES))
    yearly = keys + 100 * city.year
    growth = np.where(keys == 3, 1 + 0.35 * t, 1 + 0.028 * t)
    students = np.maximum(np.round(_STUDENTS * city.scale * _SIZE * growth), 20).astype(np.int64)
    postgraduate = np.where(_IS_COLLEGE, 0, np.floor(students * (0.06 + 0.004 * t))).astype(np.int64)
    associate = np.where(_IS_COLLEGE, students, np.floor(students * 0.05)).astype(np.int64)
    programmes = 24 + keys * 3 + t
    opened = (city.draw(yearly, "opened") * 4).astype(np.int64)
    due = 2 + (city.draw(yearly, "due") * 4).astype(np.int64)
    late = (city.draw(yearly, "late") > 0.62 + 0.05 * t).astype(np.int64)
    facilities = 12 + keys * 2
    open_share = np.clip(0.40 + 0.05 * t + 0.2 * city.draw(keys, "open"), 0, 1)
    taking_part = 0.16 + 0.02 * t + 0.1 * city.draw(keys, "projects")
    table = pl.DataFrame(
        {
            "associate_students": associate, "bachelor_students": students - associate - postgraduate,
            "postgraduate_students": postgraduate, "entrants": np.floor(students * 0.29).astype(np.int64),
            "full_time_teachers": np.maximum(students // 17, 2), "programmes": programmes,
            "key_programmes": np.floor(programmes * (0.34 + 0.025 * t)).astype(np.int64), "opened_programmes": opened,
            "closed_programmes": (city.draw(yearly, "closed") * 3).astype(np.int64),
            "model_programmes": 1 + t // 2 + keys % 3, "research_platforms": 3 + t + 2 * (keys < 3) * t + keys % 4,
            "transfer_contracts": 18 + 5 * t + (city.draw(yearly, "contracts") * 20).astype(np.int64),
            "transfer_value_yuan": np.round((6 + 2.2 * t) * 1e6 * (0.4 + city.draw(yearly, "value"))).astype(np.int64),
            "public_facilities": facilities,
            "open_facilities": np.floor(facilities * open_share).astype(np.int64),
            "students_in_projects": np.floor(students * taking_part).astype(np.int64),
            "milestones_due": due, "milestones_on_time": due - late,
        }
    )  # fmt: skip
    seat = np.array([0, 4, 0, 4, 1, 4, 2, 3])
    texts = table.select(
        pl.Series("institution_code", [f"99{10 + key:03d}" for key in keys.tolist()]),
        pl.Series("institution_name", _NAMES, dtype=pl.String),
        pl.Series("division_code", [DISTRICTS[place].code_in(city.year) for place in seat.tolist()]),
        pl.all().cast(pl.String),
    )
    staged = write_for_city(city, _FORM, city.period, texts)
    city.facts.records["higher_education", city.year] = table.filter(pl.Series(staged))
