"""FIN-05 and FIN-06: aid to pupils of needy families, and nutrition meals.

Belongs here: what the returns of a school year say. Does not belong here: money of districts (``finance``).
"""

from __future__ import annotations

import polars as pl

from eduplan.demo.truth.answers import Answers
from eduplan.demo.truth.enrolment import pupils, vocational_pupils
from eduplan.demo.truth.facts import Facts


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year whose returns are in."""
    if ("aid", year) not in facts.records:
        return
    counted = [
        table.select("school", pl.col("stage").cast(pl.String)).unique()
        for table in (pupils(facts, year), vocational_pupils(facts, year))
    ]
    returns = facts.records["aid", year].join(pl.concat(counted), on=["school", "stage"], how="semi")
    table = facts.with_schools(returns)
    covered = table.with_columns(num="aided_pupils", den="eligible_pupils")
    answers.ratio("FIN-05", year, covered, by=("stage",))
    answers.count("FIN-05.persons", year, table.with_columns(num="aided_pupils"), by=("stage",))
    answers.count("FIN-05.person_times", year, table.with_columns(num="aid_payments"), by=("stage",))
    rural = table.filter((pl.col("urban_class") == "rural") & pl.col("stage").is_in(["primary", "junior"]))
    answers.ratio("FIN-06", year, rural.with_columns(num="pupils_with_meals", den="pupils_in_meal_scope"))
