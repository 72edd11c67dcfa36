"""Runs the checks of a project over what changed since they were last run.

Belongs here: deciding what to run, over which rows, and what the results mean. Does not belong here: how Great
Expectations is made to work (``engine``), or what is checked (``gather``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from eduplan.checks.check import Check, CheckReport, CheckResult, Outcome
from eduplan.checks.fingerprints import TableState, table_states
from eduplan.checks.gather import gather_checks
from eduplan.checks.offending import literal, offending_rows
from eduplan.checks.results import KeptResult, create_results, read_results, write_results
from eduplan.declarations.contracts import Contract
from eduplan.declarations.models import SqlModel
from eduplan.progress import Progress, Silent
from eduplan.project import Project
from eduplan.warehouse.connection import on_one_thread
from eduplan.warehouse.fingerprints import digest


@dataclass(frozen=True)
class _Job:
    """One check to run, over the whole table or over the slices that changed."""

    check: Check
    slices: tuple[str, ...] | None


def run_checks(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    models: Mapping[str, SqlModel],
    contracts: Mapping[str, Contract],
    *,
    progress: Progress | None = None,
) -> CheckReport:
    """Runs every check whose definition or tables changed, and keeps the earlier result of the others.

    A check that held for every row is run over the slices (school years, periods) that changed alone. The connection
    must not be inside a transaction.

    Args:
        connection: The working warehouse.
        project: The project whose suites are run.
        models: Models by qualified name.
        contracts: Contracts by source.
        progress: Is told how far it is.

    Raises:
        DeclarationError: A suite or cross check is not valid.
    """
    progress = progress or Silent()
    create_results(connection)
    checks = gather_checks(project, models, contracts, sources_with_batches=_sources_with_batches(connection))
    states = table_states(connection, {table for check in checks for table in check.reads}, models)
    kept = read_results(connection)
    results: dict[str, CheckResult] = {}
    jobs: dict[str, list[_Job]] = defaultdict(list)
    for check in checks:
        earlier = kept.get(check.check_id)
        if check.table not in states:
            results[check.check_id] = _absent(check)
        elif earlier and earlier.fingerprint == _fingerprint(check, states):
            results[check.check_id] = _unchanged(check, earlier)
        else:
            jobs[check.table].append(_Job(check, _changed_slices(check, earlier, states[check.table])))
    if jobs:
        results |= _run(connection, jobs, states, progress)
    ordered = tuple(results[check.check_id] for check in checks)
    ran = sum(len(of_table) for of_table in jobs.values())
    if ran or set(kept) != set(results) or any(result.fingerprint is None for result in ordered):
        write_results(connection, ordered)
    return CheckReport(results=ordered, ran=ran)


def _sources_with_batches(connection: duckdb.DuckDBPyConnection) -> set[str]:
    rows = connection.execute("select distinct source from landing.batches where status = 'current'").fetchall()
    return {row[0] for row in rows}


def _fingerprint(check: Check, states: Mapping[str, TableState]) -> str:
    tables = [(table, states[table].fingerprint if table in states else None) for table in check.reads]
    return digest(check.definition, *tables)


def _changed_slices(check: Check, earlier: KeptResult | None, state: TableState) -> tuple[str, ...] | None:
    """The slices to look at, or None for the whole table."""
    if not check.sliceable or not state.slices or earlier is None or not earlier.slices:
        return None
    if earlier.definition != check.definition or not earlier.success or earlier.rows_unexpected:
        return None
    return tuple(sorted(name for name, print_ in state.slices.items() if earlier.slices.get(name) != print_))


def _run(
    connection: duckdb.DuckDBPyConnection,
    jobs: Mapping[str, Sequence[_Job]],
    states: Mapping[str, TableState],
    progress: Progress,
) -> dict[str, CheckResult]:
    from eduplan.checks.engine import ExpectationEngine  # importing Great Expectations takes seconds

    results: dict[str, CheckResult] = {}
    engine = ExpectationEngine(connection)
    try:
        with progress.task("Checking expectations", len(jobs)) as advance, on_one_thread(connection) as threads:
            for table, of_table in jobs.items():
                rows_total = _count(connection, table)
                threads.for_rows(rows_total)
                outcomes: dict[str, Outcome] = {}
                for slices in {job.slices for job in of_table}:
                    batch = _batch(table, states[table], slices)
                    outcomes |= engine.validate(batch, [job.check for job in of_table if job.slices == slices])
                for job in of_table:
                    results[job.check.check_id] = _result(job.check, outcomes[job.check.check_id], rows_total, states)
                advance(1)
    finally:
        engine.close()
    return results


def _batch(table: str, state: TableState, slices: tuple[str, ...] | None) -> str:
    if slices is None:
        return table
    if not slices:  # a slice went away and none changed: what held before holds
        return f"(select * from {table} where false)"
    values = ", ".join(literal(value) for value in slices)
    return f"(select * from {table} where {state.slice_column} in ({values}))"


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0


def _result(check: Check, outcome: Outcome, rows_total: int, states: Mapping[str, TableState]) -> CheckResult:
    held_everywhere = outcome.success and not outcome.unexpected
    return CheckResult(
        check=check,
        success=outcome.success,
        rows_unexpected=outcome.unexpected,
        rows_total=rows_total,
        query=offending_rows(check),
        message=outcome.message,
        fingerprint=None if outcome.message else _fingerprint(check, states),
        slices=dict(states[check.table].slices) if check.sliceable and held_everywhere else {},
        checked_at=datetime.now(UTC),
    )


def _absent(check: Check) -> CheckResult:
    return CheckResult(
        check=check,
        success=False,
        rows_unexpected=None,
        rows_total=None,
        query=offending_rows(check),
        message=f"the table {check.table} does not exist",
        fingerprint=None,
        slices={},
        checked_at=datetime.now(UTC),
    )


def _unchanged(check: Check, earlier: KeptResult) -> CheckResult:
    return CheckResult(
        check=check,
        success=earlier.success,
        rows_unexpected=earlier.rows_unexpected,
        rows_total=earlier.rows_total,
        query=offending_rows(check),
        message=earlier.message,
        fingerprint=earlier.fingerprint,
        slices=earlier.slices,
        checked_at=earlier.checked_at,
    )
