"""TEA, CMP-20 and CMP-21: staff.

Belongs here: what the staff roll says, alone or beside the pupils of the same schools.
Does not belong here: the seven items of quality balance.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.calendar import census_day
from eduplan.demo.qualifications import SUBJECTS
from eduplan.demo.truth.answers import Answers, contributions, share
from eduplan.demo.truth.enrolment import pupils, with_first_stage
from eduplan.demo.truth.facts import Facts
from eduplan.demo.truth.preschool import both_reported, full_time_teachers

_RATIO_STAGES = ["preschool", "primary", "junior", "senior_general", "special"]
_STAFFED_TYPES = (211, 218, 311, 312, 341, 342, 345)
_NEEDED_RANK = {"preschool": 3, "primary": 3, "junior": 4, "senior_general": 5, "senior_vocational": 5, "special": 3}
_HIGH_RANK = {"preschool": 5, "primary": 5, "junior": 5, "special": 5, "senior_general": 6, "senior_vocational": 6}
_SENIOR_TITLE, _COUNTY_BACKBONE = 4, 2
MICRO = 6


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    teachers = full_time_teachers(facts, year)
    _per_teacher(answers, facts, teachers, year)
    _posts(answers, facts, year)
    _qualified(answers, teachers, year)
    with_hours = teachers.filter(pl.col("training_hours") >= 0)
    answers.ratio("TEA-08", year, share(with_hours, pl.col("training_hours") >= 360), by=("stage",))
    near_the_end = pl.when(pl.col("sex") == "male").then(pl.col("age") >= 55).otherwise(pl.col("age") >= 50)
    subject = pl.col("subject").cast(int).replace_strict(dict(enumerate(SUBJECTS)), return_dtype=pl.String)
    answers.ratio("TEA-14", year, share(teachers.with_columns(item=subject), near_the_end), by=("stage", "item"))
    active = facts.with_schools(facts.staff[year].filter(pl.col("status") == "active"))
    backbone = active.filter(pl.col("backbone") >= _COUNTY_BACKBONE).with_columns(num=pl.lit(1))
    answers.count("TEA-17", year, backbone, by=("stage", "urban_class"), silent=silent_districts(facts, year))
    _rotation(answers, teachers, year)
    if year - 1 in facts.staff:
        _attrition(answers, facts, year)


def silent_districts(facts: Facts, year: int) -> list[int]:
    """Districts that have no staff row at all."""
    reporting = set(facts.schools.district[facts.has_staff[year]].tolist())
    return sorted(set(range(int(facts.schools.district.max()) + 1)) - reporting)


def _per_teacher(answers: Answers, facts: Facts, teachers: pl.DataFrame, year: int) -> None:
    both = both_reported(facts, year)
    in_stages = pl.col("stage").is_in(_RATIO_STAGES)
    taught = pupils(facts, year).filter(in_stages).join(both, on="school", how="semi")
    teaching = teachers.filter(in_stages).join(both, on="school", how="semi")
    dimensions = ("stage", "urban_class", "ownership")
    answers.ratio("TEA-01", year, contributions(taught, teaching, ["district", *dimensions]), scale=1, by=dimensions)


def _posts(answers: Answers, facts: Facts, year: int) -> None:
    reporting = facts.school_table.filter(
        pl.Series(facts.has_staff[year]) & pl.col("school_type").is_in(_STAFFED_TYPES)
    )
    stages = facts.pupils[year].with_columns(pl.col("stage").cast(pl.String))
    numbers = {
        stage: _by_school(stages.filter(pl.col("stage") == stage), reporting)
        for stage in ("primary", "junior", "senior_general")
    }
    # primary / 19 + junior / 13.5 + senior / 12.5, over the common denominator 12825, rounded to millionths.
    parts = 675 * numbers["primary"] + 950 * numbers["junior"] + 1026 * numbers["senior_general"]
    required = (2 * parts * 10**MICRO + 12825) // (2 * 12825)
    staff = _by_school(facts.staff[year].filter(pl.col("status") == "active"), reporting)
    table = with_first_stage(reporting).with_columns(num=pl.Series(staff), den=pl.Series(required))
    answers.ratio("TEA-02", year, table, by=("stage", "urban_class"), decimals=(0, MICRO))


def _by_school(rows: pl.DataFrame, schools: pl.DataFrame) -> np.ndarray:
    counts = rows.group_by("school").agg(pl.len().cast(pl.Int64).alias("number"))
    return schools.join(counts, on="school", how="left", maintain_order="left")["number"].fill_null(0).to_numpy()


def _qualified(answers: Answers, teachers: pl.DataFrame, year: int) -> None:
    stage = pl.col("stage").cast(pl.String)
    ranked = teachers.with_columns(
        needed=stage.replace_strict(_NEEDED_RANK, return_dtype=pl.Int64),
        high=stage.replace_strict(_HIGH_RANK, return_dtype=pl.Int64),
    )
    dimensions = ("stage", "urban_class")
    answers.ratio("TEA-03.qualified", year, share(ranked, pl.col("education") >= pl.col("needed")), by=dimensions)
    answers.ratio("TEA-03.high", year, share(ranked, pl.col("education") >= pl.col("high")), by=dimensions)


def _rotation(answers: Answers, teachers: pl.DataFrame, year: int) -> None:
    compulsory = teachers.filter(pl.col("stage").is_in(["primary", "junior"]))
    long_standing = pl.col("entered_on") <= census_day(year - 6)
    eligible = compulsory.filter(pl.col("is_rotated") | long_standing)
    answers.ratio("CMP-20", year, share(eligible, pl.col("is_rotated")), by=("stage", "urban_class"))
    rotated = compulsory.filter(pl.col("is_rotated"))
    leading = (pl.col("backbone") >= _COUNTY_BACKBONE) | (pl.col("title") >= _SENIOR_TITLE)
    answers.ratio("CMP-21", year, share(rotated, leading))


def _attrition(answers: Answers, facts: Facts, year: int) -> None:
    """TEA-13; a school without a staff roll this year could not tell who left, so last year's staff is left out."""
    left = (pl.col("status") == "left") & (pl.col("category") == "full_time_teacher")
    gone = facts.with_schools(facts.staff[year].filter(left))
    reporting = facts.school_table.filter(pl.Series(facts.has_staff[year])).select("school")
    was_active = (pl.col("status") == "active") & (pl.col("category") == "full_time_teacher")
    before = facts.with_schools(facts.staff[year - 1].filter(was_active)).join(reporting, on="school", how="semi")
    gone = gone.with_columns(item=_age_band(pl.col("age") - 1))
    before = before.with_columns(item=_age_band(pl.col("age")))
    dimensions = ("stage", "urban_class", "sex", "item")
    answers.ratio("TEA-13", year, contributions(gone, before, ["district", *dimensions]), by=dimensions)


def _age_band(age: pl.Expr) -> pl.Expr:
    """Bands of ten years, the youngest and the oldest open."""
    names = {2: "age_under_30", 3: "age_30_39", 4: "age_40_49", 5: "age_50_and_over"}
    return (age // 10).clip(2, 5).cast(pl.Int64).replace_strict(names, return_dtype=pl.String)
