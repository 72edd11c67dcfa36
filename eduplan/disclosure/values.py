"""The protected copies of the plan's tables: values of indicators without those that are not told.

Belongs here: which values hidden figures take along, and the copies of values, status and failing units. Does not
belong here: copies of marts (:mod:`eduplan.disclosure.tables`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import duckdb
import numpy as np
import polars as pl

from eduplan.declarations.indicators import Indicator
from eduplan.disclosure.figures import MartFigures, PublishedValue
from eduplan.disclosure.kept import note
from eduplan.disclosure.marts import Protection
from eduplan.disclosure.tables import stored
from eduplan.indicators.grouping import LEVELS
from eduplan.indicators.tables import CELL, DIMENSIONS, TOTAL
from eduplan.warehouse.slices import quoted

SUPPRESSED = "Q"
"""Observation status of a value that is known and not told (SDMX: missing value, suppressed)."""

_ENOUGH_UNITS = 3
"""Hidden units of a dispersion that their sum and the dispersion, two equations, do not determine."""


def keep_hidden_values(
    connection: duckdb.DuckDBPyConnection,
    figures: MartFigures,
    protection: Protection,
) -> None:
    """Notes which sides of which values of indicators are not told."""
    found = []
    for value in figures.values:
        hidden = protection.rows.filter(pl.Series(protection.hidden[value.cut, value.column]))
        found.append(_cells(figures, value, hidden.select(value.cut.keys).unique(), value.side))
        found.append(_cells(figures, value, _solvable(figures, value, protection), "value"))
    found = [rows for rows in found if len(rows)]
    if found:
        note(connection, "hidden_values_by_year", pl.concat(found))


def _cells(figures: MartFigures, value: PublishedValue, keys: pl.DataFrame, side: str) -> pl.DataFrame:
    """The cells of an indicator that some figures of a mart stand in."""
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
        side=pl.lit(side),
    )


def _solvable(figures: MartFigures, value: PublishedValue, protection: Protection) -> pl.DataFrame:
    """Where a dispersion and the sum of its units would give away the few units that are hidden."""
    of_units = [table.cut for table in figures.tables if value.units and set(value.units) <= set(table.cut.keys)]
    is_hidden = np.zeros(len(protection.rows), dtype=bool)
    for cut in of_units:
        is_hidden |= protection.hidden[cut, value.column]
    units = protection.rows.filter(pl.Series(is_hidden & protection.covered[value.cut])).lazy()
    keys = list(value.cut.keys)
    several = units.select(list(dict.fromkeys([*keys, *value.units]))).unique().group_by(keys).len()
    return several.filter(pl.col("len") < _ENOUGH_UNITS).select(keys).collect()


def has_values(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the working warehouse has values of indicators."""
    return bool(
        connection.execute(
            "select 1 from duckdb_tables() where schema_name = 'plan' and table_name = 'indicator_values' "
            "and database_name = current_database()"
        ).fetchall()
    )


def plan_tables(
    connection: duckdb.DuckDBPyConnection, indicators: Mapping[str, Indicator], counting: Collection[str]
) -> tuple[str, ...]:
    """Copies the plan's tables without the values that are not told.

    A failing unit is named, but its sums are told only where they are those of a published value: nothing else of
    the indicators that count persons has been proven to be safe.

    Args:
        connection: The working warehouse.
        indicators: All indicators, by code.
        counting: Those that count persons.

    Returns:
        The tables that were copied.
    """
    cell = " and ".join(f"hidden.{name} = found.{name}" for name in ("indicator", *DIMENSIONS))
    # Equal columns alone, so that tables of all schools are joined by hashing.
    area = (
        "hidden.ref_area_level = found.ref_area_level "
        f"and hidden.ref_area = case when found.ref_area_level = 'city' then {quoted(TOTAL)} else found.ref_area end"
    )
    joined = f"{cell} and {area}"
    changes = [(code, each.change.of, each.change.years) for code, each in indicators.items() if each.change]
    further = "".join(
        f" union select {quoted(code)}, reference_year + {shift}, {', '.join(CELL)}, false, false "
        f"from direct where indicator = {quoted(of)}"
        for code, of, years in changes
        for shift in (0, years)
    )
    connection.execute(f"""
        create or replace temp table _not_told as
        with direct as (
            select indicator, reference_year, {", ".join(CELL)},
                bool_or(side = 'numerator') as numerator, bool_or(side = 'denominator') as denominator
            from disclosure.hidden_values_by_year group by all
        )
        select indicator, reference_year, {", ".join(CELL)},
            bool_or(numerator) as numerator, bool_or(denominator) as denominator
        from (select * from direct{further}) group by all
    """)
    at = f"left join _not_told as hidden on {joined} and hidden.reference_year = found.reference_year"
    _copy(connection, "plan.indicator_values", at, "hidden.indicator is not null", {
        "numerator": "hidden.numerator", "denominator": "hidden.denominator", "obs_value": "true",
        "interval_low": "true", "interval_high": "true",
    })  # fmt: skip
    before = joined.replace("hidden.", "before.")
    base = joined.replace("hidden.", "base.")
    joins = (
        f"{at} left join _not_told as before on {before} and before.reference_year = found.reference_year - 1 "
        f"left join _not_told as base on {base} and base.reference_year = found.baseline_year"
    )
    now, then, first = (f"{name}.indicator is not null" for name in ("hidden", "before", "base"))
    _copy(connection, "plan.status", joins, f"{now} or {then} or {first}", {
        "obs_value": now, "numerator": f"{now} and hidden.numerator", "denominator": f"{now} and hidden.denominator",
        "gap": f"{now} or {first}", "yearly_change": f"{now} or {then}", "cumulative_change": f"{now} or {first}",
        "baseline_value": first, "path_value": first,
    }, observed=now)  # fmt: skip
    of_unit = {"found.ref_area_level": "found.unit_level", "found.ref_area ": "found.unit_code "}
    same = [f"published.{name} = found.{name}" for name in ("indicator", "reference_year", *DIMENSIONS)]
    same += ["published.ref_area_level = found.unit_level", "published.ref_area = found.unit_code"]
    unit = f"{_replaced(at, of_unit)} left join plan.indicator_values as published on {' and '.join(same)}"
    counts_persons = f"found.indicator in ({', '.join(map(quoted, sorted(counting))) or 'null'})"
    unpublished = f"published.indicator is null and {counts_persons}"
    _copy(connection, "plan.failing_units", unit, f"{now} or ({unpublished})", {
        "numerator": f"hidden.numerator or ({unpublished})", "denominator": f"hidden.denominator or ({unpublished})",
        "obs_value": "true", "missing": "true",
    })  # fmt: skip
    return ("plan.indicator_values", "plan.status", "plan.failing_units")


def _replaced(text: str, by: Mapping[str, str]) -> str:
    for before, after in by.items():
        text = text.replace(before, after)
    return text


def _copy(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    joins: str,
    is_hidden: str,
    columns: Mapping[str, str],
    *,
    observed: str | None = None,
) -> None:
    """Copies a table of the plan with nulls where a column's condition holds."""
    names = [row[0] for row in connection.execute(f"describe {table}").fetchall()]
    shown = []
    for name in names:
        if name == "obs_status":
            told = f"case when {observed or is_hidden} then '{SUPPRESSED}' else found.obs_status end"
            shown.append(f"{told} as obs_status")
        elif name in columns:
            condition = columns[name] if columns[name] != "true" else is_hidden
            shown.append(f"case when not coalesce({condition}, false) then found.{name} end as {name}")
        else:
            shown.append(f"found.{name}")
    connection.execute(
        f"create or replace table {stored(table)} as select {', '.join(shown)} from {table} as found {joins}"
    )
