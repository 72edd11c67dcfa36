"""Cells that many sources share: a school's code and name, whole numbers, days.

Belongs here: typed arrays made texts. Does not belong here: what a source says, or how its file looks.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import AnyArray, Floats, Ints
from eduplan.demo.records.year import CityYear
from eduplan.demo.schools import Schools
from eduplan.demo.truth.enrolment import NOT_A_SCHOOL

ORDINARY_TYPES = (211, 311, 312, 341, 342, 345)
"""Primary and secondary schools as the plan counts them."""


def own_schools(city: CityYear) -> Ints:
    """The active schools that report for themselves; teaching points and attached classes do not."""
    return np.asarray(city.active[~np.isin(city.schools.school_type[city.active], NOT_A_SCHOOL)])


def ordinary_schools(city: CityYear) -> Ints:
    """The active primary and secondary schools."""
    return np.asarray(city.active[np.isin(city.schools.school_type[city.active], ORDINARY_TYPES)])


def school_cells(schools: Schools, keys: Ints) -> dict[str, pl.Series]:
    """Code and name of each school."""
    return {"school_code": pl.Series(schools.code[keys]), "school_name": pl.Series(schools.name[keys])}


def numbers(values: AnyArray) -> pl.Series:
    """Whole numbers as texts."""
    return pl.Series(np.asarray(values, dtype=np.int64)).cast(pl.String)


def up_to(draw: Floats, largest: AnyArray) -> Ints:
    """Turns numbers in [0, 1) into whole ones from 0 to each largest one."""
    return np.asarray(np.floor(draw * (np.asarray(largest) + 1)), dtype=np.int64)
