"""The protected copies of the plan's tables: values of indicators without those that are not told.

Belongs here: which values hidden figures take along, and the copies of values, status and failing units. Does not
belong here: copies of marts (:mod:`eduplan.disclosure.tables`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import duckdb
import polars as pl

from eduplan.declarations.indicators import Indicator
from eduplan.disclosure.figures import BASE, WEIGHT, MartFigures, PublishedValue, is_index
from eduplan.disclosure.kept import note
from eduplan.disclosure.marts import Protection
from eduplan.disclosure.tables import stored
from eduplan.indicators.grouping import LEVELS
from eduplan.indicators.tables import CELL, DIMENSIONS, TOTAL
from eduplan.warehouse.slices import quoted

SUPPRESSED = "Q"
"""Observation status of a value that is known and not told (SDMX: missing value, suppressed)."""


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


def has_values(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the working warehouse has values of indicators."""
    return bool(
        connection.execute(
            "select 1 from duckdb_tables() where schema_name = 'plan' and table_name = 'indicator_values' "
            "and database_name = current_database()"
        ).fetchall()
    )


def plan_tables(
    connection: duckdb.DuckDBPyConnection, indicators: Mapping[str, Indicator], counting: Collection[str], least: int
) -> tuple[str, ...]:
    """Copies the plan's tables without the values that are not told.

    A failing unit is named, but its sums are told only where they are those of a published value: nothing else of
    the indicators that count persons has been proven to be safe.

    Args:
        connection: The working warehouse.
        indicators: All indicators, by code.
        counting: Those that count persons.
        least: The persons by which what is not told must be uncertain.

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
    connection.execute(f"""
        create or replace temp table _not_told as
        with direct as (
            select indicator, reference_year, {", ".join(CELL)},
                bool_or(side in ('numerator', '{WEIGHT}')) as numerator,
                bool_or(side in ('denominator', '{WEIGHT}', '{BASE}')) as denominator,
                bool_or(side not in ('{WEIGHT}', '{BASE}')) as is_value, bool_or(side = '{BASE}') as is_base
            from disclosure.hidden_values_by_year group by all
        )
        select indicator, reference_year, {", ".join(CELL)}, bool_or(numerator) as numerator,
            bool_or(denominator) as denominator, bool_or(is_value) as is_value, bool_or(is_base) as is_base
        from (select * from direct{_changes(indicators, "false, false, true, false", "(is_value or is_base)")})
        group by all
    """)
    connection.execute(f"""
        create or replace temp table _less_told as
        with direct as (
            select indicator, reference_year, {", ".join(CELL)}, min(decimals) as decimals
            from disclosure.rounded_values_by_year group by all
        )
        select indicator, reference_year, {", ".join(CELL)}, min(decimals) as decimals
        from (select * from direct{_changes(indicators, "decimals", "true")}) group by all
    """)
    connection.register("_rounded", _decimals_told(indicators, counting))
    connection.register("_decimals", pl.DataFrame(
        [(code, each.decimals) for code, each in indicators.items()], orient="row",
        schema={"indicator": pl.String, "decimals": pl.Int32},
    ))  # fmt: skip
    own = "left join _rounded as own on own.indicator = found.indicator "
    own += "left join _decimals as based on based.indicator = found.indicator and hidden.is_base"
    at = f"{_at('hidden', '_not_told', joined)} {_at('less', '_less_told', joined)} {own}"
    # Where persons of a year before are not told, a rate has decimals that leave them uncertain, if that is two digits.
    enough = f"floor(log10(found.denominator / abs(found.obs_value) / 2 / {least}))"
    at += (
        f" left join lateral (select cast(least(based.decimals, {enough}) as integer) as decimals "
        "where hidden.is_base and found.obs_value <> 0 and found.denominator > 0) as uncertain on true"
    )
    told = "coalesce(found.obs_value = 0 or abs(found.obs_value) * power(10, uncertain.decimals) >= 10, false)"
    hides = f"(coalesce(hidden.is_value, false) or coalesce(hidden.is_base, false) and not {told})"
    _copy(connection, "plan.indicator_values", at, hides, {
        "numerator": "hidden.numerator", "denominator": "hidden.denominator", "obs_value": "true",
        "interval_low": "true", "interval_high": "true",
    })  # fmt: skip
    before, base = "found.reference_year - 1", "found.baseline_year"
    joins = (
        f"{at} {_at('before', '_not_told', joined, before)} {_at('base', '_not_told', joined, base)} "
        f"{_at('less_before', '_less_told', joined, before)} {_at('less_base', '_less_told', joined, base)}"
    )
    then, first = (f"coalesce({name}.is_value or {name}.is_base, false)" for name in ("before", "base"))
    now, any_now = hides, "coalesce(hidden.is_value or hidden.is_base, false)"
    _copy(connection, "plan.status", joins, f"{now} or {then} or {first}", {
        "obs_value": now, "numerator": "hidden.numerator", "denominator": "hidden.denominator",
        "gap": f"{now} or {first}", "yearly_change": f"{any_now} or {then}",
        "cumulative_change": f"{any_now} or {first}",
        "baseline_value": first, "path_value": first,
    }, observed=now, less=("less", "less_before", "less_base"))  # fmt: skip
    of_unit = {"found.ref_area_level": "found.unit_level", "found.ref_area ": "found.unit_code "}
    same = [f"published.{name} = found.{name}" for name in ("indicator", "reference_year", *DIMENSIONS)]
    same += ["published.ref_area_level = found.unit_level", "published.ref_area = found.unit_code"]
    unit = f"{_replaced(at, of_unit)} left join plan.indicator_values as published on {' and '.join(same)}"
    counts_persons = f"found.indicator in ({', '.join(map(quoted, sorted(counting))) or 'null'})"
    unpublished = f"published.indicator is null and {counts_persons}"
    _copy(connection, "plan.failing_units", unit, f"{any_now} or ({unpublished})", {
        "numerator": f"hidden.numerator or ({unpublished})", "denominator": f"hidden.denominator or ({unpublished})",
        "obs_value": "true", "missing": f"{any_now} or ({unpublished}) or own.indicator is not null",
    })  # fmt: skip
    connection.unregister("_rounded")
    connection.unregister("_decimals")
    return ("plan.indicator_values", "plan.status", "plan.failing_units")


def _changes(indicators: Mapping[str, Indicator], columns: str, where: str) -> str:
    """Further rows for the values that are differences of others, which are no better known than either of them."""
    return "".join(
        f" union select {quoted(code)}, reference_year + {shift}, {', '.join(CELL)}, {columns} "
        f"from direct where indicator = {quoted(each.change.of)} and {where}"
        for code, each in indicators.items()
        if each.change
        for shift in (0, each.change.years)
    )


def _decimals_told(indicators: Mapping[str, Indicator], counting: Collection[str]) -> pl.DataFrame:
    """The decimals that are told of each index of persons, and of its changes; all others are told as they are."""
    indices = {code: indicators[code].decimals for code in counting if is_index(indicators[code])}
    changes = [(code, each, indices[each.change.of]) for code, each in indicators.items()
               if each.change and each.change.of in indices]  # fmt: skip
    told = indices | {code: min(each.decimals, decimals) for code, each, decimals in changes}
    rows = [(code, decimals, indicators[code].scale) for code, decimals in sorted(told.items())]
    return pl.DataFrame(rows, orient="row", schema={"indicator": pl.String, "decimals": pl.Int32, "scale": pl.Int32})


def _at(name: str, table: str, joined: str, year: str = "found.reference_year") -> str:
    """A join with what is said of a value of some year."""
    return f"left join {table} as {name} on {joined.replace('hidden.', f'{name}.')} and {name}.reference_year = {year}"


def _replaced(text: str, by: Mapping[str, str]) -> str:
    for before, after in by.items():
        text = text.replace(before, after)
    return text


_FIGURES = (
    "obs_value", "gap", "yearly_change", "cumulative_change", "baseline_value", "path_value",
)  # fmt: skip
"""Columns in which a number is as well known as the value."""


def _copy(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    joins: str,
    is_hidden: str,
    columns: Mapping[str, str],
    *,
    observed: str | None = None,
    less: Sequence[str] = ("less",),
) -> None:
    """Copies a table of the plan with nulls where a column's condition holds, and indices with the decimals told."""
    types = {row[0]: row[1] for row in connection.execute(f"describe {table}").fetchall()}
    decimals = f"least(own.decimals, uncertain.decimals, {', '.join(f'{name}.decimals' for name in less)})"
    shown = []
    for name, kind in types.items():
        figure = f"found.{name}"
        if name in _FIGURES:
            figure = f"case when {decimals} is null then {figure} else round({figure}, {decimals}) end"
        elif name == "numerator":
            exact = f"cast(round(found.obs_value, {decimals}) / own.scale * found.denominator as {kind})"
            figure = f"case when own.decimals is null or {figure} is null then {figure} else {exact} end"
        if name == "obs_status":
            told = f"case when {observed or is_hidden} then '{SUPPRESSED}' else found.obs_status end"
            shown.append(f"{told} as obs_status")
        elif name in columns:
            condition = columns[name] if columns[name] != "true" else is_hidden
            shown.append(f"case when not coalesce({condition}, false) then {figure} end as {name}")
        else:
            shown.append(f"{figure} as {name}")
    connection.execute(
        f"create or replace table {stored(table)} as select {', '.join(shown)} from {table} as found {joins}"
    )
