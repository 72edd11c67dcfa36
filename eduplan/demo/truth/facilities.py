"""SAF-09, FAC-05, CMP-18, CMP-31, PRE-11 and PRE-15: buildings, housing, conditions and kindergarten classes.

Belongs here: what the returns of schools say of their premises. Does not belong here: areas of kindergartens (PRE-09).
"""

from __future__ import annotations

import polars as pl

from eduplan.demo.calendar import census_day
from eduplan.demo.truth.answers import Answers, share
from eduplan.demo.truth.compulsory import in_nine_grades
from eduplan.demo.truth.enrolment import active_schools, pupils, vocational_pupils, with_first_stage
from eduplan.demo.truth.facts import Facts

_ATTACHED, _POINT = 119, 218
_FAILED = 3
_COMPULSORY = (211, _POINT, 311, 312, 341, 345)


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    schools = active_schools(facts, year).filter(pl.col("school_type") != _ATTACHED)
    table = schools.join(facts.records["facilities", year], on="school", how="inner")
    _safety(answers, table, year)
    _areas(answers, facts, schools, table, year)
    _conditions(answers, facts, table, year)
    rural = table.filter(pl.col("urban_class") == "rural")
    answers.ratio("CMP-31", year, rural.with_columns(num="teachers_housed", den="teachers_needing_housing"))
    _kindergartens(answers, facts, year)


def _safety(answers: Answers, table: pl.DataFrame, year: int) -> None:
    safe = table.with_columns(num=pl.col("buildings_grade_a") + pl.col("buildings_grade_b"), den="buildings")
    answers.ratio("SAF-09", year, safe, by=("urban_class", "ownership"))
    dangerous = table.with_columns(num=pl.col("area_grade_c_m2") + pl.col("area_grade_d_m2"))
    answers.count("SAF-09.dangerous_area", year, dangerous, by=("urban_class",), decimals=2)
    answers.count("SAF-09.grade_d", year, table.with_columns(num="area_grade_d_m2"), decimals=2)


def _areas(answers: Answers, facts: Facts, schools: pl.DataFrame, table: pl.DataFrame, year: int) -> None:
    on_rolls = facts.pupils[year].group_by("school").agg(pl.len().cast(pl.Int64).alias("den"))
    others = vocational_pupils(facts, year).group_by("school").agg(pl.col("weight").sum().alias("den"))
    number = pl.concat([on_rolls, others]).filter(pl.col("den") > 0)
    dimensions = ("stage", "urban_class", "ownership")
    land = with_first_stage(table).join(number, on="school", how="inner").with_columns(num="land_area_m2")
    answers.ratio("FAC-05.land", year, land, scale=1, by=dimensions, decimals=(2, 0))
    built = with_first_stage(schools).drop_nulls("building_area_m2").join(number, on="school", how="inner")
    answers.ratio(
        "FAC-05.buildings", year, built.with_columns(num="building_area_m2"), scale=1, by=dimensions, decimals=(2, 0)
    )


def _conditions(answers: Answers, facts: Facts, table: pl.DataFrame, year: int) -> None:
    in_grades = pupils(facts, year).filter(in_nine_grades())
    number = in_grades.group_by("school").agg(pl.len().alias("pupils"))
    compulsory = table.filter(pl.col("school_type").is_in(_COMPULSORY)).join(number, on="school", how="inner")
    small = (pl.col("urban_class") == "rural") & (pl.col("pupils") < 100)
    boarding = pl.col("is_boarding_school") & (pl.col("urban_class") != "city")
    at_standard = pl.col("basic_items_met") == pl.col("basic_items")
    either = share(compulsory.filter(small | boarding), at_standard)
    answers.ratio("CMP-18", year, either, by=("urban_class",))
    answers.ratio("CMP-18.small", year, share(compulsory.filter(small), at_standard))
    answers.ratio("CMP-18.boarding", year, share(compulsory.filter(boarding), at_standard), by=("urban_class",))


def _kindergartens(answers: Answers, facts: Facts, year: int) -> None:
    kindergartens = active_schools(facts, year).filter(pl.col("school_type") == 111)
    table = kindergartens.join(facts.records["kindergarten_quality", year], on="school", how="inner")
    staffed = table.with_columns(num="staffed_classes", den="full_day_classes")
    answers.ratio("PRE-11", year, staffed, by=("ownership",))
    recent = (pl.col("evaluated_on") > census_day(year - 5)) & (pl.col("evaluated_on") <= census_day(year))
    dimensions = ("urban_class", "ownership")
    answers.ratio("PRE-15", year, share(table, recent), by=dimensions)
    passed = share(table.filter(recent), pl.col("result") < _FAILED)
    answers.ratio("PRE-15.passed", year, passed, by=dimensions)
