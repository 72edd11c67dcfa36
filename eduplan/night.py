"""One night: from the files that arrived to the release.

Belongs here: the order of the stages, and what the night says of itself. Does not belong here: any stage's work.

The command line runs :func:`run_night`; the asset graph runs the same stages one by one. Heavy imports stand inside the
stages that need them, because a night in which nothing changed ends before any of them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import duckdb

from eduplan.accounts import SourceAccount, source_accounts
from eduplan.declarations.contracts import Contract, Severity, load_contracts
from eduplan.errors import DeclarationError, EduplanError, ExitCode, UnknownName
from eduplan.faults import explain
from eduplan.near import names_there_are
from eduplan.periods import Period
from eduplan.progress import Progress, Silent
from eduplan.project import Project
from eduplan.unchanged import State
from eduplan.warehouse.connection import open_warehouse
from eduplan.warehouse.threads import beside

if TYPE_CHECKING:
    from eduplan.checks.check import CheckReport
    from eduplan.declarations.indicators import Indicator
    from eduplan.declarations.models import SqlModel
    from eduplan.declarations.registry import Registry
    from eduplan.indicators.compute import ComputeReport
    from eduplan.landing.arrivals import Arrivals, Problem
    from eduplan.release.release import Release
    from eduplan.warehouse.build import BuildReport


class Declarations:
    """What a project declares, each part read when it is first needed.

    Args:
        project: The project.
    """

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def contracts(self) -> dict[str, Contract]:
        """Contracts by source."""
        return load_contracts(self._project.contracts)

    @cached_property
    def models(self) -> dict[str, SqlModel]:
        """Models by qualified name."""
        from eduplan.declarations.models import load_models

        return load_models(self._project.sql)

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """Indicators by code."""
        from eduplan.declarations.indicators import load_indicators

        return load_indicators(self._project.plan)

    @cached_property
    def registry(self) -> Registry:
        """What the plan promises, and who answers for it; refused if it does not fit together."""
        from eduplan.declarations.registry import load_registry, registry_faults

        registry = load_registry(self._project.plan, self.indicators)
        for fault in registry_faults(self._project.plan, registry):
            raise fault
        return registry


@dataclass(frozen=True)
class Wanted:
    """Which arrivals are loaded; everything where nothing is chosen.

    Attributes:
        sources: Names of sources.
        periods: Periods as they are written.
        years: Calendar years that periods start in; a file whose period stands in a column is always wanted.
    """

    sources: frozenset[str] | None = None
    periods: frozenset[str] | None = None
    years: frozenset[int] | None = None

    def among(self, found: Arrivals, contracts: Mapping[str, Contract]) -> Arrivals:
        """The arrivals that are wanted, and the problems that concern them."""
        from eduplan.landing.arrivals import Arrivals

        return Arrivals(
            [each for each in found.arrivals if self._takes_source(each.source) and self._takes_year(each.period)],
            [problem for problem in found.problems if self._concerns(problem, contracts)],
        )

    def chosen_periods(self, found: Arrivals) -> frozenset[str] | None:
        """The periods to load, as they are written; nothing for all of them."""
        if self.years is None:
            return self.periods
        of_years = {each.period.text for each in found.arrivals if each.period and each.period.year in self.years}
        return frozenset(of_years)

    def _takes_source(self, source: str) -> bool:
        return self.sources is None or source in self.sources

    def _takes_year(self, period: Period | None) -> bool:
        return self.years is None or period is None or period.year in self.years

    def _concerns(self, problem: Problem, contracts: Mapping[str, Contract]) -> bool:
        """Whether a problem is of a wanted source: the one it was sent for, or else one whose folder it lies in."""
        if self.sources is None or problem.source:
            return self._takes_source(problem.source or "")
        folder = problem.file.split("/")[0]
        ways = [way for source in self.sources for way in contracts[source].files]
        return any(way.folder == folder for way in ways)


@dataclass(frozen=True)
class Loaded:
    """What one call of :func:`load` did.

    Attributes:
        files: Files that were staged now.
        problems: What could not be read, recognised or balanced.
        notices: Files that nobody asked for, and what of others was not read, one line each.
    """

    files: int
    problems: list[EduplanError]
    notices: list[str]


def find(project: Project, contracts: Mapping[str, Contract]) -> Arrivals:
    """Looks at what lies in the raw folder."""
    from eduplan.landing.arrivals import find_arrivals

    return find_arrivals(project, contracts)


def load(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    contracts: Mapping[str, Contract],
    found: Arrivals,
    *,
    wanted: Wanted,
    progress: Progress,
    now: datetime,
) -> Loaded:
    """Lands and stages what is wanted of what arrived; a file that fails does not stop the others."""
    from eduplan.staging.load import load_arrivals
    from eduplan.staging.report import Outcome

    chosen = wanted.among(found, contracts)
    report = load_arrivals(
        connection,
        project,
        contracts,
        chosen,
        progress=progress,
        sources=wanted.sources,
        periods=wanted.chosen_periods(found),
        now=now,
    )
    notices = [problem.line for problem in chosen.problems if problem.severity is Severity.WARNING]
    return Loaded(report.count(Outcome.STAGED), report.problems, notices + report.notices)


def build(
    connection: duckdb.DuckDBPyConnection, project: Project, declarations: Declarations, *, progress: Progress
) -> BuildReport:
    """Builds the core tables and marts of which something changed."""
    from eduplan.warehouse.build import build_models

    return build_models(connection, declarations.models, progress=progress, folder=project.slices)


def compute(
    connection: duckdb.DuckDBPyConnection, project: Project, declarations: Declarations, *, progress: Progress
) -> ComputeReport:
    """Computes the indicators of which something changed."""
    from eduplan.indicators.compute import compute_indicators

    return compute_indicators(connection, project, declarations.indicators, declarations.models, progress=progress)


def judge(connection: duckdb.DuckDBPyConnection, project: Project, declarations: Declarations) -> None:
    """Compares every value with its targets, and says what follows for the commitments."""
    from eduplan.indicators.commitments import write_commitments
    from eduplan.indicators.status import compute_status
    from eduplan.indicators.texts import write_plan_comments

    compute_status(connection, project, declarations.indicators)
    write_commitments(connection, declarations.registry, city_code=project.settings.city_code)
    write_plan_comments(connection)


def check(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    declarations: Declarations,
    *,
    progress: Progress,
    plan_is_written: Callable[[], object] = lambda: None,
) -> CheckReport:
    """Runs the checks of what changed; whether one of them blocks is for the release to say."""
    from eduplan.checks.run import run_checks

    return run_checks(
        connection,
        project,
        declarations.models,
        declarations.contracts,
        progress=progress,
        plan_is_written=plan_is_written,
    )


def release(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    declarations: Declarations,
    checked: CheckReport,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> Release:
    """Publishes the release, unless the one in force says the same.

    Raises:
        CheckFailure: A critical check failed; the old release stays.
    """
    from eduplan.release.publish import publish

    return publish(
        connection,
        project,
        declarations.models,
        declarations.contracts,
        declarations.indicators,
        check_report=checked,
        now=now,
        progress=progress,
    )


@dataclass
class NightReport:
    """What a night did.

    Attributes:
        problems: What went wrong, one clear line each; a file's problem does not end the night.
        stopped_by: The problem that ended the night before its release, if one did; it is the last of the problems.
        notices: Files that nobody asked for, what of others was not read, and what the release had to leave out.
        sources: The account of every source.
        seconds: How long each stage took.
        files_loaded: Files that were staged this night.
        tables_built: Models of which something was built.
        indicators_computed: Indicators whose values were written.
        checks: How many checks there are, how many ran now, and how many failed by severity.
        release_id: The release in force.
        is_new_release: Whether this night made it.
        nothing_changed: Whether the night ended after looking at the arrivals.
    """

    problems: list[EduplanError] = field(default_factory=list)
    stopped_by: EduplanError | None = None
    notices: list[str] = field(default_factory=list)
    sources: list[SourceAccount] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    files_loaded: int = 0
    tables_built: int = 0
    indicators_computed: int = 0
    checks: dict[str, int] = field(default_factory=dict)
    release_id: str | None = None
    is_new_release: bool = False
    nothing_changed: bool = False

    @property
    def exit_code(self) -> ExitCode:
        """The code of what ended the night, or else of a file's problem."""
        if self.stopped_by:
            return self.stopped_by.exit_code
        return max((problem.exit_code for problem in self.problems), default=ExitCode.OK)

    def as_record(self) -> dict[str, Any]:
        """The report as a script reads it."""
        return {
            "exit_code": int(self.exit_code),
            "nothing_changed": self.nothing_changed,
            "release": self.release_id,
            "is_new_release": self.is_new_release,
            "files_loaded": self.files_loaded,
            "tables_built": self.tables_built,
            "indicators_computed": self.indicators_computed,
            "checks": self.checks,
            "problems": [problem.line for problem in self.problems],
            "notices": self.notices,
            "seconds": {stage: round(seconds, 3) for stage, seconds in self.seconds.items()},
            "sources": [asdict(account) for account in self.sources],
        }


def run_night(
    project: Project,
    *,
    sources: Collection[str] | None = None,
    periods: Collection[str] | None = None,
    progress: Progress | None = None,
    now: datetime | None = None,
) -> NightReport:
    """Loads what arrived, builds, computes, judges, checks and releases; only what changed is done again.

    One file that cannot be read does not stop the night: what its sender sent before stays current. A critical check
    does: nothing is released, and yesterday's release stands.

    Args:
        project: The project.
        sources: Load only these sources.
        periods: Load only these periods.
        progress: Where the reader sees how far it is.
        now: Time of the night; the present by default.

    Returns:
        What was done, and what went wrong.

    Raises:
        DeclarationError: A contract is not valid, or there is none.
        UnknownName: A chosen source does not exist.
        LockedError: Another load is running.
        EnvironmentFault: There is no folder of extracts, or the working warehouse cannot be opened.
    """
    from eduplan.landing.arrivals import require_raw_folder

    declarations = Declarations(project)
    wanted = _wanted(declarations, sources, periods)
    if not declarations.contracts:
        raise DeclarationError(
            "no contract declares a source, so nothing can be loaded",
            where=str(project.contracts),
            remedy="write one, see docs/how-to/add-a-source.md, or name another project with --project",
        )
    require_raw_folder(project)
    report = NightReport()
    connection = open_warehouse(project)
    try:
        _stages(connection, project, declarations, wanted, report, progress or Silent(), now or datetime.now(UTC))
    except Exception as error:
        known = explain(error)
        if known is None:
            raise
        report.problems.append(known)
        report.stopped_by = known
    finally:
        connection.close()
    return report


def _wanted(declarations: Declarations, sources: Collection[str] | None, periods: Collection[str] | None) -> Wanted:
    unknown = sorted(set(sources or ()) - set(declarations.contracts))
    if unknown:
        raise UnknownName(
            f"no contract declares the source {', '.join(unknown)}",
            remedy=names_there_are(unknown[0], declarations.contracts),
        )
    return Wanted(
        sources=frozenset(sources) if sources else None,
        periods=frozenset(periods) if periods else None,
    )


def _stages(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    declarations: Declarations,
    wanted: Wanted,
    report: NightReport,
    progress: Progress,
    now: datetime,
) -> None:
    """The stages in their order, each timed; the account of the sources is there also when a later stage fails."""
    with _timed(report, "land"):
        found = find(project, declarations.contracts)
    with _timed(report, "stage"):
        loaded = load(connection, project, declarations.contracts, found, wanted=wanted, progress=progress, now=now)
    report.problems += loaded.problems
    report.notices += loaded.notices
    report.files_loaded = loaded.files
    report.sources = source_accounts(connection)
    with _timed(report, "look"):
        state = State.of(connection, project)
        in_force = state.release_made(connection, project)
    if in_force:
        report.nothing_changed, report.release_id = True, in_force
        return
    _import_checks_meanwhile()
    with _timed(report, "build"):
        report.tables_built = len(build(connection, project, declarations, progress=progress).builds)
    checked = _computed_and_checked(connection, project, declarations, report, progress)
    report.checks = {"all": len(checked.results), "ran": checked.ran, **checked.failed_by_severity()}
    with _timed(report, "release"):
        made = release(connection, project, declarations, checked, now=now, progress=progress)
        state.remember(connection, made.release_id, now)
    report.release_id, report.is_new_release = made.release_id, made.is_new
    report.notices += made.notices


def _computed_and_checked(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    declarations: Declarations,
    report: NightReport,
    progress: Progress,
) -> CheckReport:
    """Computes and judges while what was built before is checked; of checks, the time is noted that is left then."""
    plan: Future[None] = Future()

    def check_beside(cursor: duckdb.DuckDBPyConnection) -> CheckReport:
        return check(cursor, project, declarations, progress=progress, plan_is_written=plan.result)

    with beside(connection, check_beside) as checked:
        try:
            with _timed(report, "indicators"):
                report.indicators_computed = len(compute(connection, project, declarations, progress=progress).computed)
            with _timed(report, "status"):
                judge(connection, project, declarations)
        except BaseException:
            plan.cancel()
            raise
        plan.set_result(None)
        with _timed(report, "checks"):
            return checked()


def _import_checks_meanwhile() -> None:
    """Imports Great Expectations, which takes seconds of Python, while DuckDB builds tables on the other core."""

    def import_engine() -> None:
        with suppress(Exception):  # whoever needs it imports it again, and says why it fails
            import eduplan.checks.engine  # noqa: F401

    threading.Thread(target=import_engine, name="import of checks", daemon=True).start()


@contextmanager
def _timed(report: NightReport, stage: str) -> Iterator[None]:
    started = time.perf_counter()
    try:
        yield
    finally:
        report.seconds[stage] = time.perf_counter() - started
