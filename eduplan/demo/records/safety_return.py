"""The safety return: guards, posts, alarms, gates and drills of each school and kindergarten.

Belongs here: how safety spreads over the schools, and the return's file. Does not belong here: the lists of canteens,
buses and hazards, which the return only counts.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo import labels
from eduplan.demo.arrays import Flags, Ints
from eduplan.demo.calendar import day_of, day_texts
from eduplan.demo.defects import Defect, constant, dotted_date, excel_serial, full_width
from eduplan.demo.records.canteens import canteens_of
from eduplan.demo.records.cells import numbers, own_schools, school_cells, up_to
from eduplan.demo.records.hazards import hazards_of
from eduplan.demo.records.school_buses import buses_of
from eduplan.demo.records.writing import Form, write_by_district
from eduplan.demo.records.year import CityYear

FORM = Form(
    source="safety_return",
    title="学校安全防范情况表",
    headers={
        "school_code": "学校标识码", "school_name": "学校名称", "filled_on": "填报日期",
        "full_time_guards": "专职保安数",
        "has_morning_post": "上学护学岗", "has_afternoon_post": "放学护学岗", "is_closed_site": "是否封闭管理",
        "has_alarm": "一键式报警", "alarm_tested_on": "报警测试日期", "has_linked_video": "视频监控联网",
        "is_on_safety_platform": "接入安全风险防控平台", "last_reported_on": "平台最近上报日期", "gates": "出入口数",
        "gates_with_identification": "访客识别出入口数", "months_with_drill": "近十二个月开展演练月数",
        "hazards_found": "隐患数", "canteens": "食堂数", "school_buses": "校车数",
    },
    keep_out=(
        Defect("guards_as_words", "number", "full_time_guards", "quarantine", constant("若干")),
        Defect("more_gates_identify", "V31", "gates_with_identification", "quarantine", constant("48")),
        Defect("school_unknown", "V04", "school_code", "quarantine", constant("2199999997")),
        Defect("thirteen_months", "range", "months_with_drill", "quarantine", constant("13")),
    ),
    repaired=(
        Defect("full_width", "width", "school_code", "repair", full_width),
        Defect("dotted_date", "", "filled_on", "repair", dotted_date),
        Defect("excel_serial_date", "excel_serial_date", "filled_on", "repair", excel_serial),
    ),
    per_thousand=4.0,
)  # fmt: skip

_LATE = (7, 2022)
"""District and school year whose returns never arrive."""


def write(city: CityYear) -> None:
    """Writes the returns of a year."""
    keys = own_schools(city)
    keys = keys[(city.schools.district[keys] != _LATE[0]) | (city.year != _LATE[1])]
    table = _figures(city, keys)
    flags = [name for name, kind in table.schema.items() if kind == pl.Boolean]
    days = [name for name in table.columns if name.endswith("_on")]
    texts = table.drop("school").with_columns(
        *(labels.flags(table[name].to_numpy()).alias(name) for name in flags),
        *(day_texts(table[name].to_numpy()).alias(name) for name in days),
        *(numbers(table[name].to_numpy()).alias(name) for name in table.columns if name not in (*flags, *days)),
    )
    texts = texts.drop("school", strict=False).with_columns(**school_cells(city.schools, keys))
    staged = write_by_district(city, FORM, city.period, texts, city.schools.district[keys])
    city.facts.records["safety_return", city.year] = table.filter(pl.Series(staged))


def _figures(city: CityYear, keys: Ints) -> pl.DataFrame:
    filled = day_of(city.year, 10, 8) + city.schools.district[keys]
    has_alarm = city.share(keys, "one-key alarm", 0.93, 0.02, wealth=0.08)
    on_platform = city.share(keys, "safety platform", 0.70, 0.062, wealth=0.18)
    months = 12 * (city.draw(keys, f"alarm tested {city.year}") < 0.95) + 1
    reports_late = city.draw(keys, f"platform report {city.year}") < 0.05 - 0.008 * city.passed
    size = city.pupils[keys].sum(axis=1)
    gates = 1 + (size > 500) + (size > 1500)
    identifies = city.share(keys, "visitor identification", 0.55, 0.084, wealth=0.25)
    some = up_to(city.draw(keys, "gates identify"), gates - 1)
    return pl.DataFrame(
        {
            "school": pl.Series(keys, dtype=pl.Int32),
            "filled_on": filled,
            "full_time_guards": _guards(city, keys, size),
            "has_morning_post": city.share(keys, "morning post", 0.90, 0.018, wealth=0.08),
            "has_afternoon_post": city.share(keys, "afternoon post", 0.87, 0.022, wealth=0.10),
            "is_closed_site": city.share(keys, "closed site", 0.95, 0.008, wealth=0.06),
            "has_alarm": has_alarm,
            "alarm_tested_on": np.where(has_alarm, filled - np.where(months > 1, 40 + keys % 300, 420), -1),
            "has_linked_video": city.share(keys, "linked video", 0.84, 0.027, wealth=0.12),
            "is_on_safety_platform": on_platform,
            "last_reported_on": np.where(on_platform, filled - np.where(reports_late, 45, keys % 31), -1),
            "gates": gates,
            "gates_with_identification": np.where(identifies, gates, some),
            "months_with_drill": _drills(city, keys),
            "hazards_found": np.bincount(hazards_of(city)["school"].to_numpy(), minlength=len(city.schools))[keys],
            "canteens": canteens_of(city)[keys],
            "school_buses": buses_of(city)[keys],
        }
    )


def _guards(city: CityYear, keys: Ints, size: Ints) -> Ints:
    needed = np.where(size > 1000, 2 + (size - 1000) // 500, np.where(size >= 80, 2, 1))
    enough: Flags = city.share(keys, "guards", 0.86, 0.028, wealth=0.12)
    return np.asarray(np.where(enough, needed + (city.draw(keys, "more guards") < 0.2), needed - 1))


def _drills(city: CityYear, keys: Ints) -> Ints:
    due = np.where(city.schools.school_type[keys] == 111, 4, 9)
    diligent: Flags = city.share(keys, "drills", 0.78, 0.035, wealth=0.1)
    return np.asarray(np.where(diligent, due + keys % 2, due - 1 - keys % 3))
