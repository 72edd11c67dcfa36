"""SPE: children with disability on the joint register, teaching at home, and the teachers of pupils with disability.

Belongs here: the indicators that the register and the returns of schools answer. Does not belong here: those that the
roll answers, which stand in ``special``.
"""

from __future__ import annotations

import polars as pl

from eduplan.demo.calendar import census_day
from eduplan.demo.people import DISABILITIES
from eduplan.demo.truth.answers import Answers, share
from eduplan.demo.truth.facts import SEXES, Facts, coded

_PLACED = ("ordinary_class", "special_class", "special_school", "home_delivered")


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    _register(answers, facts, year)
    _teaching_at_home(answers, facts, year)
    _teachers(answers, facts, year)


def _register(answers: Answers, facts: Facts, year: int) -> None:
    children = facts.records["special_needs_register", year]
    children = children.with_columns(
        item=coded(DISABILITIES, children["disability"].to_numpy()),
        sex=coded(SEXES, children["is_male"].to_numpy()),
        on_roll=pl.Series(children["person"].is_in(facts.pupils[year]["person"].cast(pl.Int64).implode())),
    )
    placed = pl.col("placed_as").is_in(_PLACED)
    completed = pl.col("placed_as") == "completed"
    of_age = children.filter(pl.col("age").is_between(6, 14) | ((pl.col("age") == 15) & placed))
    approved = (pl.col("placed_as") == "deferred") & (pl.col("deferred_until") > census_day(year))
    enrolled = placed | completed
    dimensions = ("sex", "item")
    answers.ratio("SPE-01", year, share(of_age.filter(~approved), enrolled), by=dimensions)
    answers.ratio("SPE-01.strict", year, share(of_age, enrolled), by=dimensions)
    wishing = children.filter(completed & (pl.col("wishes") == 1))
    senior = pl.col("went_to").is_in(["senior_general", "senior_vocational", "special_senior"])
    answers.ratio("SPE-03", year, share(wishing, senior), by=("sex",))
    answers.ratio("SPE-08", year, share(children, pl.col("is_recent") & pl.col("is_tracked")), by=("item",))
    answers.ratio("SPE-08.roll", year, share(of_age.filter(placed), pl.col("on_roll")))


def _teaching_at_home(answers: Answers, facts: Facts, year: int) -> None:
    returns = facts.records["home_teaching", year]
    returns = returns.with_columns(item=coded(DISABILITIES, returns["disability"].to_numpy()), den="pupil_weeks")
    answers.ratio("SPE-06.visits", year, returns.with_columns(num="visits"), scale=1, by=("item",))
    tenths = returns.with_columns(num=5 * pl.col("half_hours"))
    answers.ratio("SPE-06.hours", year, tenths, scale=1, by=("item",), decimals=(1, 0))


def _teachers(answers: Answers, facts: Facts, year: int) -> None:
    returns = facts.records["special_teachers", year]
    answers.ratio("SPE-07.ratio", year, returns.with_columns(num="certified", den="pupils"))
    answers.ratio("SPE-07.trained", year, returns.with_columns(num="trained", den="inclusive"))
