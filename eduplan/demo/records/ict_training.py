"""Training of teachers in information technology: how many of each school have their fifty hours.

Belongs here: numbers by school, and their file. Does not belong here: single teachers.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import stream
from eduplan.demo.defects import Defect, constant, full_width
from eduplan.demo.records.cells import numbers, ordinary_schools, school_cells
from eduplan.demo.records.writing import Form, write_for_city
from eduplan.demo.records.year import CityYear

FORM = Form(
    source="ict_training",
    title="教师信息技术应用能力培训汇总表",
    headers={
        "school_code": "学校标识码", "school_name": "学校名称", "listed_teachers": "专任教师数",
        "teachers_with_fifty_hours": "五年满50学时教师数", "ict_trained_teachers": "其中实践学时过半教师数",
    },
    keep_out=(
        Defect("more_trained_than_listed", "V31", "teachers_with_fifty_hours", "quarantine", constant("99999")),
        Defect("teachers_as_words", "number", "listed_teachers", "quarantine", constant("全体")),
    ),
    repaired=(Defect("full_width", "width", "school_code", "repair", full_width),),
    per_thousand=3.0,
)  # fmt: skip


def write(city: CityYear) -> None:
    """Writes the summary of a year; teachers are those of the staff roll, or as many as a school of the size has."""
    rng = stream(city.seed, "ict training", city.year)
    keys = ordinary_schools(city)
    staff = city.facts.staff[city.year].filter(
        (pl.col("category") == "full_time_teacher") & (pl.col("status") == "active")
    )
    on_roll = np.bincount(staff["school"].to_numpy(), minlength=len(city.schools))[keys]
    teachers = np.where(on_roll > 0, on_roll, city.pupils[keys].sum(axis=1) // 14 + 2)
    chance = np.clip(0.52 + 0.085 * city.passed + 0.05 * city.schools.quality[keys], 0.05, 0.99)
    enough = rng.binomial(teachers, chance)
    table = pl.DataFrame(
        {
            "school": pl.Series(keys, dtype=pl.Int32),
            "teachers": teachers,
            "with_hours": enough,
            "trained": rng.binomial(enough, 0.93),
        }
    )
    texts = pl.DataFrame(school_cells(city.schools, keys)).with_columns(
        numbers(teachers).alias("listed_teachers"),
        numbers(enough).alias("teachers_with_fifty_hours"),
        numbers(table["trained"].to_numpy()).alias("ict_trained_teachers"),
    )
    staged = write_for_city(city, FORM, city.period, texts)
    city.facts.records["ict_training", city.year] = table.filter(pl.Series(staged))
