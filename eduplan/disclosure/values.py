"""Which values of indicators hidden figures take along, and which have fewer decimals.

Belongs here: noting them for a mart. Does not belong here: the copies of the plan's tables that follow from that
(:mod:`eduplan.disclosure.plan_tables`).
"""

from __future__ import annotations

import duckdb
import polars as pl

from eduplan.disclosure.figures import MartFigures, PublishedValue
from eduplan.disclosure.kept import note
from eduplan.disclosure.marts import Protection
from eduplan.indicators.grouping import LEVELS
from eduplan.indicators.tables import DIMENSIONS, TOTAL


def keep_hidden_values(
    connection: duckdb.DuckDBPyConnection,
    figures: MartFigures,
    protection: Protection,
) -> None:
    """Notes which sides of which values of indicators are not told, and of which fewer decimals."""
    hidden, rounded = [], []
    for value in figures.values:
        is_hidden = protection.hidden[value.cut, value.column]
        keys = protection.rows.filter(pl.Series(is_hidden)).select(value.cut.keys).unique()
        hidden.append(_cells(figures, value, keys, side=pl.lit(value.side)))
        if value.cut.index and not value.cut.is_sum:
            decimals = protection.decimals[value.cut]
            is_less = protection.covered[value.cut] & ~is_hidden & (decimals < value.cut.index.decimals)
            keys = protection.rows.with_columns(decimals=decimals).filter(pl.Series(is_less))
            keys = keys.select(*value.cut.keys, "decimals").unique()
            rounded.append(_cells(figures, value, keys, decimals=pl.col("decimals")))
    for table, found in (("hidden_values_by_year", hidden), ("rounded_values_by_year", rounded)):
        if found := [rows for rows in found if len(rows)]:
            note(connection, table, pl.concat(found))


def _cells(figures: MartFigures, value: PublishedValue, keys: pl.DataFrame, **further: pl.Expr) -> pl.DataFrame:
    """The cells of an indicator that some figures of a mart stand in, and what further is said of them."""
    time, *others = value.cut.keys
    area = LEVELS[value.cells.level]
    return keys.select(
        mart=pl.lit(figures.model.table),
        year=pl.col(time),
        indicator=pl.lit(value.indicator),
        reference_year=pl.col(time).str.head(4).cast(pl.Int32) - value.year_offset,
        ref_area_level=pl.lit(value.cells.level),
        ref_area=pl.col(area) if area else pl.lit(TOTAL),
        **{name: pl.col(name) if name in others else pl.lit(TOTAL) for name in DIMENSIONS},
        **further,
    )
