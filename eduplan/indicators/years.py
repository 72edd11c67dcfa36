"""The reference years of an indicator that are to be computed again, because a slice of a mart below them changed.

Belongs here: what each year of a plain sum depends on. Does not belong here: whether an indicator is due at all
(``compute``).

A plain sum of a year reads the slices of that year alone, so a roll of one year that was sent again changes one year.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import duckdb

from eduplan.declarations.indicators import Coverage, Indicator
from eduplan.declarations.models import SqlModel
from eduplan.indicators.marts import Marts, measure_of
from eduplan.indicators.together import is_sum
from eduplan.warehouse.fingerprints import digest
from eduplan.warehouse.slices import SHAPE

BUILD = "plan.indicator_years"
"""Under which ``warehouse.builds`` keeps what each year of an indicator was computed from."""

Slices = Mapping[str, Mapping[str, str]]
"""Fingerprints of the slices of every model."""


def slices_built(connection: duckdb.DuckDBPyConnection) -> Slices:
    """The fingerprints of all slices that stand in the warehouse, by model."""
    rows = connection.execute(
        "select model, map(list(slice), list(fingerprint)) from warehouse.builds group by model"
    ).fetchall()
    return dict(rows)


def prints_of_years(
    indicator: Indicator, whole: str, marts: Marts, models: Mapping[str, SqlModel], slices: Slices
) -> dict[int, str] | None:
    """What each reference year of an indicator depends on.

    Args:
        indicator: The indicator.
        whole: Fingerprint of what all of its years depend on, such as its formula.
        marts: The columns of the marts.
        models: All models.
        slices: Fingerprints of their slices.

    Returns:
        A fingerprint a year; None where a year cannot be computed without the others.
    """
    if not is_sum(indicator) or any("select" in (text or "").lower() for text in _conditions(indicator)):
        return None
    parts: list[str] = [whole]
    years: dict[int, list[str]] = {}
    for table, offset in sorted(_tables_read(indicator)):
        model = models.get(table)
        if model is None or model.header.partition != marts.year_column(table, indicator):
            return None
        built = dict(slices.get(table, {}))
        parts.append(f"{table} {built.pop(SHAPE, '')}")
        if not built:
            return None
        for text, fingerprint in built.items():
            years.setdefault(int(text[:4]) - offset, []).append(f"{table} {offset} {text} {fingerprint}")
    return {year: digest(*parts, *sorted(read)) for year, read in years.items()}


def _conditions(indicator: Indicator) -> list[str | None]:
    measures = [measure_of(indicator, side) for side in ("numerator", "denominator")]
    coverage = indicator.coverage
    scope = coverage.where if isinstance(coverage, Coverage) else None
    return [indicator.where, scope, *(measure.where for measure in measures if measure)]


def _tables_read(indicator: Indicator) -> set[tuple[str, int]]:
    measures = [measure_of(indicator, side) for side in ("numerator", "denominator")]
    read = {(str(measure.mart), measure.year_offset) for measure in measures if measure}
    coverage = indicator.coverage
    return read | {(coverage.mart if isinstance(coverage, Coverage) else str(indicator.mart), 0)}


def recorded(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What the years of each indicator were computed from, as :func:`as_record` writes it."""
    query = f"select slice, fingerprint from warehouse.builds where model = '{BUILD}'"
    return dict(connection.execute(query).fetchall())


def years_to_compute(indicators: Iterable[tuple[Mapping[int, str] | None, str | None]]) -> frozenset[int] | None:
    """The years that some of the indicators of a group lack, or have and should not; None for all.

    Args:
        indicators: What the years of each should be computed from, and what they were.
    """
    changed: set[int] = set()
    for prints, record in indicators:
        if prints is None or record is None:
            return None
        before = dict(entry.split("=") for entry in record.split(","))
        now = {str(year): fingerprint for year, fingerprint in prints.items()}
        changed.update(int(year) for year in before.keys() | now.keys() if before.get(year) != now.get(year))
    return frozenset(changed)


def as_record(prints: Mapping[int, str]) -> str:
    """The fingerprints of an indicator's years as one text."""
    return ",".join(f"{year}={fingerprint}" for year, fingerprint in sorted(prints.items()))
