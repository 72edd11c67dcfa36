"""The digital return: link, wireless, classrooms, terminals, smart campus and lessons of each school.

Belongs here: how digital equipment spreads over the schools, and the return's file. Does not belong here: what
platforms log of its use.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo import labels
from eduplan.demo.arrays import Flags, Ints
from eduplan.demo.calendar import day_of, day_texts
from eduplan.demo.defects import Defect, constant, dotted_date, excel_serial, full_width
from eduplan.demo.records.cells import ordinary_schools, school_cells, up_to
from eduplan.demo.records.writing import Form, write_by_district
from eduplan.demo.records.year import CityYear

FORM = Form(
    source="digital_return",
    title="学校信息化情况表",
    headers={
        "school_code": "学校标识码", "school_name": "学校名称", "filled_on": "填报日期",
        "main_link_mbps": "主校区实测带宽", "link_measured_on": "带宽测试日期", "other_campuses": "其他校区数",
        "ten_gigabit_campuses": "万兆接入的其他校区数", "has_full_wireless": "无线网络全覆盖",
        "ordinary_classrooms": "普通教室数", "multimedia_classrooms": "配备多媒体的普通教室数",
        "pupil_terminals": "学生终端数", "teacher_terminals": "教师终端数",
        "smart_campus_standard": "智慧校园评估标准", "smart_campus_grade": "智慧校园评估等级",
        "weekly_lessons": "周课时总数", "weekly_lessons_with_space": "使用网络学习空间的周课时数",
    },
    keep_out=(
        Defect("link_as_words", "number", "main_link_mbps", "quarantine", constant("万兆")),
        Defect("more_rooms_with_multimedia", "V31", "multimedia_classrooms", "quarantine", constant("999")),
        Defect("standard_unknown", "code", "smart_campus_standard", "quarantine", constant("省级标准")),
        Defect("school_unknown", "V04", "school_code", "quarantine", constant("2199999995")),
    ),
    repaired=(
        Defect("full_width", "width", "school_code", "repair", full_width),
        Defect("dotted_date", "", "filled_on", "repair", dotted_date),
        Defect("excel_serial_date", "excel_serial_date", "filled_on", "repair", excel_serial),
    ),
    per_thousand=5.0,
)  # fmt: skip

STANDARDS = ("digital_2018", "smart_2022")
STANDARD_LABELS = ("数字校园标准（2018版）", "智慧校园标准（2022版）")
GRADES = ("none", "pass", "benchmark")
GRADE_LABELS = ("未达标", "达标", "标杆校")
NEW_STANDARD = 2022
"""First year in which the second version of the smart-campus standard is in force."""


def write(city: CityYear) -> None:
    """Writes the returns of a year."""
    keys = ordinary_schools(city)
    table = _figures(city, keys)
    texts = table.drop("school", "filled_on", "link_measured_on", "has_full_wireless").select(
        pl.all().exclude("smart_campus_standard", "smart_campus_grade").cast(pl.String)
    )
    texts = texts.with_columns(
        **school_cells(city.schools, keys),
        filled_on=day_texts(table["filled_on"].to_numpy()),
        link_measured_on=day_texts(table["link_measured_on"].to_numpy()),
        has_full_wireless=labels.flags(table["has_full_wireless"].to_numpy()),
        smart_campus_standard=labels.pick(STANDARD_LABELS, table["smart_campus_standard"].to_numpy()),
        smart_campus_grade=labels.pick(GRADE_LABELS, table["smart_campus_grade"].to_numpy()),
    )
    staged = write_by_district(city, FORM, city.period, texts, city.schools.district[keys])
    city.facts.records["digital_return", city.year] = table.filter(pl.Series(staged))


def _figures(city: CityYear, keys: Ints) -> pl.DataFrame:
    filled = day_of(city.year, 10, 12) + city.schools.district[keys]
    size = city.pupils[keys].sum(axis=1)
    fast = city.share(keys, "ten gigabit", 0.22, 0.145, wealth=0.3)
    slow = np.where(city.draw(keys, "slow link") < 0.7, 1000, 2000) * np.where(city.draw(keys, "link") < 0.1, 0.9, 1.0)
    measured = city.draw(keys, f"link measured {city.year}") < 0.97
    campuses = (city.draw(keys, "campuses") < 0.08 + 0.1 * (size > 1000)).astype(np.int64)
    campuses += campuses * (city.draw(keys, "third campus") < 0.2)
    rooms = np.maximum(2, size // 38 + 1)
    equipped = np.minimum(1.0, 0.86 + 0.03 * city.passed + 0.12 * (city.draw(keys, "multimedia") - 0.4))
    teachers = size // 14 + 2
    lessons = rooms * 32
    use = (0.10 + 0.07 * city.passed) * (0.5 + city.draw(keys, "learning space"))
    standard, grade = _smart_campus(city, keys)
    return pl.DataFrame(
        {
            "school": pl.Series(keys, dtype=pl.Int32),
            "filled_on": filled,
            "main_link_mbps": np.where(fast, 10_000, slow).astype(np.int64),
            "link_measured_on": np.where(measured, filled - 1 - keys % 60, -1),
            "other_campuses": campuses,
            "ten_gigabit_campuses": np.where(fast, up_to(city.draw(keys, "campus link"), campuses), 0),
            "has_full_wireless": city.share(keys, "wireless", 0.46, 0.1, wealth=0.25),
            "ordinary_classrooms": rooms,
            "multimedia_classrooms": np.floor(rooms * equipped + 0.2).astype(np.int64),
            "pupil_terminals": (size * (0.10 + 0.022 * city.passed + 0.06 * city.draw(keys, "tablets"))).astype(int),
            "teacher_terminals": (teachers * (0.82 + 0.05 * city.passed)).astype(np.int64),
            "smart_campus_standard": standard,
            "smart_campus_grade": grade,
            "weekly_lessons": lessons,
            "weekly_lessons_with_space": (lessons * np.minimum(use, 0.95)).astype(np.int64),
        }
    )


def _smart_campus(city: CityYear, keys: Ints) -> tuple[Ints, Ints]:
    """Version and grade of the last evaluation: nearly all passed the old version, the new one starts over."""
    passed_old: Flags = city.draw(keys, "smart campus 2018") < 0.985
    since = city.year - NEW_STANDARD
    draw = city.draw(keys, "smart campus 2022")
    evaluated = draw < 0.34 + 0.2 * since if since >= 0 else np.zeros(len(keys), dtype=bool)
    failed = city.draw(keys, f"evaluation {city.year}") < 0.04
    benchmark = draw < 0.012 * (since + 1) if since >= 0 else city.draw(keys, "benchmark 2018") < 0.02
    passed = np.where(evaluated, ~failed, passed_old)
    return evaluated.astype(np.int64), np.where(passed, 1 + benchmark, 0)
