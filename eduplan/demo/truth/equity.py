"""EQU-01, EQU-03, EQU-04 and EQU-05: how resources and groups of pupils lie among schools, and group beside group.

Belongs here: indices of inequality but for Theil's, which ``balance`` works out. Does not belong here: the resources.
"""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from eduplan.demo.arrays import AnyArray
from eduplan.demo.truth.answers import Answers, share
from eduplan.demo.truth.balance import ITEMS, school_parts
from eduplan.demo.truth.cohorts import tracked
from eduplan.demo.truth.compulsory import in_nine_grades
from eduplan.demo.truth.enrolment import pupils
from eduplan.demo.truth.facts import Facts

_GROUPS = {
    "migrant": pl.col("is_migrant"),
    "left_behind": pl.col("is_left_behind"),
    "disability": pl.col("is_disabled") & (pl.col("placement") != "none"),
}


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    _gini(answers, facts, year)
    _segregation(answers, facts, year)
    _gaps(answers, facts, year)
    _parity(answers, facts, year)


def _gini(answers: Answers, facts: Facts, year: int) -> None:
    parts = school_parts(facts, year)
    for stage in ("junior", "primary"):
        of_stage = parts.filter(pl.col("stage") == stage)
        district = of_stage["district"].to_numpy()
        counts = of_stage["pupils"].to_numpy().astype(np.float64)
        for item in ITEMS.values():
            values = of_stage[item].to_numpy().astype(np.float64) / counts
            for place in (None, *range(len(answers.area_codes))):
                mine = np.ones(len(of_stage), dtype=bool) if place is None else district == place
                answers.value("EQU-01", year, place, gini(values[mine], counts[mine]), stage=stage, item=item)


def gini(values: AnyArray, weights: AnyArray) -> float | None:
    """Half the mean absolute difference of every pair of pupils, as a multiple of the mean."""
    total = float((values * weights).sum())
    if not len(values) or total == 0:
        return None
    # With values in order, a unit lies above those before it and below those after it.
    order = np.argsort(values, kind="stable")
    value, weight = values[order], weights[order]
    below = np.cumsum(weight) - weight
    above = weight.sum() - below - weight
    return max(math.fsum(weight * value * (below - above)) / (float(weight.sum()) * total), 0.0)


def _segregation(answers: Answers, facts: Facts, year: int) -> None:
    everybody = pupils(facts, year).filter(in_nine_grades()).with_columns(pl.col("stage").cast(pl.String))
    for name, belongs in _GROUPS.items():
        parts = everybody.group_by("school", "stage", "district", maintain_order=True).agg(
            members=belongs.sum().cast(pl.Int64), others=(~belongs).sum().cast(pl.Int64)
        )
        code = f"EQU-05.{name}"
        answers.value(code, year, None, dissimilarity(parts))
        for place in range(len(answers.area_codes)):
            answers.value(code, year, place, dissimilarity(parts.filter(pl.col("district") == place)))
        if name == "disability":
            continue
        for stage in parts["stage"].unique().sort():
            answers.value(code, year, None, dissimilarity(parts.filter(pl.col("stage") == stage)), stage=stage)


def dissimilarity(parts: pl.DataFrame) -> float | None:
    """The share of a group that would have to change school to lie as everybody else does."""
    members, others = parts["members"].to_numpy(), parts["others"].to_numpy()
    if members.sum() == 0 or others.sum() == 0:
        return None
    return math.fsum(np.abs(members / members.sum() - others / others.sum())) / 2


def _gaps(answers: Answers, facts: Facts, year: int) -> None:
    parts = school_parts(facts, year)
    city = pl.col("urban_class") == "city"
    for code, others in (("EQU-03", pl.col("urban_class") == "rural"), ("EQU-03.outside", ~city)):
        for stage in ("junior", "primary"):
            of_stage = parts.filter(pl.col("stage") == stage)
            for item in ITEMS.values():
                table = of_stage.select("district", "urban_class", num=item, den="pupils")
                for place in (None, *range(len(answers.area_codes))):
                    mine = table if place is None else table.filter(pl.col("district") == place)
                    value = quotient(mine.filter(city), mine.filter(others))
                    answers.value(code, year, place, value, stage=stage, item=item)


def _parity(answers: Answers, facts: Facts, year: int) -> None:
    everybody = pupils(facts, year).filter(in_nine_grades() & pl.col("stage").is_in(["primary", "junior"]))
    migrants = everybody.filter(pl.col("is_migrant"))
    public = (pl.col("ownership") == "public") | pl.col("is_bought_place")
    tables = {"EQU-04.public_places": share(migrants, public)}
    if year - 1 in facts.pupils:
        tables["EQU-04.retention"] = tracked(facts, year)
    for code, table in tables.items():
        for place in (None, *range(len(answers.area_codes))):
            mine = table if place is None else table.filter(pl.col("district") == place)
            answers.value(code, year, place, girls_beside_boys(mine))
    for stage in ("primary", "junior"):
        of_stage = tables["EQU-04.public_places"].filter(pl.col("stage") == stage)
        answers.value("EQU-04.public_places", year, None, girls_beside_boys(of_stage), stage=stage)


def girls_beside_boys(table: pl.DataFrame) -> float | None:
    """The girls' value as a multiple of the boys'."""
    return quotient(table.filter(pl.col("sex") == "female"), table.filter(pl.col("sex") == "male"))


def quotient(group: pl.DataFrame, others: pl.DataFrame) -> float | None:
    """The value of a group as a multiple of the others' value."""
    num, den = int(group["num"].sum()), int(group["den"].sum())
    other_num, other_den = int(others["num"].sum()), int(others["den"].sum())
    return num * other_den / (den * other_num) if den * other_num else None
