"""How much of what should have been reported stands behind a value.

Belongs here: units reported and expected by cell. Does not belong here: what too little coverage means for a status.
"""

from __future__ import annotations

from eduplan.declarations.indicators import Coverage, Indicator
from eduplan.indicators.grouping import cell_sets, columns_used, grouped_cell, grouping_sets
from eduplan.indicators.marts import Marts
from eduplan.indicators.tables import CELL, DIMENSIONS, TOTAL


def with_coverage(indicator: Indicator, values: str, marts: Marts, city_code: str) -> str:
    """Adds ``units_reported`` and ``units_expected`` to a query of values.

    An indicator whose mart has no such columns gets none: its coverage is unknown, which is not the same as zero.
    """
    source = _source(indicator, marts)
    if source is None:
        return (
            f"select *, cast(null as bigint) as units_reported, cast(null as bigint) as units_expected from ({values})"
        )
    table, columns, rows, reported, expected = source
    sets = [found for cells in cell_sets(indicator) if (found := cells.within(columns))]
    sets = list(dict.fromkeys(sets))
    used = columns_used(sets)
    counted = (
        f"select reference_year, {grouped_cell(used, city_code)}, cast({reported} as bigint) as units_reported, "
        f"cast({expected} as bigint) as units_expected from ({rows}) "
        f"group by grouping sets ({grouping_sets(sets, 'reference_year')})"
    )
    narrowing = {"ref_area_level", "ref_area", *(name for name in DIMENSIONS if name in marts.columns[table])}
    same = " and ".join(
        f"counted.{name} = found.{name}" if name in narrowing else f"counted.{name} = '{TOTAL}'" for name in CELL
    )
    return (
        f"select found.*, counted.units_reported, counted.units_expected from ({values}) as found "
        f"left join ({counted}) as counted on counted.reference_year = found.reference_year and {same}"
    )


def _source(indicator: Indicator, marts: Marts) -> tuple[str, set[str], str, str, str] | None:
    """The table to count in, its columns, its rows, and the two counts."""
    coverage = indicator.coverage
    if isinstance(coverage, Coverage):
        rows = marts.rows(coverage.mart, indicator, where=coverage.where)
        reported, expected = (
            f"count(distinct case when {flag} > 0 then {coverage.unit} end)"
            for flag in (coverage.reported, coverage.expected)
        )
        return coverage.mart, set(marts.of_table(coverage.mart, indicator)), rows, reported, expected
    table = indicator.mart
    if table is None or not set(coverage) <= set(marts.of_table(table, indicator)):
        return None
    rows = marts.rows(table, indicator)
    return table, set(marts.of_table(table, indicator)), rows, f"sum({coverage[0]})", f"sum({coverage[1]})"
