"""SPE: pupils with disability.

Belongs here: the indicators whose codes start with SPE. Does not belong here: class sizes or staff of special schools.
"""

from __future__ import annotations

import polars as pl

from eduplan.demo.truth.answers import Answers, share
from eduplan.demo.truth.compulsory import GROUPED_TYPES, in_nine_grades
from eduplan.demo.truth.enrolment import pupils
from eduplan.demo.truth.facts import Facts


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    placed = pl.col("is_disabled") & (pl.col("placement") != "none") & in_nine_grades()
    disabled = pupils(facts, year).filter(placed)
    answers.ratio("SPE-02", year, share(disabled, pl.col("placement") == "ordinary_class"), by=("stage",))
    answers.ratio("SPE-06", year, share(disabled, pl.col("placement") == "home_delivered"))
    rural = (pl.col("urban_class") == "rural") & pl.col("school_type").is_in(GROUPED_TYPES)
    keys = ["school", "district"]
    several = disabled.filter(rural).group_by(keys, maintain_order=True).agg(pl.len()).filter(pl.col("len") >= 5)
    rooms = facts.register[year].select("school", "has_resource_room")
    answers.ratio("SPE-04", year, share(several.join(rooms, on="school", how="left"), pl.col("has_resource_room")))
