"""What must fit between an indicator, its marts, its targets and the plan.

Belongs here: checks of indicators that need nothing but declarations and the columns of marts. Does not belong here:
the shape of one entry, which its own model checks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import duckdb

from eduplan.declarations.indicators import (
    DIMENSION_COLUMNS,
    Coverage,
    Dimension,
    Direction,
    Indicator,
    IndicatorKind,
    Target,
    TargetKind,
)
from eduplan.declarations.registry import repeats
from eduplan.errors import DeclarationError
from eduplan.indicators.changes import change_query
from eduplan.indicators.coverage import CoverageCounts, with_coverage
from eduplan.indicators.formulas import values_query
from eduplan.indicators.intervals import with_interval
from eduplan.indicators.marts import Marts, marts_read, measure_of
from eduplan.indicators.tables import create_plan_tables
from eduplan.periods import PeriodKind

_AREAS = (Dimension.DISTRICT, Dimension.TOWN, Dimension.SCHOOL)
_PERIODS = (PeriodKind.SCHOOL_YEAR, PeriodKind.CALENDAR_YEAR)
_JUDGED_BY_DIRECTION = (
    TargetKind.HOLD,
    TargetKind.REACH,
    TargetKind.STEP,
    TargetKind.MILESTONE,
    TargetKind.DIRECTION,
)


def indicator_faults(
    connection: duckdb.DuckDBPyConnection,
    indicators: Mapping[str, Indicator],
    *,
    chapters: Collection[str] | None,
    commitments: Collection[str] | None,
    baseline_year: int,
) -> Iterator[tuple[Indicator, str, str]]:
    """What does not fit, as indicator, field and reason.

    Args:
        connection: A warehouse with every mart, empty or not.
        indicators: All indicators, by code.
        chapters: Chapters of the plan, if it declares any.
        commitments: Commitments of the plan, if it declares any.
        baseline_year: Year that a path starts from where its target does not say.
    """
    create_plan_tables(connection)
    marts = Marts.of(connection)
    for indicator in indicators.values():
        faults = [
            *_plain_faults(indicator, chapters, commitments),
            *_mart_faults(indicator, marts),
            *_change_faults(indicator, indicators),
            *(
                (f"targets.{number}.{field}" if field != "direction" else field, reason)
                for number, target in enumerate(indicator.targets)
                for field, reason in _target_faults(indicator, target, baseline_year)
            ),
        ]
        if not faults:
            faults = _query_faults(connection, indicator, indicators, marts)
        yield from ((indicator, field, reason) for field, reason in faults)


def _plain_faults(
    indicator: Indicator, chapters: Collection[str] | None, commitments: Collection[str] | None
) -> Iterator[tuple[str, str]]:
    if chapters is not None and indicator.chapter not in chapters:
        yield "chapter", f"{indicator.chapter} is not in plan/chapters.yml"
    if commitments is not None:
        for unknown in sorted(set(indicator.commitments) - set(commitments)):
            yield "commitments", f"{unknown} is not in plan/commitments"
    for field in ("commitments", "always_by", "disaggregations", "city_breakdowns"):
        for repeated in repeats(getattr(indicator, field)):
            yield field, f"{repeated} stands there twice"
    for both in sorted({*indicator.always_by} & {*indicator.disaggregations}):
        yield "disaggregations", f"{both}: values are never totalled over it, as always_by says"
    for both in sorted({*indicator.always_by, *indicator.disaggregations, *_AREAS} & {*indicator.city_breakdowns}):
        yield "city_breakdowns", f"{both}: is an area, or stands in always_by or disaggregations already"
    if indicator.city_breakdowns and indicator.kind is IndicatorKind.CHANGE:
        yield "city_breakdowns", "a change is broken down as what it is a change of, by disaggregations"
    if indicator.period not in _PERIODS:
        yield "period", f"values are given by school year or calendar year, not by {indicator.period}"
    if indicator.kind is IndicatorKind.DISPERSION and indicator.scale != 1 and indicator.unit != "%":
        yield "scale", "a dispersion is a plain number: say scale: 1, or unit: '%'"
    if indicator.kind in (IndicatorKind.WEIGHTED_RATIO, IndicatorKind.DISPERSION, IndicatorKind.QUOTIENT):
        for side in ("numerator", "denominator"):
            measure = measure_of(indicator, side)
            if measure and (measure.mart != indicator.mart or measure.year_offset):
                yield side, f"a {indicator.kind} takes both measures from its own mart and year"


def _mart_faults(indicator: Indicator, marts: Marts) -> Iterator[tuple[str, str]]:
    """Marts, dimensions and coverage that do not exist, said in the words of the declaration."""
    for table in sorted(marts_read(indicator)):
        if table not in marts.columns:
            yield "mart", f"no model makes {table}"
            return
    for side in ("numerator", "denominator"):
        measure = measure_of(indicator, side)
        if measure is None or measure.mart is None:
            continue
        columns = marts.columns[measure.mart]
        if measure.column not in columns:
            yield side, f"{measure.mart} has no column {measure.column}"
        for field in ("always_by", "disaggregations", "city_breakdowns"):
            for dimension in getattr(indicator, field):
                if DIMENSION_COLUMNS[dimension] not in columns:
                    yield field, f"{dimension}: {measure.mart} has no column {DIMENSION_COLUMNS[dimension]}"
    if indicator.sample and indicator.mart and indicator.sample.cluster not in marts.columns[indicator.mart]:
        yield "sample", f"{indicator.mart} has no column {indicator.sample.cluster}"
    coverage = indicator.coverage
    if isinstance(coverage, Coverage):
        wanted = {coverage.reported, coverage.expected, coverage.unit}
        for missing in sorted(wanted - set(marts.columns[coverage.mart])):
            yield "coverage", f"{coverage.mart} has no column {missing}"
    elif "coverage" in indicator.model_fields_set and indicator.mart:
        for missing in sorted(set(coverage) - set(marts.columns[indicator.mart])):
            yield "coverage", f"{indicator.mart} has no column {missing}"


def _change_faults(indicator: Indicator, indicators: Mapping[str, Indicator]) -> Iterator[tuple[str, str]]:
    if indicator.change is None:
        return
    base = indicators[indicator.change.of]
    if set(indicator.always_by) != set(base.always_by):
        yield "always_by", f"must be that of {base.code}, which it is a change of"
    for missing in sorted(set(indicator.disaggregations) - set(base.disaggregations)):
        yield "disaggregations", f"{base.code}, which it is a change of, is not broken down by {missing}"
    if indicator.period is not base.period:
        yield "period", f"must be that of {base.code}, which it is a change of"


def _target_faults(indicator: Indicator, target: Target, baseline_year: int) -> Iterator[tuple[str, str]]:
    fixed = set(target.by)
    known = {*indicator.always_by, *indicator.disaggregations} - {*_AREAS}
    for unknown in sorted(fixed - known):
        yield "by", f"{unknown} is neither in always_by nor in disaggregations"
    if len(fixed - set(indicator.always_by)) > 1:
        yield "by", "values are broken down by one dimension at a time, besides always_by"
    if "levels" in target.model_fields_set:
        for dimension in _AREAS:
            level = str(dimension)
            if level in target.levels and dimension not in indicator.disaggregations:
                yield "levels", f"{level}: the indicator has no values by {dimension}"
    is_change_step = target.kind is TargetKind.STEP and indicator.change
    if target.kind in _JUDGED_BY_DIRECTION and indicator.direction is Direction.CONTEXT and not is_change_step:
        yield "direction", f"a {target.kind} target needs to know whether up or down is better"
    if target.kind is TargetKind.FULL_COVERAGE and measure_of(indicator, "denominator") is None:
        yield "kind", "full coverage compares a numerator with a denominator, and there is none"
    if target.value is not None and target.upper is not None and target.value > target.upper:
        yield "upper", "the range ends below where it starts"
    start = target.baseline.year if target.baseline else baseline_year
    if target.deadline is not None and target.deadline <= start:
        yield "deadline", f"{target.deadline} is not after the baseline year {start}"


def _query_faults(
    connection: duckdb.DuckDBPyConnection, indicator: Indicator, indicators: Mapping[str, Indicator], marts: Marts
) -> list[tuple[str, str]]:
    """The last word has the database: whether the indicator's query can be run."""
    try:
        if indicator.change:
            query = change_query(indicator, indicators[indicator.change.of])
        else:
            values = with_interval(indicator, values_query(indicator, marts, "city"), marts, "city")
            query = with_coverage(indicator, values, marts, "city", CoverageCounts())
        connection.execute(f"describe {query}")
    except duckdb.Error as error:
        return [("where", str(error).splitlines()[0])]
    except DeclarationError as error:
        return [("mart", error.what)]
    return []
