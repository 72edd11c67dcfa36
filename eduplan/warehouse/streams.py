"""Does jobs as soon as those that they wait for are done, as many at a time as there are threads.

Belongs here: which job is next, and on which cursor. Does not belong here: what a job is.

A job may have parts that do not wait for each other: those are done first, by whichever streams are free.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import duckdb

from eduplan.warehouse.threads import Threads, end

Job = TypeVar("Job")
Done = TypeVar("Done")
PartDone = TypeVar("PartDone")


@dataclass
class _Ready(Generic[Job, PartDone]):
    """A job that waits for no other job any more, but maybe for its own parts.

    Attributes:
        job: The job.
        parts: Parts that nobody has started.
        running: Parts that are being done.
        done: What came of the others, by their places.
    """

    job: Job
    parts: dict[int, Callable[[duckdb.DuckDBPyConnection], PartDone]]
    running: set[int] = field(default_factory=set)
    done: dict[int, PartDone] = field(default_factory=dict)

    @property
    def can_start(self) -> bool:
        """Whether there is something to be done for it now."""
        return bool(self.parts) or not self.running


@dataclass
class Streams(Generic[Job, PartDone, Done]):
    """Streams of jobs beside each other, each on one thread; a job that runs alone may take all threads.

    Attributes:
        connection: The warehouse; every job has a cursor of its own.
        threads: The threads of the warehouse.
        plan: Says what is to be done under a name, once all that it waits for is done; None for nothing.
        split: The parts of a job, if any.
        size: Of the jobs that could be next, the largest is.
        do: Does a job, or what is left of it when its parts are done; it is given what came of them, in their order. It
            must not change what another one reads.
        note: Takes note of what was done; this and ``plan`` are called by one thread alone.
    """

    connection: duckdb.DuckDBPyConnection
    threads: Threads
    plan: Callable[[str], Job | None]
    split: Callable[[Job], Sequence[Callable[[duckdb.DuckDBPyConnection], PartDone]]]
    size: Callable[[Job], int]
    do: Callable[[duckdb.DuckDBPyConnection, Job, Sequence[PartDone]], Done]
    note: Callable[[Done], None]
    _ready: dict[str, _Ready[Job, PartDone]] = field(default_factory=dict)
    _running: dict[Future[Any], tuple[str, int | None, duckdb.DuckDBPyConnection]] = field(default_factory=dict)

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
                end({future: cursor for future, (_, _, cursor) in self._running.items()})
                raise

    def _plan_next(self, waiting: dict[str, Collection[str]]) -> int:
        """Plans every job that waits for nothing any more; returns for how many of them nothing is to be done."""
        idle = 0
        undone = {*waiting, *self._ready, *(name for name, _, _ in self._running.values())}
        for name, others in list(waiting.items()):
            if undone.intersection(others):
                continue
            del waiting[name]
            job = self.plan(name)
            if job is None:
                undone.remove(name)
                idle += 1
            else:
                self._ready[name] = _Ready(job, dict(enumerate(self.split(job))))
        return idle

    def _start_next(self, pool: ThreadPoolExecutor) -> None:
        """Fills the streams with what is ready."""
        for name in sorted(self._ready, key=lambda name: -self.size(self._ready[name].job)):
            while len(self._running) < self.threads.all and name in self._ready and self._ready[name].can_start:
                self._start(pool, name)
        self.threads.is_alone = len(self._running) == 1

    def _start(self, pool: ThreadPoolExecutor, name: str) -> None:
        """Starts a part of a job, or what is left of it."""
        ready, cursor = self._ready[name], self.connection.cursor()
        if ready.parts:
            place = min(ready.parts)
            ready.running.add(place)
            self._running[pool.submit(ready.parts.pop(place), cursor)] = (name, place, cursor)
        else:
            del self._ready[name]
            found = [ready.done[place] for place in sorted(ready.done)]
            self._running[pool.submit(self.do, cursor, ready.job, found)] = (name, None, cursor)

    def _finish_next(self) -> int:
        """Waits until something is done; returns how many jobs are."""
        done, _ = wait(self._running, return_when=FIRST_COMPLETED)
        jobs = 0
        for future in done:
            name, place, cursor = self._running.pop(future)
            found = future.result()
            if place is None:
                self.note(found)
                jobs += 1
            else:
                self._ready[name].running.remove(place)
                self._ready[name].done[place] = found
            cursor.close()
        return jobs
