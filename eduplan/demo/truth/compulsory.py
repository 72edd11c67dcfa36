"""CMP and PRV: compulsory education, but for the seven items of quality balance and for cohorts.

Belongs here: enrolment, class sizes, entry, migrant and left-behind pupils, private schools.
Does not belong here: figures that need staff.
"""

from __future__ import annotations

import polars as pl

from eduplan.demo.calendar import census_day
from eduplan.demo.truth.answers import Answers, contributions, share
from eduplan.demo.truth.enrolment import NOT_A_SCHOOL, active_schools, classes, pupils, with_first_stage
from eduplan.demo.truth.facts import Facts
from eduplan.demo.truth.preschool import residents

GROUPED_TYPES = (211, 218, 311, 312, 341, 345)


def in_nine_grades() -> pl.Expr:
    """Grades one to nine, those of special schools included."""
    return pl.col("grade_number").is_between(1, 9)


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    everybody = pupils(facts, year)
    compulsory = everybody.filter(in_nine_grades())
    keys = ["district", "sex"]
    primary_age = everybody.filter(pl.col("age").is_between(6, 11) & (pl.col("grade_number") >= 1))
    junior_age = everybody.filter(pl.col("age").is_between(12, 14) & (pl.col("grade_number") >= 7))
    answers.ratio("CMP-02.primary", year, contributions(primary_age, residents(facts, year, 6, 11), keys), by=("sex",))
    answers.ratio("CMP-02.junior", year, contributions(junior_age, residents(facts, year, 12, 14), keys), by=("sex",))
    _class_sizes(answers, facts, year)
    _new_private_schools(answers, facts, year)
    _entry(answers, everybody, year)
    migrants = compulsory.filter(pl.col("is_migrant"))
    provided = (pl.col("ownership") == "public") | pl.col("is_bought_place")
    answers.ratio("CMP-19", year, share(migrants, provided), by=("stage",))
    left_behind = compulsory.filter(pl.col("is_left_behind"))
    answers.ratio("CMP-32", year, share(left_behind, pl.col("has_care_record")), by=("stage",))
    private = pl.col("ownership") == "private"
    answers.ratio("PRV-01", year, share(compulsory, private), by=("stage",))
    answers.ratio("PRV-01.net", year, share(compulsory, private & ~pl.col("is_bought_place")), by=("stage",))
    taught = everybody.filter(pl.col("stage").is_in(["primary", "junior"])).select("school").unique()
    grouped = (
        active_schools(facts, year)
        .filter(pl.col("school_type").is_in(GROUPED_TYPES))
        .join(taught, on="school", how="semi")
    )
    grouped = with_first_stage(grouped)
    answers.ratio("CMP-17", year, share(grouped, pl.col("school_group_id") != ""), by=("stage", "urban_class"))
    districts = facts.divisions[year].filter(pl.col("division_level") == "district")
    balanced = districts.select(
        district=pl.lit(0), num=pl.col("recognised_quality_balanced").cast(pl.Int64), den=pl.lit(1)
    )
    answers.ratio("CMP-16", year, balanced, districts=False)


def _class_sizes(answers: Answers, facts: Facts, year: int) -> None:
    sized = classes(facts, year).filter(pl.col("stage").is_in(["primary", "junior"]))
    dimensions = ("stage", "urban_class", "ownership")
    size = pl.col("pupils")
    answers.ratio("CMP-04", year, share(sized, size >= 56), by=dimensions)
    answers.ratio("CMP-05", year, share(sized, size >= 66), by=dimensions)
    standard = pl.when(pl.col("stage") == "primary").then(size <= 45).otherwise(size <= 50)
    answers.ratio("CMP-06", year, share(sized, standard), by=dimensions)


def _new_private_schools(answers: Answers, facts: Facts, year: int) -> None:
    """PRV-05; a district without any private school outside compulsory education has no figure."""
    others = active_schools(facts, year).filter(
        (pl.col("ownership") == "private") & ~pl.col("school_type").is_in(NOT_A_SCHOOL)
    )
    stages = ["preschool", "senior_general", "senior_vocational"]
    listed = with_first_stage(others).filter(pl.col("stage").is_in(stages))
    is_new = pl.col("founded_on") > census_day(year - 1)
    places = facts.records["facilities", year].select("school", "places")
    table = listed.join(places, on="school", how="left").with_columns(
        places=pl.when(is_new).then(pl.col("places")).otherwise(0)
    )
    districts = set(range(len(answers.area_codes)))
    for code, column, known in (
        ("PRV-05", is_new.cast(pl.Int64), table),
        ("PRV-05.places", pl.col("places"), table.drop_nulls("places")),
    ):
        silent = sorted(districts - set(known["district"].to_list()))
        answers.count(code, year, table.with_columns(num=column), by=("stage",), silent=silent)


def _entry(answers: Answers, everybody: pl.DataFrame, year: int) -> None:
    first_primary = (pl.col("stage") == "primary") & (pl.col("grade") == "p1")
    first_junior = (pl.col("stage") == "junior") & pl.when(pl.col("is_five_four")).then(
        pl.col("grade") == "p6"
    ).otherwise(pl.col("grade_number") == 7)
    entrants = everybody.filter((first_primary | first_junior) & (pl.col("ownership") == "public"))
    answers.ratio("CMP-22", year, share(entrants, pl.col("entry_mode").is_in(["zone", "lottery"])), by=("stage",))
