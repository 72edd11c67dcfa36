"""The register of batches: what was taken, from which file, under which contract.

Belongs here: reading and writing ``landing.batches``, ``landing.repairs`` and ``landing.findings``. Does not belong
here: deciding what is staged.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import PurePosixPath

import duckdb

from eduplan.declarations.contracts import Contract
from eduplan.staging.account import Account

CURRENT, REPLACED, FAILED = "current", "replaced", "failed"


@dataclass(frozen=True)
class Entry:
    """One batch of the register; the fields are the columns of ``landing.batches``."""

    batch_id: str
    source: str
    period: str
    sender: str
    path: str
    sha256: str
    bytes: int
    modified_ns: int
    status: str
    message: str | None
    file_format: str | None
    encoding: str | None
    rows_read: int
    rows_staged: int
    rows_quarantined: int
    rows_duplicate: int
    rows_dropped: int
    records_staged: int
    cells_repaired: int
    contract_fingerprint: str
    references_fingerprint: str
    landed_at: datetime
    replaced_by: str | None


Slot = tuple[str, ...]


def slot_of(contract: Contract, period: str, sender: str, path: str) -> Slot:
    """What a batch replaces: that of the same source, period and sender, and of the same name if there are several."""
    name = (PurePosixPath(path).name,) if contract.several_files else ()
    return (contract.source, period, sender, *name)


_NAMES = [field.name for field in fields(Entry)]
_COLUMNS = ", ".join(_NAMES)
_PLACES = ", ".join(f"${position}" for position in range(1, len(_NAMES) + 1))


class Register:
    """The batches, read once and kept in step with what is written.

    Args:
        connection: The working warehouse; the register is written through it alone.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        rows = connection.execute(f"select {_COLUMNS} from landing.batches order by batch_id").fetchall()
        self._entries = {row[0]: Entry(*row) for row in rows}

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries.values()))

    def get(self, batch_id: str) -> Entry | None:
        """The batch with an identity."""
        return self._entries.get(batch_id)

    def current(self, source: str) -> list[Entry]:
        """The batches of a source that are in force."""
        return [entry for entry in list(self._entries.values()) if entry.source == source and entry.status == CURRENT]

    def known_files(self) -> dict[tuple[str, str, int, int], Entry]:
        """Batches by source, path, size and time of change of their file."""
        return {(entry.source, entry.path, entry.bytes, entry.modified_ns): entry for entry in self._entries.values()}

    def in_slot(self, contract: Contract, slot: Slot) -> Entry | None:
        """The batch in force of a slot."""
        for entry in self.current(contract.source):
            if slot_of(contract, entry.period, entry.sender, entry.path) == slot:
                return entry
        return None

    def twin(self, entry: Entry) -> Entry | None:
        """A batch in force of the same source, period and bytes that another sender is said to have sent."""
        return next(
            (
                other
                for other in self.current(entry.source)
                if other.period == entry.period and other.sha256 == entry.sha256 and other.batch_id != entry.batch_id
            ),
            None,
        )

    def take(self, entry: Entry, account: Account, contract: Contract) -> None:
        """Puts a batch in force, in one transaction with replacing the one before it."""
        slot = slot_of(contract, entry.period, entry.sender, entry.path)
        before = self.in_slot(contract, slot)
        with self._transaction():
            if before is not None and before.batch_id != entry.batch_id:
                self._put(replace(before, status=REPLACED, replaced_by=entry.batch_id))
            is_new = entry.batch_id not in self._entries
            self._put(entry)
            self._put_counts(entry.batch_id, account, is_new=is_new)

    def put(self, entry: Entry) -> None:
        """Records a batch that is not in force, or a file that moved."""
        with self._transaction():
            is_new = entry.batch_id not in self._entries
            self._put(entry)
            if entry.status == FAILED:
                self._put_counts(entry.batch_id, Account(), is_new=is_new)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        before = dict(self._entries)
        self._connection.execute("begin transaction")
        try:
            yield
        except BaseException:
            self._connection.execute("rollback")
            self._entries = before
            raise
        self._connection.execute("commit")

    def _put(self, entry: Entry) -> None:
        values = [getattr(entry, name) for name in _NAMES]
        # Looking for a row to replace costs several times what adding one does.
        how = "insert or replace" if entry.batch_id in self._entries else "insert"
        self._connection.execute(f"{how} into landing.batches ({_COLUMNS}) values ({_PLACES})", values)
        self._entries[entry.batch_id] = entry

    def _put_counts(self, batch_id: str, account: Account, *, is_new: bool) -> None:
        # repairs are keyed by column and rule, findings by rule, severity and column: the order of the tables
        for table, counts in (("repairs", account.repairs), ("findings", account.findings)):
            if not is_new:
                self._connection.execute(f"delete from landing.{table} where batch_id = $1", [batch_id])
            if counts:
                columns = [list(column) for column in zip(*counts, strict=True)]
                places = ", ".join(f"unnest(${position})" for position in range(2, len(columns) + 3))
                statement = f"insert into landing.{table} select $1, {places}"
                self._connection.execute(statement, [batch_id, *columns, list(counts.values())])
