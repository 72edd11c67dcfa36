"""CMP-24 to CMP-28 and CMP-30: after-school service, homework, training bodies and the quality monitoring.

Belongs here: what the returns of schools and districts about life beside lessons say. Does not belong here: enrolment.
"""

from __future__ import annotations

import polars as pl

from eduplan.demo.grades import STAGES
from eduplan.demo.truth.answers import Answers, share
from eduplan.demo.truth.compulsory import GROUPED_TYPES
from eduplan.demo.truth.enrolment import pupils
from eduplan.demo.truth.facts import Facts, coded

_PLACES = ("urban_class", "ownership")


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    _service(answers, facts, year)
    _homework(answers, facts, year)
    _training_bodies(answers, facts, year)
    _monitoring(answers, facts, year)


def _service(answers: Answers, facts: Facts, year: int) -> None:
    returns = facts.records["after_school_service", year]
    returns = returns.with_columns(
        pl.col("school").cast(pl.Int32), stage=coded(STAGES, returns["stage"].to_numpy()).cast(pl.String)
    )
    taught = pupils(facts, year).filter(
        pl.col("stage").is_in(["primary", "junior"]) & pl.col("school_type").is_in(GROUPED_TYPES)
    )
    parts = taught.group_by("school", pl.col("stage").cast(pl.String)).agg(pupils=pl.len().cast(pl.Int64))
    sent = facts.with_schools(parts.join(returns.drop("district"), on=["school", "stage"], how="inner"))
    answers.ratio("CMP-24.parts", year, share(sent, pl.col("offers")), by=_PLACES, always=("stage",))
    answers.ratio("CMP-25", year, sent.with_columns(num="served", den="requesting"), by=("stage", "urban_class"))
    answers.ratio("CMP-26", year, sent.with_columns(num="taking_part", den="pupils"), by=("stage", "urban_class"))
    answers.ratio(
        "CMP-26.satisfaction", year, sent.with_columns(num="content", den="asked"), by=("stage", "urban_class")
    )
    heard = sent.group_by("school", maintain_order=True).agg(
        # A school stands under its first stage with pupils; "primary" is the last in the alphabet.
        pl.len().alias("heard"),
        pl.col("stage").max(),
        pl.col("offers").all(),
        pl.col("in_workload").all(),
    )
    whole = parts.group_by("school").agg(pl.len().alias("there")).join(heard, on="school", how="inner")
    schools = facts.with_schools(whole.filter(pl.col("heard") == pl.col("there")).sort("school"))
    answers.ratio("CMP-24", year, share(schools, pl.col("offers")), by=("stage", *_PLACES))
    answers.ratio("CMP-24.workload", year, share(schools, pl.col("in_workload")), by=("stage", *_PLACES))


def _homework(answers: Answers, facts: Facts, year: int) -> None:
    survey = facts.records["homework_survey", year]
    survey = survey.with_columns(num="within", den="answering")
    answers.ratio("CMP-27", year, survey, by=("item",))


def _training_bodies(answers: Answers, facts: Facts, year: int) -> None:
    bodies = facts.records["training_bodies", year]
    clean = pl.sum_horizontal("fund", "fee", "content", "time") == 0
    licensed = pl.col("has_licence") & ~pl.col("is_expired")
    answers.ratio("CMP-28", year, share(bodies, licensed & clean), by=("item",))


def _monitoring(answers: Answers, facts: Facts, year: int) -> None:
    results = facts.records["quality_monitoring", year]
    cell = ("grade", "item")
    answers.ratio("CMP-30.level", year, results.with_columns(num="at_level", den="tested"), always=cell)
    varied = results.with_columns(num=pl.col("between") * pl.col("tested"), den=pl.col("total") * pl.col("tested"))
    answers.ratio("CMP-30.variance", year, varied, scale=1, always=cell, decimals=(2, 2))
