"""How many threads a statement takes, and two streams of statements beside each other.

Belongs here: the setting of the warehouse, which holds for all of its cursors. Does not belong here: any statement.

Two statements on one thread each take less processor time than two after another that share two threads, and no
more time; so whoever has two things to do that do not wait for each other lets them run :func:`beside`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import Any, TypeVar

import duckdb

T = TypeVar("T")

_PATIENCE_SECONDS = 0.05
"""Time between two attempts to end work that is not wanted any more."""


class Threads:
    """The threads that statements run on: one, and all of them for those that read many rows and run alone.

    Args:
        connection: The warehouse; the setting holds for all of its cursors.

    Attributes:
        is_alone: Whether no other stream of statements runs at the time.
    """

    WORTH_SHARING = 300_000
    """Rows from which on two threads take less time than one, although they take more processor time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        row = connection.execute("select current_setting('threads')").fetchone()
        self.all = self._now = int(row[0]) if row else 1
        self.is_alone = True

    def for_rows(self, rows: int) -> None:
        """Takes as many threads as a statement over so many rows is worth."""
        self.take(self.all if rows >= self.WORTH_SHARING and self.is_alone else 1)

    def take(self, threads: int | None = None) -> None:
        """Takes so many threads; all by default."""
        wanted = threads or self.all
        if wanted != self._now:  # changing it takes some ten milliseconds
            self._connection.execute(f"set threads = {wanted}")
            self._now = wanted


_shared: ContextVar[Threads | None] = ContextVar("threads of streams beside each other", default=None)


@contextmanager
def on_one_thread(connection: duckdb.DuckDBPyConnection) -> Iterator[Threads]:
    """Runs small statements on one thread; over a few thousand rows, sharing the work costs more than doing it.

    Three hundred statements over marts take half the processor time that they take on two threads, and less time.

    Yields:
        The threads, for whoever has some larger statements among them.
    """
    shared = _shared.get()
    if shared:
        yield shared
        return
    threads = Threads(connection)
    threads.take(1)
    try:
        yield threads
    finally:
        threads.take()


def end(running: Mapping[Future[Any], duckdb.DuckDBPyConnection]) -> None:
    """Ends work that nobody wants any more, and waits until it has ended.

    An interruption meets the statement that runs just then, or none; so it is repeated until no work is left.

    Args:
        running: The work, each with the cursor that it runs on.
    """
    while left := wait(running, timeout=_PATIENCE_SECONDS).not_done:
        for work in left:
            running[work].interrupt()


@contextmanager
def beside(
    connection: duckdb.DuckDBPyConnection, work: Callable[[duckdb.DuckDBPyConnection], T]
) -> Iterator[Callable[[], T]]:
    """Lets some work run on a cursor of its own beside what the caller does, each on one thread while both run.

    Where the caller fails or is interrupted, the work is ended.

    Yields:
        A function that waits for the work, for when the caller has nothing else to do; the work then runs alone.
    """
    with on_one_thread(connection) as threads, connection.cursor() as cursor, ThreadPoolExecutor(1) as pool:

        def alone(_: Future[T]) -> None:
            threads.is_alone = True

        def result() -> T:
            threads.is_alone = True
            return pending.result()

        threads.is_alone = False
        before = _shared.set(threads)
        pending = pool.submit(copy_context().run, work, cursor)
        pending.add_done_callback(alone)
        try:
            yield result
        except BaseException:
            end({pending: cursor})
            raise
        finally:
            _shared.reset(before)
