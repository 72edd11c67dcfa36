"""How a step of the graph holds the warehouse, and what it does when something goes wrong.

Belongs here: opening the working file for one step, and which errors are tried again. Does not belong here: the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import duckdb
from dagster import AssetCheckExecutionContext, AssetExecutionContext, Failure, RetryRequested

from eduplan.errors import LockedError
from eduplan.faults import describe_unexpected, explain, masked_traceback
from eduplan.project import Project
from eduplan.warehouse.connection import open_warehouse

LOCK_RETRIES = 10
LOCK_WAIT_SECONDS = 60


@contextmanager
def warehouse_step(project: Project) -> Iterator[duckdb.DuckDBPyConnection]:
    """Opens the working file for one step.

    A lock that somebody else holds passes, so the step is tried again; any other error does not, and is shown as one
    line. The message of an unexpected error is masked first, because it may quote a value.

    Raises:
        RetryRequested: Another process has the working file open.
        Failure: Anything else went wrong.
    """
    try:
        connection = open_warehouse(project)
        try:
            yield connection
        finally:
            connection.close()
    except (Failure, RetryRequested):
        raise
    except Exception as error:
        known = explain(error)
        if isinstance(known, LockedError):
            raise RetryRequested(max_retries=LOCK_RETRIES, seconds_to_wait=LOCK_WAIT_SECONDS) from None
        if known is not None:
            raise Failure(known.line, allow_retries=False) from None
        trace = masked_traceback(error)
        raise Failure(describe_unexpected(error), metadata={"traceback": trace}, allow_retries=False) from None


def row_count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows a table or view has."""
    row = connection.execute(f"from {table} select count(*)").fetchone()
    return int(row[0]) if row else 0


class LogProgress:
    """Implements :class:`eduplan.progress.Progress` in the log of a run."""

    def __init__(self, context: AssetExecutionContext | AssetCheckExecutionContext) -> None:
        self._log = context.log

    def task(self, title: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        """See :class:`eduplan.progress.Progress`."""
        self._log.info(f"{title} ({total})")
        return nullcontext(_ignore)

    def say(self, line: str) -> None:
        """See :class:`eduplan.progress.Progress`."""
        self._log.info(line)


def _ignore(steps: int) -> None:
    """Steps inside a task are not worth a line of the log."""
