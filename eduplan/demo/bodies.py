"""Body measures, fitness and mental-health screening of an autumn.

Belongs here: the values of each pupil. Does not belong here: eyes, files, the cuts that judge the values.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eduplan.demo.arrays import AnyArray, Flags, Floats, Ints
from eduplan.demo.calendar import ymd
from eduplan.demo.city import DISTRICTS
from eduplan.demo.eyes import MISSING
from eduplan.demo.people import People

MENTAL_LEVELS = ("none", "level_1", "level_2", "level_3")
_HEIGHT_MALE: Floats = np.array([117, 123, 129, 134, 139, 145, 152, 159, 165, 169, 171, 172, 173.0])
_HEIGHT_FEMALE: Floats = np.array([116, 122, 128, 134, 140, 147, 152, 156, 158, 160, 160.5, 161, 161.0])
_BMI: Floats = np.array([15.1, 15.4, 15.8, 16.3, 16.9, 17.6, 18.2, 18.9, 19.5, 20.0, 20.4, 20.7, 21.0])


@dataclass
class Bodies:
    """One element an examined pupil: tenths of cm, kg and points; ``MISSING`` is no value."""

    height: Ints
    weight: Ints
    fitness: Ints
    is_mental_screened: Flags
    has_mental_file: Flags
    mental_level: Ints
    follow_up: Ints


def completed_half_years(birth: AnyArray, day: AnyArray) -> Ints:
    """Completed half years between two days."""
    born, now = ymd(birth), ymd(day)
    months = (now // 10000 - born // 10000) * 12 + (now // 100 % 100 - born // 100 % 100) - (now % 100 < born % 100)
    return np.asarray(months // 6)


def measure(
    people: People, person: AnyArray, grade_number: AnyArray, district: AnyArray, half_years: AnyArray, t: int
) -> Bodies:
    """What the autumn screening notes of each pupil.

    Args:
        people: All persons.
        person: The examined ones.
        grade_number: Grade number of each.
        district: District of each.
        half_years: Age of each in completed half years.
        t: Years since the first.
    """
    wealth = np.array([each.wealth for each in DISTRICTS])[district]
    age = np.clip(half_years / 2 - 6, 0, 11.999)
    year = age.astype(np.int64)
    male = people.is_male[person]

    def at_age(table: Floats) -> Floats:
        return np.asarray(table[year] + (table[year + 1] - table[year]) * (age - year))

    usual = np.where(male, at_age(_HEIGHT_MALE), at_age(_HEIGHT_FEMALE))
    height = usual * (1 + 0.045 * _normal(people, person, "height"))
    figure = 0.125 * _normal(people, person, "figure") + 0.05 * (_normal(people, person, "figure two") ** 2 - 0.6)
    mass = at_age(_BMI) * np.exp(figure + np.where(male, 0.012, -0.02) - 0.004 * t)
    weight = mass * (height / 100) ** 2
    points = (
        72.5 + 5 * wealth + 0.7 * t + 8.5 * _normal(people, person, "fitness") + 3 * _normal(people, person, f"form{t}")
    )
    no_body = people.noise(person, f"no body{t}") < 0.01
    exempt = people.noise(person, f"exempt{t}") < 0.025
    older = grade_number >= 4
    screened = older & (people.noise(person, f"mental{t}") < 0.79 + 0.12 * wealth + 0.02 * t)
    has_file = older & (people.noise(person, "mental file") < 0.82 + 0.1 * wealth + 0.018 * t)
    draw = people.noise(person, f"warning{t}")
    level = np.where(screened, np.select([draw < 0.93, draw < 0.975, draw < 0.993], [0, 1, 2], 3), MISSING)
    followed = people.noise(person, f"followed{t}") < 0.80 + 0.1 * wealth + 0.025 * t
    return Bodies(
        height=np.where(no_body, MISSING, np.clip(np.round(height * 10), 900, 2050)).astype(np.int64),
        weight=np.where(no_body, MISSING, np.clip(np.round(weight * 10), 120, 1700)).astype(np.int64),
        fitness=np.where(exempt, MISSING, np.clip(np.round(points * 10), 150, 1180)).astype(np.int64),
        is_mental_screened=screened,
        has_mental_file=has_file,
        mental_level=level.astype(np.int64),
        follow_up=np.where(level > 0, followed, MISSING).astype(np.int64),
    )


def _normal(people: People, person: AnyArray, salt: str) -> Floats:
    parts = [people.noise(person, f"{salt}{part}") for part in range(3)]
    return np.asarray((sum(parts) - 1.5) * 2.0)
