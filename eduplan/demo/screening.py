"""The rows of a screening season: who was examined, when, and with what result.

Belongs here: choosing the examined, retests, assembling the values. Does not belong here: files.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import noise, stream
from eduplan.demo.bodies import completed_half_years, measure
from eduplan.demo.calendar import day_of
from eduplan.demo.city import DISTRICTS
from eduplan.demo.eyes import MISSING, examine
from eduplan.demo.grades import Grade, Stage
from eduplan.demo.people import People
from eduplan.demo.roll import RollAttributes, RollRows, Status
from eduplan.demo.schools import Schools

SEASONS = ("autumn", "spring")
_SCREENS_KINDERGARTENS = "990110"
"""A district that also examines the top classes of its kindergartens, who count in no indicator."""
_MEASURES = (
    "naked_right", "naked_left", "corrected_right", "corrected_left", "sphere_right", "sphere_left", "cylinder_right",
    "cylinder_left", "height", "weight", "fitness", "mental_level", "follow_up",
)  # fmt: skip


def screening_rows(
    rows: RollRows,
    attributes: RollAttributes,
    people: People,
    schools: Schools,
    year: int,
    first_year: int,
    season: str,
) -> pl.DataFrame:
    """The rows of one season, by district and school, with numbers as in ``eyes`` and ``bodies`` (null for none)."""
    in_spring = season == "spring"
    t = year - first_year
    rng = stream(people.seed, "screening", year, season)
    places = _examined(rows, attributes, schools, t, in_spring, rng)
    person, school = rows.person[places].astype(np.int64), rows.school[places].astype(np.int64)
    district = schools.district[school]
    grade_number = attributes.grade_number[places]
    day = _days(schools, people.seed, year, in_spring)[school]
    half_years = completed_half_years(people.birth[person], day)
    retested = np.flatnonzero(rng.random(len(person)) < 0.055)
    frames = []
    for again, chosen in ((False, np.arange(len(person))), (True, retested)):
        eyes = examine(people, person[chosen], grade_number[chosen], district[chosen], t, in_spring, again=again)
        columns = {
            "person": person[chosen], "school": school[chosen], "grade": rows.grade[places][chosen],
            "class_number": rows.class_number[places][chosen], "screened_on": day[chosen],
            "half_years": half_years[chosen],
            "is_retest": np.full(len(chosen), again), "is_valid": rng.random(len(chosen)) >= 0.007, "lens": eyes.lens,
            "naked_right": eyes.naked[:, 0], "naked_left": eyes.naked[:, 1],
            "corrected_right": eyes.corrected[:, 0], "corrected_left": eyes.corrected[:, 1],
            "sphere_right": eyes.sphere[:, 0], "sphere_left": eyes.sphere[:, 1],
            "cylinder_right": eyes.cylinder[:, 0], "cylinder_left": eyes.cylinder[:, 1],
        }  # fmt: skip
        if again or in_spring:
            nothing = np.full(len(chosen), MISSING)
            columns |= dict.fromkeys(("height", "weight", "fitness", "mental_level", "follow_up"), nothing)
            columns |= {name: np.zeros(len(chosen), dtype=bool) for name in ("is_mental_screened", "has_mental_file")}
        else:
            body = measure(people, person, grade_number, district, half_years, t)
            columns |= {
                "height": body.height, "weight": body.weight, "fitness": body.fitness,
                "mental_level": body.mental_level,
                "follow_up": body.follow_up, "is_mental_screened": body.is_mental_screened,
                "has_mental_file": body.has_mental_file,
            }  # fmt: skip
        frames.append(pl.DataFrame(columns))
    found = pl.concat(frames).with_columns(
        pl.when(pl.col(name) != MISSING).then(pl.col(name)).cast(pl.Int16).alias(name) for name in _MEASURES
    )
    order = np.lexsort((found["is_retest"].to_numpy(), found["person"].to_numpy(), found["school"].to_numpy()))
    return found[order].with_columns(pl.Series("district", schools.district)[found[order]["school"]])


def _examined(
    rows: RollRows, attributes: RollAttributes, schools: Schools, t: int, in_spring: bool, rng: np.random.Generator
) -> np.ndarray:
    district = schools.district[rows.school]
    on_roll = (rows.status == Status.ACTIVE) & rows.is_counted
    examines = np.isin(attributes.stage, (Stage.PRIMARY, Stage.JUNIOR, Stage.SENIOR_GENERAL))
    young = np.array([each.code == _SCREENS_KINDERGARTENS for each in DISTRICTS])[district] & (rows.grade == Grade.K3)
    wealth = np.array([each.wealth for each in DISTRICTS])[district]
    cover = 0.953 + 0.04 * wealth + 0.003 * t - (0.02 if in_spring else 0.0)
    draw = rng.random(len(rows))
    # A few who are on leave come to the screening; they are on the roll, but no pupils of the year.
    on_leave = (rows.status == Status.SUSPENDED) & (draw < 0.3)
    return np.flatnonzero((on_roll & (examines | young) & (draw < cover)) | (on_leave & examines))


def _days(schools: Schools, seed: int, year: int, in_spring: bool) -> np.ndarray:
    """The day on which each school is examined: never at the end of a month, so that ages leave no doubt."""
    keys = np.arange(len(schools)) + 100_000 * year + (50_000 if in_spring else 0)
    step = (noise(keys, "screening day", seed) * 38).astype(np.int64)
    first, second = ((year + 1, 4), (year + 1, 5)) if in_spring else ((year, 10), (year, 11))
    return np.where(step < 19, day_of(*first, 8) + step, day_of(*second, 8) + step - 19)
