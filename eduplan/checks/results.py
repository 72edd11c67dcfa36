"""The table ``checks.results``: how every check came out when it was last run.

Belongs here: reading and writing that table. Does not belong here: running checks.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from eduplan.checks.check import CheckResult

_TABLE = """
create table if not exists checks.results (
    check_id varchar primary key,
    table_name varchar not null,
    expectation varchar not null,
    columns varchar not null,
    severity varchar not null,
    rule varchar,
    title_en varchar not null,
    title_zh varchar not null,
    why_en varchar not null,
    why_zh varchar not null,
    remedy_en varchar not null,
    remedy_zh varchar not null,
    success boolean not null,
    rows_unexpected bigint,
    rows_total bigint,
    query varchar not null,
    message varchar,
    definition varchar not null,
    fingerprint varchar,
    slices varchar not null,
    checked_at timestamptz not null
)
"""


@dataclass(frozen=True)
class KeptResult:
    """What an earlier run said of a check."""

    success: bool
    rows_unexpected: int | None
    rows_total: int | None
    message: str | None
    definition: str
    fingerprint: str | None
    slices: dict[str, str]
    checked_at: datetime


def create_results(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates ``checks.results`` where it does not exist."""
    connection.execute("create schema if not exists checks")
    connection.execute(_TABLE)


def read_results(connection: duckdb.DuckDBPyConnection) -> dict[str, KeptResult]:
    """Everything that ``checks.results`` holds, by the name of the check."""
    rows = connection.execute(
        "select check_id, success, rows_unexpected, rows_total, message, definition, fingerprint, slices, checked_at "
        "from checks.results"
    ).fetchall()
    return {
        check_id: KeptResult(
            success, rows_unexpected, rows_total, message, definition, fingerprint, json.loads(slices), checked_at
        )
        for (
            check_id,
            success,
            rows_unexpected,
            rows_total,
            message,
            definition,
            fingerprint,
            slices,
            checked_at,
        ) in rows
    }


def write_results(connection: duckdb.DuckDBPyConnection, results: Sequence[CheckResult]) -> None:
    """Replaces the content of ``checks.results`` in one transaction."""
    columns = list(zip(*(_row(result) for result in results), strict=True))
    connection.execute("begin")
    try:
        connection.execute("delete from checks.results")
        if columns:
            unnested = ", ".join(f"unnest(${number})" for number in range(1, len(columns) + 1))
            connection.execute(f"insert into checks.results select {unnested}", [list(values) for values in columns])
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise


def _row(result: CheckResult) -> tuple[object, ...]:
    check = result.check
    return (
        check.check_id,
        check.table,
        check.expectation,
        check.columns,
        check.severity.value,
        check.rule,
        check.title.en,
        check.title.zh,
        check.why.en,
        check.why.zh,
        check.remedy.en,
        check.remedy.zh,
        result.success,
        result.rows_unexpected,
        result.rows_total,
        result.query,
        result.message,
        check.definition,
        result.fingerprint,
        json.dumps(result.slices, sort_keys=True),
        result.checked_at,
    )
