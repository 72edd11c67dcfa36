"""Does jobs as soon as those that they wait for are done, as many at a time as there are threads.

Belongs here: which job is next, and on which cursor. Does not belong here: what a job is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import duckdb

from eduplan.warehouse.threads import Threads, end

Job = TypeVar("Job")
Done = TypeVar("Done")


@dataclass
class Streams(Generic[Job, Done]):
    """Streams of jobs beside each other, each on one thread; a job that runs alone may take all threads.

    Attributes:
        connection: The warehouse; every job has a cursor of its own.
        threads: The threads of the warehouse.
        plan: Says what is to be done under a name, once all that it waits for is done; None for nothing.
        size: Of the jobs that could be next, the largest is.
        do: Does a job. It must not change what another one reads.
        note: Takes note of what was done; this and ``plan`` are called by one thread alone.
    """

    connection: duckdb.DuckDBPyConnection
    threads: Threads
    plan: Callable[[str], Job | None]
    size: Callable[[Job], int]
    do: Callable[[duckdb.DuckDBPyConnection, Job], Done]
    note: Callable[[Done], None]
    _ready: dict[str, Job] = field(default_factory=dict)
    _running: dict[Future[Done], tuple[str, duckdb.DuckDBPyConnection]] = field(default_factory=dict)

    def run(self, waits_for: Mapping[str, Collection[str]], advance: Callable[[int], None]) -> None:
        """Does all jobs; the first that fails ends the others.

        Args:
            waits_for: The names of the jobs, each after those that it waits for.
            advance: Is told how many more are done.
        """
        waiting = dict(waits_for)
        with ThreadPoolExecutor(self.threads.all, thread_name_prefix="stream") as pool:
            try:
                while waiting or self._ready or self._running:
                    advance(self._plan_next(waiting))
                    self._start_next(pool)
                    if self._running:
                        advance(self._finish_next())
            except BaseException:
                end({future: cursor for future, (_, cursor) in self._running.items()})
                raise

    def _plan_next(self, waiting: dict[str, Collection[str]]) -> int:
        """Plans every job that waits for nothing any more; returns for how many of them nothing is to be done."""
        idle = 0
        undone = {*waiting, *self._ready, *(name for name, _ in self._running.values())}
        for name, others in list(waiting.items()):
            if undone.intersection(others):
                continue
            del waiting[name]
            job = self.plan(name)
            if job is None:
                undone.remove(name)
                idle += 1
            else:
                self._ready[name] = job
        return idle

    def _start_next(self, pool: ThreadPoolExecutor) -> None:
        """Fills the streams with what is ready."""
        for name in sorted(self._ready, key=lambda name: -self.size(self._ready[name])):
            if len(self._running) == self.threads.all:
                break
            cursor = self.connection.cursor()
            self._running[pool.submit(self.do, cursor, self._ready.pop(name))] = (name, cursor)
        self.threads.is_alone = len(self._running) == 1

    def _finish_next(self) -> int:
        """Waits until a job is done; returns how many are."""
        done, _ = wait(self._running, return_when=FIRST_COMPLETED)
        for future in done:
            _, cursor = self._running.pop(future)
            self.note(future.result())
            cursor.close()
        return len(done)
