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
from eduplan.words.night import HEADINGS, NOTE, NOTHING_CHANGED, closing_lines

if TYPE_CHECKING:
    from eduplan.night import NightReport
    from eduplan.project import Project


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
                session.err.print(f"{NOTE.of(session.lang)}{notice}", markup=False, style="yellow")
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
        session.out.print(NOTHING_CHANGED.of(session.lang), style="green")
        return
    if report.sources:
        print_table(
            session.out,
            [heading.of(session.lang) for heading in HEADINGS],
            [astuple(account)[: len(HEADINGS)] for account in report.sources],
        )
    for line in closing_lines(report, session.lang):
        session.out.print(line, markup=False)
