"""The children of the city: what stays with a person over the years.

Belongs here: birth, sex, identity number, origin, disability. Does not belong here: school careers.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo import labels
from eduplan.demo.arrays import AnyArray, Flags, Ints, noise
from eduplan.demo.calendar import day_of
from eduplan.demo.city import DISTRICTS
from eduplan.demo.identity import FIRST_OUTSIDE, PREFIXES, NumberRegister, identity_numbers, seventeen_digits

DISABILITIES = ("none", "visual", "hearing", "speech", "physical", "intellectual", "mental", "multiple")
_DISABILITY_SHARES = np.array([0.08, 0.14, 0.05, 0.18, 0.38, 0.12, 0.05])
_DISABILITY_RATE = 0.009
_PASSPORT_RATE = 0.004
"""Of those who moved in."""


class People:
    """One element a person, in every array; new persons are added at the end.

    Attributes:
        home: District where the person first lived in the city.
        is_migrant: Whether the person's family moved in for work.
        disability: Index into ``DISABILITIES``.
        had_preschool: Whether the person came through a kindergarten.
        has_passport: Whether the person shows a passport and has no resident card.
    """

    def __init__(self, register: NumberRegister, seed: int) -> None:
        self.seed = seed
        self._register = register
        self.home: Ints = np.zeros(0, dtype=np.int8)
        self.birth: Ints = np.zeros(0, dtype=np.int32)
        self.is_male: Flags = np.zeros(0, dtype=bool)
        self.number: Ints = np.zeros(0, dtype=np.int64)
        self.is_migrant: Flags = np.zeros(0, dtype=bool)
        self.disability: Ints = np.zeros(0, dtype=np.int8)
        self.had_preschool: Flags = np.zeros(0, dtype=bool)
        self.has_passport: Flags = np.zeros(0, dtype=bool)
        self._identity: pl.Series = pl.Series([], dtype=pl.String)

    def __len__(self) -> int:
        return len(self.birth)

    def add(
        self,
        home: AnyArray,
        cohort: AnyArray,
        rng: np.random.Generator,
        *,
        moved_in: bool = False,
        preschool: bool = True,
    ) -> Ints:
        """Adds persons of birth cohorts and gives their indices.

        Args:
            home: District of each.
            cohort: Year on whose 31 August each is 0 years old.
            rng: Stream of the draw.
            moved_in: Whether all come from outside the city.
            preschool: Whether most came through a kindergarten.
        """
        size = len(home)
        first = len(self)
        start = np.array([day_of(int(year) - 1, 9, 1) for year in range(1950, 2036)])[cohort - 1950]
        birth = start + rng.integers(0, 365, size)
        is_male = rng.random(size) < 0.527
        migrant_share = np.array([district.migrant[0] for district in DISTRICTS])[home]
        is_migrant = rng.random(size) < (0.85 if moved_in else migrant_share * 0.93)
        from_outside = is_migrant & (rng.random(size) < 0.8) | moved_in
        outside = rng.integers(FIRST_OUTSIDE, len(PREFIXES), size)
        prefix = np.where(from_outside, outside, home)
        sequence = self._register.issue(prefix, birth, is_male)
        number = seventeen_digits(prefix, birth, sequence)
        kind = rng.choice(np.arange(1, len(DISABILITIES)), size, p=_DISABILITY_SHARES)
        disability = np.where(rng.random(size) < _DISABILITY_RATE, kind, 0)
        had_preschool = rng.random(size) < (0.985 if preschool else 0.2)
        self.home = np.concatenate([self.home, home.astype(np.int8)])
        self.birth = np.concatenate([self.birth, birth.astype(np.int32)])
        self.is_male = np.concatenate([self.is_male, is_male])
        self.number = np.concatenate([self.number, number])
        self.is_migrant = np.concatenate([self.is_migrant, is_migrant])
        self.disability = np.concatenate([self.disability, disability.astype(np.int8)])
        self.had_preschool = np.concatenate([self.had_preschool, had_preschool])
        self.has_passport = np.concatenate([self.has_passport, from_outside & (rng.random(size) < _PASSPORT_RATE)])
        return np.arange(first, first + size)

    def noise(self, persons: AnyArray, salt: str) -> AnyArray:
        """A lasting uniform number of each person, for one purpose."""
        return noise(persons, salt, self.seed)

    def identity(self, persons: AnyArray) -> pl.Series:
        """The numbers of the resident cards or passports of persons, as texts."""
        known = len(self._identity)
        if known < len(self):
            cards = identity_numbers(self.number[known:])
            abroad = np.flatnonzero(self.has_passport[known:])
            passports = [f"E{place + known:08d}" for place in abroad.tolist()]
            self._identity = pl.concat([self._identity, cards.scatter(abroad, passports)])
        return self._identity.gather(persons)

    def roll_numbers(self, persons: AnyArray) -> pl.Series:
        """The roll numbers of persons: G and the number of the card, or J and a number of its kind."""
        letters = labels.pick(("G", "J"), self.has_passport[persons])
        return letters + identity_numbers(self.number[persons])
