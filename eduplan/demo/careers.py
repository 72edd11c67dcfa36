"""How pupils go through school, year by year: entry, promotion, transfer, suspension, dropping out and coming back.

Belongs here: the state of each pupil and what happens to it between two census dates. Does not belong here: attributes, files.
"""

from __future__ import annotations

import numpy as np

from eduplan.demo.arrays import AnyArray, Floats, Ints, stream
from eduplan.demo.calendar import age_on_31_august, census_day, day_of
from eduplan.demo.choosing import SchoolChoice, fill_classes, largest_class
from eduplan.demo.city import DISTRICTS, cohort_size, weights
from eduplan.demo.double_rolls import double_rolls
from eduplan.demo.grades import (
    J1, J3, JUNIOR, K0, K1, K2, K3, KX, NUMBERS, P1, P6, PRESCHOOL, PRIMARY, S1, S3, SENIOR, X, is_last_grade, stage_of,
)  # fmt: skip
from eduplan.demo.people import People
from eduplan.demo.roll import (
    ACTIVE, DEATH, DROP_OUT, ENROL, EXAMINATION, GRADUATE, GRADUATED, HOME_DELIVERED, LEFT, LOTTERY, NO_MODE, NONE,
    ORDINARY_CLASS, OTHER_MODE, OUT_CITY, OUT_ELSEWHERE, PRIVATE_ADMISSION, RECOMMENDATION, REPEAT, RESUME, RETURN,
    SPECIAL_CLASS, SPECIAL_SCHOOL, SUSPEND, SUSPENDED, TRANSFER_IN, UNPLACED, ZONE, RollRows, joined,
)  # fmt: skip
from eduplan.demo.schools import Schools

GONE, IN_SCHOOL, ON_LEAVE, DROPPED = range(4)
_STATE = ("phase", "school", "grade", "class_number", "entered_on", "change", "change_on", "entry_mode", "placement")
_AGE_3, _AGE_4, _AGE_5 = 0.905, 0.955, 0.985
_GENERAL_SHARE = 0.60


class Careers:
    """The state of every person's school career; ``advance`` gives the roll rows of a year.

    The careers start one year before the first that is asked for, so that its roll has those who left since.
    """

    def __init__(self, people: People, schools: Schools, scale: float, seed: int, first_year: int) -> None:
        self.people, self.schools = people, schools
        self.scale, self.seed, self.first_year = scale, seed, first_year
        self.is_five_four, self.is_special, self.is_private = (
            schools.is_five_four,
            schools.is_special,
            schools.is_private,
        )
        self.phase: Ints = np.zeros(0, dtype=np.int8)
        self.school: Ints = np.zeros(0, dtype=np.int32)
        self.grade: Ints = np.zeros(0, dtype=np.int8)
        self.class_number: Ints = np.zeros(0, dtype=np.int16)
        self.entered_on: Ints = np.zeros(0, dtype=np.int32)
        self.change: Ints = np.zeros(0, dtype=np.int8)
        self.change_on: Ints = np.zeros(0, dtype=np.int32)
        self.entry_mode: Ints = np.zeros(0, dtype=np.int8)
        self.placement: Ints = np.zeros(0, dtype=np.int8)
        special = np.flatnonzero(self.is_special)
        self._special_school = np.array([self._first(special, index) for index in range(len(DISTRICTS))])
        hubs = (schools.school_type == 312) & (schools.sector == 0) & (schools.urban_rural >= 200)
        self._hub = np.array([self._first(np.flatnonzero(hubs), index) for index in range(len(DISTRICTS))])

    def _first(self, pool: Ints, district: int) -> int:
        mine = pool[self.schools.district[pool] == district]
        return int(mine[0]) if len(mine) else -1

    def start(self) -> None:
        """Fills the schools for the year before the first."""
        year = self.first_year - 1
        rng = stream(self.seed, "careers", year)
        choice = SchoolChoice(self.schools, year)
        shares = {
            K0: 0.03,
            K1: _AGE_3,
            K2: _AGE_4,
            K3: _AGE_5,
            S1: _GENERAL_SHARE,
            S1 + 1: _GENERAL_SHARE,
            S3: _GENERAL_SHARE,
        }
        for grade in range(X):
            if grade == KX:
                continue
            self._arrive(grade, year, shares.get(grade, 1.0), choice, rng, moved_in=False, change=NONE)
        self._spread_entry_dates(year)
        self._rows(year, rng, [])

    def advance(self, year: int) -> RollRows:
        """Moves everybody on from the census date before to that of a year."""
        rng = stream(self.seed, "careers", year)
        choice = SchoolChoice(self.schools, year)
        transfer = SchoolChoice(self.schools, year, established_before=self.first_year)
        parts: list[RollRows] = []
        self.change[:] = NONE
        self.change_on[:] = -1
        self._come_back(year, rng)
        staying = np.flatnonzero((self.phase == IN_SCHOOL) & (self.change == NONE))
        staying = self._leave(staying, year, transfer, rng, parts)
        self._promote(staying, year, choice, rng, parts)
        self._new_arrivals(year, choice, transfer, rng)
        return self._rows(year, rng, parts)

    # Those who leave.

    def _come_back(self, year: int, rng: np.random.Generator) -> None:
        """Ends last year's suspensions; half of those who dropped out return, the others are forgotten."""
        away = np.flatnonzero(np.isin(self.phase, (ON_LEAVE, DROPPED)))
        back = away[(self.phase[away] == ON_LEAVE) | (rng.random(len(away)) < 0.5)]
        self.change[back] = np.where(self.phase[back] == ON_LEAVE, RESUME, RETURN)
        self.change_on[back] = census_day(year)
        self.phase[away] = GONE
        self.phase[back] = np.where(self.schools.closed[self.school[back]] > year, IN_SCHOOL, GONE)
        self.class_number[back] = 0

    def _leave(
        self, staying: Ints, year: int, transfer: SchoolChoice, rng: np.random.Generator, parts: list[RollRows]
    ) -> Ints:
        grade, school = self.grade[staying], self.school[staying]
        district = self.schools.district[school]
        number = NUMBERS[grade]
        young = grade <= KX
        special = self.is_special[school]
        last = is_last_grade(grade, self.is_five_four[school], special) | (grade == KX)
        dropping = np.array([each.drop_out for each in DISTRICTS])[district]
        dropping = np.where(young | special, 0.0, np.where(number > 9, 0.003, dropping))
        chances = [
            (DEATH, np.where(young, 0.00002, 0.00005)),
            (OUT_ELSEWHERE, np.where(young, 0.012, np.where(number > 9, 0.003, 0.0085))),
            (DROP_OUT, dropping),
            (SUSPEND, np.where(young | special, 0.0, 0.0005)),
            (REPEAT, np.where(young | last | special, 0.0, 0.0003)),
            (OUT_CITY, np.where(last | special, 0.0, 0.015)),
        ]
        draw = rng.random(len(staying))
        event = np.full(len(staying), NONE)
        reached = np.zeros(len(staying))
        for code, chance in chances:
            event[(draw >= reached) & (draw < reached + chance)] = code
            reached = reached + chance
        closing = self.schools.closed[school] == year
        event[closing & np.isin(event, (NONE, REPEAT)) & ~last] = OUT_CITY
        leaving = np.isin(event, (DEATH, OUT_ELSEWHERE, DROP_OUT, OUT_CITY))
        when = rng.integers(census_day(year - 1) + 5, census_day(year) - 12, len(staying))
        parts.append(self._leaving_rows(staying[leaving], LEFT, event[leaving], when[leaving]))
        self.phase[staying[np.isin(event, (DEATH, OUT_ELSEWHERE))]] = GONE
        self.phase[staying[event == DROP_OUT]] = DROPPED
        suspended = staying[event == SUSPEND]
        self.phase[suspended], self.change[suspended], self.change_on[suspended] = (
            ON_LEAVE,
            SUSPEND,
            when[event == SUSPEND],
        )
        repeating = staying[event == REPEAT]
        self.change[repeating], self.change_on[repeating], self.class_number[repeating] = REPEAT, census_day(year), 0
        moving = event == OUT_CITY
        self._move_within_city(staying[moving], when[moving], transfer, rng)
        return staying[event == NONE]

    def _leaving_rows(self, persons: Ints, status: int, change: AnyArray, when: AnyArray) -> RollRows:
        rows = self._snapshot(persons)
        rows.status[:] = status
        rows.change = np.broadcast_to(np.asarray(change), len(persons)).astype(np.int8)
        rows.change_on = np.broadcast_to(np.asarray(when), len(persons)).astype(np.int32)
        return rows

    def _move_within_city(self, persons: Ints, when: Ints, transfer: SchoolChoice, rng: np.random.Generator) -> None:
        grade = self._next_grade(persons)
        goal = self._nearby(self.schools.district[self.school[persons]], rng, 0.25)
        five_four = np.array([each.system == "5-4" for each in DISTRICTS])[goal]
        stage = stage_of(grade, five_four, np.zeros(len(goal), dtype=bool))
        self._place(persons, grade, stage, goal, transfer, rng)
        self.change[persons], self.change_on[persons], self.entered_on[persons] = TRANSFER_IN, when + 3, when + 3

    # Those who go on.

    def _next_grade(self, persons: Ints) -> Ints:
        grade = self.grade[persons].astype(np.int64)
        return np.asarray(np.where(np.isin(grade, (X, KX)), grade, grade + 1))

    def _promote(
        self, persons: Ints, year: int, choice: SchoolChoice, rng: np.random.Generator, parts: list[RollRows]
    ) -> None:
        school, grade = self.school[persons], self.grade[persons]
        last = is_last_grade(grade, self.is_five_four[school], self.is_special[school])
        age = age_on_31_august(self.people.birth[persons], year)
        last = np.where(grade == KX, age >= 6, last) | ((grade == X) & (age >= 16))
        late = (grade == K3) & (rng.random(len(persons)) < 0.002) & (self.schools.closed[school] > year)
        going_on = persons[~last]
        self.grade[going_on] = self._next_grade(going_on)
        changing = persons[last & ~late]
        grade = self.grade[changing]
        special = self.is_special[self.school[changing]]
        to_primary = changing[(grade == K3) | (grade == KX)]
        to_junior = changing[(grade >= P1) & (grade <= P6) & ~special]
        to_senior = changing[(grade == J3) & ~special]
        finished = changing[(grade == S3) | special]
        summer = day_of(year, 6, 30)
        self._enter(to_primary, P1, PRIMARY, year, choice, rng)
        stays = self.schools.enters(JUNIOR)[self.school[to_junior]] & (rng.random(len(to_junior)) < 0.97)
        parts.append(self._leaving_rows(to_junior[~stays], GRADUATED, GRADUATE, summer))
        for group, keep in ((to_junior[stays], True), (to_junior[~stays], False)):
            # Grade six follows grade five in both systems; where it is a primary grade it is spent in a primary school.
            self._enter(group, self.grade[group] + 1, JUNIOR, year, choice, rng, keep=keep)
        parts.append(self._leaving_rows(to_senior, GRADUATED, GRADUATE, summer))
        wealth = np.array([each.wealth for each in DISTRICTS])[self.schools.district[self.school[to_senior]]]
        general = rng.random(len(to_senior)) < _GENERAL_SHARE - 0.03 + 0.06 * wealth
        self.phase[to_senior[~general]] = GONE
        entering = to_senior[general]
        keeps = self.schools.enters(SENIOR)[self.school[entering]] & (rng.random(len(entering)) < 0.7)
        self._enter(entering[keeps], S1, SENIOR, year, choice, rng, keep=True)
        self._enter(entering[~keeps], S1, SENIOR, year, choice, rng)
        parts.append(self._leaving_rows(finished, GRADUATED, GRADUATE, summer))
        self.phase[finished] = GONE

    def _enter(
        self, persons: Ints, grade: AnyArray | int, stage: int, year: int, choice: SchoolChoice, rng: np.random.Generator,
        *, keep: bool = False,
    ) -> None:  # fmt: skip
        """Starts a new stage, in the old school or in one that is drawn."""
        grades = np.broadcast_to(np.asarray(grade), len(persons)).astype(np.int64)
        if keep:
            self.grade[persons], self.class_number[persons] = grades, 0
        else:
            district = self._nearby(self.schools.district[self.school[persons]], rng, 0.02)
            five_four = np.array([each.system == "5-4" for each in DISTRICTS])[district]
            stages = np.where(stage == JUNIOR, stage_of(grades, five_four, np.zeros(len(persons), dtype=bool)), stage)
            self._place(persons, grades, stages, district, choice, rng)
        self.change[persons], self.change_on[persons], self.entered_on[persons] = (
            ENROL,
            census_day(year),
            census_day(year),
        )
        self._draw_entry_mode(persons, year, rng)
        if stage == PRIMARY:
            self._place_disabled(persons, year)

    # Those who come.

    def _new_arrivals(self, year: int, choice: SchoolChoice, transfer: SchoolChoice, rng: np.random.Generator) -> None:
        gain = 0.002 * (year - self.first_year)
        for grade, share in ((K0, 0.03), (K1, _AGE_3 - 0.03 + gain), (K2, _AGE_4 - _AGE_3), (K3, _AGE_5 - _AGE_4)):
            self._arrive(grade, year, share, choice, rng, moved_in=False, change=ENROL)
        self._arrive(P1, year, 1 - _AGE_5, choice, rng, moved_in=False, change=ENROL, preschool=False)
        self._arrive(P1, year, 0.02, choice, rng, moved_in=True, change=ENROL)
        for grade in [*range(P1 + 1, P6 + 1), J1, J1 + 1, J3]:
            self._arrive(grade, year, 0.0105, transfer, rng, moved_in=True, change=TRANSFER_IN)
        self._arrive(S1 + 1, year, 0.001, transfer, rng, moved_in=True, change=TRANSFER_IN)

    def _arrive(
        self, grade: int, year: int, share: float, choice: SchoolChoice, rng: np.random.Generator,
        *, moved_in: bool, change: int, preschool: bool = True,
    ) -> None:  # fmt: skip
        """Adds new persons to a grade: a share of the birth cohort that belongs there."""
        cohort = year - 3 - (grade - K1) if grade <= K3 else year - 5 - int(NUMBERS[grade])
        sizes = [cohort_size(cohort, each, self.scale) * share for each in DISTRICTS]
        counts = np.array([int(size) + int(rng.random() < size % 1) for size in sizes])
        home = np.repeat(np.arange(len(DISTRICTS)), counts)
        cohorts = np.full(len(home), cohort) - (rng.random(len(home)) < 0.002)
        persons = self.people.add(home, cohorts, rng, moved_in=moved_in, preschool=preschool)
        self._extend(len(persons))
        grades = np.full(len(persons), grade)
        five_four = np.array([each.system == "5-4" for each in DISTRICTS])[home]
        stage = stage_of(grades, five_four, np.zeros(len(home), dtype=bool))
        self._place(persons, grades, stage, home, choice, rng)
        self.phase[persons] = IN_SCHOOL
        if change == TRANSFER_IN:
            when = rng.integers(census_day(year - 1) + 5, census_day(year) - 12, len(persons))
            self.entered_on[persons], self.change_on[persons] = when, when
        else:
            self.entered_on[persons] = census_day(year)
            self.change_on[persons] = census_day(year) if change == ENROL else -1
        self.change[persons] = change
        self._draw_entry_mode(persons, year, rng)
        if P1 <= grade <= J3:
            self._place_disabled(persons, year)

    def _extend(self, more: int) -> None:
        for name in _STATE:
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.zeros(more, dtype=old.dtype)]))

    # Where they go.

    def _nearby(self, district: Ints, rng: np.random.Generator, chance: float) -> Ints:
        """The same district for most; for a few another, by size."""
        other = rng.choice(len(DISTRICTS), len(district), p=weights())
        return np.asarray(np.where(rng.random(len(district)) < chance, other, district))

    def _place(
        self,
        persons: Ints,
        grade: AnyArray,
        stage: AnyArray,
        district: AnyArray,
        choice: SchoolChoice,
        rng: np.random.Generator,
    ) -> None:
        for each in (PRESCHOOL, PRIMARY, JUNIOR, SENIOR):
            mine = np.flatnonzero(stage == each)
            private = rng.random(len(mine)) < self._private_chance(each, persons[mine], district[mine])
            self.school[persons[mine]] = choice.draw(district[mine], each, private, rng)
        attached = self.schools.school_type[self.school[persons]] == 119
        self.grade[persons] = np.where(attached, KX, grade)
        self.class_number[persons] = 0

    def _private_chance(self, stage: int, persons: Ints, district: Ints) -> Floats:
        if stage == PRESCHOOL:
            return np.asarray(1 - np.array([each.public_kindergarten for each in DISTRICTS])[district])
        if stage == SENIOR:
            return np.full(len(persons), 0.06)
        share = np.array([each.private[0] for each in DISTRICTS])[district]
        migrants = np.array([each.migrant[0] for each in DISTRICTS])[district]
        factor = np.array([each.migrant[1] for each in DISTRICTS])[district]
        others = np.clip(share * (1 - migrants * factor) / (1 - migrants), 0, 1)
        return np.asarray(np.where(self.people.is_migrant[persons], share * factor, others))

    def _draw_entry_mode(self, persons: Ints, year: int, rng: np.random.Generator) -> None:
        school, grade = self.school[persons], self.grade[persons]
        zone = np.array([each.zone_entry for each in DISTRICTS])[self.schools.district[school]] + 0.003 * (
            year - self.first_year
        )
        draw, second = rng.random(len(persons)), rng.random(len(persons))
        public = np.where(
            draw < zone, np.where(second < 0.95, ZONE, LOTTERY), np.where(second < 0.6, RECOMMENDATION, OTHER_MODE)
        )
        private = np.where(second < 0.6, PRIVATE_ADMISSION, LOTTERY)
        senior = np.where(second < 0.8, EXAMINATION, RECOMMENDATION)
        mode = np.where(self.is_private[school], private, public)
        mode = np.where(NUMBERS[grade] > 9, senior, mode)
        self.entry_mode[persons] = np.where(grade <= KX, NO_MODE, mode)

    def _place_disabled(self, persons: Ints, year: int) -> None:
        """Decides, when they enter grade one, where pupils with disability learn."""
        mine = persons[self.people.disability[persons] > 0]
        district = self.schools.district[self.school[mine]]
        share = np.array([each.ordinary_class for each in DISTRICTS])[district] + 0.012 * (year - self.first_year)
        draw = self.people.noise(mine, "placement")
        placement = np.select(
            [draw < share, draw < share + 0.03, draw < share + 0.03 + 0.72 * (0.97 - share)],
            [ORDINARY_CLASS, SPECIAL_CLASS, SPECIAL_SCHOOL],
            HOME_DELIVERED,
        )
        self.placement[mine] = placement
        apart = np.isin(placement, (SPECIAL_SCHOOL, HOME_DELIVERED)) & (
            self.people.noise(mine, "school of placement") < 0.85
        )
        apart |= placement == SPECIAL_SCHOOL
        going = mine[apart]
        self.school[going], self.class_number[going] = self._special_school[district[apart]], 0
        self.grade[going[self.people.noise(going, "special class") < 0.03]] = X
        hub = self._hub[district]
        near = ~apart & (hub >= 0) & (self.people.noise(mine, "hub") < 0.6)
        self.school[mine[near]], self.class_number[mine[near]] = hub[near], 0

    # The rows of the year.

    def _spread_entry_dates(self, year: int) -> None:
        """Gives the pupils of the first year the date on which they must have entered their school."""
        grade = self.grade.astype(np.int64)
        first_junior = np.where(self.is_special[self.school], P1, np.where(self.is_five_four[self.school], P6, J1))
        stage_start = np.select(
            [grade <= K3, grade == KX, grade < first_junior, grade <= J3, grade <= S3],
            [K1, KX, P1, first_junior, S1],
            X,
        )
        years_in = np.clip(grade - stage_start, 0, 8)
        self.entered_on = np.array([census_day(year - back) for back in range(10)])[years_in].astype(np.int32)
        fresh = np.isin(grade, (K1, P1, S1)) | ((grade == first_junior) & ~self.is_special[self.school])
        self.change = np.where(fresh, ENROL, NONE).astype(np.int8)
        self.change_on = np.where(fresh, self.entered_on, -1).astype(np.int32)

    def _snapshot(self, persons: AnyArray) -> RollRows:
        return RollRows(
            person=persons.astype(np.int32), school=self.school[persons], grade=self.grade[persons],
            class_number=self.class_number[persons], status=np.full(len(persons), ACTIVE, dtype=np.int8),
            change=self.change[persons], change_on=self.change_on[persons], entered_on=self.entered_on[persons],
            entry_mode=self.entry_mode[persons], placement=self.placement[persons],
            is_counted=np.ones(len(persons), dtype=bool), is_staged=np.ones(len(persons), dtype=bool),
        )  # fmt: skip

    def _rows(self, year: int, rng: np.random.Generator, parts: list[RollRows]) -> RollRows:
        inside = np.flatnonzero(self.phase == IN_SCHOOL)
        school, grade = self.school[inside], self.grade[inside]
        stage = stage_of(grade, self.is_five_four[school], self.is_special[school])
        limit = largest_class(self.schools, school, grade, stage, year, self.first_year, self.seed)
        self.class_number[inside] = fill_classes(school, grade, self.class_number[inside], limit, rng)
        self.placement[self.grade > J3] = np.where(self.grade[self.grade > J3] == X, SPECIAL_SCHOOL, UNPLACED)
        active = self._snapshot(inside)
        away = self._snapshot(np.flatnonzero((self.phase == ON_LEAVE) & (self.change == SUSPEND)))
        away.status[:] = SUSPENDED
        doubles = double_rolls(active, self.schools, year, rng)
        return joined([active, doubles, away, *parts])
