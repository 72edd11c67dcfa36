"""Which years of which marts are protected already, so that a night protects what changed and nothing else.

Belongs here: fingerprints of the rows of a year, and forgetting what is out of date. Does not belong here: protecting.

No figure has rows of two years, so what is left out of one does not depend on another. What is left out of a year of a
mart depends on all marts of its cluster in that year.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import duckdb
import polars as pl

from eduplan.disclosure.figures import MartFigures
from eduplan.indicators.tables import CELL
from eduplan.warehouse.fingerprints import digest

_TABLES = f"""
create table if not exists disclosure.hidden_values_by_year (
    mart varchar not null, year varchar not null, indicator varchar not null, reference_year integer not null,
    {", ".join(f"{name} varchar not null" for name in CELL)},
    side varchar not null
);
create table if not exists disclosure.rounded_values_by_year (
    mart varchar not null, year varchar not null, indicator varchar not null, reference_year integer not null,
    {", ".join(f"{name} varchar not null" for name in CELL)},
    decimals integer not null
);
create table if not exists disclosure.counts_by_year (
    mart varchar not null, year varchar not null, counted varchar not null,
    figures bigint not null, small bigint not null, hidden bigint not null
);
create table if not exists disclosure.years (
    mart varchar not null, year varchar not null, fingerprint varchar not null, primary key (mart, year)
);
create table if not exists disclosure.protected_marts (
    mart varchar primary key, fingerprint varchar not null, told varchar not null
);
drop table if exists disclosure.marks;
"""
_OF_A_YEAR = ("hidden_values_by_year", "rounded_values_by_year", "counts_by_year", "years")


@dataclass(frozen=True)
class Due:
    """What is to be done for the marts of a cluster.

    Attributes:
        years: The years to protect, with the fingerprints of the rows of all marts.
        kept: The years that stay as they are.
    """

    years: dict[str, str]
    kept: frozenset[str]


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates what is kept from night to night."""
    connection.execute("create schema if not exists disclosure")
    connection.execute(_TABLES)


def note(connection: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    """Adds rows to one of the tables that are kept, whose columns they have in their order."""
    if len(rows):
        connection.register("_rows", rows)
        connection.execute(f"insert into disclosure.{table} select * from _rows")
        connection.unregister("_rows")


def due_years(
    connection: duckdb.DuckDBPyConnection, cluster: Mapping[str, MartFigures], declared: Mapping[str, str]
) -> Due:
    """The years of a cluster in which the rows of a mart are not those that were protected, as they would be now.

    Args:
        connection: The working warehouse.
        cluster: What is published of each mart.
        declared: For each mart, a fingerprint of all that decides what is left out, but for the rows.
    """
    found: dict[str, dict[str, tuple[object, ...]]] = {}
    for mart, figures in cluster.items():
        for year, count, total in connection.execute(
            f"select {figures.year} as year, count(*), cast(sum(cast(hash(found) as hugeint)) as varchar) "
            f"from {mart} as found group by year"
        ).fetchall():
            found.setdefault(year, {})[mart] = (count, total)
    every = sorted(declared.items())
    wanted = {year: digest(every, sorted(rows.items())) for year, rows in sorted(found.items())}
    listed = ", ".join(f"'{mart}'" for mart in cluster)
    known = {
        (mart, year): mark
        for mart, year, mark in connection.execute(
            f"select mart, year, fingerprint from disclosure.years where mart in ({listed})"
        ).fetchall()
    }
    kept = frozenset(
        year for year, mark in wanted.items() if all(known.get((mart, year)) == mark for mart in found[year])
    )
    return Due({year: mark for year, mark in wanted.items() if year not in kept}, kept)


def forget(connection: duckdb.DuckDBPyConnection, mart: str, kept: Collection[str] = ()) -> None:
    """Forgets what was found of a mart, but for the years that are kept."""
    years = ", ".join(f"'{year}'" for year in sorted(kept))
    but = f" and year not in ({years})" if years else ""
    for table in _OF_A_YEAR:
        connection.execute(f"delete from disclosure.{table} where mart = '{mart}'{but}")
    connection.execute(f"delete from disclosure.protected_marts where mart = '{mart}'")
