"""Recognitions: GOV-16, TEA-11, TEA-12, DIG-07 to 11, SEN-03, SPE-05, SPE-10, and those of MOR-01, MOR-03 and MOR-05.

Belongs here: what registers of units and persons say on 31 December. Does not belong here: what schools report.
"""

from __future__ import annotations

import polars as pl

from eduplan.demo.calendar import day_of
from eduplan.demo.schools import SPECIAL_TYPES
from eduplan.demo.truth.answers import Answers, share
from eduplan.demo.truth.enrolment import active_schools, pupils
from eduplan.demo.truth.facts import Facts

_STAGES = ("preschool", "primary", "junior", "senior_general", "senior_vocational", "special")
_BASES = ("practice_base", "labour_base", "study_travel_base")
_DISTINCT = {
    "DIG-07.trained": "chief_information_officer",
    "DIG-08": "expert_principal",
    "DIG-09": "expert_subject_teacher",
    "DIG-10": "pupil_it_expert",
}


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    held = _units(facts, year)
    of = {str(code[0]): rows for code, rows in held.group_by("programme")}
    empty = held.clear()
    for code, programme in (
        ("MOR-01.open_classes", "moral_open_class"),
        ("MOR-01.activities", "moral_activity"),
        ("MOR-03.studios", "aesthetic_studio"),
        ("MOR-03.heritage", "heritage_school"),
    ):
        answers.count(code, year, of.get(programme, empty), by=("stage",))
    answers.count("GOV-16.units", year, held, by=("stage", "item"))
    moral = held.filter(pl.col("programme").is_in(["moral_open_class", "moral_activity"]) & (pl.col("level") >= 2))
    answers.count("MOR-01.higher", year, moral, by=("stage", "item"))
    answers.count("MOR-05.bases", year, held.filter(pl.col("programme").is_in(_BASES)), by=("item",))
    for code, programme in (
        ("TEA-12", "professional_development_school"),
        ("DIG-11", "ai_model_school"),
        ("GOV-16.sister_schools", "sister_school"),
    ):
        answers.count(code, year, of.get(programme, empty))
    _city_count(answers, "TEA-11", year, of.get("teacher_education_base", empty).height)
    centres = of.get("autism_resource_centre", empty)
    _city_count(answers, "SPE-10.centres", year, centres.height)
    _city_count(answers, "SPE-10.staff", year, int(centres["centre_staff"].sum()))
    _city_count(answers, "SPE-10.pupils", year, int(centres["centre_pupils"].sum()))
    _senior_schools(answers, facts, of, empty, year)
    special = active_schools(facts, year).filter(pl.col("school_type").is_in(SPECIAL_TYPES))
    fifteen = of.get("fifteen_year_special_school", empty)["school"].implode()
    answers.ratio("SPE-05", year, share(special, pl.col("school").cast(pl.Int64).is_in(fifteen)))
    _persons(answers, facts, year)


def _city_count(answers: Answers, code: str, year: int, number: int) -> None:
    answers.count(code, year, pl.DataFrame({"num": [number], "district": [0]}), districts=False)


def _units(facts: Facts, year: int) -> pl.DataFrame:
    """What units hold on 31 December, each unit and title once, at the highest level in force."""
    day = day_of(year, 12, 31)
    valid = (pl.col("valid_from") <= day) & ((pl.col("valid_to") < 0) | (pl.col("valid_to") >= day))
    staged = facts.records["programmes", year].filter(pl.col("is_staged") & valid)
    highest = staged.sort("programme", "key", -pl.col("level"), "valid_from").unique(
        ["programme", "key"], keep="first", maintain_order=True
    )
    stage = pl.col("stage").replace_strict(dict(enumerate(_STAGES)), default=None, return_dtype=pl.String)
    return highest.with_columns(stage=stage, item=pl.col("programme"), num=pl.lit(1, dtype=pl.Int64))


def _senior_schools(
    answers: Answers, facts: Facts, of: dict[str, pl.DataFrame], empty: pl.DataFrame, year: int
) -> None:
    senior = pupils(facts, year).filter(pl.col("stage") == "senior_general")
    number = senior.group_by("school", "district", "ownership", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("den")
    )
    school = pl.col("school").cast(pl.Int64)
    comprehensive = school.is_in(of.get("comprehensive_senior_school", empty)["school"].implode())
    characteristic = school.is_in(of.get("characteristic_senior_school", empty)["school"].implode())
    answers.ratio("SEN-03.comprehensive", year, share(number, comprehensive), by=("ownership",))
    answers.ratio("SEN-03.characteristic", year, share(number, characteristic), by=("ownership",))
    taught = number.with_columns(num=pl.when(comprehensive | characteristic).then("den").otherwise(0))
    answers.ratio("SEN-03.pupils", year, taught, by=("ownership",))


def _persons(answers: Answers, facts: Facts, year: int) -> None:
    """DIG-07 to DIG-10; who was never found in a district leaves it without a value."""
    listed = _titles(facts, year)
    day = day_of(year, 12, 31)
    valid = (pl.col("valid_from") <= day) & ((pl.col("valid_to") < 0) | (pl.col("valid_to") >= day))
    officers = listed.filter((pl.col("programme") == "chief_information_officer") & valid & pl.col("is_in_post"))
    in_post = officers.unique("person", maintain_order=True).with_columns(num=pl.lit(1, dtype=pl.Int64))
    answers.count("DIG-07", year, in_post)
    holders = listed.filter(valid).unique(["programme", "person"], maintain_order=True)
    titles = holders.with_columns(item=pl.col("programme"), num=pl.lit(1, dtype=pl.Int64))
    answers.count("GOV-16.persons", year, titles, by=("item",))
    new_year = day_of(year, 1, 1)
    awards = listed.filter((pl.col("programme") == "pupil_it_expert") & pl.col("valid_from").is_between(new_year, day))
    answers.count("DIG-10.awards", year, awards.with_columns(num=pl.lit(1, dtype=pl.Int64)))
    years = [known for known in facts.years if known <= year]
    since = pl.concat(
        [
            _titles(facts, known).filter(pl.col("valid_from").is_between(day_of(2021, 1, 1), day_of(known, 12, 31)))
            for known in years
        ]
    )
    for code, programme in _DISTINCT.items():
        persons = since.filter(pl.col("programme") == programme)
        if not persons.height:
            continue
        by_district = persons.unique(["person", "district"], maintain_order=True).with_columns(num=pl.lit(1))
        silent = sorted(set(range(len(answers.area_codes))) - set(persons["district"].to_list()))
        answers.count(code, year, by_district, city=persons["person"].n_unique(), silent=silent)


def _titles(facts: Facts, year: int) -> pl.DataFrame:
    staged = facts.records["programme_persons", year].filter(pl.col("is_staged"))
    return facts.with_schools(staged.with_columns(pl.col("school").cast(pl.Int32)))
