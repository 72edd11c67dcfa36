"""Vocational schools: pupils by grade and sex, known only as numbers, because no roll lists them.

Belongs here: their counts year by year. Does not belong here: the census file.
"""

from __future__ import annotations

import numpy as np

from eduplan.demo.arrays import Floats, Ints, noise, shares_to_counts
from eduplan.demo.city import DISTRICTS
from eduplan.demo.schools import Schools

FEMALE, MALE = 0, 1


class VocationalPupils:
    """Counts of ``school x grade (v1, v2, v3) x sex``; ``advance`` gives those of a year."""

    def __init__(self, schools: Schools, seed: int, first_year: int) -> None:
        self._schools, self._seed, self._first_year = schools, seed, first_year
        self._counts: Ints = np.zeros((len(schools), 3, 2), dtype=np.int64)
        self._is_started = False

    def advance(self, year: int, leavers: Ints, general_entrants: Ints) -> Ints:
        """Moves on a year.

        Args:
            year: School year.
            leavers: Junior leavers of that summer by district.
            general_entrants: Pupils of the first general senior grade by district.
        """
        wanted = leavers * self._transition(year) - general_entrants
        entrants = self._share_out(np.maximum(np.round(wanted), 6).astype(np.int64), year)
        if self._is_started:
            second = np.floor(self._counts[:, 0] * 0.975).astype(np.int64)
            third = np.floor(self._counts[:, 1] * 0.985).astype(np.int64)
        else:
            second = np.floor(entrants * 0.96).astype(np.int64)
            third = np.floor(entrants * 0.93).astype(np.int64)
        self._counts = np.stack([entrants, second, third], axis=1)
        self._is_started = True
        return self._counts

    def _transition(self, year: int) -> Floats:
        """Share of junior leavers that go on, by district."""
        base = np.array([0.968 + 0.020 * each.wealth for each in DISTRICTS])
        wobble = noise(np.arange(len(DISTRICTS)) + 100 * year, "transition", self._seed)
        return np.asarray(base + 0.003 * (year - self._first_year) + 0.006 * (wobble - 0.5))

    def _share_out(self, entrants: Ints, year: int) -> Ints:
        counts = np.zeros((len(self._schools), 2), dtype=np.int64)
        open_now = self._schools.is_vocational & self._schools.is_active(year)
        for district, total in enumerate(entrants.tolist()):
            mine = np.flatnonzero(open_now & (self._schools.district == district))
            shares = np.repeat(self._schools.attraction[mine], 2) * np.tile([0.43, 0.57], len(mine))
            counts[mine] = shares_to_counts(total, shares).reshape(-1, 2)
        return counts


def classes_of(pupils: Ints) -> Ints:
    """Classes of a school from its pupils by grade and sex: up to fifty to a class."""
    per_grade = pupils.sum(axis=-1)
    return np.asarray((-(-per_grade // 50)).sum(axis=-1))
