"""The list of canteens: food-safety grade, licence and how the kitchen is shown.

Belongs here: canteens and their file. Does not belong here: meals.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import Ints, rank_in_group
from eduplan.demo.calendar import day_of, day_texts
from eduplan.demo.defects import Defect, constant, dotted_date, excel_serial, full_width
from eduplan.demo.labels import pick
from eduplan.demo.records.cells import numbers, own_schools, school_cells
from eduplan.demo.records.writing import Form, write_by_district
from eduplan.demo.records.year import CityYear

FORM = Form(
    source="canteen",
    title="学校食堂情况表",
    headers={
        "school_code": "学校标识码", "school_name": "学校名称", "canteen_number": "食堂编号",
        "food_safety_grade": "食品安全等级", "licence_valid_to": "许可证有效期至", "kitchen_mode": "明厨亮灶形式",
    },
    keep_out=(
        Defect("grade_unknown", "code", "food_safety_grade", "quarantine", constant("待评")),
        Defect("mode_unknown", "code", "kitchen_mode", "quarantine", constant("整改中")),
        Defect("date_unreadable", "date", "licence_valid_to", "quarantine", constant("长期")),
    ),
    repaired=(
        Defect("full_width", "width", "school_code", "repair", full_width),
        Defect("dotted_date", "", "licence_valid_to", "repair", dotted_date),
        Defect("excel_serial_date", "excel_serial_date", "licence_valid_to", "repair", excel_serial),
    ),
    per_thousand=4.0,
)  # fmt: skip

GRADES = ("a", "b", "c", "none")
GRADE_LABELS = ("A级", "B级", "C级", "未评级")
MODES = ("none", "glass", "video", "internet")
MODE_LABELS = ("未实施", "透明式", "视频式", "互联网式")


def canteens_of(city: CityYear) -> Ints:
    """How many canteens each school has in a year."""
    keys = own_schools(city)
    result = np.zeros(len(city.schools), dtype=np.int64)
    result[keys] = (city.draw(keys, "canteen") < 0.86) * (1 + (city.pupils[keys].sum(axis=1) > 1800))
    return result


def write(city: CityYear) -> None:
    """Writes the list of a year."""
    counts = canteens_of(city)
    school = np.repeat(np.arange(len(counts)), counts)
    number = rank_in_group(school) + 1
    draw = city.draw(school * 10 + number, "canteen grade")
    good = 0.78 + 0.042 * city.passed + 0.1 * (city.schools.quality[school] > 0)
    grade = np.select([draw < good * 0.45, draw < good, draw < good + 0.6 * (1 - good)], [0, 1, 2], 3)
    shown = city.draw(school * 10 + number, "open kitchen")
    reach = 0.70 + 0.05 * city.passed + 0.06 * (city.schools.quality[school] > 0)
    online = (0.15 + 0.12 * city.passed) * reach
    mode = np.select([shown < online, shown < (online + reach) / 2, shown < reach], [3, 2, 1], 0)
    renewed = licence_end(city, school * 10 + number)
    table = pl.DataFrame(
        {
            "school": pl.Series(school, dtype=pl.Int32),
            "number": number,
            "grade": grade,
            "licence_valid_to": renewed,
            "mode": mode,
        }
    )
    texts = pl.DataFrame(school_cells(city.schools, school)).with_columns(
        numbers(number).alias("canteen_number"),
        pick(GRADE_LABELS, grade).alias("food_safety_grade"),
        day_texts(renewed).alias("licence_valid_to"),
        pick(MODE_LABELS, mode).alias("kitchen_mode"),
    )
    staged = write_by_district(city, FORM, city.period, texts, city.schools.district[school])
    city.facts.records["canteen", city.year] = table.filter(pl.Series(staged))


def licence_end(city: CityYear, keys: Ints) -> Ints:
    """The day on which a licence of five years ends; a few were not renewed in time."""
    left = np.floor(city.draw(keys, "licence") * 5).astype(np.int64)
    remaining = (left - city.year) % 5
    late = (remaining == 0) & (city.draw(keys, f"late licence {city.year}") < 0.1)
    census = day_of(city.year, 9, 1)
    return np.asarray(np.where(late, census - 1 - keys % 50, census + 365 * remaining + keys % 300))
