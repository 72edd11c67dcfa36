"""How much of what should have been reported stands behind a value.

Belongs here: units reported and expected by cell. Does not belong here: what too little coverage means for a status.
"""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from eduplan.declarations.indicators import Coverage, Indicator
from eduplan.indicators.grouping import CellSet, cell_sets, columns_used, grouped_cell, grouping_sets
from eduplan.indicators.marts import Marts
from eduplan.indicators.tables import CELL, DIMENSIONS, TOTAL


class CoverageCounts:
    """Counts of units by cell, each counted once however many indicators show it.

    Args:
        connection: Where the counts are kept for the life of this object; without one they are counted in place.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection | None = None) -> None:
        self._connection = connection
        self._tables: dict[str, str] = {}

    def relation(self, query: str) -> str:
        """The counts of a query, as something to select from."""
        if self._connection is None:
            return f"({query})"
        if query not in self._tables:
            table = f"coverage_count_{len(self._tables)}"
            self._connection.execute(f"create or replace temp table {table} as {query}")
            self._tables[query] = table
        return self._tables[query]

    def drop(self) -> None:
        """Drops what was kept."""
        for table in self._tables.values():
            if self._connection:
                self._connection.execute(f"drop table {table}")
        self._tables.clear()


def with_coverage(indicator: Indicator, values: str, marts: Marts, city_code: str, counts: CoverageCounts) -> str:
    """Adds ``units_reported`` and ``units_expected`` to a query of values.

    An indicator whose mart has no such columns gets none: its coverage is unknown, which is not the same as zero.
    """
    counted = counted_units(indicator, marts, city_code, counts)
    if counted is None:
        return (
            f"select *, cast(null as bigint) as units_reported, cast(null as bigint) as units_expected from ({values})"
        )
    relation, same = counted
    return (
        f"select found.*, counted.units_reported, counted.units_expected from ({values}) as found "
        f"left join {relation} as counted on {same}"
    )


def counted_units(
    indicator: Indicator,
    marts: Marts,
    city_code: str,
    counts: CoverageCounts,
    years: Collection[int] | None = None,
) -> tuple[str, str] | None:
    """The units behind each cell of an indicator, and what joins them as ``counted`` to the values, as ``found``.

    Args:
        indicator: The indicator.
        marts: The columns of the marts.
        city_code: Code of the whole area.
        counts: Counts that other queries share.
        years: The reference years to count in; all by default.

    Returns:
        None where the mart has no such columns.
    """
    source = _source(indicator, marts)
    if source is None:
        return None
    table, rows, reported, expected = source
    columns = marts.of_table(table, indicator)
    sets = _shared([found for cells in cell_sets(indicator) if (found := cells.within(columns))], columns)
    counted = (
        f"select reference_year, {grouped_cell(columns_used(sets), city_code)}, "
        f"cast({reported} as bigint) as units_reported, cast({expected} as bigint) as units_expected "
        f"from ({marts.of_years(rows, years)}) "
        f"group by grouping sets ({grouping_sets(sets, 'reference_year')})"
    )
    same = " and ".join(
        f"counted.{name} = found.{name}" if name in columns or name not in DIMENSIONS else f"counted.{name} = '{TOTAL}'"
        for name in CELL
    )
    return counts.relation(counted), f"counted.reference_year = found.reference_year and {same}"


def _shared(sets: list[CellSet], columns: Collection[str]) -> list[CellSet]:
    """The sets to count: all usual ones of the mart where they hold those that are needed, so that indicators share."""
    singles = [(), *((name,) for name in DIMENSIONS if name in columns)]
    usual = [CellSet(level, single) for level in ("city", "district") for single in singles]
    usual = [cells for cells in [*usual, CellSet("school", ())] if set(cells.columns) <= set(columns)]
    return usual if set(sets) <= set(usual) else list(dict.fromkeys(sets))


def _source(indicator: Indicator, marts: Marts) -> tuple[str, str, str, str] | None:
    """The table to count in, its rows, and the two counts."""
    coverage = indicator.coverage
    if isinstance(coverage, Coverage):
        reported, expected = (
            f"count(distinct case when {flag} > 0 then {coverage.unit} end)"
            for flag in (coverage.reported, coverage.expected)
        )
        return coverage.mart, marts.rows(coverage.mart, indicator, where=coverage.where), reported, expected
    table = indicator.mart
    if table is None or not set(coverage) <= set(marts.of_table(table, indicator)):
        return None
    return table, marts.rows(table, indicator), f"sum({coverage[0]})", f"sum({coverage[1]})"
