"""Loads what arrived: stages what is new or changed, keeps the register, and renews the views.

Belongs here: which files are staged, in which order, and what replaces what. Does not belong here: how one is staged
(:mod:`eduplan.staging.stage`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

import duckdb

from eduplan.declarations.contracts import CodeList, Contract, Severity, load_code_lists
from eduplan.errors import EnvironmentFault, InputError
from eduplan.landing.arrivals import Arrival, Arrivals
from eduplan.landing.store import landed_path
from eduplan.periods import Period
from eduplan.progress import Progress, Silent
from eduplan.project import Project
from eduplan.staging.account import Account
from eduplan.staging.crew import Crew, crew
from eduplan.staging.fingerprints import contract_fingerprints
from eduplan.staging.macros import load_macros
from eduplan.staging.memory import Memory
from eduplan.staging.pseudonyms import read_key
from eduplan.staging.references import KeySets, order_of_loading, quarantine_path, staged_path
from eduplan.staging.register import CURRENT, FAILED, REPLACED, Entry, Register, slot_of
from eduplan.staging.report import FileOutcome, LoadReport, Outcome
from eduplan.staging.unread import NO_ROWS, told_once
from eduplan.staging.views import refresh_views, write_code_tables, write_reference_tables
from eduplan.staging.work import Done, Job


def load_arrivals(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    contracts: Mapping[str, Contract],
    arrivals: Arrivals,
    *,
    progress: Progress | None = None,
    sources: Collection[str] | None = None,
    periods: Collection[str] | None = None,
    now: datetime | None = None,
) -> LoadReport:
    """Stages every file that is new or changed, or whose contract or references changed.

    One file that fails does not stop the others, and what its sender sent before stays in force.

    Args:
        connection: The working warehouse.
        project: The project.
        contracts: Contracts by source.
        arrivals: What lies in the raw folder.
        progress: Where the reader sees how far it is.
        sources: Load only these sources.
        periods: Load only these periods.
        now: Time of the load; the present by default.

    Returns:
        What was done, and what went wrong.

    Raises:
        DeclarationError: A code list, macro or reference table is not valid.
    """
    load = _Load(connection, project, contracts, progress or Silent(), now or datetime.now(UTC))
    return load.run(arrivals, _Choice(sources, periods))


_MOST_NAMED = 3
"""Sources that a line of progress names; of more it tells the number."""


@dataclass(frozen=True)
class _Choice:
    """The sources and periods that are loaded."""

    sources: Collection[str] | None
    periods: Collection[str] | None

    def takes(self, source: str, period: str | None) -> bool:
        in_sources = self.sources is None or source in self.sources
        return in_sources and (self.periods is None or period is None or period in self.periods)


class _Load:
    """One load."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        project: Project,
        contracts: Mapping[str, Contract],
        progress: Progress,
        now: datetime,
    ) -> None:
        self._connection = connection
        self._project = project
        self._contracts = contracts
        self._progress = progress
        self._now = now
        self._codes: dict[str, CodeList] = load_code_lists(project.contracts / "codes")
        self._fingerprints = contract_fingerprints(project, contracts, self._codes)
        self._register = Register(connection)
        self._memory = Memory(connection)
        self._key_sets = KeySets(connection, project, self._register, self._memory)
        self._report = LoadReport()
        self._unread: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._key: bytes | None = None

    def run(self, arrivals: Arrivals, choice: _Choice) -> LoadReport:
        load_macros(self._connection, self._project)
        write_code_tables(self._connection, self._codes, self._memory)
        write_reference_tables(self._connection, self._project, self._memory)
        self._report.problems += [
            InputError(problem.what, where=problem.file, remedy=problem.remedy)
            for problem in arrivals.problems
            if problem.severity is not Severity.WARNING
        ]
        by_source: dict[str, list[Arrival]] = defaultdict(list)
        for arrival in arrivals.arrivals:
            if choice.takes(arrival.source, arrival.period.text if arrival.period else None):
                by_source[arrival.source].append(arrival)
        with crew(
            self._connection, self._project, self._codes, is_staged=self._is_staged, keys=self._key_sets.of
        ) as workers:
            for group in order_of_loading(self._contracts):
                self._load_group([source for source in group if choice.takes(source, None)], by_source, choice, workers)
        self._report.notices += [told_once(sentence, paths) for (_, sentence), paths in sorted(self._unread.items())]
        refresh_views(self._connection, self._project, self._contracts, self._register)
        if self._report.changed:
            self._sweep()
        return self._report

    def _load_group(
        self, sources: Sequence[str], arrivals: Mapping[str, list[Arrival]], choice: _Choice, workers: Crew
    ) -> None:
        """Loads sources that do not refer to each other."""
        known = self._register.known_files()
        jobs = [
            job
            for source in sources
            for job in self._jobs(self._contracts[source], arrivals.get(source, []), choice, known)
        ]
        if not self._key and any(job.makes_keys for job in jobs):
            jobs = self._find_key(jobs)
        if not jobs:
            return
        names = sorted({job.contract.source for job in jobs})
        what = ", ".join(names) if len(names) <= _MOST_NAMED else f"{len(names)} sources"
        with self._progress.task(f"Loading {what}", len(jobs)) as advance:
            for together in workers.work(jobs, self._key):
                with self._register.together():
                    for done in together:
                        self._record(done)
                advance(len(together))

    def _find_key(self, jobs: list[Job]) -> list[Job]:
        """Reads the key; where there is none, only the jobs that do not need it are left."""
        try:
            self._key = read_key(self._project)
        except EnvironmentFault as error:
            if error.line not in [problem.line for problem in self._report.problems]:
                self._report.problems.append(error)
            return [job for job in jobs if not job.makes_keys]
        return jobs

    def _jobs(
        self,
        contract: Contract,
        arrivals: Sequence[Arrival],
        choice: _Choice,
        known: Mapping[tuple[str, str, int, int], Entry],
    ) -> list[Job]:
        """What is to be done for one source."""
        jobs: list[Job] = []
        seen: set[str] = set()
        for slot in _slots(contract, arrivals):
            for arrival in slot:
                entry = known.get((arrival.source, arrival.relative_path, arrival.bytes, arrival.modified_ns))
                is_latest = arrival is slot[-1]
                if not is_latest and (entry is None or entry.status == CURRENT):
                    self._tell_of_replacement(arrival, slot[-1])
                if entry is None:
                    jobs.append(Job(contract, arrival, is_superseded=not is_latest))
                    continue
                seen.add(entry.batch_id)
                if entry.status == FAILED and is_latest:
                    self._again_or_tell(contract, arrival, entry, jobs)
                elif entry.status == CURRENT and not self._is_up_to_date(contract, entry):
                    jobs.append(Job(contract, arrival, sha256=entry.sha256))
                else:
                    self._tell(arrival, entry, Outcome.UNCHANGED)
        replaced = {slot_of(contract, *_slot_parts(job.arrival)) for job in jobs if job.arrival.period}
        for entry in self._register.current(contract.source):
            its_slot = slot_of(contract, entry.period, entry.sender, entry.path)
            if entry.batch_id in seen or its_slot in replaced or not choice.takes(entry.source, entry.period):
                continue
            if not self._is_up_to_date(contract, entry):
                jobs.append(Job(contract, self._landed_arrival(contract, entry), sha256=entry.sha256))
        return jobs

    def _tell_of_replacement(self, arrival: Arrival, latest: Arrival) -> None:
        """Says once that a file counts no more; it may have been meant as another part, and not as an older one."""
        name = PurePosixPath(latest.relative_path).name
        self._report.notices.append(
            f"{arrival.relative_path}: {name} is later, from the same sender for the same period, and takes its place "
            "(put the rows of both in one file, if they are parts of one return)"
        )

    def _again_or_tell(self, contract: Contract, arrival: Arrival, entry: Entry, jobs: list[Job]) -> None:
        """Tries a file that failed again only if its contract changed; the problem is told as long as it lasts."""
        if entry.contract_fingerprint != self._fingerprints[contract.source]:
            jobs.append(Job(contract, arrival, sha256=entry.sha256))
            return
        self._report.problems.append(InputError(entry.message or f"{entry.path}: it failed before"))
        self._tell(arrival, entry, Outcome.FAILED, message=entry.message or "")

    def _is_up_to_date(self, contract: Contract, entry: Entry) -> bool:
        """Whether staging a batch again would give the same."""
        if entry.contract_fingerprint != self._fingerprints[contract.source]:
            return False
        if not staged_path(self._project, entry.source, entry.batch_id).exists():
            return False
        period = Period.parse(entry.period, contract.period.kind)
        keys = self._key_sets.fingerprint(contract, period)
        return keys == entry.references_fingerprint or self._key_sets.still_holds(contract, period, entry, keys)

    def _is_staged(self, batch_id: str, contract: Contract) -> bool:
        entry = self._register.get(batch_id)
        return (
            entry is not None
            and entry.status == CURRENT
            and entry.contract_fingerprint == self._fingerprints[contract.source]
        )

    def _landed_arrival(self, contract: Contract, entry: Entry) -> Arrival:
        """A batch whose file is gone from the raw folder, as it arrived."""
        matches = (re.search(way.name, entry.path) for way in contract.files if way.name)
        values = next((match.groupdict() for match in matches if match), {})
        return Arrival(
            source=entry.source,
            path=landed_path(self._project, entry.sha256),
            relative_path=entry.path,
            period=Period.parse(entry.period, contract.period.kind),
            sender=entry.sender,
            bytes=entry.bytes,
            modified_ns=entry.modified_ns,
            name_values={name: text for name, text in values.items() if text is not None},
        )

    def _record(self, done: Done) -> None:
        """Writes into the register what came of a job."""
        arrival, contract = done.job.arrival, done.job.contract
        if done.error is not None:
            self._report.problems.append(done.error)
        if done.batch_id is None:
            self._tell(arrival, None, Outcome.FAILED, message=done.error.what if done.error else "")
            return
        known = self._register.get(done.batch_id)
        if done.error is not None:
            entry = self._entry(done, FAILED, message=done.error.line)
            if isinstance(done.error, InputError):
                self._put_failed(entry, known, contract)
            self._tell(arrival, entry, Outcome.FAILED, message=done.error.what)
        elif done.account is not None:
            entry = self._entry(done, CURRENT)
            if twin := self._register.twin(entry):
                self._refuse_twin(done, twin)
                return
            self._register.take(entry, done.account, contract)
            self._report.changed.add((entry.source, entry.period))
            unread = done.unread if done.account.rows_read else [*done.unread, NO_ROWS]
            for sentence in unread:
                self._unread[entry.source, sentence].append(entry.path)
            self._tell(arrival, entry, Outcome.STAGED, account=done.account)
        elif done.job.is_superseded:
            entry = self._entry(done, REPLACED)
            if known is None:
                self._register.put(entry)
            self._tell(arrival, entry, Outcome.SUPERSEDED)
        elif known is not None:
            # The same bytes under another name, or touched: nothing to do but to know the file next time.
            known = replace(known, path=arrival.relative_path, bytes=arrival.bytes, modified_ns=arrival.modified_ns)
            self._register.put(known)
            self._tell(arrival, known, Outcome.UNCHANGED)

    def _refuse_twin(self, done: Done, twin: Entry) -> None:
        """Fails a file whose bytes are in force under another sender: taking it would count every row twice."""
        arrival = done.job.arrival
        error = InputError(
            f"the same bytes were loaded already as {twin.path}",
            where=arrival.relative_path,
            remedy="remove one of the two; nothing is counted twice",
        )
        entry = self._entry(done, FAILED, message=error.line)
        self._report.problems.append(error)
        self._register.put(entry)
        self._tell(arrival, entry, Outcome.FAILED, message=error.what)

    def _put_failed(self, entry: Entry, known: Entry | None, contract: Contract) -> None:
        self._register.put(entry)
        if known is not None and known.status == CURRENT:
            # It was in force under another contract, whose columns the present one no longer has.
            self._report.changed.add((contract.source, known.period))

    def _entry(self, done: Done, status: str, *, message: str | None = None) -> Entry:
        arrival, account = done.job.arrival, done.account or Account()
        contract, period = done.job.contract, done.period
        return Entry(
            batch_id=done.batch_id or "",
            source=arrival.source,
            period=period.text if period else "",
            sender=arrival.sender,
            path=arrival.relative_path,
            sha256=done.sha256 or "",
            bytes=arrival.bytes,
            modified_ns=arrival.modified_ns,
            status=status,
            message=message,
            file_format=done.file_format,
            encoding=done.encoding,
            rows_read=account.rows_read,
            rows_staged=account.rows_staged,
            rows_quarantined=account.rows_quarantined,
            rows_duplicate=account.rows_duplicate,
            rows_dropped=account.rows_dropped,
            records_staged=account.records_staged,
            cells_repaired=account.cells_repaired,
            contract_fingerprint=self._fingerprints[contract.source],
            references_fingerprint=self._key_sets.fingerprint(contract, period) if period else "",
            landed_at=self._now,
            replaced_by=None,
        )

    def _tell(
        self,
        arrival: Arrival,
        entry: Entry | None,
        outcome: Outcome,
        *,
        account: Account | None = None,
        message: str = "",
    ) -> None:
        self._report.outcomes.append(
            FileOutcome(
                source=arrival.source,
                period=entry.period if entry else "",
                sender=arrival.sender,
                path=arrival.relative_path,
                batch_id=entry.batch_id if entry else "",
                outcome=outcome,
                account=account or Account(),
                message=message,
            )
        )

    def _sweep(self) -> None:
        """Removes staged and quarantined files that no batch in force has."""
        for source in self._contracts:
            current = self._register.current(source)
            kept = {staged_path(self._project, source, entry.batch_id) for entry in current}
            kept |= {
                quarantine_path(self._project, source, entry.batch_id) for entry in current if entry.rows_quarantined
            }
            for folder in (self._project.staging / source, self._project.quarantine / source):
                for path in folder.glob("*.parquet") if folder.is_dir() else ():
                    if path not in kept:
                        path.unlink()


def _slot_parts(arrival: Arrival) -> tuple[str, str, str]:
    return (arrival.period.text if arrival.period else "", arrival.sender, arrival.relative_path)


def _slots(contract: Contract, arrivals: Sequence[Arrival]) -> list[list[Arrival]]:
    """The arrivals of a source by what they replace, the latest last.

    Files whose period stands in a column are slots of their own: what they replace is known only once they are read.
    """
    slots: dict[tuple[str, ...], list[Arrival]] = defaultdict(list)
    for arrival in sorted(arrivals, key=lambda each: (each.modified_ns, each.relative_path)):
        slot = slot_of(contract, *_slot_parts(arrival))
        slots[slot if arrival.period else (*slot, arrival.relative_path)].append(arrival)
    return list(slots.values())
