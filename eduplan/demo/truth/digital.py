"""DIG: networks, terminals, smart campuses, their use, and who was trained.

Belongs here: the indicators whose codes start with DIG, persons and schools of programme lists apart.
Does not belong here: multimedia rooms of the quality balance.
"""

from __future__ import annotations

import polars as pl

from eduplan.demo.calendar import day_of
from eduplan.demo.truth.answers import Answers, share
from eduplan.demo.truth.enrolment import active_schools, with_first_stage
from eduplan.demo.truth.facts import Facts
from eduplan.demo.truth.safety import everybody

_ORDINARY = (211, 311, 312, 341, 342, 345)
_TEN_GIGABIT = 10_000
_BENCHMARK = 2


def ordinary_schools(facts: Facts, year: int) -> pl.DataFrame:
    """The open primary and secondary schools, with the stage that they stand under."""
    return with_first_stage(active_schools(facts, year).filter(pl.col("school_type").is_in(_ORDINARY)))


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    schools = ordinary_schools(facts, year)
    returned = schools.join(facts.records["digital_return", year], on="school")
    _equipment(answers, facts, year, returned)
    _smart_campus(answers, year, returned)
    homework(answers, facts, year)
    _data(answers, facts, year)
    tests = facts.with_schools(facts.records["literacy_test", year])
    answers.ratio("DIG-13", year, tests.with_columns(num=pl.col("at_standard"), den=pl.col("tested")), by=("grade",))
    training = schools.join(facts.records["ict_training", year], on="school")
    answers.ratio("DIG-15", year, training.with_columns(num=pl.col("trained"), den=pl.col("teachers")))


def _equipment(answers: Answers, facts: Facts, year: int, returned: pl.DataFrame) -> None:
    fast = (pl.col("main_link_mbps") >= _TEN_GIGABIT) & (pl.col("link_measured_on") >= 0)
    answers.ratio("DIG-01", year, share(returned, fast), by=("stage", "urban_class"))
    campuses = returned.with_columns(num=pl.col("ten_gigabit_campuses"), den=pl.col("other_campuses"))
    answers.ratio("DIG-01.campuses", year, campuses, by=("stage", "urban_class"))
    answers.ratio("DIG-02", year, share(returned, pl.col("has_full_wireless")))
    rooms = returned.with_columns(num=pl.col("multimedia_classrooms"), den=pl.col("ordinary_classrooms"))
    answers.ratio("DIG-03.classrooms", year, rooms, by=("urban_class",))
    sizes = everybody(facts, year).group_by("school").agg(pl.col("pupils").sum())
    pupils = returned.join(sizes, on="school").with_columns(num=pl.col("pupil_terminals"), den=pl.col("pupils"))
    answers.ratio("DIG-03.pupils", year, pupils, by=("urban_class",))
    is_teacher = (pl.col("category") == "full_time_teacher") & (pl.col("status") == "active")
    staff = facts.staff[year].group_by("school").agg(is_teacher.sum().cast(pl.Int64).alias("teachers"))
    teachers = returned.join(staff, on="school").with_columns(num=pl.col("teacher_terminals"), den=pl.col("teachers"))
    answers.ratio("DIG-03.teachers", year, teachers, by=("urban_class",))
    lessons = returned.with_columns(num=pl.col("weekly_lessons_with_space"), den=pl.col("weekly_lessons"))
    answers.ratio("DIG-06", year, lessons)


def _smart_campus(answers: Answers, year: int, returned: pl.DataFrame) -> None:
    # The version of 2022 is in force from that year on, the one of 2018 before.
    in_force = pl.col("smart_campus_standard") == int(year >= 2022)
    passed = pl.col("smart_campus_grade") > 0
    answers.ratio("DIG-04", year, share(returned, passed & in_force), by=("urban_class",))
    answers.ratio("DIG-04.any", year, share(returned, passed), by=("urban_class",))
    benchmark = in_force & (pl.col("smart_campus_grade") == _BENCHMARK)
    table = returned.with_columns(num=benchmark.cast(pl.Int64))
    answers.count("DIG-04.benchmark", year, table, by=("urban_class",))


def homework(answers: Answers, facts: Facts, year: int) -> None:
    """DIG-05: classes and pupils of the roll in each month of the log, in schools that the log has."""
    log = facts.records["smart_homework", year]
    roll = facts.pupils[year].filter(pl.col("grade_number").is_between(3, 9))
    classes = (
        roll.group_by("school", pl.col("grade").cast(pl.String), "class_number")
        .agg(pl.len().alias("pupils"))
        .group_by("school", "grade")
        .agg(pl.len().cast(pl.Int64).alias("classes"), pl.col("pupils").sum().cast(pl.Int64))
        .join(log.select("school").unique(), on="school", how="semi")
        .join(log.select("month").unique(), how="cross")
        .join(log.drop("classes", "pupils", "stage"), on=["school", "grade", "month"], how="left")
        .with_columns(pl.col("active_classes", "active_pupils").fill_null(0))
        .with_columns(
            item=pl.format("{}-{}", year + (pl.col("month") < 9), pl.col("month").cast(pl.String).str.zfill(2))
        )
    )
    table = facts.with_schools(classes)
    used = table.with_columns(num=pl.col("active_classes"), den=pl.col("classes"))
    answers.ratio("DIG-05", year, used, by=("grade", "item"))
    active = table.with_columns(num=pl.col("active_pupils"), den=pl.col("pupils"))
    answers.ratio("DIG-05.pupils", year, active, by=("grade", "item"))


def _data(answers: Answers, facts: Facts, year: int) -> None:
    items = facts.records["data_catalogue", year]
    loaded = (pl.col("loaded_on") >= 0) & (pl.col("loaded_on") <= pl.col("due_on"))
    answers.ratio("DIG-12.loaded", year, share(items, loaded), by=("item",))
    answers.ratio("DIG-12.shared", year, share(items, pl.col("calls") > 0), by=("item",))
    systems = facts.records["information_system", year]
    years = pl.when(pl.col("level") >= 3).then(1).otherwise(2)
    oldest = pl.when(years == 1).then(day_of(year - 1, 9, 1)).otherwise(day_of(year - 2, 9, 1))
    protected = pl.col("is_filed") & (pl.col("assessed_on") >= oldest)
    answers.ratio("DIG-14", year, share(systems.filter(pl.col("level") >= 2), protected))
    answers.count("DIG-14.incidents", year, systems.with_columns(num=pl.col("incidents")))
