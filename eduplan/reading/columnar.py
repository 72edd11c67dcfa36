"""Reads Parquet files as text.

Belongs here: Parquet alone.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path

import duckdb

from eduplan.errors import InputError
from eduplan.reading.delimited import quoted
from eduplan.reading.header import HeaderFinder
from eduplan.reading.raw import RawTable


def read_parquet(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    finder: HeaderFinder,
    files: ExitStack,
    *,
    table_name: str,
    file_name: str,
) -> RawTable:
    """Makes a view over a Parquet file; its records are numbered from 1.

    Raises:
        InputError: The file is damaged, or required columns are missing.
    """
    source = f"read_parquet({quoted(str(path))}, file_row_number = true)"
    try:
        labels = [row[0] for row in connection.execute(f"describe select * from {source}").fetchall()]
    except duckdb.Error as error:
        raise InputError(
            "V01: the Parquet file is damaged or incomplete", where=file_name, remedy="ask the sender to send it again"
        ) from error
    labels.remove("file_row_number")
    header = finder.require(finder.find([labels]), where=file_name)
    columns = {f"c{position}": label.replace('"', '""') for position, label in enumerate(labels)}
    texts = ", ".join(f'"{label}"::varchar as {name}' for name, label in columns.items())
    connection.execute(
        f'create or replace temp view "{table_name}" as '
        f"select * from (select file_row_number + 1 as row_number, {texts} from {source}) "
        f"where coalesce({', '.join(columns)}) is not null"
    )
    files.callback(_drop, connection, table_name)
    return RawTable(
        name=table_name,
        columns=header.columns,
        titles=(),
        file_format="parquet",
        said=header.said,
        files=files,
    )


def _drop(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    with suppress(duckdb.Error):
        connection.execute(f'drop view if exists "{name}"')
