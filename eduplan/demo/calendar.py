"""Days as whole numbers, and the texts that files write them with.

Belongs here: conversion between years, days and texts. Does not belong here: which column is a date.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np
import polars as pl

from eduplan.demo.arrays import AnyArray, Ints

EPOCH = date(1940, 1, 1)
LAST = date(2040, 12, 31)
_EXCEL_EPOCH = date(1899, 12, 30)


def day_of(year: int, month: int, day: int) -> int:
    """The number of a day, counted from 1 January 1940."""
    return (date(year, month, day) - EPOCH).days


def mid_month(years: AnyArray, months: AnyArray) -> Ints:
    """The numbers of the 15th of months."""
    return np.asarray(_mid_months()[years - EPOCH.year, months - 1], dtype=np.int64)


@cache
def _mid_months() -> Ints:
    years = range(EPOCH.year, LAST.year + 1)
    return np.array([[day_of(year, month, 15) for month in range(1, 13)] for year in years], dtype=np.int64)


def census_day(year: int) -> int:
    """The census date of the school year that starts in a year."""
    return day_of(year, 9, 1)


@cache
def _table() -> dict[str, Ints]:
    days = [EPOCH + timedelta(days=step) for step in range((LAST - EPOCH).days + 1)]
    return {
        "ymd": np.array([d.year * 10000 + d.month * 100 + d.day for d in days], dtype=np.int64),
        "cohort": np.array([d.year + (d.month > 8) for d in days], dtype=np.int64),
    }


def ymd(days: AnyArray) -> Ints:
    """Days as numbers like 20140131."""
    return _table()["ymd"][days]


def cohort(days: AnyArray) -> Ints:
    """The year on whose 31 August somebody born on a day is a whole number of years old, counted from birth as 0."""
    return _table()["cohort"][days]


def age_on_31_august(days: AnyArray, year: int) -> Ints:
    """Full years on 31 August of a year."""
    return year - cohort(days)


@cache
def _texts(style: str) -> pl.Series:
    days = [EPOCH + timedelta(days=step) for step in range((LAST - EPOCH).days + 1)]
    match style:
        case "excel":
            texts = [str((d - _EXCEL_EPOCH).days) for d in days]
        case "dotted":
            texts = [f"{d.year}.{d.month}.{d.day}" for d in days]
        case "chinese":
            texts = [f"{d.year}年{d.month}月{d.day}日" for d in days]
        case "compact":
            texts = [f"{d:%Y%m%d}" for d in days]
        case "slashed":
            texts = [f"{d.year}/{d.month}/{d.day}" for d in days]
        case _:
            texts = [d.isoformat() for d in days]
    return pl.Series(texts)


def day_texts(days: AnyArray, style: str = "iso") -> pl.Series:
    """Days as texts in one of the styles of files; a negative day is no value."""
    known = np.where(days < 0, 0, days)
    texts = _texts(style).gather(known)
    if bool((days < 0).any()):
        return texts.to_frame("day").select(pl.when(pl.Series(days >= 0)).then(pl.col("day"))).to_series()
    return texts
