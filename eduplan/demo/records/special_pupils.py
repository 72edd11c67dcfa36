"""The pupils with disability of a year, as three returns of special education need them.

Belongs here: who they are and how many a school has. Does not belong here: any return.
"""

from __future__ import annotations

import numpy as np

from eduplan.demo.arrays import Flags, Ints
from eduplan.demo.grades import NUMBERS
from eduplan.demo.records.year import CityYear
from eduplan.demo.roll import Placement, Status


def rows_with_disability(city: CityYear) -> Ints:
    """Roll rows of counted pupils in grades 1 to 9, or in a special class, who have a disability and a placement."""
    roll = city.roll
    here = (roll.status == Status.ACTIVE) & roll.is_counted
    in_stage = ((NUMBERS[roll.grade] >= 1) & (NUMBERS[roll.grade] <= 9)) | (NUMBERS[roll.grade] == 0)
    placed = (city.attributes.disability > 0) & (roll.placement != Placement.NONE)
    return np.flatnonzero(here & in_stage & placed)


def pupils_by_school(city: CityYear, placement: int | None = None) -> Ints:
    """How many pupils with disability of grades 1 to 9 each school has on its roll, all or of one placement."""
    rows = rows_with_disability(city)
    numbered = NUMBERS[city.roll.grade[rows]] >= 1
    chosen: Flags = city.roll.is_staged[rows] & numbered
    if placement is not None:
        chosen &= city.roll.placement[rows] == placement
    return np.bincount(city.roll.school[rows[chosen]], minlength=len(city.schools))
