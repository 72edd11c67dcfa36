"""CMP-07 to CMP-15 and EQU-02: the seven items of quality balance.

Belongs here: the items of each school part, their spread, and which parts reach the standard.
Does not belong here: other staff or school figures.
"""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
import polars as pl

from eduplan.demo.arrays import AnyArray, Flags, Floats, Ints
from eduplan.demo.truth.answers import Answers, share
from eduplan.demo.truth.enrolment import active_schools
from eduplan.demo.truth.facts import Facts
from eduplan.demo.truth.preschool import full_time_teachers

ITEMS = {
    "CMP-07": "above_qualified",
    "CMP-08": "backbone",
    "CMP-09": "pe_art",
    "CMP-10": "teaching_area",
    "CMP-11": "sports_area",
    "CMP-12": "equipment",
    "CMP-13": "multimedia",
}
_AMOUNTS = {"teaching_area": ("teaching_area_m2", 2), "sports_area": ("sports_area_m2", 2),
            "equipment": ("equipment_value_yuan", 2), "multimedia": ("multimedia_rooms", 0)}  # fmt: skip
_PER_HUNDRED = ("above_qualified", "backbone", "pe_art", "multimedia")
MICRO = 6
_THRESHOLDS = {
    # Millionths of the unit: persons or rooms a hundred pupils, square metres or yuan a pupil.
    "primary": (4.2, 1.0, 0.9, 4.5, 7.5, 2000, 2.3),
    "junior": (5.3, 1.0, 0.9, 5.8, 10.2, 2500, 2.4),
}
_NOTHING = Decimal("1e-10")
"""Schools that differ by less than this (squared, in multiples of the mean) differ by the rounding of split amounts."""
_TYPES = (211, 218, 311, 312, 341, 345)
_PE, _MUSIC, _ART, _COUNTY_BACKBONE = 11, 12, 13, 2


def school_parts(facts: Facts, year: int) -> pl.DataFrame:
    """The parts in scope, one row a school and stage, with each item's amount in millionths."""
    stages = facts.pupils[year].with_columns(pl.col("stage").cast(pl.String))
    counts = stages.group_by("school", "stage").agg(pl.len().cast(pl.Int64).alias("pupils"))
    total = counts.group_by("school").agg(pl.col("pupils").sum().alias("all_pupils"))
    reporting = facts.school_table.filter(pl.Series(facts.has_staff[year])).select("school")
    parts = (
        active_schools(facts, year)
        .filter(pl.col("school_type").is_in(_TYPES))
        .join(counts.filter(pl.col("stage").is_in(["primary", "junior"])), on="school")
        .join(total, on="school")
        .filter((pl.col("school_type") != 218) | (pl.col("pupils") >= 50))
        .join(reporting, on="school", how="semi")
        .join(_teachers(facts, year), on=["school", "stage"], how="left")
        .sort("school", "stage")
    )
    people = [
        (pl.col(name).fill_null(0).cast(pl.Int64) * 10**MICRO).alias(name)
        for name in ("above_qualified", "backbone", "pe_art")
    ]
    shares = [
        pl.Series(name, _share(parts[column].fill_null(0), parts["pupils"], parts["all_pupils"], MICRO - digits))
        for name, (column, digits) in _AMOUNTS.items()
    ]
    return parts.with_columns(people).with_columns(shares)


def _teachers(facts: Facts, year: int) -> pl.DataFrame:
    enough = pl.when(pl.col("stage") == "primary").then(pl.col("education") >= 4).otherwise(pl.col("education") >= 5)
    teachers = full_time_teachers(facts, year).with_columns(pl.col("stage").cast(pl.String), above=enough)
    return teachers.group_by("school", "stage").agg(
        pl.col("above").sum().alias("above_qualified"),
        (pl.col("backbone") >= _COUNTY_BACKBONE).sum().alias("backbone"),
        pl.col("subject").is_in([_PE, _MUSIC, _ART]).sum().alias("pe_art"),
    )


def _share(amount: pl.Series, pupils: pl.Series, all_pupils: pl.Series, digits: int) -> Ints:
    """The part of an amount that falls to a stage, rounded to millionths, halves up."""
    whole, part, total = (series.to_numpy().astype(np.int64) for series in (amount, pupils, all_pupils))
    return np.asarray((2 * whole * 10**digits * part + total) // (2 * total))


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    parts = school_parts(facts, year)
    for code, item in ITEMS.items():
        table = parts.with_columns(num=pl.col(item), den=pl.col("pupils"))
        scale = 100 if item in _PER_HUNDRED else 1
        answers.ratio(code, year, table, scale=scale, by=("urban_class",), always=("stage",), decimals=(MICRO, 0))
    _spread(answers, parts, year)
    table = share(parts.with_columns(reached=pl.Series(_reaches(parts))), pl.col("reached"))
    answers.ratio("CMP-15", year, table, by=("stage", "urban_class"))


def _reaches(parts: pl.DataFrame) -> Flags:
    """Whether a part has six of the seven items at their thresholds and the other at 85 % of its own."""
    at_threshold = np.zeros(len(parts), dtype=np.int64)
    close = np.zeros(len(parts), dtype=np.int64)
    primary = (parts["stage"] == "primary").to_numpy()
    pupils = parts["pupils"].to_numpy().astype(np.int64)
    for place, item in enumerate(ITEMS.values()):
        amounts = parts[item].to_numpy().astype(np.int64) * (100 if item in _PER_HUNDRED else 1)
        limits = np.where(primary, *(round(_THRESHOLDS[stage][place] * 10**MICRO) for stage in ("primary", "junior")))
        at_threshold += amounts >= limits * pupils
        close += 100 * amounts >= 85 * limits * pupils
    return np.asarray((at_threshold >= 6) & (close == 7))


def _spread(answers: Answers, parts: pl.DataFrame, year: int) -> None:
    """CMP-14 and EQU-02: coefficient of variation and Theil index of each item between the parts of an area."""
    for stage in ("junior", "primary"):
        of_stage = parts.filter(pl.col("stage") == stage)
        district = of_stage["district"].to_numpy()
        pupils = of_stage["pupils"].to_numpy().astype(np.int64)
        for item in ITEMS.values():
            amounts = of_stage[item].to_numpy().astype(np.int64)
            for place in (None, *range(len(answers.area_codes))):
                mine = np.ones(len(of_stage), dtype=bool) if place is None else district == place
                answers.value("CMP-14", year, place, variation(amounts[mine], pupils[mine]), stage=stage, item=item)
                answers.value("EQU-02", year, place, theil(amounts[mine], pupils[mine]), stage=stage, item=item)


def variation(amounts: AnyArray, pupils: AnyArray) -> float | None:
    """The pupil-weighted coefficient of variation of amounts a pupil; none where there is nothing to compare.

    Worked out with many digits, so that equal schools differ by nothing.
    """
    whole, weights = [int(amount) for amount in amounts.tolist()], [int(number) for number in pupils.tolist()]
    if not sum(whole):
        return None
    with localcontext() as context:
        context.prec = 60
        squares = sum(
            (Decimal(amount * amount) / number for amount, number in zip(whole, weights, strict=True)), Decimal(0)
        )
        # The mean of squares over the square of the mean, less one.
        excess = squares * sum(weights) / Decimal(sum(whole)) ** 2 - 1
        return float(excess.sqrt()) if excess > _NOTHING else 0.0


def theil(amounts: AnyArray, pupils: AnyArray) -> float | None:
    """The pupil-weighted Theil T index of amounts a pupil; a school without any adds nothing."""
    if not len(pupils) or amounts.sum() == 0:
        return None
    weights: Floats = pupils / pupils.sum()
    relative = amounts / pupils / (amounts.sum() / pupils.sum())
    some = relative > 0
    return math.fsum(weights[some] * relative[some] * np.log(relative[some]))
