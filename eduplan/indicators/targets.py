"""Writes the declared targets as tables that values can be joined to.

Belongs here: ``plan.targets`` and ``plan.target_areas``. Does not belong here: judging a value.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from eduplan.declarations.indicators import (
    DIMENSION_COLUMNS,
    Direction,
    Indicator,
    IndicatorKind,
    Target,
    TargetKind,
)
from eduplan.indicators.tables import DIMENSIONS, TOTAL
from eduplan.project import Project

_SIGNS = {Direction.UP: 1, Direction.DOWN: -1, Direction.CONTEXT: 0}


def write_targets(connection: duckdb.DuckDBPyConnection, project: Project, indicators: Mapping[str, Indicator]) -> None:
    """Replaces ``plan.targets``, one row a target numbered within its indicator from 1, and the values by area."""
    rows = [
        _row(indicator, number, target, project.settings.baseline_year)
        for _, indicator in sorted(indicators.items())
        for number, target in enumerate(indicator.targets, start=1)
    ]
    of_areas: list[list[object]] = [
        [indicator.code, number, area, value]
        for _, indicator in sorted(indicators.items())
        for number, target in enumerate(indicator.targets, start=1)
        for area, value in sorted(target.areas.items())
    ]
    for table, lines in (("plan.targets", rows), ("plan.target_areas", of_areas)):
        connection.execute(f"delete from {table}")
        if lines:
            marks = ", ".join("?" for _ in lines[0])
            connection.executemany(f"insert into {table} values ({marks})", lines)


def _row(indicator: Indicator, number: int, target: Target, baseline_year: int) -> list[object]:
    baseline = target.baseline
    value = indicator.scale if target.kind is TargetKind.FULL_COVERAGE else target.value
    return [
        indicator.code,
        number,
        str(target.kind),
        series_of(indicator, target),
        _sign(indicator, target),
        value,
        target.upper,
        baseline.year if baseline else baseline_year,
        target.deadline,
        _declared_baseline(indicator, target),
        target.tolerance,
        target.evidence,
        *_cell(indicator, target),
        list(target.levels),
    ]


def series_of(indicator: Indicator, target: Target) -> str:
    """The indicator whose level a target follows: a yearly step of a change is one of what it is a change of."""
    if target.kind is TargetKind.STEP and indicator.change:
        return indicator.change.of
    return indicator.code


def _sign(indicator: Indicator, target: Target) -> int:
    """1 where more is better, -1 where less is."""
    if target.kind is TargetKind.FULL_COVERAGE:
        return 1
    if target.kind is TargetKind.STEP and indicator.change:
        return 1 if indicator.change.sign == "rise" else -1
    return _SIGNS[indicator.direction]


def _declared_baseline(indicator: Indicator, target: Target) -> object:
    """The plan's own baseline; what is counted from the plan's start on starts at nothing."""
    if target.baseline and target.baseline.value is not None:
        return target.baseline.value
    return 0 if indicator.kind is IndicatorKind.DISTINCT else None


def _cell(indicator: Indicator, target: Target) -> list[str | None]:
    """The breakdown that a target is for: named values, totals, or every value of what is never totalled."""
    named = {DIMENSION_COLUMNS[dimension]: value for dimension, value in target.by.items()}
    always = {DIMENSION_COLUMNS[dimension] for dimension in indicator.always_by}
    return [named.get(name, None if name in always else TOTAL) for name in DIMENSIONS]
