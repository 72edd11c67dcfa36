"""``eduplan diff A B``: what differs between two releases.

Belongs here: how differences look. Does not belong here: finding them (``eduplan.release.comparison``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from eduplan.cli.commands import command
from eduplan.cli.session import Session
from eduplan.words.language import Language

if TYPE_CHECKING:
    from eduplan.release.comparison import Comparison
    from eduplan.release.release import Release

SHOWN = 20
_LEVELS = ("city", "district")
"""Revisions of these areas come first in a table; schools and towns are many."""
_TOTAL = "_T"
_NAME = "current, previous, official, a date, or the beginning of an id."


def register(app: typer.Typer) -> None:
    """Adds the command to the program."""

    @command(app, "diff")
    def diff(
        session: Session,
        old: Annotated[str, typer.Argument(help=_NAME)] = "previous",
        new: Annotated[str, typer.Argument(help=_NAME)] = "current",
        limit: Annotated[int, typer.Option(help="Lines that each part shows; 0 shows all.", min=0)] = SHOWN,
        json: Annotated[bool, typer.Option("--json", help="Every difference as JSON.")] = False,
    ) -> None:
        """Shows what differs between two releases: tables, rows, definitions, files, and every revised value."""
        from eduplan.release.comparison import compare
        from eduplan.release.history import find_release

        project = session.open_project()
        before, after = find_release(project, old), find_release(project, new)
        found = compare(before.database, after.database)
        if json:
            from eduplan.cli.output import data_stream, write_json

            write_json(data_stream(), _record(before, after, found))
            return
        _show(session, before, after, found, limit or None)


def _record(before: Release, after: Release, found: Comparison) -> dict[str, Any]:
    parts = ("columns", "rows", "definitions", "batches", "values")
    return {
        "old": before.release_id,
        "new": after.release_id,
        **{part: getattr(found, part).to_dicts() for part in parts},
    }


def _show(session: Session, before: Release, after: Release, found: Comparison, limit: int | None) -> None:
    from rich.text import Text

    from eduplan.words.terms import word

    lang = session.lang
    session.out.print(Text(f"{before.release_id} → {after.release_id}", style="bold"))
    if found.is_empty:
        session.out.print(word("no_difference", lang))
        return
    _part(session, "columns_changed", found.columns.rows(), ("table", "column", "old", "new", "change"), limit)
    _part(session, "rows_changed", found.rows.rows(), ("table", "old", "new"), limit)
    _part(session, "definitions", found.definitions.rows(), ("indicator", "old", "new", "change"), limit)
    _part(session, "batches", found.batches.rows(), ("source", "period", "sender", "old", "new", "change"), limit)
    for change in ("revised", "added", "withdrawn"):
        counted = found.values.filter(found.values["change"] == change)
        causes = ", ".join(
            f"{number} {word(f'cause_{cause}', lang)}"
            for cause, number in sorted(counted["cause"].value_counts().rows())
        )
        if not counted.is_empty():
            session.out.print(Text(f"{word(f'values_{change}', lang)}: {counted.height} ({causes})"))
    revised = found.values.filter(found.values["change"] != "added").to_dicts()
    revised.sort(key=lambda row: _LEVELS.index(row["ref_area_level"]) if row["ref_area_level"] in _LEVELS else 2)
    headings = ("indicator", "period", "area", "part", "old", "new", "cause", "batches")
    _part(session, "values", [_line(row, lang) for row in revised], headings, limit)


def _part(session: Session, title: str, rows: list[Any], headings: tuple[str, ...], limit: int | None) -> None:
    """One table, cut to its first lines; nothing where nothing differs."""
    from eduplan.cli.output import print_table
    from eduplan.words.terms import word

    if not rows:
        return
    lang = session.lang
    name = f"{word(title, lang)}: {len(rows)}"
    shown = [[_cell(value, lang) for value in row] for row in rows[:limit]]
    print_table(session.out, [word(heading, lang) for heading in headings], shown, title=name)
    if len(shown) < len(rows):
        session.out.print(word("diff_more", lang).format(shown=len(shown), all=len(rows)), style="dim")


def _cell(value: object, lang: Language) -> object:
    from eduplan.words.terms import CHANGES

    if value is None:
        return "–"
    return CHANGES[value][lang] if isinstance(value, str) and value in CHANGES else value


def _line(row: dict[str, Any], lang: Language) -> tuple[str, ...]:
    from eduplan.indicators.tables import DIMENSIONS
    from eduplan.words.terms import word

    return (
        row["indicator"],
        row["time_period"],
        row["ref_area"],
        " ".join(row[name] for name in DIMENSIONS if row[name] != _TOTAL),
        _told(row["old_value"], row["old_status"], lang),
        _told(row["new_value"], row["new_status"], lang),
        word(f"cause_{row['cause']}", lang),
        ", ".join(row["batches"]),
    )


def _told(value: float | None, status: str | None, lang: Language) -> str:
    """A value in full, since revisions may lie behind the decimals that people see; or why there is none."""
    from eduplan.words.absences import ABSENCES
    from eduplan.words.numbers import plain_number

    if status is None:
        return "–"
    return ABSENCES[status].word.of(lang) if status in ABSENCES else plain_number(value)
