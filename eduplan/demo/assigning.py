"""Which school a pupil goes to, how the place was given, and where pupils with disability learn.

Belongs here: decisions on entry to a school. Does not belong here: when somebody enters one.
"""

from __future__ import annotations

import numpy as np

from eduplan.demo.arrays import AnyArray, Flags, Floats, Ints
from eduplan.demo.career_state import CareerState
from eduplan.demo.choosing import SchoolChoice
from eduplan.demo.city import DISTRICTS, weights
from eduplan.demo.grades import NUMBERS, Grade, Stage, stage_of
from eduplan.demo.people import People
from eduplan.demo.roll import EntryMode, Placement
from eduplan.demo.schools import PUBLIC, Schools

_PRIVATE_SENIOR = 0.06


class Assigner:
    """Puts persons into schools."""

    def __init__(self, state: CareerState, people: People, schools: Schools, first_year: int) -> None:
        self._state, self._people, self._schools, self._first_year = state, people, schools, first_year
        self._is_private = schools.is_private
        self._five_four_districts: Flags = np.array([each.system == "5-4" for each in DISTRICTS])
        hubs = (schools.school_type == 312) & (schools.sector == PUBLIC) & (schools.urban_rural >= 200)
        self._special_school = self._first_of_each_district(schools.is_special)
        self._hub = self._first_of_each_district(hubs)

    def _first_of_each_district(self, wanted: Flags) -> Ints:
        pool = np.flatnonzero(wanted)
        firsts = [pool[self._schools.district[pool] == index][:1] for index in range(len(DISTRICTS))]
        return np.array([int(first[0]) if len(first) else -1 for first in firsts])

    def district_of(self, persons: Ints) -> Ints:
        """The district of each person's school."""
        return np.asarray(self._schools.district[self._state.school[persons]])

    def nearby(self, persons: Ints, rng: np.random.Generator, chance: float) -> Ints:
        """The same district for most; for a few another, by size."""
        district = self.district_of(persons)
        other = rng.choice(len(DISTRICTS), len(district), p=weights())
        return np.asarray(np.where(rng.random(len(district)) < chance, other, district))

    def stage_in(self, grade: AnyArray, district: Ints) -> Ints:
        """The stage that a grade belongs to in the system of a district."""
        return stage_of(grade, self._five_four_districts[district], np.zeros(len(district), dtype=bool))

    def place(
        self, persons: Ints, grade: AnyArray, district: Ints, year: int, choice: SchoolChoice, rng: np.random.Generator
    ) -> None:
        """Puts persons into a grade of a school of a district."""
        state = self._state
        stage = self.stage_in(grade, district)
        for each in (Stage.PRESCHOOL, Stage.PRIMARY, Stage.JUNIOR, Stage.SENIOR_GENERAL):
            mine = np.flatnonzero(stage == each)
            private = rng.random(len(mine)) < self._private_chance(each, persons[mine], district[mine], year)
            state.school[persons[mine]] = choice.draw(district[mine], each, private, rng)
        attached = self._schools.school_type[state.school[persons]] == 119
        state.grade[persons] = np.where(attached, Grade.KX, grade)
        state.class_number[persons] = 0

    def _private_chance(self, stage: int, persons: Ints, district: Ints, year: int) -> Floats:
        if stage == Stage.PRESCHOOL:
            return np.asarray(1 - np.array([each.public_kindergarten for each in DISTRICTS])[district])
        if stage == Stage.SENIOR_GENERAL:
            return np.full(len(persons), _PRIVATE_SENIOR)
        gone_by = year - self._first_year
        share = 0.9 * np.array([max(0.0, each.private[0] + each.private[1] * gone_by) for each in DISTRICTS])[district]
        migrants = np.array([each.migrant[0] for each in DISTRICTS])[district]
        factor = np.array([each.migrant[1] for each in DISTRICTS])[district]
        others = np.clip(share * (1 - migrants * factor) / (1 - migrants), 0, 1)
        return np.asarray(np.where(self._people.is_migrant[persons], share * factor, others))

    def draw_entry_mode(self, persons: Ints, year: int, rng: np.random.Generator) -> None:
        """Notes how persons got the place that they have just been given."""
        state = self._state
        school, grade = state.school[persons], state.grade[persons]
        zone = np.array([each.zone_entry for each in DISTRICTS])[self._schools.district[school]]
        zone = zone + 0.003 * (year - self._first_year)
        draw, second = rng.random(len(persons)), rng.random(len(persons))
        by_rule = np.where(second < 0.95, EntryMode.ZONE, EntryMode.LOTTERY)
        by_choice = np.where(second < 0.6, EntryMode.RECOMMENDATION, EntryMode.OTHER)
        public = np.where(draw < zone, by_rule, by_choice)
        private = np.where(second < 0.6, EntryMode.PRIVATE_ADMISSION, EntryMode.LOTTERY)
        senior = np.where(second < 0.8, EntryMode.EXAMINATION, EntryMode.RECOMMENDATION)
        mode = np.where(self._is_private[school], private, public)
        mode = np.where(NUMBERS[grade] > 9, senior, mode)
        state.entry_mode[persons] = np.where(grade <= Grade.KX, EntryMode.UNKNOWN, mode)

    def place_disabled(self, persons: Ints, year: int) -> None:
        """Decides, when they enter grade one, where pupils with disability learn."""
        state, people = self._state, self._people
        mine = persons[people.disability[persons] > 0]
        district = self.district_of(mine)
        share = np.array([each.ordinary_class for each in DISTRICTS])[district] + 0.012 * (year - self._first_year)
        draw = people.noise(mine, "placement")
        placement = np.select(
            [draw < share, draw < share + 0.03, draw < share + 0.03 + 0.72 * (0.97 - share)],
            [Placement.ORDINARY_CLASS, Placement.SPECIAL_CLASS, Placement.SPECIAL_SCHOOL],
            Placement.HOME_DELIVERED,
        )
        state.placement[mine] = placement
        # Most who are taught at home are on the roll of the special school, some on that of an ordinary one.
        at_home = (placement == Placement.HOME_DELIVERED) & (people.noise(mine, "school of placement") < 0.85)
        apart = at_home | (placement == Placement.SPECIAL_SCHOOL)
        going = mine[apart]
        state.school[going], state.class_number[going] = self._special_school[district[apart]], 0
        state.grade[going[people.noise(going, "special class") < 0.03]] = Grade.X
        hub = self._hub[district]
        near = ~apart & (hub >= 0) & (people.noise(mine, "hub") < 0.6)
        state.school[mine[near]], state.class_number[mine[near]] = hub[near], 0
