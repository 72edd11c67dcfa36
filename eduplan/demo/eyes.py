"""What a screening finds in the eyes of pupils: they worsen with age, and less so where a district acts.

Belongs here: acuity, refraction and lenses of each pupil and season. Does not belong here: other measures, files.
Acuities are whole tenths on the five-mark scale (49 is 4.9),
refraction whole hundredths of a dioptre; ``MISSING`` is no value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eduplan.demo.arrays import AnyArray, Flags, Floats, Ints, noise
from eduplan.demo.city import DISTRICTS
from eduplan.demo.people import People

MISSING = -9999
LENSES = ("none", "frame", "contact", "ortho_k")
NO_LENS, FRAME, CONTACT, ORTHO_K = range(4)
_PREVALENCE: Floats = np.array([5, 14, 23, 32, 42, 51, 59, 65, 71, 76, 80, 83, 85, 86]) / 100
"""Share of myopic pupils by grade number from 0 (top class) to 12, in the first year, for the whole city."""
_EXTRA_FALL = 0.30
_SLOW_YEARS = {2: 0.9}
"""Points by which the fall of a year (counted from the first) lags behind: the city misses its step in one year."""


@dataclass
class Eyes:
    """One element an examined pupil, in every array."""

    lens: Ints
    naked: Ints
    corrected: Ints
    sphere: Ints
    cylinder: Ints


def chance_of_myopia(grade_number: AnyArray, district: AnyArray, is_male: AnyArray, t: int, in_spring: bool) -> Floats:
    """The share of myopic pupils that a grade, district, sex and year expect."""
    grade = np.clip(grade_number, 0, 12)
    base = _PREVALENCE[grade]
    if in_spring:
        base = base + 0.45 * (_PREVALENCE[grade + 1] - base)
    level = np.array([each.myopia[0] for each in DISTRICTS])[district]
    fall = np.array([each.myopia[1] for each in DISTRICTS])[district]
    lag = sum(points for year, points in _SLOW_YEARS.items() if year == t)
    change = level - (fall + _EXTRA_FALL) * t + lag + np.where(is_male, -3.0, 3.0)
    # A small grade cannot fall by as many points as a large one.
    return np.asarray(np.clip(base + change / 100 * np.clip(base / 0.5, 0.25, 1.15), 0.01, 0.97))


def examine(
    people: People,
    person: AnyArray,
    grade_number: AnyArray,
    district: AnyArray,
    t: int,
    in_spring: bool,
    *,
    again: bool = False,
) -> Eyes:
    """What the screening of a season notes of each pupil; both eyes as two columns, the right one first.

    Args:
        people: All persons.
        person: The examined ones.
        grade_number: Grade number of each.
        district: District of each.
        t: Years since the first.
        in_spring: Whether it is the second screening of the school year.
        again: Whether it is the retest: the same eyes, read a little differently.
    """
    seed = people.seed
    season = f"{t}{'s' if in_spring else 'a'}"
    fate = people.noise(person, "eyes")
    chance = chance_of_myopia(grade_number, district, people.is_male[person], t, in_spring)
    is_myopic = fate < chance
    years_since = np.clip((chance - fate) / 0.075, 0, 10)
    pace = 0.28 + 0.5 * people.noise(person, "pace")
    depth = np.where(is_myopic, 0.75 + years_since * pace, 0.0)
    reserve = 1.1 - 0.08 * np.clip(grade_number, 0, 12) + 0.9 * (people.noise(person, "reserve") - 0.5)
    right = _sphere(is_myopic, depth, reserve, person, "right" + season + ("again" if again else ""), seed)
    unequal = np.round((people.noise(person, "unequal") - 0.5) * 6) * 25
    left = np.where(is_myopic, np.minimum(right + unequal, 100), right)
    bend = people.noise(person, "bend")
    cylinder = -np.select([bend < 0.45, bend < 0.7, bend < 0.85, bend < 0.96], [0, 25, 50, 75], 150)
    sphere = np.stack([right, left], axis=1).astype(np.int64)
    cylinders = np.stack([cylinder, np.where(people.noise(person, "bend left") < 0.5, cylinder, 0)], axis=1).astype(
        np.int64
    )
    naked = _acuity(sphere, cylinders, people, person, season, again)
    return _with_lenses(people, person, grade_number, district, is_myopic, naked, sphere, cylinders, season)


def _sphere(is_myopic: Flags, depth: Floats, reserve: Floats, person: AnyArray, salt: str, seed: int) -> Ints:
    """The sphere of one eye in hundredths, in steps of a quarter."""
    jitter = np.round((noise(person, salt, seed) - 0.5) * 1.2) * 0.25
    myopic = -np.maximum(np.round((depth + jitter) * 4) / 4, 0.75)
    normal = np.maximum(np.round((reserve + jitter) * 4) / 4, -0.5)
    return np.asarray(np.round(np.where(is_myopic, np.maximum(myopic, -12.0), normal) * 100)).astype(np.int64)


def _acuity(sphere: Ints, cylinder: Ints, people: People, person: AnyArray, season: str, again: bool) -> Ints:
    """Naked acuity in tenths: it follows refraction, but some eyes are weak without myopia, or good with it."""
    equivalent = sphere + cylinder / 2
    salt = season + ("again" if again else "")
    wobble = np.stack([people.noise(person, f"acuity {eye}{salt}") for eye in ("right", "left")], axis=1)
    loss = np.clip(np.round((-equivalent - 70) / 62 + wobble * 1.1), 1, 10)
    weak = people.noise(person, "weak eye")[:, None] < 0.05
    good = 50 + np.floor(wobble * 2.4)
    clear = np.where(weak & (wobble < 0.8), np.where(wobble < 0.15, 48, 49), good)
    pretends = people.noise(person, f"good chart{season}")[:, None] < 0.015
    return np.where((equivalent < -50) & ~pretends, 50 - loss, clear).astype(np.int64)


def _with_lenses(
    people: People, person: AnyArray, grade_number: AnyArray, district: AnyArray, is_myopic: Flags,
    naked: Ints, sphere: Ints, cylinder: Ints, season: str,
) -> Eyes:  # fmt: skip
    wealth = np.array([each.wealth for each in DISTRICTS])[district]
    worst = sphere.min(axis=1)
    wants = people.noise(person, "glasses")
    ortho = is_myopic & (grade_number >= 2) & (grade_number <= 10) & (people.noise(person, "ortho") < 0.06 * wealth)
    wears = is_myopic & (wants < np.select([worst <= -300, worst <= -150], [0.96, 0.78], 0.4) + 0.06 * wealth)
    contact = wears & (grade_number >= 10) & (people.noise(person, "contact") < 0.06)
    lens = np.select([ortho, contact, wears], [ORTHO_K, CONTACT, FRAME], NO_LENS)
    full = people.noise(person, f"full correction{season}") < 0.72 + 0.12 * wealth
    sharp = np.where(full, 50, 48) - np.where(people.noise(person, f"line{season}") < 0.4, 1, 0) * np.where(full, 1, 0)
    corrected = np.stack([sharp, np.where(people.noise(person, f"left line{season}") < 0.8, sharp, sharp + 1)], axis=1)
    corrected = np.where((lens > NO_LENS)[:, None], corrected, MISSING)
    # At night lenses shape the eye, so nothing else is measured in most of their wearers.
    unmeasured = (lens == ORTHO_K) & (people.noise(person, f"measured{season}") < 0.85)
    skipped = ~unmeasured & (people.noise(person, f"skipped{season}") < 0.006)
    naked = np.where(unmeasured[:, None], MISSING, naked)
    no_refraction = (unmeasured | skipped)[:, None]
    return Eyes(
        lens=lens.astype(np.int64),
        naked=naked,
        corrected=corrected.astype(np.int64),
        sphere=np.where(no_refraction, MISSING, sphere),
        cylinder=np.where(no_refraction, MISSING, cylinder),
    )
