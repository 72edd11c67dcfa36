"""Cohorts obey the laws of accounting: nobody appears or vanishes without a reason, and nobody is counted twice."""

from __future__ import annotations

import numpy as np
import pytest

from eduplan.demo.arrays import rank_in_group, shares_to_counts
from eduplan.demo.calendar import census_day
from eduplan.demo.careers import Careers
from eduplan.demo.choosing import fill_classes
from eduplan.demo.grades import NUMBERS, Grade
from eduplan.demo.identity import NumberRegister
from eduplan.demo.people import People
from eduplan.demo.roll import Change, RollRows, Status
from eduplan.demo.schools import Schools, build_schools

FIRST, LAST = 2020, 2024
Years = dict[int, RollRows]


@pytest.fixture(scope="module")
def schools() -> Schools:
    return build_schools(0.01, 21, FIRST, LAST)


@pytest.fixture(scope="module")
def people() -> People:
    return People(NumberRegister(), 21)


@pytest.fixture(scope="module")
def years(schools: Schools, people: People) -> Years:
    careers = Careers(people, schools, 0.01, 21, FIRST)
    careers.start()
    return {year: careers.advance(year) for year in range(FIRST, LAST + 1)}


def pupils(rows: RollRows) -> set[int]:
    return set(rows.person[rows.is_enrolled].tolist())


def with_status(rows: RollRows, status: Status) -> set[int]:
    return set(rows.person[rows.status == status].tolist())


def test_nobody_is_counted_twice(years: Years) -> None:
    for rows in years.values():
        assert len(pupils(rows)) == rows.is_enrolled.sum()
        assert not pupils(rows) & with_status(rows, Status.SUSPENDED)


def test_everybody_of_last_year_stays_or_has_a_row_that_says_why_not(years: Years) -> None:
    for year in range(FIRST + 1, LAST + 1):
        before, rows = pupils(years[year - 1]), years[year]
        explained = set().union(
            pupils(rows), *(with_status(rows, each) for each in (Status.SUSPENDED, Status.LEFT, Status.GRADUATED))
        )
        assert before <= explained


def test_pupils_of_a_year_are_those_of_the_year_before_plus_arrivals_less_departures(years: Years) -> None:
    known = set().union(*(rows.person.tolist() for rows in (years[FIRST],)))
    for year in range(FIRST + 1, LAST + 1):
        before, now = pupils(years[year - 1]), pupils(years[year])
        new = {person for person in now if person not in known}
        returned = (now - before) - new
        gone = before - now
        assert len(now) == len(before) + len(new) + len(returned) - len(gone)
        rows = years[year]
        changes = dict(zip(rows.person[rows.is_enrolled].tolist(), rows.change[rows.is_enrolled].tolist(), strict=True))
        assert {changes[person] for person in new} <= {Change.ENROL, Change.TRANSFER_IN}
        assert {changes[person] for person in returned} <= {Change.RESUME, Change.RETURN}
        known |= set(rows.person.tolist())


def test_the_dead_and_those_who_left_the_city_do_not_come_back(years: Years) -> None:
    gone: set[int] = set()
    for rows in years.values():
        assert not gone & set(rows.person.tolist())
        final = np.isin(rows.change, (Change.DEATH, Change.TRANSFER_OUT_ELSEWHERE))
        gone |= set(rows.person[final].tolist())
    assert gone


def test_pupils_move_up_by_one_grade_or_say_why_not(years: Years) -> None:
    for year in range(FIRST + 1, LAST + 1):
        before, now = years[year - 1], years[year]
        graded = before.is_enrolled & (before.grade >= Grade.P1) & (before.grade <= Grade.S3)
        last = dict(zip(before.person[graded].tolist(), NUMBERS[before.grade[graded]].tolist(), strict=True))
        kept = np.flatnonzero(now.is_enrolled & np.isin(now.person, list(last)))
        step = NUMBERS[now.grade[kept]] - np.array([last[person] for person in now.person[kept].tolist()])
        assert set(step.tolist()) <= {0, 1}
        assert set(now.change[kept[step == 0]].tolist()) <= {Change.REPEAT}


def test_transfers_have_a_row_at_both_schools(years: Years) -> None:
    for rows in years.values():
        left = rows.person[(rows.status == Status.LEFT) & (rows.change == Change.TRANSFER_OUT_CITY)]
        arrived = rows.person[rows.is_enrolled & (rows.change == Change.TRANSFER_IN)]
        assert set(left.tolist()) <= set(arrived.tolist())


def test_the_further_row_of_a_double_roll_is_older_or_ties_with_a_larger_code(years: Years, schools: Schools) -> None:
    found = 0
    for rows in years.values():
        counted = {person: place for place, person in enumerate(rows.person.tolist()) if rows.is_enrolled[place]}
        for place in np.flatnonzero((rows.status == Status.ACTIVE) & ~rows.is_counted).tolist():
            mine = counted[int(rows.person[place])]

            def stamp(row: int, rows: RollRows = rows) -> int:
                return int(rows.change_on[row]) if rows.change_on[row] >= 0 else int(rows.entered_on[row])

            assert stamp(mine) >= stamp(place)
            if stamp(mine) == stamp(place):
                assert schools.code[rows.school[mine]] < schools.code[rows.school[place]]
            found += 1
    assert found


def test_dates_are_in_order(years: Years) -> None:
    for year, rows in years.items():
        dated = rows.change_on >= 0
        assert (rows.entered_on[dated] <= rows.change_on[dated]).all()
        assert (rows.change_on <= census_day(year)).all()


def test_pupils_are_in_schools_that_are_open(years: Years, schools: Schools) -> None:
    for year, rows in years.items():
        assert schools.is_active(year)[rows.school[rows.is_enrolled]].all()
        assert schools.is_listed(year)[rows.school].all()


def test_identity_numbers_stay_and_are_unique(years: Years, people: People) -> None:
    everybody = people.identity(np.arange(len(people)))
    assert everybody.n_unique() == len(people)
    assert people.identity(years[FIRST].person).to_list() == everybody.gather(years[FIRST].person).to_list()


def test_classes_keep_their_pupils_and_hold_newcomers() -> None:
    school = np.array([0] * 100 + [1] * 30)
    grade = np.full(130, int(Grade.P1))
    placed = np.array([1] * 20 + [0] * 80 + [0] * 30)
    filled = fill_classes(school, grade, placed, np.full(130, 45), np.random.default_rng(1))
    assert (filled[:20] == 1).all()
    assert (filled > 0).all()
    assert np.bincount(filled[:100]).max() <= 45
    assert set(filled[100:].tolist()) == {1}


def test_ranks_and_shares() -> None:
    assert rank_in_group(np.array([5, 3, 5, 5, 3])).tolist() == [0, 0, 1, 2, 1]
    counts = shares_to_counts(10, np.array([0.5, 0.25, 0.25]))
    assert counts.tolist() in ([5, 3, 2], [5, 2, 3])
    assert shares_to_counts(0, np.array([1.0])).tolist() == [0]
