"""TEA-04 and TEA-10: teachers that subjects lack, and posts that are filled.

Belongs here: what timetables and post returns say. Does not belong here: staff against the staffing standard (TEA-02).
"""

from __future__ import annotations

import polars as pl

from eduplan.demo.qualifications import SUBJECTS
from eduplan.demo.truth.answers import Answers
from eduplan.demo.truth.enrolment import active_schools, with_first_stage
from eduplan.demo.truth.facts import Facts
from eduplan.demo.truth.preschool import full_time_teachers

_LOADS = {"primary": 16, "junior": 14, "senior_general": 12}
_STAGES_OF_TYPE = {
    211: ["primary"],
    218: ["primary"],
    311: ["junior"],
    312: ["primary", "junior"],
    341: ["junior", "senior_general"],
    342: ["senior_general"],
    345: ["primary", "junior", "senior_general"],
}
_ATTACHED = (119, 218)
_MICRO = 10**6


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    _gaps(answers, facts, year)
    public = active_schools(facts, year).filter(
        (pl.col("ownership") == "public") & ~pl.col("school_type").is_in(_ATTACHED)
    )
    posts = with_first_stage(public).join(facts.records["school_posts", year], on="school", how="inner")
    for grade in ("senior", "middle", "junior"):
        table = posts.with_columns(num=f"filled_{grade}_posts", den=f"approved_{grade}_posts")
        answers.ratio(f"TEA-10.{grade}", year, table, by=("stage", "urban_class"))


def _gaps(answers: Answers, facts: Facts, year: int) -> None:
    teachers = full_time_teachers(facts, year).with_columns(
        pl.col("stage").cast(pl.String), pl.col("subject").cast(int)
    )
    have = teachers.group_by("school", "stage", "subject").agg(pl.len().cast(pl.Int64).alias("have"))
    stages = pl.DataFrame(
        [{"school_type": kind, "stage": stage} for kind, several in _STAGES_OF_TYPE.items() for stage in several]
    )
    units = active_schools(facts, year).join(stages, on="school_type", how="inner")
    reporting = facts.school_table.filter(pl.Series(facts.has_staff[year])).select("school")
    table = (
        units.join(facts.records["timetable", year], on=["school", "stage"], how="inner")
        .join(reporting, on="school", how="semi")
        .join(have, on=["school", "stage", "subject"], how="left")
        .with_columns(pl.col("have").fill_null(0), load=pl.col("stage").replace_strict(_LOADS, return_dtype=pl.Int64))
    )
    # Teachers in millionths, rounded half up.
    required = (2 * _MICRO * pl.col("lessons") + pl.col("load")) // (2 * pl.col("load"))
    lacking = pl.when(pl.col("lessons") > pl.col("have") * pl.col("load")).then(required - _MICRO * pl.col("have"))
    names = dict(enumerate(SUBJECTS))
    contributions = table.with_columns(
        num=lacking.otherwise(0), den=required, item=pl.col("subject").replace_strict(names, return_dtype=pl.String)
    )
    answers.ratio("TEA-04", year, contributions, by=("stage",), decimals=(6, 6))
    answers.ratio("TEA-04.subject", year, contributions, always=("item",), by=("stage",), decimals=(6, 6))
