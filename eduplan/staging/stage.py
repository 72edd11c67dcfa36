"""Stages one file: typed rows to Parquet, faulty cells to quarantine, and an account that balances.

Belongs here: what is done with the rows of one file, in order. Does not belong here: which files are staged and the
register of batches (:mod:`eduplan.staging.load`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from eduplan.declarations.contracts import CodeList, ColumnType, Contract
from eduplan.reading.table import RawTable, RejectedRecord
from eduplan.staging.account import Account, Batch
from eduplan.staging.duplicates import drop_duplicates
from eduplan.staging.faults import Faults
from eduplan.staging.generate import Statements
from eduplan.staging.known_keys import KnownKeys
from eduplan.staging.plan import FilePlan
from eduplan.staging.references import KeySet
from eduplan.staging.schema import batch_columns, column_type
from eduplan.staging.writing import write_parquet

TABLE, ROWS, ODD, MENDED = "_eduplan_table", "_eduplan_rows", "_eduplan_odd", "_eduplan_mended"
"""The table of records, the view of its rows with their numbers, its odd rows, and what came of reading them again."""


@dataclass(frozen=True)
class Targets:
    """Where the two Parquet files of a batch go."""

    staged: Path
    quarantined: Path


def stage_rows(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    contract: Contract,
    codes: Mapping[str, CodeList],
    *,
    batch: Batch,
    name_values: Mapping[str, str],
    references: Sequence[KeySet],
    targets: Targets,
    known: KnownKeys | None = None,
) -> Account:
    """Stages a raw table.

    Args:
        connection: A connection that has the macros, and the key where the contract makes person keys.
        raw: The raw table; it is scanned once.
        contract: The contract.
        codes: Code lists by name.
        batch: What identifies the rows.
        name_values: Texts that the file's name gives to columns.
        references: For each reference of the contract, the keys that it may point to.
        targets: Where to write.
        known: Person keys that were made already, where many files of the same persons are staged, each on one thread.

    Raises:
        InputError: The file breaks a critical rule or does not balance.
    """
    plan = FilePlan(contract, codes, raw.columns, name_values, knows_keys=known is not None)
    statements = Statements(plan)
    try:
        persons = known.of(connection, batch.sender) if known is not None and plan.known_key else None
        rejected = _scan(connection, raw, plan, statements, persons)
        if persons and known is not None and plan.identity and plan.identity.person_key:
            known.remember(connection, TABLE, plan.identity.person_key, batch.sender)
        return _Staging(connection, plan, statements, batch).run(rejected, references, targets)
    finally:
        connection.execute(f"drop view if exists {ROWS}")
        for table in (TABLE, ODD, MENDED):
            connection.execute(f"drop table if exists {table}")


@contextmanager
def orderly_scans(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Settings for statements that read files: long ``in`` lists must not become joins, which would lose their order.

    Nor is it worth while to look for common subexpressions in each of them. The settings are those of the whole
    database, so they are put back afterwards.
    """
    connection.execute("set disabled_optimizers = 'in_clause,common_subexpressions'")
    try:
        yield
    finally:
        connection.execute("reset disabled_optimizers")


def keep_order(connection: duckdb.DuckDBPyConnection) -> None:
    """Settings of a connection that reads files on one thread, next to persons that are known already.

    DuckDB would hold back small chunks of rows that went through a join, and give them out at the end.
    """
    connection.execute("set enable_caching_operators = false")


def _scan(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, plan: FilePlan, statements: Statements, persons: str | None
) -> list[RejectedRecord]:
    """Reads the file once, and numbers its rows.

    A row of the file is a row of the table where nothing is unpivoted or filled down, so its place is its number and
    the parser need not count. Then titles, header and empty records are in the table too, and are deleted again.
    """
    has_places = bool(raw.records) and plan.keeps_order
    rejected = raw.scan(connection, statements.first(TABLE, raw.records if has_places else raw.name, persons))
    number = "row_number"
    if has_places:
        number = f"coalesce(row_number, rowid + {raw.first_record}) as row_number"
        connection.execute(
            f"delete from {TABLE} where (row_number is null and rowid <= {raw.last_header - raw.first_record}) "
            f"or (_is_odd and coalesce(list_count(_cells), 0) = 0)"
        )
    connection.execute(
        f"create or replace temp view {ROWS} as select rowid as _id, {number}, * exclude (row_number) from {TABLE}"
    )
    return rejected


class _Staging:
    """The steps after the scan."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, plan: FilePlan, statements: Statements, batch: Batch
    ) -> None:
        self._connection = connection
        self._plan = plan
        self._statements = statements
        self._batch = batch
        self._is_wide = bool(plan.wide_columns)
        self._faults = Faults(connection, plan, batch.file_name)
        self._account = Account()

    def run(self, rejected: Sequence[RejectedRecord], references: Sequence[KeySet], targets: Targets) -> Account:
        account = self._account
        odd, odd_columns, blank_columns = self._look()
        if odd:
            odd, odd_columns = self._put_apart()
        if odd:
            self._mend(odd_columns)
        account.rows_read, account.rows_dropped = self._count()
        account.rows_read += len(rejected)
        self._faults.add_rejected(rejected)
        self._faults.add_broken_rules(ROWS)
        self._faults.add_scale(ROWS)
        self._faults.add_row_rules(ROWS)
        for keys in references:
            self._faults.add_reference(ROWS, keys)
        duplicates = drop_duplicates(self._connection, self._plan, ROWS, self._faults)
        account.rows_quarantined = self._faults.rows
        account.rows_duplicate = duplicates.rows
        account.findings = self._faults.findings()
        where = f"not _is_dropped{self._faults.condition}{duplicates.condition}"
        account.repairs = self._repairs(where, blank_columns, odd_columns, has_mended=bool(odd))
        account.records_staged = self._write(where, targets.staged)
        account.rows_staged = self._rows_staged(where) if self._is_wide else account.records_staged
        if self._faults.rows:
            self._faults.write(targets.quarantined, self._batch)
        account.require_balance(self._batch.file_name)
        return account

    def _look(self) -> tuple[int, int, int]:
        """How many records are odd, the columns that make them so, and the columns that have placeholders."""
        (found,) = self._fetch(
            f"select count(*) filter (_is_odd), coalesce(bit_or(_odd), 0), coalesce(bit_or(_blank), 0) "
            f"from {ROWS} where not _is_dropped"
        )
        return found

    def _count(self) -> tuple[int, int]:
        """How many rows were read, and how many of them are no data."""
        rows = "count(distinct row_number)" if self._is_wide else "count(*)"
        (counts,) = self._fetch(f"select {rows}, {rows} filter (_is_dropped) from {ROWS}")
        return counts

    def _put_apart(self) -> tuple[int, int]:
        """Drops odd rows that are no data; how many others there are, and the columns that make them odd."""
        self._connection.execute(self._statements.apart(ODD, ROWS))
        ((dropped, rows, columns),) = self._fetch(
            "select count(*) filter (_is_no_data), count(*) filter (not _is_no_data), "
            f"coalesce(bit_or(_odd) filter (not _is_no_data), 0) from {ODD}"
        )
        if dropped:
            self._connection.execute(
                f"update {TABLE} set _is_dropped = true from {ODD} where {TABLE}.rowid = {ODD}._id and _is_no_data"
            )
        return rows, columns

    def _mend(self, odd_columns: int) -> None:
        """Reads odd rows again and puts what came of it in their place."""
        self._connection.execute(self._statements.second(MENDED, ODD, odd_columns))
        columns = ", ".join(f"{name} = {MENDED}.{name}" for name in self._statements.mended_columns)
        self._connection.execute(f"update {TABLE} set {columns} from {MENDED} where {TABLE}.rowid = {MENDED}._id")
        self._faults.add_cells(MENDED, self._statements.reasons(odd_columns))

    def _repairs(
        self, where: str, blank_columns: int, odd_columns: int, *, has_mended: bool
    ) -> dict[tuple[str, str], int]:
        """Repaired cells of the rows that made it, by column and rule."""
        repairs: dict[tuple[str, str], int] = {}
        if has_mended:
            found = self._fetch(
                f"select repair.column_name, repair.rule, count(*) from "
                f"(select unnest(_repairs) as repair from {MENDED} where len(_repairs) > 0 "
                f"and _id in (select _id from {ROWS} where {where})) group by all order by all"
            )
            repairs = {(column, rule): cells for column, rule, cells in found}
        counts = self._statements.repair_counts(blank_columns, odd_columns)
        if counts:
            (cells,) = self._fetch(f"select {', '.join(counts.values())} from {ROWS} where {where}")
            for key, count in zip(counts, cells, strict=True):
                if count:
                    repairs[key] = repairs.get(key, 0) + count
        return repairs

    def _write(self, where: str, target: Path) -> int:
        # Numbers may be narrower while they are staged; their type in the table is that of the contract.
        numbers = {
            each.name: column_type(each) for each in self._plan.contract.columns if each.type is ColumnType.DECIMAL
        }
        columns = [
            f"{name}::{numbers[name]} as {name}" if name in numbers else name
            for name in self._plan.contract.staged_columns
        ]
        columns += batch_columns(self._batch)
        if self._plan.wide_values:
            where += f" and coalesce({', '.join(f'{name}::varchar' for name in self._plan.wide_values)}) is not null"
        order = "" if self._plan.keeps_order else " order by row_number, _id"
        query = f"select {', '.join(columns)}, row_number from {ROWS} where {where}{order}"
        return write_parquet(self._connection, query, target)

    def _rows_staged(self, where: str) -> int:
        ((rows,),) = self._fetch(f"select count(distinct row_number) from {ROWS} where {where}")
        return int(rows)

    def _fetch(self, query: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(query).fetchall()
