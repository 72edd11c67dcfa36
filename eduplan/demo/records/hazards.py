"""The hazard log: what was found in a school year, by when it had to be removed and when it was.

Belongs here: hazards and their file. Does not belong here: the return, which says how many there are.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import rank_in_group, stream
from eduplan.demo.calendar import day_of, day_texts
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, constant, dotted_date, excel_serial, full_width
from eduplan.demo.labels import pick
from eduplan.demo.records.cells import own_schools, school_cells
from eduplan.demo.records.writing import Form, write_by_district
from eduplan.demo.records.year import CityYear

FORM = Form(
    source="hazard",
    title="安全隐患排查整改台账",
    headers={
        "school_code": "学校标识码", "school_name": "学校名称", "hazard_number": "隐患编号",
        "hazard_category": "隐患类别", "hazard_grade": "隐患等级", "found_on": "发现日期",
        "due_on": "整改期限", "closed_on": "销号日期",
    },
    keep_out=(
        Defect("grade_unknown", "code", "hazard_grade", "quarantine", constant("较大")),
        Defect("due_before_found", "V39", "due_on", "quarantine", constant("2009-09-01")),
        Defect("date_unreadable", "date", "found_on", "quarantine", constant("上学期末")),
    ),
    repaired=(
        Defect("full_width", "width", "school_code", "repair", full_width),
        Defect("dotted_date", "", "found_on", "repair", dotted_date),
        Defect("excel_serial_date", "excel_serial_date", "due_on", "repair", excel_serial),
    ),
    per_thousand=4.0,
)  # fmt: skip

GRADES = ("general", "major")
GRADE_LABELS = ("一般隐患", "重大隐患")
CATEGORIES = ("building", "fire", "electricity", "food", "equipment", "transport", "surroundings")
CATEGORY_LABELS = ("校舍建筑", "消防", "用电用气", "食品卫生", "设施设备", "交通出行", "校园周边")


def write(city: CityYear) -> None:
    """Writes the log of a year."""
    table = hazards_of(city)
    school = table["school"].to_numpy()
    texts = pl.DataFrame(school_cells(city.schools, school)).with_columns(
        table["number"].alias("hazard_number"),
        pick(CATEGORY_LABELS, table["category"].to_numpy()).alias("hazard_category"),
        pick(GRADE_LABELS, table["is_major"].to_numpy()).alias("hazard_grade"),
        *(day_texts(table[name].to_numpy()).alias(name) for name in ("found_on", "due_on", "closed_on")),
    )
    staged = write_by_district(city, FORM, city.period, texts, city.schools.district[school])
    city.facts.records["hazard", city.year] = table.filter(pl.Series(staged))


def hazards_of(city: CityYear) -> pl.DataFrame:
    """The hazards of a year, the same whenever it is called."""
    rng = stream(city.seed, "hazards", city.year)
    schools = own_schools(city)
    size = city.pupils[schools].sum(axis=1)
    school = np.repeat(schools, rng.poisson(0.8 + size / 900))
    count = len(school)
    is_major = rng.random(count) < 0.06
    found = day_of(city.year, 9, 1) + rng.integers(0, 355, count)
    due = found + np.where(is_major, rng.integers(10, 60, count), rng.integers(3, 31, count))
    wealth = np.array([district.wealth for district in DISTRICTS])[city.schools.district[school]]
    on_time = rng.random(count) < 0.83 + 0.02 * city.passed + 0.08 * wealth + 0.04 * is_major
    never = ~on_time & (rng.random(count) < 0.3)
    taken = np.floor(rng.random(count) * (due - found + 1)).astype(np.int64)
    closed = np.where(on_time, found + taken, due + rng.integers(1, 40, count))
    # The log is sent when the school year ends, so that nothing in it was removed later.
    closed = np.where(never | (closed > day_of(city.year + 1, 8, 31)), -1, closed)
    rank = rank_in_group(school) + 1
    return pl.DataFrame(
        {
            "school": pl.Series(school, dtype=pl.Int32),
            "number": [f"{city.year}-{place:03d}" for place in rank.tolist()],
            "category": rng.integers(0, len(CATEGORIES), count),
            "is_major": is_major.astype(np.int64),
            "found_on": found,
            "due_on": due,
            "closed_on": closed,
        }
    )
