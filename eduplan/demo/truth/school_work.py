"""The school and district returns: MOR, HLT-10, HLT-20, HLT-21, CMP-29, CMP-33, TEA-09, TEA-15 and TEA-16.

Belongs here: what schools and districts report of their work. Does not belong here: registers of recognitions.
"""

from __future__ import annotations

import polars as pl

from eduplan.demo.qualifications import SCHOOL_HEALTH_TYPES, SUBJECTS
from eduplan.demo.truth.answers import Answers, share
from eduplan.demo.truth.enrolment import active_schools, with_first_stage
from eduplan.demo.truth.facts import Facts
from eduplan.demo.truth.preschool import full_time_teachers

_STAGES = {1: "primary", 2: "junior", 3: "senior_general"}
_LOAD = {"primary": 16, "junior": 14, "senior_general": 12}


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    schools = active_schools(facts, year).filter(pl.col("school_type").is_in(SCHOOL_HEALTH_TYPES))
    returned = facts.records["school_activities", year].with_columns(
        pl.col("school").cast(pl.Int32), pl.col("stage").replace_strict(_STAGES, return_dtype=pl.String)
    )
    rows = facts.with_schools(returned).join(schools.select("school"), on="school", how="semi", maintain_order="left")
    _whole_schools(answers, facts, schools, rows, year)
    _pupils(answers, rows, year)
    _arts(answers, facts, rows, year)
    _districts(answers, facts, year)
    trainees = facts.records["commissioned_trainees", year].with_columns(item=pl.col("subject"), district=pl.lit(0))
    for code, column in (("TEA-16.entrants", "entrants"), ("TEA-16.placed", "placed_graduates")):
        answers.count(code, year, trainees.with_columns(num=pl.col(column)), by=("item",), districts=False)


def _whole_schools(answers: Answers, facts: Facts, schools: pl.DataFrame, rows: pl.DataFrame, year: int) -> None:
    """A school has reported when all its stages did, and does what all of them do."""
    stages = facts.pupils[year].select("school", pl.col("stage").cast(pl.String)).unique(maintain_order=True)
    parts = stages.join(schools.select("school"), on="school", how="semi", maintain_order="left").join(
        rows, on=["school", "stage"], how="left", maintain_order="left"
    )
    serves = pl.col("offers_after_school") & pl.col("stage").is_in(["primary", "junior"])
    by_school = parts.group_by("school", maintain_order=True).agg(
        complete=pl.col("pupils").is_not_null().all(),
        full_course=(pl.col("offered_subject_grades") == pl.col("planned_subject_grades")).all(),
        labour=((pl.col("labour_periods") >= 1) & pl.col("has_labour_week")).all(),
        health=(pl.col("health_periods") >= 4).all(),
        troupe=pl.col("has_art_troupe").any(),
        parents=(pl.col("has_parent_school") & pl.col("has_parent_committee") & (pl.col("parent_sessions") >= 2)).all(),
        serves=serves.any(),
        as_work=(~serves | pl.col("counts_after_school_as_work")).all(),
        myopia=pl.col("is_assessed_on_myopia").all(),
    )
    complete = with_first_stage(facts.with_schools(by_school.filter(pl.col("complete"))))
    dimensions = ("stage", "urban_class", "ownership")
    for code, column in (
        ("MOR-03.troupes", "troupe"),
        ("MOR-04", "labour"),
        ("MOR-06", "parents"),
        ("HLT-10", "health"),
        ("CMP-29", "full_course"),
    ):
        answers.ratio(code, year, share(complete, pl.col(column)), by=dimensions)
    answers.ratio("HLT-21.schools", year, share(complete, pl.col("myopia")))
    answers.ratio("CMP-33", year, share(complete.filter(pl.col("serves")), pl.col("as_work")), by=("stage",))


def _pupils(answers: Answers, rows: pl.DataFrame, year: int) -> None:
    for code, num, den, by in (
        ("MOR-04.pupils", "pupils_in_practice", "pupils", ("stage", "urban_class")),
        ("MOR-07.visits", "visited_pupils", "pupils", ("stage", "urban_class")),
        ("MOR-09", "at_risk_cases_helped", "at_risk_cases", ("stage",)),
        ("HLT-20.pupils", "trained_pupils", "pupils", ("stage",)),
        ("HLT-20.staff", "trained_staff", "staff", ("stage",)),
        ("HLT-20.first_aid", "first_aid_staff", "staff", ("stage",)),
    ):
        answers.ratio(code, year, rows.with_columns(num=pl.col(num), den=pl.col(den)), by=by)
    for code, num in (("MOR-07.open_days", "open_days"), ("MOR-07.reception_days", "reception_days")):
        table = rows.with_columns(num=pl.col(num), den=pl.lit(1, dtype=pl.Int64))
        answers.ratio(code, year, table, scale=1, by=("stage",))
    answers.count("MOR-05.pupil_days", year, rows.with_columns(num=pl.col("practice_pupil_days")), by=("stage",))


def _arts(answers: Answers, facts: Facts, rows: pl.DataFrame, year: int) -> None:
    arts = [SUBJECTS.index("music"), SUBJECTS.index("art")]
    teachers = full_time_teachers(facts, year).filter(pl.col("subject").is_in(arts))
    number = teachers.group_by("school", pl.col("stage").cast(pl.String)).agg(pl.len().cast(pl.Int64).alias("teachers"))
    known = rows.filter(pl.Series(facts.has_staff[year])[rows["school"]]).join(
        number, on=["school", "stage"], how="left", maintain_order="left"
    )
    load = pl.col("stage").replace_strict(_LOAD, return_dtype=pl.Int64)
    given = pl.col("teachers").fill_null(0) * load + pl.col("part_time_art_periods")
    table = known.with_columns(num=pl.min_horizontal("art_periods", given), den=pl.col("art_periods"))
    answers.ratio("MOR-02", year, table, by=("stage", "urban_class"))


def _districts(answers: Answers, facts: Facts, year: int) -> None:
    rows = facts.records["district_return", year]
    silent = sorted(set(range(len(answers.area_codes))) - set(rows["district"].to_list()))
    teachers = (
        facts.with_schools(facts.staff[year])
        .group_by("district")
        .agg(
            ((pl.col("status") == "active") & (pl.col("category") == "full_time_teacher"))
            .sum()
            .cast(pl.Int64)
            .alias("teachers")
        )
    )
    for code, num, den in (
        ("MOR-08", "free_venues", "venues"),
        ("TEA-09", "ethics_cases_handled", "ethics_cases"),
    ):
        answers.ratio(code, year, rows.with_columns(num=pl.col(num), den=pl.col(den)))
    answers.count("MOR-08.visits", year, rows.with_columns(num=pl.col("venue_visits")), silent=silent)
    answers.ratio("HLT-21.districts", year, share(rows, pl.col("is_assessed_on_myopia")))
    both = rows.join(teachers, on="district", how="inner", maintain_order="left")
    rate = both.with_columns(num=pl.col("ethics_cases"), den=pl.col("teachers"))
    answers.ratio("TEA-09.rate", year, rate, scale=1000)
    answers.ratio("TEA-15.items", year, rows.with_columns(num=pl.col("duty_items"), den=pl.lit(1)), scale=1)
    hours = rows.with_columns(num=pl.col("duty_hours"), den=pl.col("surveyed_teachers"))
    answers.ratio("TEA-15.hours", year, hours, scale=1, decimals=(1, 0))
