"""SEN: the senior stage.

Belongs here: the indicators whose codes start with SEN. Does not belong here: other stages.
"""

from __future__ import annotations

import polars as pl

from eduplan.demo.truth.answers import Answers, contributions, share
from eduplan.demo.truth.enrolment import classes, pupils, vocational_pupils
from eduplan.demo.truth.facts import Facts
from eduplan.demo.truth.preschool import residents


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    general = pupils(facts, year).filter(pl.col("stage") == "senior_general")
    vocational = vocational_pupils(facts, year)
    keys = ["district", "sex"]
    columns = [pl.col("district"), pl.col("sex").cast(pl.String), pl.col("weight").cast(pl.Int64)]
    stage = pl.concat([general.with_columns(weight=pl.lit(1)).select(columns), vocational.select(columns)])
    answers.ratio("SEN-01", year, contributions(stage, residents(facts, year, 15, 17), keys), by=("sex",))
    first_general = general.filter(pl.col("grade") == "s1").with_columns(weight=pl.lit(1)).select(columns)
    entrants = pl.concat([first_general, vocational.filter(pl.col("grade") == "v1").select(columns)])
    answers.ratio("SEN-02", year, contributions(first_general, entrants, keys), by=("sex",))
    large = classes(facts, year).filter(pl.col("stage") == "senior_general")
    answers.ratio("SEN-06", year, share(large, pl.col("pupils") >= 56))
    finished = facts.with_schools(
        facts.moves[year].filter((pl.col("status") == "graduated") & (pl.col("stage") == "junior"))
    )
    answers.ratio("SEN-07", year, contributions(entrants, finished, keys), by=("sex",))
