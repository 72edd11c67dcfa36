"""The state of a table as a fingerprint, so that work is in proportion to what changed.

Belongs here: fingerprints of staged, built and other tables of the warehouse. Does not belong here: what anybody
does with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb

from eduplan.declarations.models import SqlModel
from eduplan.warehouse.fingerprints import digest
from eduplan.warehouse.slices import SHAPE


@dataclass(frozen=True)
class TableState:
    """What a table holds, as far as a fingerprint can say.

    Attributes:
        fingerprint: Changes when the table may have changed.
        slice_column: Column that the slices are values of; None for a table that is only known as a whole.
        slices: Fingerprint of each slice.
    """

    fingerprint: str
    slice_column: str | None
    slices: dict[str, str]


def table_states(
    connection: duckdb.DuckDBPyConnection, tables: Iterable[str], models: Mapping[str, SqlModel]
) -> dict[str, TableState]:
    """The state of each table that exists.

    A staged table is known by its batches and a built one by its record in ``warehouse.builds``; any other is
    known by its content.

    Args:
        connection: The working warehouse.
        tables: Qualified names.
        models: Models by qualified name, for the column that each is sliced by.
    """
    existing = existing_tables(connection)
    staged = _staged_slices(connection)
    built = _built_slices(connection)
    states: dict[str, TableState] = {}
    for table in sorted(set(tables) & existing):
        schema, name = table.split(".")
        if schema == "staging" and name != "quarantine":
            states[table] = _of_slices("period", staged.get(name, {}))
        elif table in built:
            model = models.get(table)
            states[table] = _of_slices(model.header.partition if model else None, built[table])
        else:
            states[table] = TableState(_content(connection, table), None, {})
    return states


def existing_tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Qualified names of all tables and views of the working warehouse."""
    rows = connection.execute(
        "select table_schema || '.' || table_name from information_schema.tables "
        "where table_catalog = current_database()"
    ).fetchall()
    return {row[0] for row in rows}


def _of_slices(column: str | None, slices: dict[str, str]) -> TableState:
    values = {name: print_ for name, print_ in slices.items() if name != SHAPE}
    return TableState(digest(sorted(slices.items())), column, values if column else {})


def _staged_slices(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    rows = connection.execute(
        """
        select
            source,
            period,
            md5(string_agg(
                concat_ws(' ', batch_id, contract_fingerprint, references_fingerprint), '|' order by batch_id
            ))
        from landing.batches
        where status = 'current'
        group by source, period
        """
    ).fetchall()
    return _by_first(rows)


def _built_slices(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    return _by_first(connection.execute("select model, slice, fingerprint from warehouse.builds").fetchall())


def _by_first(rows: list[tuple[str, str, str]]) -> dict[str, dict[str, str]]:
    grouped: dict[str, dict[str, str]] = {}
    for first, second, value in rows:
        grouped.setdefault(first, {})[second] = value
    return grouped


def _content(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    row = connection.execute(
        f"""
        select
            (select string_agg(column_name || ' ' || column_type, ',') from (describe {table})),
            count(*),
            bit_xor(hash(t)),
            sum(hash(t)::uhugeint)
        from {table} as t
        """
    ).fetchone()
    return digest(*(row or ()))
