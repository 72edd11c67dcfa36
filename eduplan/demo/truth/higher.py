"""HED, SEN-04 and SEN-05: universities and colleges; course choice and moves of senior schools.

Belongs here: the indicators of HED, and what senior schools return. Does not belong here: enrolment.
"""

from __future__ import annotations

import polars as pl

from eduplan.demo.truth.answers import Answers
from eduplan.demo.truth.enrolment import pupils
from eduplan.demo.truth.facts import Facts


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    _institutions(answers, facts, year)
    _senior_schools(answers, facts, year)


def _institutions(answers: Answers, facts: Facts, year: int) -> None:
    levels = ("associate_students", "bachelor_students", "postgraduate_students")
    table = facts.records["higher_education", year].with_columns(
        students=pl.sum_horizontal(levels), institutions=pl.lit(1, dtype=pl.Int64)
    )
    of_age = int(facts.residents[year][:, 18:23].sum())
    people = pl.DataFrame({"num": [int(table["students"].sum())], "den": [of_age]})
    answers.ratio("HED-01", year, people, districts=False)
    for code, num, den in (
        ("HED-02", "milestones_on_time", "milestones_due"),
        ("HED-05", "open_facilities", "public_facilities"),
        ("HED-06", "students_in_projects", "students"),
    ):
        answers.ratio(code, year, table.with_columns(num=num, den=den), districts=False)
    for code, column in (
        ("HED-01.students", "students"),
        ("HED-01.institutions", "institutions"),
        ("HED-03.key", "key_programmes"),
        ("HED-03.opened", "opened_programmes"),
        ("HED-03.closed", "closed_programmes"),
        ("HED-03.model", "model_programmes"),
        ("HED-04.platforms", "research_platforms"),
        ("HED-04.contracts", "transfer_contracts"),
        ("HED-04.value", "transfer_value_yuan"),
    ):
        answers.count(code, year, table.with_columns(num=column), districts=False)


def _senior_schools(answers: Answers, facts: Facts, year: int) -> None:
    seniors = pupils(facts, year).filter(pl.col("stage") == "senior_general")
    first_two = pl.col("grade_number").is_in([10, 11])
    schools = seniors.group_by("school", maintain_order=True).agg(first_two.sum().cast(pl.Int64).alias("pupils"))
    table = facts.with_schools(schools.join(facts.records["course_choice", year], on="school", how="inner"))
    all_twelve = pl.col("combinations_offered") >= 12
    secured = all_twelve & (pl.col("rooms_available") >= pl.col("rooms_needed")) & (pl.col("short_subjects") == 0)
    one = pl.lit(1, dtype=pl.Int64)
    answers.ratio("SEN-04", year, table.with_columns(num=secured.cast(pl.Int64), den=one))
    answers.ratio("SEN-04.combinations", year, table.with_columns(num=all_twelve.cast(pl.Int64), den=one))
    moved = pl.col("moved_to_vocational") + pl.col("moved_from_vocational")
    answers.ratio("SEN-05.moved", year, table.with_columns(num=moved, den="pupils"), scale=1000)
    answers.ratio("SEN-05.credit", year, table.with_columns(num="mutual_credit_pupils", den="pupils"), scale=1000)
