"""The person keys that a load has made so far, so that a pupil who is in twenty files is hashed once.

Belongs here: this memory, which is gone with the load. Does not belong here: the hash
(:mod:`eduplan.staging.pseudonyms`).

Numbers and their keys side by side are the most dangerous table that a bureau could keep, so it is never written:
it lies in a database in memory that no other connection can open, and it is thrown away at the end of the load.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from eduplan.staging.pseudonyms import person_key_sql

IDENTITY = "_identity"
"""Column of rows whose key is still to be assigned."""

_DATABASE = "eduplan_known_keys"


class KnownKeys:
    """Keys by sender, because most pupils stay where they are."""

    def __init__(self) -> None:
        self._tables: dict[str, str] = {}
        self._lock = threading.Lock()

    def assign(self, cursor: duckdb.DuckDBPyConnection, rows: str, person_key: str, sender: str) -> None:
        """Gives rows their person keys.

        Args:
            cursor: Connection that has the rows.
            rows: Table with identity numbers and empty person keys.
            person_key: Name of the column of keys.
            sender: Who sent the rows.
        """
        known = self._table(cursor, sender)
        cursor.execute(
            f"update {rows} set {person_key} = known.person_key from {known} as known "
            f"where {rows}.{IDENTITY} = known.identity"
        )
        is_new = f"{person_key} is null and {IDENTITY} is not null"
        row = cursor.execute(f"select count(*) from {rows} where {is_new}").fetchone()
        if not row or not row[0]:
            return
        cursor.execute(f"update {rows} set {person_key} = {person_key_sql(IDENTITY)} where {is_new}")
        with self._lock:  # another thread may be adding the same persons
            cursor.execute(
                f"insert into {known} select distinct {IDENTITY}, {person_key} from {rows} "
                f"where {IDENTITY} is not null and {IDENTITY} not in (select identity from {known})"
            )

    def _table(self, cursor: duckdb.DuckDBPyConnection, sender: str) -> str:
        with self._lock:
            if sender not in self._tables:
                table = f"{_DATABASE}.keys_{len(self._tables)}"
                cursor.execute(f"create table {table} (identity varchar, person_key bigint)")
                self._tables[sender] = table
            return self._tables[sender]


@contextmanager
def known_keys(connection: duckdb.DuckDBPyConnection) -> Iterator[KnownKeys]:
    """A memory for one load."""
    connection.execute(f"attach ':memory:' as {_DATABASE}")
    try:
        yield KnownKeys()
    finally:
        connection.execute(f"detach {_DATABASE}")
