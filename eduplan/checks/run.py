"""Runs the checks of a project over what changed since they were last run.

Belongs here: deciding what to run, over which rows, and what the results mean. Does not belong here: how Great
Expectations is made to work (``engine``), or what is checked (``gather``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

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
from eduplan.warehouse.fingerprints import digest
from eduplan.warehouse.threads import on_one_thread

if TYPE_CHECKING:
    from eduplan.checks.engine import ExpectationEngine


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
    plan_is_written: Callable[[], object] = lambda: None,
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
        plan_is_written: Waits for the tables of the plan; called before a check that reads one of them.

    Raises:
        DeclarationError: A suite or cross check is not valid.
    """
    create_results(connection)
    checks = gather_checks(project, models, contracts, sources_with_batches=_sources_with_batches(connection))
    kept = read_results(connection)
    of_plan = [check for check in checks if any(table.startswith("plan.") for table in check.reads)]
    waiting = {check.check_id for check in of_plan}
    run = _Run(connection, models, kept, progress or Silent())
    try:
        run.judge([check for check in checks if check.check_id not in waiting])
        plan_is_written()
        run.judge(of_plan)
    finally:
        run.close()
    ordered = tuple(run.results[check.check_id] for check in checks)
    if run.ran or set(kept) != set(run.results) or any(result.fingerprint is None for result in ordered):
        write_results(connection, ordered)
    return CheckReport(results=ordered, ran=run.ran)


class _Run:
    """The results of a run as they come in; what runs the checks is made when there is one to run."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        models: Mapping[str, SqlModel],
        kept: Mapping[str, KeptResult],
        progress: Progress,
    ) -> None:
        self._connection, self._models, self._kept, self._progress = connection, models, kept, progress
        self._engine: ExpectationEngine | None = None
        self.results: dict[str, CheckResult] = {}
        self.ran = 0

    def judge(self, checks: Sequence[Check]) -> None:
        """Runs those of some checks that have something new to judge."""
        states = table_states(self._connection, {table for check in checks for table in check.reads}, self._models)
        jobs: dict[str, list[_Job]] = defaultdict(list)
        for check in checks:
            earlier = self._kept.get(check.check_id)
            if check.table not in states:
                self.results[check.check_id] = _absent(check)
            elif earlier and earlier.fingerprint == _fingerprint(check, states):
                self.results[check.check_id] = _unchanged(check, earlier)
            else:
                jobs[check.table].append(_Job(check, _changed_slices(check, earlier, states[check.table])))
        if jobs:
            self._validate(jobs, states)

    def _validate(self, jobs: Mapping[str, Sequence[_Job]], states: Mapping[str, TableState]) -> None:
        """Runs the checks of some tables: the largest last, when more threads may be free for them."""
        engine = self._started()
        rows = {table: _count(self._connection, table) for table in jobs}
        task = self._progress.task("Checking expectations", len(jobs))
        with task as advance, on_one_thread(self._connection) as threads:
            for table in sorted(jobs, key=lambda table: (rows[table], table)):
                threads.for_rows(rows[table])
                outcomes: dict[str, Outcome] = {}
                for slices in {job.slices for job in jobs[table]}:
                    batch = _batch(table, states[table], slices)
                    outcomes |= engine.validate(batch, [job.check for job in jobs[table] if job.slices == slices])
                for job in jobs[table]:
                    name = job.check.check_id
                    self.results[name] = _result(job.check, outcomes[name], rows[table], states)
                    self.ran += 1
                advance(1)

    def _started(self) -> ExpectationEngine:
        if self._engine is None:
            from eduplan.checks.engine import ExpectationEngine  # importing Great Expectations takes seconds

            self._engine = ExpectationEngine(self._connection)
        return self._engine

    def close(self) -> None:
        """Gives back what ran the checks."""
        if self._engine is not None:
            self._engine.close()


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
