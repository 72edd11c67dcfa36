"""The resident population by age and sex, made to fit the pupils, and the grade-one entrants of years before the roll.

Belongs here: numbers by district. Does not belong here: files.
"""

from __future__ import annotations

import numpy as np

from eduplan.demo.arrays import Floats, Ints, noise
from eduplan.demo.city import DISTRICTS, cohort_size

OLDEST = 90
FEMALE, MALE = 0, 1


def population_of(year: int, first_year: int, preschool: Ints, pupils: Ints, senior: Ints, scale: float) -> Ints:
    """The residents on 31 August, by ``district x age x sex``.

    Args:
        year: Calendar year.
        first_year: First year of the city.
        preschool: Kindergarten children by ``district x age x sex``.
        pupils: All pupils with a roll, likewise.
        senior: Pupils of the senior stage, vocational ones included, by ``district x sex``.
        scale: Scale of the city.
    """
    t = year - first_year
    wealth = np.array([each.wealth for each in DISTRICTS])
    result = np.zeros((len(DISTRICTS), OLDEST + 1, 2), dtype=np.int64)
    share = 0.946 + 0.003 * t + np.array([each.preschool for each in DISTRICTS]) / 100
    for age, shift in ((3, -0.055), (4, 0.008), (5, 0.042)):
        rate = np.minimum(share + shift, 0.997)
        result[:, age] = np.round(preschool[:, age] / rate[:, None])
    # Some pupils of rich districts live elsewhere, so that their ratio comes near or over a hundred per cent.
    missing = 0.0008 - 0.0024 * wealth
    result[:, 6:12] = np.round(pupils[:, 6:12] * (1 + missing[:, None, None]))
    result[:, 12:15] = np.round(pupils[:, 12:15] * (1 + missing[:, None, None] - 0.0012))
    rate = 0.902 + 0.006 * t + 0.05 * (wealth - 0.6)
    of_age = senior / rate[:, None] / 3
    result[:, 15:18] = np.round(of_age[:, None, :] * np.array([1.01, 1.0, 0.99])[None, :, None])
    for place, district in enumerate(DISTRICTS):
        for age in [*range(3), *range(18, OLDEST + 1)]:
            result[place, age] = _of_other_age(year - age, age, cohort_size(year - age, district, scale))
    return result


def _of_other_age(cohort: int, age: int, size: int) -> Ints:
    """Residents of an age without pupils: adults move in, the old grow fewer."""
    del cohort
    adults = 1.0 if age < 18 else 1.25 - 0.004 * abs(age - 35) if age < 60 else max(0.02, 1.1 - 0.034 * (age - 60))
    return np.round(np.array([0.475, 0.525]) * size * adults).astype(np.int64)


def entrants_of(year: int, leaving_grade: Ints, seed: int) -> Ints:
    """Grade-one entrants of eight years before, by ``district x sex``, made to fit the pupils of grade nine.

    Args:
        year: School year of the pupils of grade nine.
        leaving_grade: Those pupils by ``district x sex``.
        seed: Seed of the city.
    """
    wealth: Floats = np.array([each.wealth for each in DISTRICTS])
    wobble = noise(np.arange(len(DISTRICTS)) + 1000 * year, "retention", seed)
    kept = 0.9955 + 0.0035 * wealth + 0.0022 * wobble
    return np.asarray(np.round(leaving_grade / kept[:, None])).astype(np.int64)
