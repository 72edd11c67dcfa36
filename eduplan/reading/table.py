"""Reads one landed file, by what it holds and not by its name, into a raw table.

Belongs here: the choice of the format. Does not belong here: the formats, which have a module each.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TypedDict

import duckdb

from eduplan.declarations.contracts import Contract
from eduplan.reading.columnar import read_parquet
from eduplan.reading.delimited import read_delimited
from eduplan.reading.encoding import DecodedText
from eduplan.reading.faults import disk_fault
from eduplan.reading.header import HeaderFinder, RawColumn
from eduplan.reading.markup import read_html_tables
from eduplan.reading.parts import read_parts
from eduplan.reading.raw import PART_ROWS, RawTable, RejectedRecord
from eduplan.reading.unpacking import FileFormat, unpack
from eduplan.reading.workbook import read_sheets

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
    """Makes a raw table of one landed file. Scan it once with ``RawTable.scan`` and close it afterwards.

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
        EnvironmentFault: The disk is full or a permission is missing.
    """
    files = ExitStack()
    try:
        work.mkdir(parents=True, exist_ok=True, mode=0o700)
        plain, kind = unpack(path, work=work, files=files, file_name=file_name, largest_bytes=largest_bytes)
        finder = HeaderFinder(contract)
        names = _Names(table_name=table_name, file_name=file_name)
        if kind is FileFormat.PARQUET:
            return read_parquet(connection, plain, finder, files, **names)
        if kind in (FileFormat.XLSX, FileFormat.XLS):
            sheets = read_sheets(plain, sheet=contract.layout.sheet, file_name=file_name)
            return read_parts(connection, sheets, finder, files, file_format=kind.value, **names)
        text = DecodedText(plain, work=work, files=files, file_name=file_name, encoding=contract.layout.encoding)
        if kind is FileFormat.HTML:
            tables = read_html_tables(text.path, file_name=file_name)
            raw = read_parts(connection, tables, finder, files, file_format=kind.value, **names)
            raw.encoding = text.encoding
            return raw
        return read_delimited(text, finder, files, **names)
    except OSError as error:
        files.close()
        raise disk_fault(error, where=file_name) from error
    except BaseException:
        files.close()
        raise


class _Names(TypedDict):
    table_name: str
    file_name: str
