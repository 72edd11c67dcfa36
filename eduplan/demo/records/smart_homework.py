"""The smart-homework log of the platform: active classes and pupils by school, grade and month.

Belongs here: how the use of smart homework spreads, and the log's file. Does not belong here: the roll.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import stream
from eduplan.demo.defects import Defect, constant, full_width
from eduplan.demo.grades import GRADES, LABELS
from eduplan.demo.records.cells import numbers, school_cells
from eduplan.demo.records.writing import Form, write_for_city
from eduplan.demo.records.year import CityYear

FORM = Form(
    source="smart_homework",
    title="智慧作业应用统计表",
    headers={
        "school_code": "学校标识码", "school_name": "学校名称", "grade": "年级", "calendar_month": "月份",
        "active_classes": "活跃满四周班级数", "active_pupils": "活跃学生数",
    },
    keep_out=(
        Defect("month_thirteen", "range", "calendar_month", "quarantine", constant("13")),
        Defect("classes_as_words", "number", "active_classes", "quarantine", constant("全部")),
    ),
    repaired=(Defect("full_width", "width", "school_code", "repair", full_width),),
    per_thousand=1.0,
    repairs_per_thousand=2.0,
)  # fmt: skip

MONTHS = (9, 10, 11, 12, 3, 4, 5, 6)
_QUIET = {9: 0.05, 12: 0.04, 6: 0.10}
"""How much less classes do in some months."""


def grades_three_to_nine(pupils: pl.DataFrame) -> pl.DataFrame:
    """Classes and pupils of a roll by school and grade, those of grades three to nine."""
    return (
        pupils.filter(pl.col("grade_number").is_between(3, 9))
        .with_columns(pl.col("grade").cast(pl.String), pl.col("stage").cast(pl.String))
        .group_by("school", "stage", "grade", maintain_order=True)
        .agg(pl.col("class_number").n_unique().cast(pl.Int64).alias("classes"), pl.len().cast(pl.Int64).alias("pupils"))
        .sort("school", "grade")
    )


def write(city: CityYear) -> None:
    """Writes the log of a year; a grade that did nothing in a month has no row, and a few schools are not in it."""
    rng = stream(city.seed, "smart homework", city.year)
    grades = grades_three_to_nine(city.facts.pupils[city.year])
    school = grades["school"].to_numpy().astype(np.int64)
    joined = grades.filter(pl.Series(city.share(school, "smart homework", 0.93, 0.015)))
    table = joined.join(pl.DataFrame({"month": pl.Series(MONTHS, dtype=pl.Int64)}), how="cross")
    month = table["month"].to_numpy()
    quiet = np.select([month == each for each in _QUIET], list(_QUIET.values()), 0.0)
    keen = city.draw(table["school"].to_numpy().astype(np.int64), "keen on smart homework") - 0.5
    chance = np.clip(0.38 + 0.115 * city.passed + 0.25 * keen - quiet, 0.02, 0.995)
    classes = rng.binomial(table["classes"].to_numpy(), chance)
    pupils = rng.binomial(table["pupils"].to_numpy(), np.clip(chance * 0.96, 0.01, 0.99))
    table = table.with_columns(active_classes=classes, active_pupils=pupils).filter(pl.col("active_pupils") > 0)
    texts = pl.DataFrame(school_cells(city.schools, table["school"].to_numpy())).with_columns(
        table["grade"].replace_strict(dict(zip(GRADES, LABELS, strict=True)), return_dtype=pl.String),
        numbers(table["month"].to_numpy()).alias("calendar_month"),
        numbers(table["active_classes"].to_numpy()).alias("active_classes"),
        numbers(table["active_pupils"].to_numpy()).alias("active_pupils"),
    )
    staged = write_for_city(city, FORM, city.period, texts)
    city.facts.records["smart_homework", city.year] = table.filter(pl.Series(staged))
