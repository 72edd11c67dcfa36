"""How pupils go through school, year by year: entry, promotion, transfer, suspension, dropping out and coming back.

Belongs here: what happens to pupils between two census dates. Does not belong here: which school they get, attributes,
files.
"""

from __future__ import annotations

import numpy as np

from eduplan.demo.arrays import AnyArray, Ints, stream
from eduplan.demo.assigning import Assigner
from eduplan.demo.calendar import age_on_31_august, census_day, day_of
from eduplan.demo.career_state import DROPPED, GONE, IN_SCHOOL, ON_LEAVE, CareerState
from eduplan.demo.choosing import SchoolChoice, fill_classes, largest_class
from eduplan.demo.city import DISTRICTS, cohort_size
from eduplan.demo.double_rolls import double_rolls
from eduplan.demo.grades import NUMBERS, Grade, Stage, is_last_grade, stage_of
from eduplan.demo.people import People
from eduplan.demo.roll import Change, Placement, RollRows, Status, joined
from eduplan.demo.schools import Schools

_UNDER_3, _AGE_3, _AGE_4, _AGE_5 = 0.03, 0.905, 0.955, 0.985
"""Shares of a birth cohort in kindergarten, by age."""
_GENERAL_SHARE = 0.60
_SUMMER = (6, 30)


class Careers:
    """The school careers of all persons; ``advance`` gives the roll rows of a year.

    The careers start one year before the first that is asked for, so that its roll has those who left since.
    """

    def __init__(self, people: People, schools: Schools, scale: float, seed: int, first_year: int) -> None:
        self._people, self._schools = people, schools
        self._scale, self._seed, self._first_year = scale, seed, first_year
        self._is_five_four, self._is_special = schools.is_five_four, schools.is_special
        self._enters_junior, self._enters_senior = schools.enters(Stage.JUNIOR), schools.enters(Stage.SENIOR_GENERAL)
        self._state = CareerState()
        self._assigner = Assigner(self._state, people, schools, first_year)

    def start(self) -> None:
        """Fills the schools for the year before the first."""
        year = self._first_year - 1
        rng = stream(self._seed, "careers", year)
        choice = SchoolChoice(self._schools, year)
        shares: dict[int, float] = {Grade.K0: _UNDER_3, Grade.K1: _AGE_3, Grade.K2: _AGE_4, Grade.K3: _AGE_5}
        shares |= dict.fromkeys((Grade.S1, Grade.S2, Grade.S3), _GENERAL_SHARE)
        for grade in range(Grade.X):
            if grade != Grade.KX:
                self._arrive(grade, year, shares.get(grade, 1.0), choice, rng, change=Change.NONE)
        self._spread_entry_dates(year)
        self._rows(year, rng, [])

    def advance(self, year: int) -> RollRows:
        """Moves everybody on from the census date before to that of a year."""
        rng = stream(self._seed, "careers", year)
        choice = SchoolChoice(self._schools, year)
        transfer = SchoolChoice(self._schools, year, established_before=self._first_year)
        parts: list[RollRows] = []
        state = self._state
        state.change[:], state.change_on[:] = Change.NONE, -1
        self._come_back(year, rng)
        staying = np.flatnonzero((state.phase == IN_SCHOOL) & (state.change == Change.NONE))
        staying = self._leave(staying, year, transfer, rng, parts)
        self._promote(staying, year, choice, rng, parts)
        self._new_arrivals(year, choice, transfer, rng)
        return self._rows(year, rng, parts)

    # Those who leave.

    def _come_back(self, year: int, rng: np.random.Generator) -> None:
        """Ends last year's suspensions; half of those who dropped out return, the others are forgotten."""
        state = self._state
        away = np.flatnonzero(np.isin(state.phase, (ON_LEAVE, DROPPED)))
        back = away[(state.phase[away] == ON_LEAVE) | (rng.random(len(away)) < 0.5)]
        state.note(back, np.where(state.phase[back] == ON_LEAVE, Change.RESUME, Change.RETURN), census_day(year))
        state.phase[away] = GONE
        state.phase[back] = np.where(self._schools.closed[state.school[back]] > year, IN_SCHOOL, GONE)
        state.class_number[back] = 0

    def _leave(
        self, staying: Ints, year: int, transfer: SchoolChoice, rng: np.random.Generator, parts: list[RollRows]
    ) -> Ints:
        """Lets some leave, stay away or repeat, and gives those who go on."""
        state = self._state
        event = self._events(staying, year, rng)
        when = rng.integers(census_day(year - 1) + 5, census_day(year) - 12, len(staying))
        gone = np.isin(event, (Change.DEATH, Change.TRANSFER_OUT_ELSEWHERE))
        dropped, moving = event == Change.DROP_OUT, event == Change.TRANSFER_OUT_CITY
        leaving = gone | dropped | moving
        parts.append(state.leaving_rows(staying[leaving], Status.LEFT, event[leaving], when[leaving]))
        state.phase[staying[gone]] = GONE
        state.phase[staying[dropped]] = DROPPED
        suspended = event == Change.SUSPEND
        state.phase[staying[suspended]] = ON_LEAVE
        state.note(staying[suspended], Change.SUSPEND, when[suspended])
        repeating = staying[event == Change.REPEAT]
        state.note(repeating, Change.REPEAT, census_day(year))
        state.class_number[repeating] = 0
        self._move_within_city(staying[moving], when[moving], year, transfer, rng)
        return np.asarray(staying[event == Change.NONE])

    def _events(self, staying: Ints, year: int, rng: np.random.Generator) -> Ints:
        """What happens to each pupil of last year."""
        state = self._state
        grade, school = state.grade[staying], state.school[staying]
        number = NUMBERS[grade]
        young, special = grade <= Grade.KX, self._is_special[school]
        last = is_last_grade(grade, self._is_five_four[school], special) | (grade == Grade.KX)
        dropping = np.array([each.drop_out for each in DISTRICTS])[self._schools.district[school]]
        dropping = np.where(young | special, 0.0, np.where(number > 9, 0.003, dropping))
        chances = (
            (Change.DEATH, np.where(young, 0.00002, 0.00005)),
            (Change.TRANSFER_OUT_ELSEWHERE, np.where(young, 0.012, np.where(number > 9, 0.003, 0.0085))),
            (Change.DROP_OUT, dropping),
            (Change.SUSPEND, np.where(young | special, 0.0, 0.0005)),
            (Change.REPEAT, np.where(young | last | special, 0.0, 0.0003)),
            (Change.TRANSFER_OUT_CITY, np.where(last | special, 0.0, 0.015)),
        )
        draw = rng.random(len(staying))
        event = np.full(len(staying), int(Change.NONE))
        reached = np.zeros(len(staying))
        for change, chance in chances:
            event[(draw >= reached) & (draw < reached + chance)] = change
            reached = reached + chance
        closing = self._schools.closed[school] == year
        event[closing & np.isin(event, (Change.NONE, Change.REPEAT)) & ~last] = Change.TRANSFER_OUT_CITY
        return event

    def _move_within_city(
        self, persons: Ints, when: Ints, year: int, transfer: SchoolChoice, rng: np.random.Generator
    ) -> None:
        goal = self._assigner.nearby(persons, rng, 0.25)
        self._assigner.place(persons, self._next_grade(persons), goal, year, transfer, rng)
        self._state.note(persons, Change.TRANSFER_IN, when + 3)
        self._state.entered_on[persons] = when + 3

    # Those who go on.

    def _next_grade(self, persons: Ints) -> Ints:
        grade = self._state.grade[persons].astype(np.int64)
        return np.asarray(np.where(np.isin(grade, (Grade.X, Grade.KX)), grade, grade + 1))

    def _promote(
        self, persons: Ints, year: int, choice: SchoolChoice, rng: np.random.Generator, parts: list[RollRows]
    ) -> None:
        state = self._state
        school, grade = state.school[persons], state.grade[persons]
        last = is_last_grade(grade, self._is_five_four[school], self._is_special[school])
        age = age_on_31_august(self._people.birth[persons], year)
        last = np.where(grade == Grade.KX, age >= 6, last) | ((grade == Grade.X) & (age >= 16))
        late = (grade == Grade.K3) & (rng.random(len(persons)) < 0.002) & (self._schools.closed[school] > year)
        going_on = persons[~last]
        state.grade[going_on] = self._next_grade(going_on)
        changing = persons[last & ~late]
        grade, special = state.grade[changing], self._is_special[state.school[changing]]
        self._enter(changing[grade <= Grade.KX], Grade.P1, year, choice, rng)
        self._finish_primary(changing[(grade >= Grade.P1) & (grade <= Grade.P6) & ~special], year, choice, rng, parts)
        self._finish_junior(changing[(grade == Grade.J3) & ~special], year, choice, rng, parts)
        finished = changing[(grade == Grade.S3) | special]
        parts.append(state.leaving_rows(finished, Status.GRADUATED, Change.GRADUATE, day_of(year, *_SUMMER)))
        state.phase[finished] = GONE

    def _finish_primary(
        self, persons: Ints, year: int, choice: SchoolChoice, rng: np.random.Generator, parts: list[RollRows]
    ) -> None:
        state = self._state
        stays = self._enters_junior[state.school[persons]] & (rng.random(len(persons)) < 0.97)
        left = state.leaving_rows(persons[~stays], Status.GRADUATED, Change.GRADUATE, day_of(year, *_SUMMER))
        parts.append(left)
        for group, keep in ((persons[stays], True), (persons[~stays], False)):
            # Grade six follows grade five in both systems; where it is a primary grade it is spent in a primary school.
            self._enter(group, state.grade[group] + 1, year, choice, rng, keep=keep)

    def _finish_junior(
        self, persons: Ints, year: int, choice: SchoolChoice, rng: np.random.Generator, parts: list[RollRows]
    ) -> None:
        state = self._state
        parts.append(state.leaving_rows(persons, Status.GRADUATED, Change.GRADUATE, day_of(year, *_SUMMER)))
        wealth = np.array([each.wealth for each in DISTRICTS])[self._assigner.district_of(persons)]
        general = rng.random(len(persons)) < _GENERAL_SHARE - 0.03 + 0.06 * wealth
        state.phase[persons[~general]] = GONE
        entering = persons[general]
        keeps = self._enters_senior[state.school[entering]] & (rng.random(len(entering)) < 0.7)
        self._enter(entering[keeps], Grade.S1, year, choice, rng, keep=True)
        self._enter(entering[~keeps], Grade.S1, year, choice, rng)

    def _enter(
        self,
        persons: Ints,
        grade: AnyArray | int,
        year: int,
        choice: SchoolChoice,
        rng: np.random.Generator,
        *,
        keep: bool = False,
    ) -> None:
        """Starts a new stage, in the old school or in one that is drawn."""
        state, assigner = self._state, self._assigner
        grades = np.broadcast_to(np.asarray(grade), len(persons)).astype(np.int64)
        if keep:
            state.grade[persons], state.class_number[persons] = grades, 0
        else:
            assigner.place(persons, grades, assigner.nearby(persons, rng, 0.02), year, choice, rng)
        state.note(persons, Change.ENROL, census_day(year))
        state.entered_on[persons] = census_day(year)
        assigner.draw_entry_mode(persons, year, rng)
        assigner.place_disabled(persons[grades == Grade.P1], year)

    # Those who come.

    def _new_arrivals(self, year: int, choice: SchoolChoice, transfer: SchoolChoice, rng: np.random.Generator) -> None:
        gain = 0.002 * (year - self._first_year)
        for grade, share in (
            (Grade.K0, _UNDER_3),
            (Grade.K1, _AGE_3 - _UNDER_3 + gain),
            (Grade.K2, _AGE_4 - _AGE_3),
            (Grade.K3, _AGE_5 - _AGE_4),
        ):
            self._arrive(grade, year, share, choice, rng, change=Change.ENROL)
        self._arrive(Grade.P1, year, 1 - _AGE_5, choice, rng, change=Change.ENROL, preschool=False)
        self._arrive(Grade.P1, year, 0.02, choice, rng, change=Change.ENROL, moved_in=True)
        for later in range(Grade.P2, Grade.S1):
            self._arrive(later, year, 0.0105, transfer, rng, change=Change.TRANSFER_IN, moved_in=True)
        self._arrive(Grade.S2, year, 0.001, transfer, rng, change=Change.TRANSFER_IN, moved_in=True)

    def _arrive(
        self,
        grade: int,
        year: int,
        share: float,
        choice: SchoolChoice,
        rng: np.random.Generator,
        *,
        change: int,
        moved_in: bool = False,
        preschool: bool = True,
    ) -> None:
        """Adds new persons to a grade: a share of the birth cohort that belongs there."""
        state, assigner = self._state, self._assigner
        age = grade - Grade.K1 + 3 if grade <= Grade.K3 else 5 + int(NUMBERS[grade])
        sizes = [cohort_size(year - age, each, self._scale) * share for each in DISTRICTS]
        counts = np.array([int(size) + int(rng.random() < size % 1) for size in sizes])
        home = np.repeat(np.arange(len(DISTRICTS)), counts)
        cohorts = np.full(len(home), year - age) - (rng.random(len(home)) < 0.002)
        persons = self._people.add(home, cohorts, rng, moved_in=moved_in, preschool=preschool)
        state.extend(len(persons))
        assigner.place(persons, np.full(len(persons), grade), home, year, choice, rng)
        state.phase[persons] = IN_SCHOOL
        when = np.full(len(persons), census_day(year))
        if change == Change.TRANSFER_IN:
            when = rng.integers(census_day(year - 1) + 5, census_day(year) - 12, len(persons))
        state.entered_on[persons] = when
        state.note(persons, change, -1 if change == Change.NONE else when)
        assigner.draw_entry_mode(persons, year, rng)
        if Grade.P1 <= grade <= Grade.J3:
            assigner.place_disabled(persons, year)

    # The rows of the year.

    def _spread_entry_dates(self, year: int) -> None:
        """Gives the pupils of the first year the date on which they must have entered their school."""
        state = self._state
        grade, special = state.grade.astype(np.int64), self._is_special[state.school]
        first_junior = np.where(self._is_five_four[state.school], Grade.P6, Grade.J1)
        first_junior = np.where(special, Grade.P1, first_junior)
        stage_start = np.select(
            [grade <= Grade.K3, grade == Grade.KX, grade < first_junior, grade <= Grade.J3, grade <= Grade.S3],
            [Grade.K1, Grade.KX, Grade.P1, first_junior, Grade.S1],
            Grade.X,
        )
        years_in = np.clip(grade - stage_start, 0, 8)
        state.entered_on = np.array([census_day(year - back) for back in range(9)])[years_in].astype(np.int32)

    def _rows(self, year: int, rng: np.random.Generator, parts: list[RollRows]) -> RollRows:
        """Fills the classes and gives the rows: those in school, those on leave, those who left."""
        state = self._state
        inside = np.flatnonzero(state.phase == IN_SCHOOL)
        school, grade = state.school[inside], state.grade[inside]
        stage = stage_of(grade, self._is_five_four[school], self._is_special[school])
        limit = largest_class(self._schools, school, grade, stage, year, self._first_year, self._seed)
        state.class_number[inside] = fill_classes(school, grade, state.class_number[inside], limit, rng)
        state.placement[(state.grade > Grade.J3) & (state.grade != Grade.X)] = Placement.NONE
        active = state.rows(inside)
        on_leave = np.flatnonzero((state.phase == ON_LEAVE) & (state.change == Change.SUSPEND))
        doubles = double_rolls(active, self._schools, year, rng)
        return joined([active, doubles, state.rows(on_leave, Status.SUSPENDED), *parts])
