"""Writes Parquet files whole or not at all.

Belongs here: the file format. Does not belong here: what the files hold.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp

import duckdb

from eduplan.staging.normalise import sql_text

# Snappy, because a stronger compression would cost more time than the whole of staging.
_FORMAT = "format parquet, compression snappy"
FILE_COLUMN = "_file"
"""Column that says into which of several files a row is written."""


def write_parquet(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> int:
    """Writes the rows of a query, in their order.

    Args:
        connection: Where the query runs.
        query: The query.
        target: The file, which is replaced in one step.

    Returns:
        How many rows were written.
    """
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = target.with_name(f".{target.name}.partial")
    try:
        row = connection.execute(f"copy ({query}) to {sql_text(str(partial))} ({_FORMAT})").fetchone()
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return int(row[0]) if row else 0


def write_parquet_files(connection: duckdb.DuckDBPyConnection, query: str, targets: Sequence[Path]) -> None:
    """Writes the rows of a query into several files; a file without rows has the columns alone.

    DuckDB may write a later part of a file's rows before an earlier one: whoever needs their order has their numbers.

    Args:
        connection: Where the query runs.
        query: The query; its column ``_file`` says where among the targets a row goes, and is not written.
        targets: The files, in one folder, at most 100; each is replaced in one step.
    """
    folder = targets[0].parent
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = Path(mkdtemp(prefix=".partial-", dir=folder))
    try:
        connection.execute(f"copy ({query}) to {sql_text(str(partial))} ({_FORMAT}, partition_by ({FILE_COLUMN}))")
        written = {place: partial / f"{FILE_COLUMN}={place}" / "data_0.parquet" for place in range(len(targets))}
        missing = [place for place, path in written.items() if not path.exists()]
        if missing:
            none = f"select * exclude ({FILE_COLUMN}) from ({query}) limit 0"
            connection.execute(f"copy ({none}) to {sql_text(str(partial / 'none'))} ({_FORMAT})")
            for place in missing:
                written[place] = Path(shutil.copyfile(partial / "none", partial / f"none-{place}"))
        for place, path in written.items():
            path.replace(targets[place])
    finally:
        shutil.rmtree(partial, ignore_errors=True)
