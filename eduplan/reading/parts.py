"""Puts the tables of one file (sheets, HTML tables, row groups) one below the other into a raw table.

Belongs here: choosing the parts that have the header and lining up their columns. Does not belong here: file formats.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pyarrow as pa

from eduplan.errors import InputError
from eduplan.reading.header import ROWS_SEARCHED, Header, HeaderFinder, RawColumn, comparable
from eduplan.reading.raw import PART_ROWS, RawTable


@dataclass(frozen=True)
class Part:
    """One table of a file, all of it, from its first row.

    Attributes:
        title: Name of the sheet, or number of the table.
        rows: Columns of text.
    """

    title: str
    rows: pa.Table

    def head(self) -> list[list[str | None]]:
        """The first rows, in which the header is looked for."""
        columns = [column.to_pylist() for column in self.rows.slice(0, ROWS_SEARCHED).columns]
        return [list(row) for row in zip(*columns, strict=True)]


def read_parts(
    connection: duckdb.DuckDBPyConnection,
    parts: Iterator[Part],
    finder: HeaderFinder,
    files: ExitStack,
    *,
    table_name: str,
    file_name: str,
    file_format: str,
) -> RawTable:
    """Makes one table of all parts that have what the contract requires.

    Raises:
        InputError: No part has a header with all required columns.
    """
    layout = _Layout()
    read: dict[int, str] = {}
    skipped: list[str] = []
    titles: list[str] = []
    best: Header | None = None
    for number, part in enumerate(parts):
        if part.rows.num_rows == 0 or part.rows.num_columns == 0:
            continue
        head = part.head()
        header = finder.find(head)
        if header is None or header.missing:
            skipped += [part.title] if header else []
            best = header if best is None or (header and header.worth > best.worth) else best
            continue
        finder.require(header, where=f"{file_name} ({part.title})")
        if not read:
            files.callback(_drop, connection, table_name)
        titles += [cell for row in head[: header.first - 1] for cell in row if cell]
        names = layout.align(header, file_name=file_name)
        _append(connection, table_name, part, header, names, number * PART_ROWS, is_first=not read)
        read[number] = part.title
    if not read:
        finder.require(best, where=file_name)
    return RawTable(
        name=table_name,
        columns=tuple(layout.columns),
        titles=tuple(titles),
        file_format=file_format,
        said=layout.said,
        sheets=read,
        skipped_sheets=tuple(skipped),
        files=files,
    )


class _Layout:
    """The columns of the whole table: those of its first part, then what later parts add."""

    def __init__(self) -> None:
        self.columns: list[RawColumn] = []
        self.said: Mapping[str, str] = {}
        self._names: dict[object, str] = {}

    def align(self, header: Header, *, file_name: str) -> dict[str, str]:
        """The columns of a part, each with its name in the whole table; equal labels in their order.

        Raises:
            InputError: The part has other units than those before it.
        """
        known = {column.columns: column.factor for column in self.columns if column.columns}
        is_other = any(known.get(column.columns, column.factor) != column.factor for column in header.columns)
        if is_other or (self.columns and header.said != self.said):
            raise InputError(
                "V01: the sheets name different units",
                where=file_name,
                remedy="ask the sender for one unit in all sheets",
            )
        self.said = header.said
        seen: Counter[object] = Counter()
        names: dict[str, str] = {}
        for column in header.columns:
            meaning = (column.columns, tuple(sorted(column.groups.items()))) if column.columns else None
            label = meaning or comparable(column.header)
            seen[label] += 1
            key = (label, seen[label])
            if key not in self._names:
                name = f"c{len(self.columns)}"
                self._names[key] = name
                self.columns.append(replace(column, name=name))
            names[column.name] = self._names[key]
        return names


def _append(
    connection: duckdb.DuckDBPyConnection,
    table_name: str,
    part: Part,
    header: Header,
    names: dict[str, str],
    offset: int,
    *,
    is_first: bool,
) -> None:
    """Adds the records of a part below its header to the table."""
    view = f"{table_name}_part"
    data = part.rows.rename_columns([f"c{position}" for position in range(part.rows.num_columns)])
    number = pa.array(np.arange(offset + 1, offset + 1 + data.num_rows, dtype=np.int64))
    connection.register(view, data.append_column("row_number", number).slice(header.last))
    try:
        # A date cell without a time of day arrives with midnight.
        columns = ", ".join(
            rf"regexp_replace({source}, '^(\d{{4}}-\d\d-\d\d) 00:00:00$', '\1') as {target}"
            for source, target in names.items()
        )
        select = f'select row_number, {columns} from "{view}" where coalesce({", ".join(names)}) is not null'
        if is_first:
            connection.execute(f'create or replace temp table "{table_name}" as {select}')
            return
        existing = {row[0] for row in connection.execute(f'describe "{table_name}"').fetchall()}
        for name in names.values():
            if name not in existing:
                connection.execute(f'alter table "{table_name}" add column {name} varchar')
        connection.execute(f'insert into "{table_name}" by name {select}')
    finally:
        connection.unregister(view)


def _drop(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    with suppress(duckdb.Error):
        connection.execute(f'drop table if exists "{name}"')


def table_of(rows: Sequence[Sequence[str | None]]) -> pa.Table:
    """Rows of text, of unequal length, as columns of text."""
    width = max((len(row) for row in rows), default=0)
    padded = [[*row, *[None] * (width - len(row))] for row in rows]
    columns = [pa.array(column, pa.string()) for column in zip(*padded, strict=True)]
    return pa.table(columns, names=[f"c{position}" for position in range(width)])
