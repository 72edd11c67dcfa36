"""The rows of a year's pupil roll, and the attributes of a row that follow from person, school and year.

Belongs here: what a roll row is. Does not belong here: how it comes about, or how it is written.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np

from eduplan.demo.arrays import AnyArray, Flags, Floats, Ints, noise
from eduplan.demo.city import DISTRICTS
from eduplan.demo.grades import NUMBERS, Grade, stage_of
from eduplan.demo.people import People
from eduplan.demo.schools import Schools


class Status(IntEnum):
    """Roll status of a row."""

    ACTIVE = 0
    SUSPENDED = 1
    LEFT = 2
    GRADUATED = 3


class Change(IntEnum):
    """What happened to a row's pupil since the census before."""

    NONE = 0
    ENROL = 1
    TRANSFER_IN = 2
    TRANSFER_OUT_CITY = 3
    TRANSFER_OUT_ELSEWHERE = 4
    SUSPEND = 5
    RESUME = 6
    REPEAT = 7
    DROP_OUT = 8
    RETURN = 9
    GRADUATE = 10
    DEATH = 11


class EntryMode(IntEnum):
    """How a pupil came into the stage; kindergartens note none."""

    UNKNOWN = 0
    ZONE = 1
    LOTTERY = 2
    EXAMINATION = 3
    RECOMMENDATION = 4
    PRIVATE_ADMISSION = 5
    OTHER = 6


class Placement(IntEnum):
    """Where a pupil with disability learns."""

    NONE = 0
    ORDINARY_CLASS = 1
    SPECIAL_CLASS = 2
    SPECIAL_SCHOOL = 3
    HOME_DELIVERED = 4


@dataclass
class RollRows:
    """One element a row, in every array.

    Attributes:
        person: Index into the people.
        school: Index into the schools.
        is_counted: False for the further active rows of a person who is active in two schools (V10).
        is_staged: False for a row that the files damage so that it goes to quarantine.
    """

    person: Ints
    school: Ints
    grade: Ints
    class_number: Ints
    status: Ints
    change: Ints
    change_on: Ints
    entered_on: Ints
    entry_mode: Ints
    placement: Ints
    is_counted: Flags
    is_staged: Flags

    def __len__(self) -> int:
        return len(self.person)

    def taken(self, places: AnyArray) -> RollRows:
        """The rows at some places."""
        return RollRows(**{field.name: getattr(self, field.name)[places] for field in fields(self)})

    @property
    def is_enrolled(self) -> Flags:
        """Whether the row makes its person a pupil of the year."""
        return np.asarray((self.status == Status.ACTIVE) & self.is_counted & self.is_staged)


def joined(parts: list[RollRows]) -> RollRows:
    """All rows of several parts."""
    return RollRows(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(RollRows)})


@dataclass
class RollAttributes:
    """What follows from person, school and year, one element a roll row."""

    stage: Ints
    grade_number: Ints
    is_migrant: Flags
    is_left_behind: Flags
    has_care_record: Flags
    is_bought_place: Flags
    is_boarding: Flags
    disability: Ints


def attributes_of(rows: RollRows, people: People, schools: Schools, year: int, first_year: int) -> RollAttributes:
    """Derives the attributes of roll rows."""
    person, school = rows.person, rows.school
    district = schools.district[school]
    t = year - first_year
    stage = stage_of(rows.grade, schools.is_five_four[school], schools.is_special[school])
    in_grades = (rows.grade >= Grade.P1) & (rows.grade != Grade.X)
    is_migrant = people.is_migrant[person] & in_grades
    rural_pull = np.select([schools.urban_rural[school] < 120, schools.urban_rural[school] < 200], [0.002, 0.03], 0.11)
    is_left_behind = in_grades & ~people.is_migrant[person] & (people.noise(person, "left behind") < rural_pull)
    wealth = np.array([each.wealth for each in DISTRICTS])[district]
    care = np.where(wealth > 0.6, 1.0, 0.86 + 0.14 * wealth + 0.022 * t)
    has_care_record = is_left_behind & (people.noise(person, "care") < care)
    private = schools.is_private[school]
    bought = np.where(is_migrant, 0.45, 0.03) * np.where(NUMBERS[rows.grade] <= 9, 1.0, 0.0)
    is_bought_place = private & in_grades & (people.noise(person, "bought") < bought)
    boarding = boarding_share(schools, people.seed)[school] * np.where(stage == 1, 0.15, 1.0)
    is_boarding = in_grades & (people.noise(person, "boarding") < boarding)
    return RollAttributes(
        stage=stage, grade_number=NUMBERS[rows.grade], is_migrant=is_migrant, is_left_behind=is_left_behind,
        has_care_record=has_care_record, is_bought_place=is_bought_place, is_boarding=is_boarding,
        disability=people.disability[person],
    )  # fmt: skip


def boarding_share(schools: Schools, seed: int) -> Floats:
    """The share of boarders of each school; 0 in a school that is not a boarding school."""
    chance = np.select(
        [np.isin(schools.school_type, (342, 345, 341)), schools.school_type == 312, schools.school_type == 311],
        [0.6, 0.35, 0.4],
        np.where(np.isin(schools.school_type, (365, 361, 366)), 0.9, 0.0),
    )
    chance = chance * np.select([schools.urban_rural < 120, schools.urban_rural < 200], [0.6, 1.0], 1.6)
    keys = np.arange(len(schools))
    boards = noise(keys, "boards", seed) < chance
    return np.where(boards, 0.2 + 0.6 * noise(keys, "boarders", seed), 0.0)
