"""PRE: preschool education.

Belongs here: the indicators whose codes start with PRE. Does not belong here: other stages.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.truth.answers import Answers, contributions, share
from eduplan.demo.truth.enrolment import active_schools, classes, pupils
from eduplan.demo.truth.facts import Facts

_LIMITS = {"k1": 25, "k2": 30, "k3": 35, "kx": 30}
_OUTDOOR, _ACTIVITY, _BUILDING = 400, 817, 1044
"""Hundredths of a square metre a child."""


def residents(facts: Facts, year: int, first: int, last: int) -> pl.DataFrame:
    """Residents from one age to another, one row a district and sex."""
    persons = facts.residents[year][:, first : last + 1].sum(axis=1)
    district, sex = np.indices(persons.shape)
    return pl.DataFrame(
        {
            "district": district.ravel(),
            "sex": np.array(["female", "male"])[sex.ravel()].tolist(),
            "weight": persons.ravel(),
        }
    )


def both_reported(facts: Facts, year: int) -> pl.DataFrame:
    """The schools that have rows in the roll and in the staff roll."""
    return facts.school_table.filter(pl.Series(facts.has_roll[year] & facts.has_staff[year])).select("school")


def full_time_teachers(facts: Facts, year: int) -> pl.DataFrame:
    """The active full-time teachers with a stage, with the dimensions of their schools."""
    wanted = (pl.col("status") == "active") & (pl.col("category") == "full_time_teacher") & (pl.col("stage") != "none")
    return facts.with_schools(facts.staff[year].filter(wanted))


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    flags = facts.register[year].select("school", "is_public_kindergarten", "is_inclusive_kindergarten", "model_level")
    children = pupils(facts, year).filter(pl.col("stage") == "preschool").join(flags, on="school", how="left")
    _enrolment(answers, facts, year, children)
    _classes(answers, facts, year)
    _staff(answers, facts, year, children)
    _places(answers, facts, year, children)
    districts = facts.divisions[year].filter(pl.col("division_level") == "district")
    recognised = districts.select(
        district=pl.lit(0), num=pl.col("recognised_universal_preschool").cast(pl.Int64), den=pl.lit(1)
    )
    answers.ratio("PRE-04", year, recognised, districts=False)


def _enrolment(answers: Answers, facts: Facts, year: int, children: pl.DataFrame) -> None:
    old_enough = children.filter(pl.col("age") >= 3)
    ratio = contributions(old_enough, residents(facts, year, 3, 5), ["district", "sex"])
    answers.ratio("PRE-01", year, ratio, by=("sex",))
    public, inclusive = pl.col("is_public_kindergarten"), pl.col("is_inclusive_kindergarten")
    answers.ratio("PRE-02", year, share(children, public | inclusive), by=("urban_class",))
    answers.ratio("PRE-03", year, share(children, public), by=("urban_class",))
    answers.ratio("PRE-08", year, share(children, pl.col("model_level") != "none"), by=("urban_class", "ownership"))


def _classes(answers: Answers, facts: Facts, year: int) -> None:
    limit = pl.col("grade").cast(pl.String).replace_strict(_LIMITS, default=None, return_dtype=pl.Int64)
    sized = classes(facts, year).filter(pl.col("stage") == "preschool").with_columns(limit=limit).drop_nulls("limit")
    answers.ratio("PRE-05", year, share(sized, pl.col("pupils") <= pl.col("limit")), by=("urban_class", "ownership"))


def _staff(answers: Answers, facts: Facts, year: int, children: pl.DataFrame) -> None:
    both = both_reported(facts, year)
    teachers = full_time_teachers(facts, year).filter(pl.col("stage") == "preschool")
    keys = ["district", "ownership"]
    ratio = contributions(
        children.join(both, on="school", how="semi"), teachers.join(both, on="school", how="semi"), keys
    )
    answers.ratio("PRE-06", year, ratio, scale=1, by=("ownership",))
    wanted = (
        (pl.col("status") == "active")
        & pl.col("category").is_in(["head", "full_time_teacher"])
        & (pl.col("stage") == "preschool")
    )
    leading = facts.with_schools(facts.staff[year].filter(wanted))
    answers.ratio("PRE-07", year, share(leading, pl.col("certificate") > 0), by=("ownership",))


def _places(answers: Answers, facts: Facts, year: int, children: pl.DataFrame) -> None:
    kindergartens = active_schools(facts, year).filter(pl.col("school_type") == 111)
    answers.ratio(
        "PRE-14", year, share(kindergartens, pl.col("school_group_id") != ""), by=("urban_class", "ownership")
    )
    number = children.group_by("school").agg(pl.len().alias("children"))
    used = kindergartens.join(number, on="school", how="inner")
    enough = pl.all_horizontal(
        pl.col(area) >= per_child * pl.col("children")
        for area, per_child in (
            ("outdoor_area_m2", _OUTDOOR),
            ("activity_area_m2", _ACTIVITY),
            ("building_area_m2", _BUILDING),
        )
    )
    answers.ratio("PRE-09", year, share(used, enough), by=("urban_class", "ownership"))
    towns = facts.divisions[year].filter(pl.col("division_level") == "town").height // len(answers.area_codes)
    places = pl.DataFrame({"district": range(len(answers.area_codes))}).join(
        pl.DataFrame({"town": range(towns)}), how="cross"
    )
    centres = kindergartens.filter(pl.col("is_town_centre_kindergarten") & pl.col("is_public_kindergarten"))
    covered = places.join(
        centres.select("district", "town").unique().with_columns(covered=True), on=["district", "town"], how="left"
    )
    answers.ratio("PRE-10", year, share(covered, pl.col("covered")))
