"""HLT-09 to HLT-17: doctors, mental health, fitness and body mass.

Belongs here: what schools provide and what autumn finds besides eyes. Does not belong here: eyes.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.qualifications import SCHOOL_HEALTH_TYPES
from eduplan.demo.truth.answers import Answers, contributions, share
from eduplan.demo.truth.enrolment import active_schools, with_first_stage
from eduplan.demo.truth.facts import Facts
from eduplan.demo.truth.vision import scope

# WS/T 586-2018: tenths of kg/m2 at 6.0, 6.5, ... 18.0 years.
_BOYS_OVER = (164, 167, 170, 174, 178, 181, 185, 189, 192, 196, 199, 203, 207,
              210, 214, 219, 223, 226, 229, 231, 233, 235, 237, 238, 240)  # fmt: skip
_BOYS_OBESE = (177, 181, 187, 192, 197, 203, 208, 214, 219, 225, 230, 236, 241,
               247, 252, 257, 261, 264, 266, 269, 271, 274, 276, 278, 280)  # fmt: skip
_GIRLS_OVER = (162, 165, 168, 172, 176, 181, 185, 190, 195, 200, 205, 211, 215,
               219, 222, 226, 228, 230, 232, 234, 236, 237, 238, 239, 240)  # fmt: skip
_GIRLS_OBESE = (175, 180, 185, 190, 194, 199, 204, 210, 215, 221, 227, 233, 239,
                245, 250, 256, 259, 263, 266, 269, 271, 274, 276, 278, 280)  # fmt: skip
_FIRST_HALF_YEAR, _LAST_HALF_YEAR = 12, 36
_BY = ("stage", "sex", "grade")


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    _providers(answers, facts, year)
    everyone = scope(facts, year)
    rows = facts.screenings[year, "autumn"].join(
        everyone.drop("class_number"), on="person", how="inner", maintain_order="left"
    )
    _mental_health(answers, everyone, rows, year)
    tested = rows.drop_nulls("fitness")
    answers.ratio("HLT-16.pass", year, share(tested, pl.col("fitness") >= 600), by=_BY)
    answers.ratio("HLT-16.good", year, share(tested, pl.col("fitness") >= 800), by=_BY)
    _body_mass(answers, rows, year)


def _providers(answers: Answers, facts: Facts, year: int) -> None:
    number = facts.pupils[year].group_by("school").agg(pl.len().cast(pl.Int64).alias("pupils"))
    open_now = active_schools(facts, year).filter(pl.col("school_type").is_in(SCHOOL_HEALTH_TYPES))
    schools = with_first_stage(open_now).join(number, on="school")
    doctors = pl.col("health_professionals").fill_null(0)
    either = doctors + pl.col("health_teachers").fill_null(0)
    large = pl.col("is_boarding_school") | (pl.col("pupils") >= 600)
    enough = pl.when(large).then(doctors >= (pl.col("pupils") + 599) // 600).otherwise(either >= 1)
    dimensions = ("stage", "urban_class", "ownership")
    answers.ratio("HLT-09", year, share(schools, enough), by=dimensions)
    reporting = schools.filter(pl.Series(facts.has_staff[year])[schools["school"]])
    active = facts.staff[year].filter(pl.col("status") == "active")
    roles = active.group_by("school").agg(
        (pl.col("mental_role") > 0).any().alias("has_role"), (pl.col("mental_role") == 1).any().alias("has_full_time")
    )
    served = reporting.join(roles, on="school", how="left")
    answers.ratio("HLT-11", year, share(served, pl.col("has_role")), by=dimensions)
    large_schools = served.filter(pl.col("pupils") > 1000)
    answers.ratio("HLT-12", year, share(large_schools, pl.col("has_full_time")), by=("stage",))


def _mental_health(answers: Answers, everyone: pl.DataFrame, rows: pl.DataFrame, year: int) -> None:
    older = pl.col("grade_number").is_between(4, 12)
    concerned = everyone.filter(older)
    keys = ["district", "stage"]
    for code, flag in (("HLT-13", "is_mental_screened"), ("HLT-14", "has_mental_file")):
        reached = rows.filter(pl.col(flag)).select("person").unique()
        answers.ratio(
            code, year, contributions(concerned.join(reached, on="person", how="semi"), concerned, keys), by=("stage",)
        )
    warned = rows.filter(older & (pl.col("mental_level") > 0))
    answers.ratio("HLT-15", year, share(warned, pl.col("follow_up") == 1), by=("stage",))


def _body_mass(answers: Answers, rows: pl.DataFrame, year: int) -> None:
    in_range = pl.col("half_years").is_between(_FIRST_HALF_YEAR, _LAST_HALF_YEAR)
    measured = rows.drop_nulls(["height", "weight"]).filter(in_range)
    step = measured["half_years"].to_numpy() - _FIRST_HALF_YEAR
    male = (measured["sex"] == "male").to_numpy()
    over = np.where(male, np.array(_BOYS_OVER)[step], np.array(_GIRLS_OVER)[step])
    obese = np.where(male, np.array(_BOYS_OBESE)[step], np.array(_GIRLS_OBESE)[step])
    # Weight and height are tenths of kg and cm, the cuts tenths of kg/m2: all sides are whole numbers.
    mass = measured["weight"].to_numpy().astype(np.int64) * 1_000_000
    square = measured["height"].to_numpy().astype(np.int64) ** 2
    judged = measured.with_columns(
        overweight=pl.Series((mass >= over * square) & (mass < obese * square)), obese=pl.Series(mass >= obese * square)
    )
    answers.ratio("HLT-17.overweight", year, share(judged, pl.col("overweight")), by=_BY)
    answers.ratio("HLT-17.obese", year, share(judged, pl.col("obese")), by=_BY)
