"""Which years of which marts are protected already, so that a night protects what changed and nothing else.

Belongs here: fingerprints of the rows of a year, and forgetting what is out of date. Does not belong here: protecting.

No figure has rows of two years, so what is left out of one does not depend on another.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import duckdb

from eduplan.disclosure.figures import MartFigures
from eduplan.indicators.tables import CELL
from eduplan.warehouse.fingerprints import digest

_TABLES = f"""
create table if not exists disclosure.hidden_values_by_year (
    mart varchar not null, year varchar not null, indicator varchar not null, reference_year integer not null,
    {", ".join(f"{name} varchar not null" for name in CELL)},
    side varchar not null
);
create table if not exists disclosure.counts_by_year (
    mart varchar not null, year varchar not null, counted varchar not null,
    figures bigint not null, small bigint not null, hidden bigint not null
);
create table if not exists disclosure.years (
    mart varchar not null, year varchar not null, fingerprint varchar not null, primary key (mart, year)
);
create table if not exists disclosure.marks (mart varchar primary key, fingerprint varchar not null);
"""
_OF_A_YEAR = ("hidden_values_by_year", "counts_by_year", "years")


@dataclass(frozen=True)
class Due:
    """What is to be done for one mart.

    Attributes:
        years: The years to protect, with the fingerprints of their rows.
        kept: The years that stay as they are.
    """

    years: dict[str, str]
    kept: frozenset[str]


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates what is kept from night to night."""
    connection.execute("create schema if not exists disclosure")
    connection.execute(_TABLES)


def due_years(connection: duckdb.DuckDBPyConnection, figures: MartFigures, declared: str) -> Due:
    """The years of a mart whose rows are not those that were protected, in the way in which they would be now.

    Args:
        connection: The working warehouse.
        figures: What is published of the mart.
        declared: Fingerprint of all that decides what is left out, but for the rows.
    """
    mart = figures.model.table
    rows = connection.execute(
        f"select {figures.year} as year, count(*), cast(sum(cast(hash(found) as hugeint)) as varchar) "
        f"from {mart} as found group by year order by year"
    ).fetchall()
    wanted = {year: digest(declared, count, total) for year, count, total in rows}
    known = dict(connection.execute(f"select year, fingerprint from disclosure.years where mart = '{mart}'").fetchall())
    kept = frozenset(year for year, mark in wanted.items() if known.get(year) == mark)
    return Due({year: mark for year, mark in wanted.items() if year not in kept}, kept)


def forget(connection: duckdb.DuckDBPyConnection, mart: str, kept: Collection[str] = ()) -> None:
    """Forgets what was found of a mart, but for the years that are kept."""
    years = ", ".join(f"'{year}'" for year in sorted(kept))
    but = f" and year not in ({years})" if years else ""
    for table in _OF_A_YEAR:
        connection.execute(f"delete from disclosure.{table} where mart = '{mart}'{but}")
    connection.execute(f"delete from disclosure.marks where mart = '{mart}'")
