"""Reads one landed file, by what it holds and not by its name, into a raw table.

Belongs here: the choice of the format. Does not belong here: the formats, which have a module each.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import duckdb

from eduplan.declarations.contracts import Contract
from eduplan.reading.delimited import read_delimited
from eduplan.reading.encoding import DecodedText
from eduplan.reading.header import HeaderFinder, RawColumn
from eduplan.reading.raw import PART_ROWS, RawTable, RejectedRecord

__all__ = ["PART_ROWS", "RawColumn", "RawTable", "RejectedRecord", "read_table"]


def read_table(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    contract: Contract,
    *,
    table_name: str,
    work: Path,
    file_name: str,
    largest_bytes: int,
) -> RawTable:
    """Makes a raw table of one landed file.

    Args:
        connection: Connection that the table belongs to; each thread has its own cursor.
        path: The landed bytes.
        contract: Says how the header's labels are known, and what is required.
        table_name: Name of the temporary table or view, unique in the connection.
        work: Folder for temporary files.
        file_name: The file's name as people know it, for messages.
        largest_bytes: The most that the file may hold once it is decompressed.

    Raises:
        InputError: The file cannot be read, has no header or lacks required columns (rule V01).
    """
    del largest_bytes
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    finder = HeaderFinder(contract)
    with ExitStack() as files:
        text = DecodedText(path, work=work, files=files, file_name=file_name, encoding=contract.layout.encoding)
        raw = read_delimited(connection, text, finder, table_name=table_name, file_name=file_name)
        raw.files.push(files.pop_all())
    return raw
