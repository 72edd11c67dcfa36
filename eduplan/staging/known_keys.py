"""The person keys that a load has made so far, so that a pupil who is in twenty files is checked and hashed once.

Belongs here: this memory, which is gone with the load. Does not belong here: the hash
(:mod:`eduplan.staging.pseudonyms`).

Numbers and their keys side by side are the most dangerous table that a bureau could keep, so it is never written:
it lies in a database in memory that no other connection can open, and it is thrown away at the end of the load.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

NEW_IDENTITY = "_new_identity"
"""Column of rows with the identity numbers that were not known yet."""

_DATABASE = "eduplan_known_keys"
_MOST_KNOWN = 5_000_000
"""A sender with more persons than this has none remembered, so that the memory stays within bounds."""


@dataclass
class _Sender:
    """What is known of one sender: a table, and how many rows it has."""

    table: str
    rows: int = 0


class KnownKeys:
    """Keys by sender, because most pupils stay where they are.

    Only numbers that are well formed as they stand in a file are remembered: a text that is known needs no check.
    """

    def __init__(self) -> None:
        self._senders: dict[str, _Sender] = {}
        self._lock = threading.Lock()

    def of(self, cursor: duckdb.DuckDBPyConnection, sender: str) -> str:
        """The table of a sender's persons: ``identity varchar, person_key bigint``, each person once."""
        with self._lock:
            if sender not in self._senders:
                table = f"{_DATABASE}.keys_{len(self._senders)}"
                cursor.execute(f"create table {table} (identity varchar, person_key bigint)")
                self._senders[sender] = _Sender(table)
            return self._senders[sender].table

    def remember(self, cursor: duckdb.DuckDBPyConnection, rows: str, person_key: str, sender: str) -> None:
        """Adds the persons of some rows that were not known when the rows were read.

        Args:
            cursor: Connection that has the rows.
            rows: Table with new identity numbers and all person keys.
            person_key: Name of the column of keys.
            sender: Who sent the rows.
        """
        known = self._senders[sender]
        row = cursor.execute(f"select count({NEW_IDENTITY}) from {rows}").fetchone()
        if not row or not row[0] or known.rows > _MOST_KNOWN:
            return
        with self._lock:  # another thread may be adding the same persons
            added = cursor.execute(
                f"insert into {known.table} select {NEW_IDENTITY}, any_value({person_key}) from {rows} "
                f"where {NEW_IDENTITY} is not null and {NEW_IDENTITY} not in (select identity from {known.table}) "
                f"group by {NEW_IDENTITY}"
            ).fetchone()
            known.rows += int(added[0]) if added else 0


@contextmanager
def known_keys(connection: duckdb.DuckDBPyConnection) -> Iterator[KnownKeys]:
    """A memory for one load."""
    connection.execute(f"attach ':memory:' as {_DATABASE}")
    try:
        yield KnownKeys()
    finally:
        connection.execute(f"detach {_DATABASE}")
