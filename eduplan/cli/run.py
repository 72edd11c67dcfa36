"""``eduplan run``: one night, by hand or by cron.

Belongs here: showing what a night did. Does not belong here: doing it (``eduplan.night``).
"""

from __future__ import annotations

from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eduplan.cli.commands import command
from eduplan.cli.session import Session

if TYPE_CHECKING:
    from eduplan.night import NightReport
    from eduplan.project import Project

_SEVERITIES = ("critical", "error", "warning")


def register(app: typer.Typer) -> None:
    """Adds the command to the program."""

    @command(app, "run")
    def run(
        session: Session,
        raw: Annotated[
            Path | None, typer.Option(help="Folder of extracts; EDUPLAN_RAW or DATA/raw by default.")
        ] = None,
        source: Annotated[list[str] | None, typer.Option(help="Load only this source; may be repeated.")] = None,
        period: Annotated[list[str] | None, typer.Option(help="Load only this period; may be repeated.")] = None,
        notify: Annotated[
            bool, typer.Option("--notify", help="Post to webhook_url when the night does not end well.")
        ] = False,
        json: Annotated[bool, typer.Option("--json", help="The report as JSON.")] = False,
    ) -> None:
        """Loads what arrived, builds, judges, checks and releases; only what changed is done again."""
        from eduplan.night import run_night

        project = session.open_project(raw=raw)
        with session.bars() as bars:
            report = run_night(project, sources=source, periods=period, progress=bars)
        if json:
            from eduplan.cli.output import data_stream, write_json

            write_json(data_stream(), report.as_record())
        elif not session.quiet:
            _show(session, report)
        if not session.quiet:
            for notice in report.notices:
                session.err.print(f"note: {notice}", markup=False, style="yellow")
        for problem in report.problems:
            session.err.print(f"eduplan: {problem.line}", markup=False, style="bold red")
        if report.exit_code:
            if notify:
                _tell(project, report)
            raise typer.Exit(report.exit_code)


def _tell(project: Project, report: NightReport) -> None:
    from eduplan.alerts import Alert, send

    at = datetime.now(UTC).isoformat(timespec="seconds")
    send(Alert("eduplan run", "", [problem.line for problem in report.problems], at), project.settings.webhook_url)


def _show(session: Session, report: NightReport) -> None:
    from eduplan.cli.output import print_table

    if report.nothing_changed:
        session.out.print("Nothing changed since the last release; it stands as it is.", style="green")
        return
    if report.sources:
        print_table(
            session.out,
            ("source", "files", "rows read", "staged", "quarantined", "duplicate", "dropped", "cells repaired"),
            [astuple(account)[:8] for account in report.sources],
        )
    for line in _lines(report):
        session.out.print(line, markup=False)


def _lines(report: NightReport) -> list[str]:
    """What was done, and where to look next."""
    checks = report.checks
    lines = [f"{report.files_loaded} files loaded, {report.tables_built} tables built"]
    lines[0] += f", {report.indicators_computed} indicators computed in {sum(report.seconds.values()):.1f} s"
    if checks:
        failed = ", ".join(f"{checks[severity]} {severity}" for severity in _SEVERITIES if checks[severity])
        lines.append(f"{checks['all']} checks, {failed or 'none'} failed")
        if failed and not report.stopped_by:
            lines[-1] += "; see them with: eduplan sql 'from about.checks where not success'"
    if report.is_new_release:
        lines.append(f"Released {report.release_id}. Look at it with: eduplan status")
    elif report.release_id and not report.stopped_by:
        lines.append(f"The release {report.release_id} says the same already; it stands.")
    elif report.stopped_by:
        lines.append("Nothing was released; the last release stands.")
    return lines
