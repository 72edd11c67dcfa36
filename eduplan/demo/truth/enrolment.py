"""ENR-01: schools, classes and pupils.

Belongs here: how many there are, and the counts by class that other families use. Does not belong here: rates.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.calendar import census_day
from eduplan.demo.truth.answers import Answers
from eduplan.demo.truth.facts import Facts

NOT_A_SCHOOL = (119, 218, 219, 319, 349, 368, 369, 519)
"""Teaching points and attached classes are reported under a parent."""
_FIRST_STAGE = {
    111: "preschool", 119: "preschool", 211: "primary", 218: "primary", 312: "primary", 345: "primary", 311: "junior",
    341: "junior", 342: "senior_general", 361: "senior_vocational", 365: "senior_vocational",
    366: "senior_vocational", 511: "special", 512: "special", 513: "special",
}  # fmt: skip


def active_schools(facts: Facts, year: int) -> pl.DataFrame:
    """The schools of the register that are open on the census date, with their figures and dimensions."""
    day = census_day(year)
    open_now = (pl.col("founded_on") <= day) & ((pl.col("closed_on") < 0) | (pl.col("closed_on") > day))
    table = facts.register[year].filter(open_now).drop("school_type", "district")
    return facts.with_schools(table)


def with_first_stage(schools: pl.DataFrame) -> pl.DataFrame:
    """Adds the stage that a school stands under where it is counted whole: the first of its type."""
    return schools.with_columns(stage=pl.col("school_type").replace_strict(_FIRST_STAGE, return_dtype=pl.String))


def pupils(facts: Facts, year: int) -> pl.DataFrame:
    """The pupils of a year with the dimensions of their schools."""
    return facts.with_schools(facts.pupils[year])


def classes(facts: Facts, year: int) -> pl.DataFrame:
    """The classes of a year that have a pupil, with their ``pupils``."""
    table = facts.pupils[year].group_by("school", "grade", "class_number", "stage", maintain_order=True)
    return facts.with_schools(table.agg(pl.len().alias("pupils")))


def vocational_pupils(facts: Facts, year: int) -> pl.DataFrame:
    """The pupils of vocational schools: one row a school, grade and sex, with their number as ``weight``."""
    counts, _ = facts.vocational[year]
    school, grade, sex = np.nonzero(counts)
    table = pl.DataFrame(
        {
            "school": pl.Series(school, dtype=pl.Int32),
            "stage": pl.Series(["senior_vocational"] * len(school), dtype=pl.String),
            "grade": pl.Series([f"v{number + 1}" for number in grade.tolist()], dtype=pl.String),
            "sex": pl.Series([("female", "male")[number] for number in sex.tolist()], dtype=pl.String),
            "weight": counts[school, grade, sex],
        }
    )
    return facts.with_schools(table)


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    listed = active_schools(facts, year).filter(~pl.col("school_type").is_in(NOT_A_SCHOOL))
    answers.count("ENR-01.schools", year, listed.with_columns(num=pl.lit(1)), by=("urban_class", "ownership"))
    dimensions = ("stage", "urban_class", "ownership")
    keys = ["district", *dimensions]
    _, vocational_classes = facts.vocational[year]
    in_vocational = facts.school_table.with_columns(
        num=pl.Series(vocational_classes, dtype=pl.Int64), stage=pl.lit("senior_vocational")
    ).filter(pl.col("num") > 0)
    in_others = classes(facts, year).with_columns(pl.col("stage").cast(pl.String), num=pl.lit(1, dtype=pl.Int64))
    answers.count(
        "ENR-01.classes",
        year,
        pl.concat([in_others.select(*keys, "num"), in_vocational.select(*keys, "num")]),
        by=dimensions,
    )
    on_rolls = pupils(facts, year).with_columns(pl.col("stage", "sex").cast(pl.String), num=pl.lit(1, dtype=pl.Int64))
    counted = vocational_pupils(facts, year).with_columns(num=pl.col("weight").cast(pl.Int64))
    everybody = pl.concat([table.select(*keys, "sex", "num") for table in (on_rolls, counted)])
    answers.count("ENR-01.pupils", year, everybody, by=(*dimensions, "sex"))
