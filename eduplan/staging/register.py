"""The register of batches: what was taken, from which file, under which contract.

Belongs here: reading and writing ``landing.batches``, ``landing.repairs`` and ``landing.findings``. Does not belong
here: deciding what is staged.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field, fields, replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

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


class Register:
    """The batches, read once and kept in step with what is written.

    Args:
        connection: The working warehouse; the register is written through it alone.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        rows = connection.execute(f"select {_COLUMNS} from landing.batches order by batch_id").fetchall()
        self._entries = {row[0]: Entry(*row) for row in rows}
        self._current: dict[str, dict[str, Entry]] = defaultdict(dict)
        self._changes: Counter[str] = Counter()
        for entry in self._entries.values():
            self._index(entry)
        self._unwritten: _Unwritten | None = None

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries.values()))

    def get(self, batch_id: str) -> Entry | None:
        """The batch with an identity."""
        return self._entries.get(batch_id)

    def current(self, source: str) -> list[Entry]:
        """The batches of a source that are in force."""
        return list(self._current[source].values())

    def changes(self, source: str) -> int:
        """How often a batch of a source came into force or went out of it since the register was read."""
        return self._changes[source]

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
                if other.sha256 == entry.sha256 and other.period == entry.period and other.batch_id != entry.batch_id
            ),
            None,
        )

    def take(self, entry: Entry, account: Account, contract: Contract) -> None:
        """Puts a batch in force, in one transaction with replacing the one before it."""
        slot = slot_of(contract, entry.period, entry.sender, entry.path)
        with self.together() as unwritten:
            before = self.in_slot(contract, slot)
            if before is not None and before.batch_id != entry.batch_id:
                self._put(replace(before, status=REPLACED, replaced_by=entry.batch_id), unwritten)
            self._put(entry, unwritten)
            unwritten.accounts[entry.batch_id] = account

    def put(self, entry: Entry) -> None:
        """Records a batch that is not in force, or a file that moved."""
        with self.together() as unwritten:
            self._put(entry, unwritten)
            if entry.status == FAILED:
                unwritten.accounts[entry.batch_id] = Account()

    @contextmanager
    def together(self) -> Iterator[_Unwritten]:
        """Writes what is put and taken meanwhile in one transaction: all of it, or nothing."""
        if self._unwritten is not None:
            yield self._unwritten
            return
        self._unwritten = _Unwritten()
        try:
            yield self._unwritten
            self._write(self._unwritten)
        except BaseException:
            for batch_id, before in self._unwritten.before.items():
                self._restore(batch_id, before)
            raise
        finally:
            self._unwritten = None

    def _put(self, entry: Entry, unwritten: _Unwritten) -> None:
        unwritten.before.setdefault(entry.batch_id, self._entries.get(entry.batch_id))
        self._entries[entry.batch_id] = entry
        self._index(entry)

    def _restore(self, batch_id: str, before: Entry | None) -> None:
        now = self._entries.pop(batch_id)
        self._current[now.source].pop(batch_id, None)
        self._changes[now.source] += 1
        if before is not None:
            self._entries[batch_id] = before
            self._index(before)

    def _index(self, entry: Entry) -> None:
        self._changes[entry.source] += 1
        if entry.status == CURRENT:
            self._current[entry.source][entry.batch_id] = entry
        else:
            self._current[entry.source].pop(entry.batch_id, None)

    def _write(self, unwritten: _Unwritten) -> None:
        if not unwritten.before:
            return
        self._connection.execute("begin transaction")
        try:
            self._write_entries(unwritten)
            # repairs are keyed by column and rule, findings by rule, severity and column: the order of the tables
            known = [batch_id for batch_id in unwritten.accounts if unwritten.before[batch_id] is not None]
            accounts = unwritten.accounts.items()
            for table, counts in (
                ("repairs", {batch_id: account.repairs for batch_id, account in accounts}),
                ("findings", {batch_id: account.findings for batch_id, account in accounts}),
            ):
                if known:
                    self._connection.execute(f"delete from landing.{table} where batch_id in $1", [known])
                rows = [(batch_id, *key, rows) for batch_id, found in counts.items() for key, rows in found.items()]
                self._insert(table, rows)
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")

    def _write_entries(self, unwritten: _Unwritten) -> None:
        known = [batch_id for batch_id, before in unwritten.before.items() if before is not None]
        rows = {batch_id: astuple(self._entries[batch_id]) for batch_id in unwritten.before}
        # Looking for a row to replace costs several times what adding one does.
        self._insert(f"batches ({_COLUMNS})", [row for batch_id, row in rows.items() if batch_id not in known])
        self._insert(f"batches ({_COLUMNS})", [rows[batch_id] for batch_id in known], how="insert or replace")

    def _insert(self, table: str, rows: Sequence[tuple[Any, ...]], *, how: str = "insert") -> None:
        if rows:
            columns = [list(column) for column in zip(*rows, strict=True)]
            places = ", ".join(f"unnest(${position})" for position in range(1, len(columns) + 1))
            self._connection.execute(f"{how} into landing.{table} select {places}", columns)


@dataclass
class _Unwritten:
    """What is written at the end of a transaction.

    Attributes:
        before: The batches that are put, as they were before.
        accounts: The accounts whose counts are written.
    """

    before: dict[str, Entry | None] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
