"""One simulated year as the makers of administrative records see it.

Belongs here: what they may read, and where they leave files, accounts and facts. Does not belong here: any source.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from eduplan.demo.arrays import Flags, Floats, Ints, noise
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import FileAccount
from eduplan.demo.people import People
from eduplan.demo.qualifications import Qualifications
from eduplan.demo.roll import RollAttributes, RollRows
from eduplan.demo.schools import Schools
from eduplan.demo.staff import Staff, StaffRows
from eduplan.demo.truth.facts import Facts
from eduplan.periods import school_year_text


@dataclass(frozen=True)
class CityYear:
    """The city in one school year.

    Attributes:
        folder: Raw folder; a source writes below ``folder / source / period``.
        year: School year, by the calendar year it starts in.
        first_year: First simulated year.
        last_year: Last simulated year.
        scale: 1 is the whole city.
        seed: Seed of the city.
        schools: All schools; arrays by school index.
        register: The listed schools of the year (``school`` is the index), as the register file has them.
        pupils: Counted pupils by ``school x stage``.
        roll: The rows of the pupil roll, with ``is_enrolled`` for those that a careful reader counts.
        attributes: What the roll says of each row.
        people: All pupils, by person index.
        staff_rows: The rows of the staff roll.
        qualities: What the staff roll says of each row.
        staff: All staff, by person index.
        facts: Where the source keeps what can be counted: ``facts.records[source, year]``.
        accounts: Where it adds the account of each file.
    """

    folder: Path
    year: int
    first_year: int
    last_year: int
    scale: float
    seed: int
    schools: Schools
    register: pl.DataFrame
    pupils: Ints
    roll: RollRows
    attributes: RollAttributes
    people: People
    staff_rows: StaffRows
    qualities: Qualifications
    staff: Staff
    facts: Facts
    accounts: list[FileAccount]

    @property
    def period(self) -> str:
        """The school year as folders name it."""
        return school_year_text(self.year)

    @property
    def passed(self) -> int:
        """Years since the first one."""
        return self.year - self.first_year

    @property
    def active(self) -> Ints:
        """Indices of the schools that are listed and have pupils."""
        listed = self.register["school"].to_numpy()
        return np.asarray(listed[self.pupils[listed].sum(axis=1) > 0], dtype=np.int64)

    def draw(self, keys: Ints, salt: str) -> Floats:
        """A number in [0, 1) for each key that stays the same over the years."""
        return noise(keys, salt, self.seed)

    def share(self, keys: Ints, salt: str, first: float, gain: float, *, wealth: float = 0.0) -> Flags:
        """Which schools have something that spreads over the years; who has it keeps it.

        Args:
            keys: Indices of schools.
            salt: What is drawn.
            first: Share of the first year in a district of middling wealth.
            gain: Points of share that each later year adds.
            wealth: How much larger the share is in the richest district than in the poorest.
        """
        riches = np.array([district.wealth for district in DISTRICTS])[self.schools.district[keys]]
        return np.asarray(self.draw(keys, salt) < first + gain * self.passed + wealth * (riches - 0.5))
