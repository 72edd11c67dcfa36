"""The threads that stage files side by side, and the settings that they need meanwhile.

Belongs here: how many files at once, and how many threads each. Does not belong here: which files
(:mod:`eduplan.staging.load`), and what is done with one (:mod:`eduplan.staging.work`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import groupby

import duckdb

from eduplan.declarations.contracts import CodeList, Contract
from eduplan.periods import Period
from eduplan.project import Project
from eduplan.staging.known_keys import KnownKeys, known_keys
from eduplan.staging.references import KeySet
from eduplan.staging.stage import orderly_scans
from eduplan.staging.work import Done, Job, Worker

LARGE_BYTES = 32 * 1024 * 1024
"""DuckDB reads a text in parts of this size, so a smaller file cannot use a second thread: it would wait and spin. A
larger one needs all threads only if it is most of the work."""

SMALL_BUNDLE_BYTES, BUNDLE_BYTES, BUNDLE_FILES = 8 * 1024 * 1024, 96 * 1024 * 1024, 96
"""As many small files, and as many others, as are staged together: the more, the less planning and the more memory."""

BUNDLES_OF_A_SHARE = 2
"""A thread has at least so many bundles to do where there is enough for all, so that none waits long at the end."""

MANY_FILES = 4
"""From so many files of persons on, remembering keys costs less than making them again."""


class Crew:
    """Stages files: side by side on one thread each, but a file that is most of the work alone on all threads.

    Args:
        connection: The working warehouse.
        project: The project.
        codes: Code lists by name.
        known: The keys made so far.
        is_staged: Says whether a batch is in force just as it would be staged now.
        keys: Gives the keys that a contract may refer to in a period.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        project: Project,
        codes: Mapping[str, CodeList],
        known: KnownKeys,
        *,
        is_staged: Callable[[str, Contract], bool],
        keys: Callable[[Contract, Period], list[KeySet]],
    ) -> None:
        self._connection = connection
        self._project = project
        self._codes = codes
        self._known = known
        self._is_staged = is_staged
        self._keys = keys

    def work(self, jobs: Sequence[Job], key: bytes | None) -> Iterator[list[Done]]:
        """Does some jobs that do not depend on each other, and gives what came of those that were done together.

        Args:
            jobs: The jobs.
            key: Key of the person keys, if there is one.
        """
        threads = self._project.settings.threads
        share = sum(job.arrival.bytes for job in jobs) / threads
        alone = [job for job in jobs if job.arrival.bytes > max(LARGE_BYTES, share)]
        together = [job for job in jobs if job not in alone]
        if together:
            has_many = sum(job.makes_keys for job in together) >= MANY_FILES
            worker = self._worker(key, self._known if has_many else None)
            with self._threads(1), ThreadPoolExecutor(threads) as pool:
                most = max(SMALL_BUNDLE_BYTES, min(BUNDLE_BYTES, int(share / BUNDLES_OF_A_SHARE)))
                yield from pool.map(worker.run, bundles(together, most))
        if alone:
            worker = self._worker(key, None)
            yield from map(worker.run, [[job] for job in alone])

    def _worker(self, key: bytes | None, known: KnownKeys | None) -> Worker:
        return Worker(
            self._connection,
            self._project,
            self._codes,
            key,
            is_staged=self._is_staged,
            keys=self._keys,
            known=known,
        )

    @contextmanager
    def _threads(self, number: int) -> Iterator[None]:
        """Threads that DuckDB uses for one query; the threads that ask come on top."""
        self._connection.execute(f"set threads = {number}")
        try:
            yield
        finally:
            self._connection.execute(f"set threads = {self._project.settings.threads}")


def bundles(jobs: Sequence[Job], most_bytes: int = BUNDLE_BYTES) -> list[list[Job]]:
    """Jobs that are done together: files of one source and of like size, so that none waits for much larger ones.

    The largest come first, so that no thread is left alone with one at the end.

    Args:
        jobs: The jobs.
        most_bytes: What files that are not small have together at most.
    """
    made: list[list[Job]] = []
    for _, of_source in groupby(jobs, key=lambda job: job.contract.source):
        small: list[Job] = []
        large: list[Job] = []
        for job in of_source:
            if job.is_superseded or job.contract.layout.headings:
                made.append([job])
            else:
                (small if job.is_small else large).append(job)
        made += [*_bundled(small, SMALL_BUNDLE_BYTES), *_bundled(large, most_bytes)]
    return sorted(made, key=lambda bundle: -sum(job.arrival.bytes for job in bundle))


def _bundled(jobs: Sequence[Job], most_bytes: int) -> Iterator[list[Job]]:
    bundle: list[Job] = []
    size = 0
    for job in jobs:
        if bundle and (size + job.arrival.bytes > most_bytes or len(bundle) == BUNDLE_FILES):
            yield bundle
            bundle, size = [], 0
        bundle.append(job)
        size += job.arrival.bytes
    if bundle:
        yield bundle


@contextmanager
def crew(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    codes: Mapping[str, CodeList],
    *,
    is_staged: Callable[[str, Contract], bool],
    keys: Callable[[Contract, Period], list[KeySet]],
) -> Iterator[Crew]:
    """A crew for one load; see :class:`Crew`."""
    with orderly_scans(connection), known_keys(connection) as known:
        yield Crew(connection, project, codes, known, is_staged=is_staged, keys=keys)
