"""Pupils who are active in two schools at once (V10): the old school did not release them, or both enrolled them.

Belongs here: the further row of such a pupil and which row counts. Does not belong here: other defects.
The latest of change and entry date counts; on the same date the smaller school code does.
"""

from __future__ import annotations

import numpy as np

from eduplan.demo.grades import Grade
from eduplan.demo.roll import Change, RollRows, joined
from eduplan.demo.schools import Schools

_SHARE = 0.0004


def double_rolls(active: RollRows, schools: Schools, year: int, rng: np.random.Generator) -> RollRows:
    """The further active rows of a year; none of them counts.

    Args:
        active: The counted active rows.
        schools: All schools.
        year: School year.
        rng: Stream of the draw.
    """
    wanted = max(6, round(len(active) * _SHARE))
    grade = active.grade
    not_released = np.flatnonzero((active.change == Change.TRANSFER_IN) & (grade > Grade.KX))
    both_enrolled = np.flatnonzero((active.change == Change.ENROL) & (grade > Grade.KX))
    late = rng.permutation(not_released)[: wanted // 2]
    tied = rng.permutation(both_enrolled)[: wanted - wanted // 2]
    old = _elsewhere(active.taken(np.sort(late)), schools, year, rng, larger_code=False)
    old.change[:] = Change.NONE
    old.change_on[:] = -1
    old.entered_on = (old.entered_on - 400).astype(np.int32)
    twin = _elsewhere(active.taken(np.sort(tied)), schools, year, rng, larger_code=True)
    return joined([old, twin])


def _elsewhere(rows: RollRows, schools: Schools, year: int, rng: np.random.Generator, *, larger_code: bool) -> RollRows:
    """Moves rows to another school of the same type, with a larger code if need be; leaves out rows without one."""
    rank = np.argsort(np.argsort(schools.code, kind="stable"), kind="stable")
    usable, five_four = schools.is_active(year) & (schools.opened < year), schools.is_five_four
    keep, goal = [], []
    for place, school in enumerate(rows.school.tolist()):
        alike = usable & (schools.school_type == schools.school_type[school]) & (five_four == five_four[school])
        alike[school] = False
        if larger_code:
            alike &= rank > rank[school]
        pool = np.flatnonzero(alike)
        if len(pool):
            keep.append(place)
            goal.append(int(pool[rng.integers(len(pool))]))
    moved = rows.taken(np.array(keep, dtype=np.int64))
    moved.school = np.array(goal, dtype=np.int32)
    moved.class_number = np.ones(len(moved), dtype=np.int16)
    moved.is_counted = np.zeros(len(moved), dtype=bool)
    return moved
