"""The protected copies of the plan's tables: values, status and failing units without what is not told.

Belongs here: what a hidden side of a value means for each column. Does not belong here: which sides are hidden
(:mod:`eduplan.disclosure.values`), or copies of marts (:mod:`eduplan.disclosure.tables`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import duckdb
import polars as pl

from eduplan.declarations.indicators import Indicator
from eduplan.disclosure.figures import BASE, WEIGHT, is_index
from eduplan.indicators.tables import CELL, DIMENSIONS, TOTAL
from eduplan.warehouse.slices import quoted

SUPPRESSED = "Q"
"""Observation status of a value that is known and not told (SDMX: missing value, suppressed)."""
_IN_MEMORY = "eduplan_told"
_COMPARED = ("gap", "yearly_change", "cumulative_change", "baseline_value", "path_value")
"""Columns in which other values are as well known as from their own."""
_DIGITS = 10
"""The least that a value must be in units of its last decimal."""


def copied(table: str) -> str:
    """The protected copy of a table of the plan: in memory, since each release makes it anew."""
    return f"{_IN_MEMORY}.{table.replace('.', '__')}"


def has_values(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the working warehouse has values of indicators."""
    return bool(
        connection.execute(
            "select 1 from duckdb_tables() where schema_name = 'plan' and table_name = 'indicator_values' "
            "and database_name = current_database()"
        ).fetchall()
    )


def copy_plan_tables(
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
    connection.execute(f"attach if not exists ':memory:' as {_IN_MEMORY}")
    _note_what_is_told(connection, indicators)
    connection.register("_rounded", _decimals_told(indicators, counting))
    connection.register("_decimals", _decimals_declared(indicators))
    joins = " ".join(
        (
            _at("hidden", "_not_told"),
            _at("less", "_less_told"),
            "left join _rounded as own on own.indicator = found.indicator",
            "left join _decimals as declared on declared.indicator = found.indicator",
            _uncertain(least),
        )
    )
    _copy_values(connection, joins)
    _copy_status(connection, joins)
    _copy_failing_units(connection, joins, counting)
    connection.unregister("_rounded")
    connection.unregister("_decimals")
    return ("plan.indicator_values", "plan.status", "plan.failing_units")


_IS_TOLD = f"coalesce(found.obs_value = 0 or abs(found.obs_value) * power(10, uncertain.decimals) >= {_DIGITS}, false)"
_HIDES_VALUE = f"(coalesce(hidden.is_value, false) or coalesce(hidden.is_base, false) and not {_IS_TOLD})"
_HIDES_ANYTHING = "coalesce(hidden.is_value or hidden.is_base, false)"


def _copy_values(connection: duckdb.DuckDBPyConnection, joins: str) -> None:
    hidden = dict.fromkeys(("obs_value", "interval_low", "interval_high"), _HIDES_VALUE)
    sides = {"numerator": "hidden.numerator", "denominator": "hidden.denominator"}
    _copy(connection, "plan.indicator_values", joins, hidden | sides, _HIDES_VALUE)


def _copy_status(connection: duckdb.DuckDBPyConnection, joins: str) -> None:
    """Changes and gaps follow from two values, and are told where both are."""
    years = {"before": "found.reference_year - 1", "base": "found.baseline_year"}
    further = [_at(name, "_not_told", year) for name, year in years.items()]
    further += [_at(f"less_{name}", "_less_told", year) for name, year in years.items()]
    before, base = (f"coalesce({name}.is_value or {name}.is_base, false)" for name in years)
    hidden = {
        "obs_value": _HIDES_VALUE,
        "numerator": "hidden.numerator",
        "denominator": "hidden.denominator",
        "gap": f"{_HIDES_VALUE} or {base}",
        "yearly_change": f"{_HIDES_ANYTHING} or {before}",
        "cumulative_change": f"{_HIDES_ANYTHING} or {base}",
        "baseline_value": base,
        "path_value": base,
    }
    others = ("less_before", "less_base")
    _copy(connection, "plan.status", " ".join((joins, *further)), hidden, _HIDES_VALUE, others=others)


def _copy_failing_units(connection: duckdb.DuckDBPyConnection, joins: str, counting: Collection[str]) -> None:
    of_unit = {"found.ref_area_level": "found.unit_level", "found.ref_area ": "found.unit_code "}
    same = [f"published.{name} = found.{name}" for name in ("indicator", "reference_year", *DIMENSIONS)]
    same += ["published.ref_area_level = found.unit_level", "published.ref_area = found.unit_code"]
    unit = f"{_replaced(joins, of_unit)} left join plan.indicator_values as published on {' and '.join(same)}"
    counts_persons = f"found.indicator in ({', '.join(map(quoted, sorted(counting))) or 'null'})"
    unpublished = f"(published.indicator is null and {counts_persons})"
    hides = f"{_HIDES_ANYTHING} or {unpublished}"
    hidden = {
        "numerator": f"hidden.numerator or {unpublished}",
        "denominator": f"hidden.denominator or {unpublished}",
        "obs_value": hides,
        "missing": f"{hides} or own.indicator is not null",
    }
    _copy(connection, "plan.failing_units", unit, hidden, hides)


def _note_what_is_told(connection: duckdb.DuckDBPyConnection, indicators: Mapping[str, Indicator]) -> None:
    """Collects from all marts which sides of which values are not told, and which have fewer decimals."""
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


def _decimals_declared(indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    rows = [(code, each.decimals) for code, each in indicators.items()]
    return pl.DataFrame(rows, orient="row", schema={"indicator": pl.String, "decimals": pl.Int32})


def _at(name: str, table: str, year: str = "found.reference_year") -> str:
    """A join with what is said of a value of some year; by equal columns alone, so that it is done by hashing."""
    same = [f"{name}.{column} = found.{column}" for column in ("indicator", *DIMENSIONS, "ref_area_level")]
    area = f"case when found.ref_area_level = 'city' then {quoted(TOTAL)} else found.ref_area end"
    same += [f"{name}.ref_area = {area}", f"{name}.reference_year = {year}"]
    return f"left join {table} as {name} on {' and '.join(same)}"


def _uncertain(least: int) -> str:
    """A join with the decimals of a rate that leave persons of a year before uncertain, where these are not told."""
    enough = f"floor(log10(found.denominator / abs(found.obs_value) / 2 / {least}))"
    return (
        f"left join lateral (select cast(least(declared.decimals, {enough}) as integer) as decimals "
        "where hidden.is_base and found.obs_value <> 0 and found.denominator > 0) as uncertain on true"
    )


def _rounded(figure: str, decimals: str) -> str:
    return f"case when {decimals} is null then {figure} else round({figure}, {decimals}) end"


def _replaced(text: str, by: Mapping[str, str]) -> str:
    for before, after in by.items():
        text = text.replace(before, after)
    return text


def _copy(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    joins: str,
    hidden: Mapping[str, str],
    hides_value: str,
    *,
    others: Sequence[str] = (),
) -> None:
    """Copies a table of the plan with nulls where a column's condition holds, and says with how many decimals.

    Args:
        connection: The working warehouse.
        table: Name of the table.
        joins: Joins that the conditions need.
        hidden: The condition of each column that is not told everywhere.
        hides_value: The condition of the value.
        others: Joins that say of fewer decimals of the values that a row is compared with.
    """
    types = {row[0]: row[1] for row in connection.execute(f"describe {table}").fetchall()}
    taken = "least(own.decimals, uncertain.decimals, less.decimals)"
    compared = f"least({', '.join([taken, *(f'{name}.decimals' for name in others)])})"
    told = {name: f"found.{name}" for name in types}  # those below are changed, where the table has them
    told["obs_value"] = _rounded("found.obs_value", taken)
    told |= {name: _rounded(f"found.{name}", compared) for name in _COMPARED}
    exact = f"cast(round(found.obs_value, {taken}) / own.scale * found.denominator as {types['numerator']})"
    is_exact = "own.decimals is null or found.numerator is null"
    told["numerator"] = f"case when {is_exact} then found.numerator else {exact} end"
    is_value_told = f"found.obs_value is not null and not {hides_value}"
    told["decimals"] = f"case when {is_value_told} then least(declared.decimals, {taken}) end"
    told["obs_status"] = f"case when {hides_value} then '{SUPPRESSED}' else found.obs_status end"
    told["compared_decimals"] = f"least(declared.decimals, {compared})"
    shown = [
        f"case when not coalesce({hidden[name]}, false) then {told[name]} end as {name}"
        if name in hidden
        else f"{told[name]} as {name}"
        for name in types
    ]
    connection.execute(
        f"create or replace table {copied(table)} as select {', '.join(shown)} from {table} as found {joins}"
    )
