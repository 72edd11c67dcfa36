"""``eduplan releases`` and ``eduplan freeze``: the releases that are kept, and making one official.

Belongs here: showing and asking. Does not belong here: what a release or an official one is (``eduplan.release``).
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from eduplan.cli.commands import command
from eduplan.cli.session import Session

_BYTES_PER_MB = 1_000_000


def register(app: typer.Typer) -> None:
    """Adds the commands to the program."""

    @command(app, "releases")
    def releases(
        session: Session,
        json: Annotated[bool, typer.Option("--json", help="The list as JSON, with what the ledger says.")] = False,
    ) -> None:
        """Lists the releases that are kept, the newest first."""
        rows = _rows(session)
        if json:
            from eduplan.cli.output import data_stream, write_json

            write_json(data_stream(), rows)
            return
        from eduplan.cli.output import print_table
        from eduplan.words.terms import word

        lang = session.lang
        print_table(
            session.out,
            [
                word(key, lang)
                for key in ("release", "released_at", "state", "indicators", "tables", "size_mb", "reason")
            ],
            [
                (
                    row["release_id"],
                    row["created_at"],
                    " · ".join(word(key, lang) for key in ("in_force", "official") if row[key]),
                    row["indicators"],
                    row["tables"],
                    f"{row['bytes'] / _BYTES_PER_MB:.1f}",
                    row["official"]["reason"] if row["official"] else "",
                )
                for row in rows
            ],
            numeric=[word("size_mb", lang)],
        )

    @command(app, "freeze")
    def freeze(
        session: Session,
        release: Annotated[str, typer.Argument(help="current, previous, a date, or the beginning of an id.")],
        reason: Annotated[str, typer.Option(help="What it is published for, such as 'annual bulletin 2025'.")],
        revision_reason: Annotated[
            str | None, typer.Option(help="Why it revises values of the official release before it.")
        ] = None,
        json: Annotated[bool, typer.Option("--json", help="The entry in the ledger as JSON.")] = False,
    ) -> None:
        """Makes a release official: it is never removed, and a later one must say why it revises a value of it."""
        from datetime import datetime
        from zoneinfo import ZoneInfo

        from eduplan.release.history import find_release
        from eduplan.release.official import freeze as make_official

        project = session.open_project()
        entry = make_official(
            project,
            find_release(project, release),
            reason=reason,
            revision_reason=revision_reason,
            now=datetime.now(ZoneInfo(project.settings.timezone)),
        )
        if json:
            from eduplan.cli.output import data_stream, write_json

            write_json(data_stream(), asdict(entry))
            return
        line = f"{entry.release_id} is official and stays."
        if entry.follows:
            line += f" It revises {len(entry.revisions)} values of {entry.follows}."
        session.out.print(line, markup=False)


def _rows(session: Session) -> list[dict[str, Any]]:
    from eduplan.release.history import find_release, kept_releases
    from eduplan.release.official import official_releases

    project = session.open_project()
    current = find_release(project, "current").release_id
    ledger = {entry.release_id: asdict(entry) for entry in official_releases(project)}
    return [
        {
            "release_id": release.release_id,
            "created_at": release.manifest["created_at"],
            "in_force": release.release_id == current,
            "official": ledger.get(release.release_id),
            "indicators": len(release.manifest["indicators"]),
            "tables": len(release.manifest["tables"]),
            "bytes": sum(file["bytes"] for file in release.manifest["files"]),
        }
        for release in reversed(kept_releases(project))
    ]
