"""Writes Parquet files whole or not at all.

Belongs here: the file format. Does not belong here: what the files hold.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from eduplan.staging.normalise import sql_text


def write_parquet(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> int:
    """Writes the rows of a query, in their order.

    Snappy, because a stronger compression would cost more time than the whole of staging.

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
        row = connection.execute(
            f"copy ({query}) to {sql_text(str(partial))} (format parquet, compression snappy)"
        ).fetchone()
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return int(row[0]) if row else 0
