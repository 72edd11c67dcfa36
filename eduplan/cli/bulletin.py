"""``eduplan bulletin``: writes the bulletin of a release again.

Belongs here: options, and saying what was written. Does not belong here: writing it (``eduplan.bulletin``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eduplan.cli.commands import command
from eduplan.cli.session import Session, UsageFault
from eduplan.words.language import Language

if TYPE_CHECKING:
    from eduplan.project import Project
    from eduplan.release.release import Release


def register(app: typer.Typer) -> None:
    """Adds the command to the program."""

    @command(app, "bulletin")
    def bulletin(
        session: Session,
        period: Annotated[
            str | None, typer.Option(help="School year such as 2024-25; the latest of the release by default.")
        ] = None,
        release: Annotated[str, typer.Option(help="A release, by what eduplan releases calls it.")] = "current",
        output: Annotated[Path, typer.Option(help="Folder for the files.")] = Path(),
    ) -> None:
        """Writes the bulletin of a release as PDF and XLSX: in both languages, or in the one of --lang."""
        from eduplan.bulletin.write import Order, reference_year, write_bulletin
        from eduplan.release.history import find_release

        project = session.open_project()
        year = None
        if period is not None:
            try:
                year = reference_year(period)
            except ValueError as error:
                raise UsageFault(str(error), where=period, remedy="say it as 2024-25 or 2024") from error
        found = find_release(project, release)
        order = Order(
            project=project,
            database=found.database,
            folder=output,
            year=year,
            previous=_before(project, found),
            name=f"bulletin-{period}" if period else "bulletin",
        )
        languages: list[Language] = [session.lang] if session.options.lang else ["zh", "en"]
        written = write_bulletin(order, languages)
        if not written.files:
            raise UsageFault("the release has no indicators, so there is no bulletin", where=found.release_id)
        for file in written.files:
            session.out.print(str(file), markup=False)
        for notice in written.notices:
            session.err.print(f"note: {notice}", markup=False, style="yellow")


def _before(project: Project, release: Release) -> tuple[str, Path] | None:
    """The release that the given one replaced, as far as it is kept."""
    from eduplan.release.history import kept_releases

    before = [each for each in kept_releases(project) if each.release_id < release.release_id]
    named = release.manifest.get("previous")
    found = next((each for each in before if each.release_id == named), before[-1] if before and not named else None)
    return (found.release_id, found.database) if found else None
