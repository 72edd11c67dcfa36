"""CMP-01, CMP-03, CMP-23 and COH-01: pupils followed from one year to another.

Belongs here: what needs the rolls of more than one year. Does not belong here: eyes, which ``vision`` follows.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.truth.answers import Answers, contributions, share
from eduplan.demo.truth.compulsory import in_nine_grades
from eduplan.demo.truth.enrolment import pupils
from eduplan.demo.truth.facts import Facts

_KEYS = ["district", "sex"]
_GONE_FOR_GOOD = ["death", "transfer_out_elsewhere"]


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year; where the years before are not known, none."""
    _retention(answers, facts, year)
    if year - 1 in facts.pupils:
        _drop_outs(answers, facts, year)
        _promotion(answers, facts, year)
        answers.ratio("CMP-01.tracked", year, tracked(facts, year), by=("urban_class", "sex"))
    if year - 2 in facts.pupils:
        _junior_cohort(answers, facts, year)


def _entrants(facts: Facts, year: int) -> pl.DataFrame | None:
    """Grade-one entrants of the primary stage: from the roll where it covers the year, else from the history."""
    if year in facts.pupils:
        return pupils(facts, year).filter((pl.col("stage") == "primary") & (pl.col("grade") == "p1"))
    if year not in facts.entrants:
        return None
    numbers = facts.entrants[year]
    district, sex = np.indices(numbers.shape)
    return pl.DataFrame(
        {
            "district": district.ravel(),
            "sex": np.array(["female", "male"])[sex.ravel()].tolist(),
            "weight": numbers.ravel(),
        }
    )


def _retention(answers: Answers, facts: Facts, year: int) -> None:
    entrants = _entrants(facts, year - 8)
    if entrants is None:
        return
    leaving = pupils(facts, year).filter((pl.col("grade_number") == 9) & (pl.col("stage") == "junior"))
    answers.ratio("CMP-01.crude", year, contributions(leaving, entrants, _KEYS), by=("sex",))


def _drop_outs(answers: Answers, facts: Facts, year: int) -> None:
    dropped = (pl.col("status") == "left") & (pl.col("change") == "drop_out") & in_nine_grades()
    gone = facts.with_schools(facts.moves[year].filter(dropped))
    before = pupils(facts, year - 1).filter(in_nine_grades())
    answers.ratio("CMP-03", year, contributions(gone, before, _KEYS), by=("sex",))


def gone_for_good(facts: Facts, years: list[int]) -> pl.DataFrame:
    """The persons who died or verifiably left the city in some years."""
    tables = [facts.moves[year].filter(pl.col("change").is_in(_GONE_FOR_GOOD)).select("person") for year in years]
    return pl.concat(tables).unique()


def _promotion(answers: Answers, facts: Facts, year: int) -> None:
    studied = pl.col("stage").is_in(["primary", "junior"]) & pl.col("grade_number").is_between(1, 8)
    before = pupils(facts, year - 1).filter(studied).join(gone_for_good(facts, [year]), on="person", how="anti")
    now = facts.pupils[year].select("person", now=pl.col("grade_number"))
    followed = before.join(now, on="person", how="left", maintain_order="left")
    moves = facts.moves[year]
    reasons = moves.group_by("person").agg(
        has_dropped=((pl.col("status") == "left") & (pl.col("change") == "drop_out")).any(),
        is_away=(pl.col("status") == "suspended").any(),
    )
    followed = followed.join(reasons, on="person", how="left", maintain_order="left").with_columns(
        pl.col("has_dropped", "is_away").fill_null(value=False)
    )
    nowhere = pl.col("now").is_null()
    outcomes = {
        "promotion": pl.col("now") == pl.col("grade_number") + 1,
        "repetition": pl.col("now") == pl.col("grade_number"),
        "dropout": nowhere & pl.col("has_dropped"),
        "lost": nowhere & ~pl.col("has_dropped") & ~pl.col("is_away"),
    }
    for name, hit in outcomes.items():
        answers.ratio(f"COH-01.{name}", year, share(followed, hit), by=("stage", "grade", "sex"))


def tracked(facts: Facts, year: int) -> pl.DataFrame:
    """Who stayed of a cohort: from grade one on or, while rolls are younger than that, from its grade in the first."""
    began_in = max(facts.years[0], year - 8)
    grade = 9 - (year - began_in)
    began = pl.col("stage").is_in(["primary", "junior"]) & (pl.col("grade_number") == grade)
    gone = gone_for_good(facts, list(range(began_in + 1, year + 1)))
    members = pupils(facts, began_in).filter(began).join(gone, on="person", how="anti")
    now = facts.pupils[year].filter(pl.col("grade_number") >= 9).select("person", stayed=pl.lit(value=True))
    followed = members.join(now, on="person", how="left", maintain_order="left")
    return share(followed, pl.col("stayed"))


def _junior_cohort(answers: Answers, facts: Facts, year: int) -> None:
    began = (pl.col("stage") == "junior") & (pl.col("grade_number") == 7)
    members = (
        pupils(facts, year - 2).filter(began).join(gone_for_good(facts, [year - 1, year]), on="person", how="anti")
    )
    now = facts.pupils[year].filter(pl.col("grade_number") == 9).select("person", stayed=pl.lit(value=True))
    followed = members.join(now, on="person", how="left", maintain_order="left")
    answers.ratio("CMP-23", year, share(followed, pl.col("stayed")), by=("urban_class", "sex"))
