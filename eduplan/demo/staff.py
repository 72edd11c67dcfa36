"""The staff of the schools, year by year: hired to need, growing older, rotating, leaving and retiring.

Belongs here: who works where. Does not belong here: qualifications (see ``qualifications``), files.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from eduplan.demo.arrays import AnyArray, Flags, Floats, Ints, noise, normal_noise, rank_in_group, stream
from eduplan.demo.calendar import age_on_31_august, census_day, day_of
from eduplan.demo.city import DISTRICTS
from eduplan.demo.grades import Stage
from eduplan.demo.identity import NumberRegister, seventeen_digits
from eduplan.demo.schools import PUBLIC, Schools

CATEGORIES = ("full_time_teacher", "head", "administrative", "support", "worker", "nurse", "health")
TEACHER, HEAD, ADMINISTRATIVE, SUPPORT, WORKER, NURSE, HEALTH = range(7)
STAFF_STATUSES = ("active", "retired", "left")
ACTIVE, RETIRED, LEFT = range(3)
NO_STAGE = 6
_GOLDEN = 0.6180339887498949
_RATIO = {
    Stage.PRESCHOOL: 14.2,
    Stage.PRIMARY: 18.6,
    Stage.JUNIOR: 13.4,
    Stage.SENIOR_GENERAL: 12.4,
    Stage.SENIOR_VOCATIONAL: 18.0,
    Stage.SPECIAL: 4.0,
}


@dataclass
class StaffRows:
    """One element a staff row of a year; ``person`` is an index into the staff."""

    person: Ints
    school: Ints
    stage: Ints
    category: Ints
    status: Ints
    entered_on: Ints
    is_rotated: Flags
    is_staged: Flags

    def __len__(self) -> int:
        return len(self.person)


class Staff:
    """The state of every member of staff; ``advance`` gives the rows of a year.

    Attributes:
        slot: Place in the timetable of the first school, which decides on the subject.
        standing: From 0 (best) to 1, spread evenly within the first school.
    """

    def __init__(self, register: NumberRegister, schools: Schools, seed: int, first_year: int) -> None:
        self._register, self._schools, self._seed, self._first_year = register, schools, seed, first_year
        self.birth: Ints = np.zeros(0, dtype=np.int32)
        self.is_male: Flags = np.zeros(0, dtype=bool)
        self.number: Ints = np.zeros(0, dtype=np.int64)
        self.slot: Ints = np.zeros(0, dtype=np.int32)
        self.standing: Floats = np.zeros(0)
        self.school: Ints = np.zeros(0, dtype=np.int32)
        self.stage: Ints = np.zeros(0, dtype=np.int8)
        self.category: Ints = np.zeros(0, dtype=np.int8)
        self.entered_on: Ints = np.zeros(0, dtype=np.int32)
        self.is_working: Flags = np.zeros(0, dtype=bool)
        self._is_started = False
        self._posts: Ints = np.zeros((NO_STAGE + 1, len(schools)), dtype=np.int64)

    def __len__(self) -> int:
        return len(self.birth)

    def advance(self, year: int, pupils: Ints) -> StaffRows:
        """Moves the staff on to the census date of a year.

        Args:
            year: School year.
            pupils: Pupils by school and stage on that date.
        """
        rng = stream(self._seed, "staff", year)
        parts: list[StaffRows] = []
        need = self._need(pupils, year)
        if not self._is_started:
            # The first year opens with a full house, so that somebody can have left, retired or rotated since.
            for (stage, category), wanted in need.items():
                self._match(stage, category, wanted, year - 1, rng, [])
            self._is_started = True
        self._go(year, rng, parts)
        rotated = self._rotate(year, pupils, rng)
        for (stage, category), wanted in need.items():
            self._match(stage, category, wanted, year, rng, parts)
        working = np.flatnonzero(self.is_working)
        flags = np.zeros(len(self), dtype=bool)
        flags[: len(rotated)] = rotated
        parts.insert(0, self._rows(working, ACTIVE, flags[working]))
        return StaffRows(
            **{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(StaffRows)}
        )

    def _rows(self, persons: Ints, status: int, rotated: Flags | None = None) -> StaffRows:
        size = len(persons)
        return StaffRows(
            person=persons.astype(np.int32),
            school=self.school[persons],
            stage=self.stage[persons],
            category=self.category[persons],
            status=np.full(size, status, dtype=np.int8),
            entered_on=self.entered_on[persons],
            is_rotated=np.zeros(size, dtype=bool) if rotated is None else rotated,
            is_staged=np.ones(size, dtype=bool),
        )

    def _go(self, year: int, rng: np.random.Generator, parts: list[StaffRows]) -> None:
        """Lets those of age retire and some leave."""
        persons = np.flatnonzero(self.is_working)
        age = age_on_31_august(self.birth[persons], year)
        draw = rng.random(len(persons))
        retires = (age >= np.where(self.is_male[persons], 60, 55)) & (draw < 0.9)
        private = self._schools.is_private[self.school[persons]]
        chance = np.where(self.stage[persons] == Stage.PRESCHOOL, 0.03, 0.012) + np.where(private, 0.04, 0.0)
        leaves = ~retires & (draw < chance)
        parts.append(self._rows(persons[retires], RETIRED))
        parts.append(self._rows(persons[leaves], LEFT))
        self.is_working[persons[retires | leaves]] = False

    def _rotate(self, year: int, pupils: Ints, rng: np.random.Generator) -> Flags:
        """Moves some teachers of long standing to another public school of their district and stage."""
        schools = self._schools
        rotated = np.zeros(len(self), dtype=bool)
        wealth = np.array([each.wealth for each in DISTRICTS])
        long_standing = self.entered_on <= census_day(year - 6)
        compulsory = np.isin(self.stage, (Stage.PRIMARY, Stage.JUNIOR)) & (self.category == TEACHER)
        chance = np.array([each.rotation for each in DISTRICTS])[schools.district[self.school]]
        # Where little is done about it, those whom schools would miss most stay.
        reluctant = (self.standing < 0.3) & (wealth[schools.district[self.school]] < 0.7)
        chance = (0.93 * chance + 0.002 * (year - self._first_year)) * np.where(reluctant, 0.35, 1.0)
        public = schools.sector[self.school] == PUBLIC
        going = self.is_working & long_standing & compulsory & public & (rng.random(len(self)) < chance)
        for stage in (Stage.PRIMARY, Stage.JUNIOR):
            for district in range(len(DISTRICTS)):
                hosts = np.flatnonzero(
                    (pupils[:, stage] > 0)
                    & (schools.district == district)
                    & (schools.sector == PUBLIC)
                    & ~schools.is_special
                )
                mine = np.flatnonzero(going & (self.stage == stage) & (schools.district[self.school] == district))
                if len(hosts) < 2 or not len(mine):
                    continue
                weights = pupils[hosts, stage] / pupils[hosts, stage].sum()
                drawn = rng.choice(len(hosts), len(mine), p=weights)
                at_home = hosts[drawn] == self.school[mine]
                self.school[mine] = hosts[(drawn + at_home) % len(hosts)]
                self.entered_on[mine] = census_day(year)
                rotated[mine] = True
        return rotated

    def _need(self, pupils: Ints, year: int) -> dict[tuple[int, int], Ints]:
        """How many of each stage and category each school employs."""
        schools = self._schools
        t = year - self._first_year
        wealth = np.array([each.wealth for each in DISTRICTS])[schools.district]
        spread = np.exp(0.07 * normal_noise(np.arange(len(schools)), "staffing", self._seed) - 0.03 * schools.quality)
        need: dict[tuple[int, int], Ints] = {}
        teachers = np.zeros(len(schools), dtype=np.int64)
        for stage, ratio in _RATIO.items():
            fair = ratio * (1.36 - 0.42 * wealth) * spread * (1 - 0.008 * t)
            wanted = np.ceil(pupils[:, stage] / fair).astype(np.int64)
            wanted = np.where(pupils[:, stage] > 0, np.maximum(wanted, np.where(pupils[:, stage] < 25, 1, 2)), 0)
            need[stage, TEACHER] = wanted
            teachers += wanted
        runs = pupils.sum(axis=1) > 0
        main = np.where(runs, pupils.argmax(axis=1), -1)
        nurses = np.where(np.isin(schools.school_type, (111, 119)), np.ceil(pupils[:, Stage.PRESCHOOL] / 29), 0)
        # Posts are filled by stage so that each has one; only heads keep the stage in their row.
        for stage in _RATIO:
            need[stage, HEAD] = (main == stage) & ~np.isin(schools.school_type, (119, 218))
        need[NO_STAGE, ADMINISTRATIVE] = np.floor(teachers * 0.03 + 0.4).astype(np.int64)
        need[NO_STAGE, SUPPORT] = np.floor(teachers * 0.02 + 0.3).astype(np.int64)
        need[NO_STAGE, WORKER] = np.floor(teachers * 0.03 + 0.5).astype(np.int64)
        need[NO_STAGE, NURSE] = nurses.astype(np.int64)
        need[NO_STAGE, HEALTH] = ((noise(np.arange(len(schools)), "health post", self._seed) < 0.3) & runs).astype(
            np.int64
        )
        return {key: np.where(runs, np.asarray(wanted, dtype=np.int64), 0) for key, wanted in need.items()}

    def _match(
        self, stage: int, category: int, wanted: Ints, year: int, rng: np.random.Generator, parts: list[StaffRows]
    ) -> None:
        """Hires where posts are open; lets go where far too many are left, or where the school has closed."""
        mine = np.flatnonzero(self.is_working & (self.stage == stage) & (self.category == category))
        have = np.bincount(self.school[mine], minlength=len(wanted))
        slack = (wanted * 0.12).astype(np.int64) + 1 if category == TEACHER else np.zeros(len(wanted), dtype=np.int64)
        surplus = np.where(have > wanted + np.where(wanted > 0, slack, 0), have - wanted, 0)
        if surplus.any():
            rank = rank_in_group(self.school[mine][::-1])[::-1]
            going = mine[rank < surplus[self.school[mine]]]
            parts.append(self._rows(going, LEFT))
            self.is_working[going] = False
        open_posts = np.maximum(wanted - have, 0)
        self._hire(np.repeat(np.arange(len(wanted)), open_posts), stage, category, year, rng)

    def _hire(self, school: Ints, stage: int, category: int, year: int, rng: np.random.Generator) -> None:
        size = len(school)
        if not size:
            return
        if self._is_started:
            age = np.where(rng.random(size) < 0.8, rng.integers(22, 30, size), rng.integers(30, 46, size))
            since = np.full(size, census_day(year))
        else:
            oldest = 46 if stage == Stage.PRESCHOOL else 60
            age = rng.integers(22, oldest, size)
            since = np.maximum(
                census_day(year) - (rng.random(size) ** 1.5 * (age - 21) * 365).astype(np.int64),
                day_of(year - 30, 9, 1),
            )
        if category == HEAD:
            age = np.maximum(age, 33)
        age = age + rng.random(size)
        birth = (census_day(year) - 1 - age * 365.25).astype(np.int64)
        male_shares: dict[int, float] = {
            Stage.PRESCHOOL: 0.03,
            Stage.PRIMARY: 0.27,
            Stage.JUNIOR: 0.38,
            Stage.SENIOR_GENERAL: 0.46,
            Stage.SENIOR_VOCATIONAL: 0.45,
            Stage.SPECIAL: 0.25,
        }
        is_male = rng.random(size) < (0.0 if category == NURSE else male_shares.get(stage, 0.4))
        prefix = self._schools.district[school]
        sequence = self._register.issue(prefix, birth, is_male)
        # The posts of a school are filled in turn: subjects follow a timetable, and the best are spread evenly.
        place = rank_in_group(school) + self._posts[stage, school]
        np.add.at(self._posts[stage], school, 1)
        start = noise(school, "timetable", self._seed)
        self.birth = np.concatenate([self.birth, birth.astype(np.int32)])
        self.is_male = np.concatenate([self.is_male, is_male])
        self.number = np.concatenate([self.number, seventeen_digits(prefix, birth, sequence)])
        self.slot = np.concatenate([self.slot, (place + start * 1000).astype(np.int32)])
        self.standing = np.concatenate([self.standing, (place * _GOLDEN + start) % 1.0])
        self.school = np.concatenate([self.school, school.astype(np.int32)])
        self.stage = np.concatenate([self.stage, np.full(size, stage, dtype=np.int8)])
        self.category = np.concatenate([self.category, np.full(size, category, dtype=np.int8)])
        self.entered_on = np.concatenate([self.entered_on, since.astype(np.int32)])
        self.is_working = np.concatenate([self.is_working, np.ones(size, dtype=bool)])

    def noise(self, persons: AnyArray, salt: str) -> Floats:
        """A lasting uniform number of each member of staff, for one purpose."""
        return noise(persons, f"staff {salt}", self._seed)
