"""The information-literacy test: how many pupils of grades four and eight took it, and how many reached the standard.

Belongs here: results by school and grade, and their file. Does not belong here: single pupils.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import stream
from eduplan.demo.defects import Defect, constant, full_width
from eduplan.demo.records.cells import numbers, school_cells
from eduplan.demo.records.writing import Form, write_for_city
from eduplan.demo.records.year import CityYear

FORM = Form(
    source="literacy_test",
    title="学生信息素养测评汇总表",
    headers={
        "school_code": "学校标识码", "school_name": "学校名称", "grade": "年级", "tested_pupils": "测评人数",
        "pupils_at_standard": "达标人数",
    },
    keep_out=(
        Defect("more_pass_than_sit", "V31", "pupils_at_standard", "quarantine", constant("99999")),
        Defect("tested_as_words", "number", "tested_pupils", "quarantine", constant("全员")),
    ),
    repaired=(Defect("full_width", "width", "school_code", "repair", full_width),),
    per_thousand=3.0,
)  # fmt: skip

TESTED = {"p4": "四年级", "j2": "八年级"}


def write(city: CityYear) -> None:
    """Writes the results of a year."""
    rng = stream(city.seed, "information literacy", city.year)
    pupils = city.facts.pupils[city.year].with_columns(pl.col("grade").cast(pl.String))
    grades = (
        pupils.filter(pl.col("grade").is_in(list(TESTED)))
        .group_by("school", "grade", maintain_order=True)
        .agg(pl.len().alias("pupils"))
        .sort("school", "grade")
    )
    school = grades["school"].to_numpy().astype(np.int64)
    took_part = city.draw(school, f"literacy test {city.year}") < 0.97
    grades, school = grades.filter(pl.Series(took_part)), school[took_part]
    tested = np.maximum(1, rng.binomial(grades["pupils"].to_numpy(), 0.95))
    quality = city.schools.quality[school]
    chance = np.clip(
        0.70 + 0.03 * city.passed + 0.05 * quality - 0.04 * (grades["grade"] == "j2").to_numpy(), 0.1, 0.98
    )
    table = grades.with_columns(tested=tested, at_standard=rng.binomial(tested, chance)).drop("pupils")
    texts = pl.DataFrame(school_cells(city.schools, school)).with_columns(
        grades["grade"].replace_strict(TESTED, return_dtype=pl.String),
        numbers(table["tested"].to_numpy()).alias("tested_pupils"),
        numbers(table["at_standard"].to_numpy()).alias("pupils_at_standard"),
    )
    staged = write_for_city(city, FORM, city.period, texts)
    city.facts.records["literacy_test", city.year] = table.filter(pl.Series(staged))
