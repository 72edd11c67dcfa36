"""The work on a file, or on files of one layout: land their bytes, read them, stage them.

Belongs here: what one thread does. Does not belong here: the register, which one thread alone writes.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import TypeVar

import duckdb

from eduplan.declarations.contracts import CodeList, Contract
from eduplan.errors import EduplanError
from eduplan.faults import describe_unexpected, explain
from eduplan.landing.arrivals import Arrival
from eduplan.landing.store import batch_id, land, landed_path
from eduplan.periods import Period
from eduplan.project import Project
from eduplan.reading.table import RawTable, read_table
from eduplan.staging.account import Account, Batch
from eduplan.staging.known_keys import KnownKeys
from eduplan.staging.periods import resolve_period
from eduplan.staging.pseudonyms import set_key
from eduplan.staging.references import KeySet, quarantine_path, staged_path
from eduplan.staging.stage import ReadFile, Targets, keep_order, stage_files
from eduplan.staging.unread import left_unread
from eduplan.staging.vocabulary import set_vocabulary

RAW_TABLE = "_eduplan_raw"
SMALL_BYTES = 512 * 1024
"""Up to this size, planning a statement for a file takes longer than copying its texts."""
_T = TypeVar("_T")


@dataclass(frozen=True)
class Job:
    """One file to stage.

    Attributes:
        contract: Its contract.
        arrival: The file.
        sha256: Hash of its bytes where they are landed already and shall be staged again.
        is_superseded: Whether a later file of the same slot arrived with it, so that it is only recorded.
    """

    contract: Contract
    arrival: Arrival
    sha256: str | None = None
    is_superseded: bool = False

    @property
    def is_small(self) -> bool:
        """Whether the file is best copied next to others before it is staged."""
        return self.arrival.bytes <= SMALL_BYTES

    @property
    def makes_keys(self) -> bool:
        """Whether it makes person keys, so that the key is needed."""
        return any(column.person_key for column in self.contract.columns)


@dataclass
class Done:
    """What came of a job.

    Attributes:
        job: The job.
        sha256: Hash of the bytes, once they are landed.
        period: The period, once it is known.
        file_format: Format of the file, once it was read.
        encoding: Encoding of the file, once it was read.
        account: Where its rows went, if it was staged.
        unread: What was not read of it.
        error: Why it was not staged.
    """

    job: Job
    sha256: str | None = None
    period: Period | None = None
    file_format: str | None = None
    encoding: str | None = None
    account: Account | None = None
    unread: list[str] = field(default_factory=list)
    error: EduplanError | None = None

    @property
    def batch_id(self) -> str | None:
        """Identity of the batch, once the bytes are landed."""
        if self.sha256 is None:
            return None
        arrival = self.job.arrival
        period = self.period.text if self.period else ""
        return batch_id(arrival.source, period, arrival.sender, self.sha256)


class Worker:
    """Stages files, on a cursor of its own in each thread.

    Args:
        connection: The working warehouse, with the macros.
        project: The project.
        codes: Code lists by name.
        key: Key of the person keys, if there is one.
        is_staged: Says whether a batch is in force just as it would be staged now.
        keys: Gives the keys that a contract may refer to in a period.
        known: Person keys that were made already, if there are enough files for it to be worth while.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        project: Project,
        codes: Mapping[str, CodeList],
        key: bytes | None,
        *,
        is_staged: Callable[[str, Contract], bool],
        keys: Callable[[Contract, Period], list[KeySet]],
        known: KnownKeys | None,
    ) -> None:
        self._connection = connection
        self._project = project
        self._codes = codes
        self._key = key
        self._is_staged = is_staged
        self._keys = keys
        self._known = known
        self._local = threading.local()

    def run(self, jobs: Sequence[Job]) -> list[Done]:
        """Does some jobs of one contract, together as far as their files have the same header.

        Whatever goes wrong with a file is told in its result, so that other files go on.
        """
        done = [Done(job, sha256=job.sha256, period=job.arrival.period) for job in jobs]
        if len(done) == 1:
            self._alone(done[0])
            return done
        with ExitStack() as files:
            opened = [(each, read) for each in done if (read := self._guarded(each, partial(self._open, files, each)))]
            for together in _of_one_layout(opened):
                self._together(together)
        return done

    def _together(self, opened: Sequence[tuple[Done, ReadFile]]) -> None:
        """Stages files of one layout; where that fails, one by one, so that a fault is told of the file that has it."""
        if len(opened) > 1:
            try:
                accounts = self._stage([read for _, read in opened], opened[0][0].job)
            except Exception:  # whatever it is, it comes again when its file is staged alone
                accounts = []
            for (each, _), account in zip(opened, accounts, strict=False):
                each.account = account
            if accounts:
                return
        for each, read in opened:
            read.raw.close()
            self._alone(each)

    def _alone(self, done: Done) -> None:
        """Does one job."""

        def stage() -> None:
            with ExitStack() as files:
                read = self._open(files, done)
                if read is not None:
                    (done.account,) = self._stage([read], done.job)

        self._guarded(done, stage)

    def _guarded(self, done: Done, work: Callable[[], _T]) -> _T | None:
        """Does some of a job; whatever goes wrong is told in its result."""
        try:
            return work()
        except Exception as error:
            # The message of an unexpected error may quote a value of the file, so it is left out.
            known = explain(error)
            done.error = known or EduplanError(describe_unexpected(error), where=done.job.arrival.relative_path)
            return None

    def _open(self, files: ExitStack, done: Done) -> ReadFile | None:
        """Lands a file and reads its header; nothing if there is nothing to stage."""
        job = done.job
        if done.sha256 is None:
            done.sha256 = land(self._project, job.arrival.path).sha256
        if job.is_superseded or (done.period is not None and self._is_done(done)):
            return None
        cursor = self._cursor()
        raw = files.enter_context(
            read_table(
                cursor,
                landed_path(self._project, done.sha256),
                job.contract,
                table_name=f"{RAW_TABLE}_{next(self._local.numbers)}",
                work=self._project.work / "tmp",
                file_name=job.arrival.relative_path,
                largest_bytes=self._project.settings.largest_file_mb * 1024 * 1024,
            )
        )
        done.file_format, done.encoding = raw.file_format, raw.encoding
        done.period = resolve_period(cursor, raw, job.contract, done.period, job.arrival.relative_path)
        if self._is_done(done):
            return None
        done.unread = left_unread(raw, job.contract)
        arrival = job.arrival
        batch = Batch(
            batch_id=done.batch_id or "",
            source=arrival.source,
            period=done.period,
            sender=arrival.sender,
            file_name=arrival.relative_path,
        )
        targets = Targets(
            staged=staged_path(self._project, batch.source, batch.batch_id),
            quarantined=quarantine_path(self._project, batch.source, batch.batch_id),
        )
        return ReadFile(raw, batch, self._keys(job.contract, done.period), targets, is_small=job.is_small)

    def _is_done(self, done: Done) -> bool:
        """Whether the bytes that arrived are in force already; a job that names landed bytes asks for them again."""
        is_new = done.job.sha256 is None and done.batch_id is not None
        return is_new and self._is_staged(done.batch_id or "", done.job.contract)

    def _stage(self, files: Sequence[ReadFile], job: Job) -> list[Account]:
        said = _said(job, files[0].raw)
        return stage_files(self._cursor(), files, job.contract, self._codes, said=said, known=self._known)

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._local, "cursor", None)
        if cursor is None:
            cursor = self._connection.cursor()
            keep_order(cursor)
            set_vocabulary(cursor, self._codes)
            if self._key is not None:
                set_key(cursor, self._key)
            self._local.cursor, self._local.numbers = cursor, count()
        return cursor


def _of_one_layout(opened: Sequence[tuple[Done, ReadFile]]) -> Iterator[list[tuple[Done, ReadFile]]]:
    """Opened files by what staging has to know of them: what their columns mean, and what names and titles say.

    A large file whose rows have numbers already (a workbook, Parquet) stays alone: next to others it would be copied.
    """
    layouts: dict[str, list[tuple[Done, ReadFile]]] = defaultdict(list)
    for done, read in opened:
        if read.raw.split is None and not read.is_small:
            yield [(done, read)]
            continue
        columns = [
            (each.name, each.columns, sorted(each.groups.items()), each.is_wide, each.factor)
            for each in read.raw.columns
        ]
        layouts[repr((columns, sorted(_said(done.job, read.raw).items())))].append((done, read))
    yield from layouts.values()


def _said(job: Job, raw: RawTable) -> dict[str, str]:
    """What the name and the titles of a file say for all its rows, by column."""
    of_name = {each.name for each in job.contract.columns if each.origin == "name"}
    return {name: text for name, text in job.arrival.name_values.items() if name in of_name} | dict(raw.said)
