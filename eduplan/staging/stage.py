"""Stages files of one layout: typed rows to Parquet, faulty cells to quarantine, and accounts that balance.

Belongs here: what is done with their rows, in order. Does not belong here: which files are staged, which of them
together, and the register of batches (:mod:`eduplan.staging.load`).

Planning a statement takes longer than running it over a small file, so small files that have the same header are
staged by the same statements. Their rows lie in one table and are told apart by their numbers
(:mod:`eduplan.staging.numbering`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from eduplan.declarations.contracts import CodeList, ColumnType, Contract
from eduplan.reading.splitting import ROW_NUMBER
from eduplan.reading.table import RawTable, RejectedRecord
from eduplan.staging.account import Account, Batch
from eduplan.staging.distinct import read_distinct, repeated
from eduplan.staging.duplicates import drop_duplicates
from eduplan.staging.faults import Faults
from eduplan.staging.generate import Statements
from eduplan.staging.known_keys import KnownKeys
from eduplan.staging.numbering import FILE, NUMBER, first_of
from eduplan.staging.plan import FilePlan
from eduplan.staging.references import KeySet
from eduplan.staging.schema import batch_columns, column_type
from eduplan.staging.writing import FILE_COLUMN, write_parquet, write_parquet_files
from eduplan.warehouse.optimizers import COMMON_SUBEXPRESSIONS, IN_CLAUSE, without_optimizers

TABLE, ROWS, ODD, MENDED = "_eduplan_table", "_eduplan_rows", "_eduplan_odd", "_eduplan_mended"
"""The table of records, the view of its rows with their numbers, its odd rows, and what came of reading them again."""
TOGETHER, ONE = "_eduplan_together", "_eduplan_one"
"""The texts of files that are staged together, and those of one of them."""
VALUES, ODD_TEXTS = "_eduplan_values", "_eduplan_odd_texts"
"""What texts say, and the texts of odd rows: tables of Python's that a statement reads."""


@dataclass(frozen=True)
class Targets:
    """Where the two Parquet files of a batch go."""

    staged: Path
    quarantined: Path


@dataclass(frozen=True)
class ReadFile:
    """A file that was opened and is to be staged.

    Attributes:
        raw: Its raw table; it is scanned once.
        batch: What identifies its rows.
        references: For each reference of the contract, the keys that it may point to.
        targets: Where its rows go.
        is_small: Whether it is best copied next to others before it is staged.
    """

    raw: RawTable
    batch: Batch
    references: Sequence[KeySet]
    targets: Targets
    is_small: bool = False


def stage_files(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[ReadFile],
    contract: Contract,
    codes: Mapping[str, CodeList],
    *,
    said: Mapping[str, str],
    known: KnownKeys | None = None,
) -> list[Account]:
    """Stages files of one layout, each as if it stood alone.

    Args:
        connection: A connection that has the macros, and the key where the contract makes person keys.
        files: The files, whose raw tables have columns of the same meaning.
        contract: The contract.
        codes: Code lists by name.
        said: Texts that the files' names and titles give to columns.
        known: Person keys that were made already, where many files of the same persons are staged, each on one thread.

    Returns:
        The account of each file.

    Raises:
        InputError: A file breaks a critical rule or does not balance; then none of them is staged.
    """
    plan = FilePlan(
        contract,
        codes,
        files[0].raw.columns,
        said,
        knows_keys=known is not None,
        labels=list(dict.fromkeys(tuple(column.header for column in each.raw.columns) for each in files)),
    )
    statements = Statements(plan)
    try:
        read = _Reading(connection, plan, statements, files, known if plan.known_key else None).run()
        return _Staging(connection, plan, statements, files, read).run()
    finally:
        connection.execute(f"drop view if exists {ROWS}")
        for table in (TABLE, ODD, MENDED, TOGETHER, ONE):
            connection.execute(f"drop table if exists {table}")


def orderly_scans(connection: duckdb.DuckDBPyConnection) -> AbstractContextManager[None]:
    """Settings for statements that read files: their order is kept, and few have anything in common to look for."""
    return without_optimizers(connection, IN_CLAUSE, COMMON_SUBEXPRESSIONS)


def keep_order(connection: duckdb.DuckDBPyConnection) -> None:
    """Settings of a connection that reads files on one thread, next to persons that are known already.

    DuckDB would hold back small chunks of rows that went through a join, and give them out at the end.
    """
    connection.execute("set enable_caching_operators = false")


@dataclass(frozen=True)
class _Read:
    """What is known of the files once they are read.

    Attributes:
        texts: The texts of their rows, in the order of the table.
        rejected: The records of each file that could not be split into fields.
        first_rows: For each file the place of its first row in the table, where those of a file lie together.
    """

    texts: pa.Table
    rejected: Sequence[Sequence[RejectedRecord]]
    first_rows: tuple[int, ...] = ()

    def rows_of_files(self) -> Iterator[tuple[int, int]]:
        """The places of the first and the last row of each file."""
        ends = [*self.first_rows[1:], self.texts.num_rows]
        return ((first, end - 1) for first, end in zip(self.first_rows, ends, strict=True))

    def beside_texts(self, rows: pa.Table, place: str) -> pa.Table:
        """Some rows with their texts.

        Args:
            rows: The rows, with ``row_number``.
            place: Their column that says where the texts of each are.

        Raises:
            ValueError: The table is in another order than the texts.
        """
        texts = self.texts.take(rows.column(place))
        if texts.column(ROW_NUMBER) != rows.column(ROW_NUMBER):
            raise ValueError("rows do not lie in the order in which they were read")
        for name in texts.column_names[1:]:
            rows = rows.append_column(name, texts.column(name))
        return rows


class _Reading:
    """Reads files once: first their texts, with the numbers of their rows, then what those say."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        plan: FilePlan,
        statements: Statements,
        files: Sequence[ReadFile],
        known: KnownKeys | None,
    ) -> None:
        self._connection = connection
        self._plan = plan
        self._statements = statements
        self._files = files
        self._known = known

    def run(self) -> _Read:
        """Makes the table of records."""
        read = self._split() or self._scanned()
        values = read_distinct(self._connection, self._statements, read.texts)
        with ExitStack() as registered:
            rows = " union all ".join(self._beside_known(read, values.rows, registered))
            self._connection.execute(self._statements.first(TABLE, f"({rows})", values.columns, values.masks))
        self._connection.execute(f"create or replace temp view {ROWS} as select rowid as _id, * from {TABLE}")
        identity = self._plan.identity
        if self._known and identity and identity.person_key and read.first_rows:
            for file, (first, last) in zip(self._files, read.rows_of_files(), strict=True):
                rows = f"(from {TABLE} where rowid between {first} and {last})"
                self._known.remember(self._connection, rows, identity.person_key, file.batch.sender)
        return read

    def _split(self) -> _Read | None:
        """The texts of files that are well formed and large enough to be read one by one."""
        if not self._plan.keeps_order or (len(self._files) > 1 and any(file.is_small for file in self._files)):
            return None
        tables = []
        for place, file in enumerate(self._files):
            table = file.raw.split(self._statements.plain_texts) if file.raw.split else None
            if table is None:
                return None
            tables.append(table.set_column(0, ROW_NUMBER, pc.add(table.column(0), first_of(place))))
        ends = accumulate(table.num_rows for table in tables)
        texts = repeated(pa.concat_tables(tables), self._statements.plain_texts)
        return _Read(texts, [[] for _ in tables], (0, *ends)[:-1])

    def _scanned(self) -> _Read:
        """The texts of any files, by way of a table."""
        names = ", ".join(self._plan.labelled)
        raws = [file.raw for file in self._files]
        numbered = [f"select row_number + {first_of(place)} as row_number, {names} from " for place in range(len(raws))]
        try:
            if len(raws) == 1:
                texts = f"{numbered[0]}{raws[0].name}"
                raws[0].scan(self._connection, f"create or replace temp table {TOGETHER} as {texts}")
            else:
                union = " union all ".join(f"{mine}({raw.relation})" for mine, raw in zip(numbered, raws, strict=True))
                self._connection.execute(f"create or replace temp table {TOGETHER} as {union}")
        except duckdb.Error:
            if len(raws) == 1:
                raise
            # One of them cannot be read as it stands: each is read as if it were alone, and mended if need be.
            texts = ", ".join(f"{name} varchar" for name in self._plan.labelled)
            self._connection.execute(f"create or replace temp table {TOGETHER} (row_number bigint, {texts})")
            for mine, raw in zip(numbered, raws, strict=True):
                raw.scan(self._connection, f"create or replace temp table {ONE} as {mine}{raw.name}")
                self._connection.execute(f"insert into {TOGETHER} from {ONE}")
        found = self._connection.execute(self._statements.spread(TOGETHER)).to_arrow_table()
        first_rows = (0,) if len(raws) == 1 else ()
        return _Read(repeated(found, self._statements.plain_texts), [raw.rejected for raw in raws], first_rows)

    def _beside_known(self, read: _Read, rows: pa.Table, registered: ExitStack) -> Iterator[str]:
        """SQL of the rows, those of each file beside the persons of its sender that are known."""
        own = list(read.rows_of_files()) if self._known and read.first_rows else [(0, rows.num_rows - 1)]
        for place, (first, last) in enumerate(own):
            name = f"{VALUES}_{place}"
            self._connection.register(name, rows.slice(first, last + 1 - first))
            registered.callback(self._connection.unregister, name)
            known = None
            if self._known and read.first_rows:
                known = self._known.of(self._connection, self._files[place].batch.sender)
            yield self._statements.rows(name, known=known)


class _Staging:
    """The steps after the scan."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        plan: FilePlan,
        statements: Statements,
        files: Sequence[ReadFile],
        read: _Read,
    ) -> None:
        self._connection = connection
        self._plan = plan
        self._statements = statements
        self._files = files
        self._read = read
        self._batches = [each.batch for each in files]
        self._is_wide = bool(plan.wide_columns)
        self._faults = Faults(connection, plan, [batch.file_name for batch in self._batches])

    def run(self) -> list[Account]:
        rejected = self._read.rejected
        odd, odd_columns, blank_columns = self._look()
        if odd:
            odd, odd_columns = self._put_apart()
        if odd:
            self._mend(odd_columns)
        counts = self._count()
        for place, records in enumerate(rejected):
            self._faults.add_rejected(place, records)
        self._faults.add_broken_rules(ROWS)
        self._faults.add_scale(ROWS)
        self._faults.add_row_rules(ROWS)
        for keys, places in self._key_sets():
            self._faults.add_reference(ROWS, keys, places)
        duplicates = drop_duplicates(self._connection, self._plan, ROWS, self._faults)
        faulty, findings = self._faults.rows, self._faults.findings()
        where = f"not _is_dropped{self._faults.condition}{duplicates.condition}"
        made_it, repairs = self._made_it(where, blank_columns, odd_columns, has_mended=bool(odd))
        accounts = []
        for place, records in enumerate(rejected):
            read, dropped = counts.get(place, (0, 0))
            rows, staged_records = made_it.get(place, (0, 0))
            account = Account(
                rows_read=read + len(records),
                rows_staged=rows,
                rows_quarantined=faulty.get(place, 0),
                rows_duplicate=duplicates.rows.get(place, 0),
                rows_dropped=dropped,
                records_staged=staged_records,
                repairs=repairs[place],
                findings=findings[place],
            )
            account.require_balance(self._batches[place].file_name)
            accounts.append(account)
        self._write(where)
        if faulty:
            targets = {place: self._files[place].targets.quarantined for place in sorted(faulty)}
            self._faults.write(self._batches, targets, NUMBER)
        return accounts

    def _key_sets(self) -> Iterator[tuple[KeySet, list[int]]]:
        """The keys that each reference may point to, with the files that share them."""
        for place_of_reference, keys in enumerate(self._files[0].references):
            places: dict[tuple[Path, ...], list[int]] = defaultdict(list)
            for place, each in enumerate(self._files):
                places[each.references[place_of_reference].paths].append(place)
            for paths, sharing in places.items():
                yield KeySet(keys.reference, paths), sharing

    def _look(self) -> tuple[int, int, int]:
        """How many records are odd, the columns that make them so, and the columns that have placeholders."""
        (found,) = self._fetch(
            f"select count(*) filter (_is_odd), coalesce(bit_or(_odd), 0), coalesce(bit_or(_blank), 0) "
            f"from {ROWS} where not _is_dropped"
        )
        return found

    def _count(self) -> dict[int, tuple[int, int]]:
        """How many rows of each file were read, and how many of them are no data."""
        rows = "count(distinct row_number)" if self._is_wide else "count(*)"
        return self._by_file([rows, f"{rows} filter (_is_dropped)"], f"from {ROWS}")

    def _put_apart(self) -> tuple[int, int]:
        """Drops odd rows that are no data; how many others there are, and the columns that make them odd."""
        place = self._statements.place
        columns = ", ".join(dict.fromkeys(["_id", "row_number", "_odd", place]))
        found = self._connection.execute(f"select {columns} from {ROWS} where _is_odd and not _is_dropped")
        self._connection.register(ODD_TEXTS, self._read.beside_texts(found.to_arrow_table(), place))
        try:
            self._connection.execute(self._statements.apart(ODD, ODD_TEXTS))
        finally:
            self._connection.unregister(ODD_TEXTS)
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

    def _made_it(
        self, where: str, blank_columns: int, odd_columns: int, *, has_mended: bool
    ) -> tuple[dict[int, tuple[int, int]], list[dict[tuple[str, str], int]]]:
        """What made it: rows and records of each file, and for each file the repaired cells by column and rule."""
        repairs: list[dict[tuple[str, str], int]] = [{} for _ in self._files]
        if has_mended:
            found = self._fetch(
                f"select {FILE} as _place, repair.column_name, repair.rule, count(*) from "
                f"(select row_number, unnest(_repairs) as repair from {MENDED} where len(_repairs) > 0 "
                f"and _id in (select _id from {ROWS} where {where})) group by all order by all"
            )
            for place, column, rule, cells in found:
                repairs[place][column, rule] = cells
        records = f"count(*){f' filter ({self._has_value})' if self._has_value else ''}"
        rows = "count(distinct row_number)" if self._is_wide else records
        counts = self._statements.repair_counts(blank_columns, odd_columns)
        made_it = {}
        for place, values in self._by_file([rows, records, *counts.values()], f"from {ROWS} where {where}").items():
            made_it[place] = values[:2]
            mine = repairs[place]
            for key, count in zip(counts, values[2:], strict=True):
                if count:
                    mine[key] = mine.get(key, 0) + count
        return made_it, repairs

    @property
    def _has_value(self) -> str:
        """SQL: whether a record that was made of wide columns says anything; empty where there are none."""
        values = self._plan.wide_values
        return f"coalesce({', '.join(f'{name}::varchar' for name in values)}) is not null" if values else ""

    def _write(self, where: str) -> None:
        # Numbers may be narrower while they are staged; their type in the table is that of the contract.
        numbers = {
            each.name: column_type(each) for each in self._plan.contract.columns if each.type is ColumnType.DECIMAL
        }
        columns = [
            f"{name}::{numbers[name]} as {name}" if name in numbers else name
            for name in self._plan.contract.staged_columns
        ]
        value = f" and {self._has_value}" if self._has_value else ""
        rows = f"from {ROWS} as staged where {where}{value}"
        if self._read.first_rows and self._plan.keeps_order:
            for file, (first, last) in zip(self._files, self._read.rows_of_files(), strict=True):
                own = [*columns, *batch_columns([file.batch]), f"{NUMBER} as row_number"]
                mine = f"{rows} and _id between {first} and {last}"
                write_parquet(self._connection, f"select {', '.join(own)} {mine}", file.targets.staged)
            return
        columns += [*batch_columns(self._batches), f"{NUMBER} as row_number"]
        order = "" if self._plan.keeps_order else " order by staged.row_number, _id"
        targets = [each.targets.staged for each in self._files]
        if len(targets) == 1:
            write_parquet(self._connection, f"select {', '.join(columns)} {rows}{order}", targets[0])
        else:
            query = f"select {', '.join(columns)}, {FILE} as {FILE_COLUMN} {rows}{order}"
            write_parquet_files(self._connection, query, targets)

    def _by_file(self, counts: Sequence[str], rows: str) -> dict[int, Any]:
        """Counts over the rows of each file that has any, by its place."""
        if len(self._files) == 1:
            return {0: self._fetch(f"select {', '.join(counts)} {rows}")[0]}
        found = self._fetch(f"select {FILE} as _place, {', '.join(counts)} {rows} group by _place")
        return {place: tuple(values) for place, *values in found}

    def _fetch(self, query: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(query).fetchall()
