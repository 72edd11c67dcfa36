"""Lists the units that stand between a full coverage and its target, by name.

Belongs here: ``plan.failing_units``. Does not belong here: judging the coverage itself (``judgement``).

A coverage of everybody is missed because of somebody. So for such a target the sums are made once more for every
level of area that its marts know (district, town, school), whatever the indicator is broken down by, and those whose
numerator is smaller than their denominator are listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import duckdb

from eduplan.declarations.indicators import DIMENSION_COLUMNS, Dimension, Indicator, IndicatorKind, Target, TargetKind
from eduplan.indicators.formulas import values_query
from eduplan.indicators.marts import Marts, measure_of, period_of
from eduplan.indicators.tables import CELL, DIMENSIONS
from eduplan.project import Project

_SUMMED = (IndicatorKind.RATIO, IndicatorKind.COHORT, IndicatorKind.MEAN)
"""Kinds whose two sides are sums that units can be compared by."""
_LEVELS = (Dimension.DISTRICT, Dimension.TOWN, Dimension.SCHOOL)


def write_failing_units(
    connection: duckdb.DuckDBPyConnection, project: Project, indicators: Mapping[str, Indicator]
) -> None:
    """Replaces ``plan.failing_units``: one row a target, year and unit that lacks something."""
    marts = Marts.of(connection)
    connection.execute("delete from plan.failing_units")
    for indicator, number, target in full_coverages(indicators):
        levels = levels_of(indicator, marts)
        if levels:
            connection.execute(_insert(indicator, number, target, levels, marts, project))


def full_coverages(indicators: Mapping[str, Indicator]) -> Iterator[tuple[Indicator, int, Target]]:
    """Every target of full coverage with its number, in order of the codes."""
    for _, indicator in sorted(indicators.items()):
        for number, target in enumerate(indicator.targets, start=1):
            if target.kind is TargetKind.FULL_COVERAGE:
                yield indicator, number, target


def levels_of(indicator: Indicator, marts: Marts) -> list[Dimension]:
    """The levels of area whose units can be named: those that the marts of both sides know."""
    if indicator.kind not in _SUMMED:
        return []
    measures = [measure_of(indicator, side) for side in ("numerator", "denominator")]
    tables = [marts.of_table(measure.mart, indicator) for measure in measures if measure and measure.mart]
    return [level for level in _LEVELS if all(DIMENSION_COLUMNS[level] in columns for columns in tables)]


def _insert(
    indicator: Indicator, number: int, target: Target, levels: list[Dimension], marts: Marts, project: Project
) -> str:
    """The units of one target, with the values of its fixed dimensions alone."""
    by_unit = indicator.model_copy(
        update={"disaggregations": levels, "always_by": list(dict.fromkeys([*indicator.always_by, *target.by]))}
    )
    settings = project.settings
    start = target.baseline.year if target.baseline else settings.baseline_year
    meant = "".join(
        f" and found.{DIMENSION_COLUMNS[dimension]} = '{value}'" for dimension, value in sorted(target.by.items())
    )
    return f"""
    insert into plan.failing_units
    select
        '{indicator.code}', {number}, {period_of(indicator, "found.reference_year")}, found.reference_year,
        found.ref_area_level, found.ref_area, areas.name_zh, areas.parent,
        {", ".join(f"found.{name}" for name in DIMENSIONS)},
        found.numerator, found.denominator, found.denominator - found.numerator, found.obs_value
    from ({values_query(by_unit, marts, settings.city_code)}) as found
    left join plan.areas as areas on areas.ref_area_level = found.ref_area_level and areas.ref_area = found.ref_area
    where found.ref_area_level <> 'city' and found.reference_year > {start}
        and found.numerator < found.denominator{meant}
    order by {", ".join(f"found.{name}" for name in CELL)}, found.reference_year
    """
