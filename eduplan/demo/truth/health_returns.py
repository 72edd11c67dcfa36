"""HLT-08 and what schools report of HLT-13 to HLT-15: referrals, consents, files, crises, calls.

Belongs here: returns beside what the screening finds. Does not belong here: the screening alone.
"""

from __future__ import annotations

import polars as pl

from eduplan.demo.truth.answers import Answers
from eduplan.demo.truth.facts import Facts
from eduplan.demo.truth.vision import scope, screened
from eduplan.demo.truth.vision_system import tiers


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    _referrals(answers, facts, year)
    _mental_health(answers, facts, year)


def _referrals(answers: Answers, facts: Facts, year: int) -> None:
    examined = tiers(screened(facts, year).filter(pl.col("valid")))
    returns = facts.records["vision_referral", year]
    sent = returns.select("school").unique()
    warned = (
        examined.filter(pl.col("tier") >= 1)
        .join(sent, on="school", how="semi")
        .group_by("school", "tier", maintain_order=True)
        .agg(pl.len().alias("warned"))
    )
    # A return is heard only where the school has examined pupils at all.
    heard = returns.join(examined.select("school").unique(), on="school", how="semi")
    numbers = warned.join(heard, on=["school", "tier"], how="full", coalesce=True).fill_null(0)
    table = facts.with_schools(numbers)

    def ratio(code: str, part: pl.DataFrame, num: str, den: str) -> None:
        sums = part.with_columns(num=pl.col(num).cast(pl.Int64), den=pl.col(den).cast(pl.Int64))
        answers.ratio(code, year, sums)

    ratio("HLT-08", table, "results_in_time", "warned")
    ratio("HLT-08.severe", table.filter(pl.col("tier") >= 2), "results_in_time", "warned")
    ratio("HLT-08.referred", table, "referred_pupils", "warned")
    ratio("HLT-08.of_referred", table, "results_in_time", "referred_pupils")


def _mental_health(answers: Answers, facts: Facts, year: int) -> None:
    pupils = (
        scope(facts, year)
        .filter(pl.col("grade_number").is_between(4, 12))
        .group_by("school", maintain_order=True)
        .agg(pl.len().cast(pl.Int64).alias("pupils"))
    )
    heard = facts.with_schools(pupils.join(facts.records["mental_health_return", year], on="school", how="inner"))
    for code, num, den, scale in (
        ("HLT-13.consent", "consented_pupils", "pupils", 100),
        ("HLT-14.reviewed", "files_reviewed", "files_kept", 100),
        ("HLT-15.crisis_referred", "crisis_referred", "crisis_cases", 100),
        ("HLT-15.crisis_answered", "crisis_answered", "crisis_referred", 100),
        ("HLT-15.crisis_plan", "crisis_with_plan", "crisis_cases", 100),
        ("HLT-15.hotline", "hotline_calls", "pupils", 1000),
    ):
        answers.ratio(code, year, heard.with_columns(num=num, den=den), scale=scale)
