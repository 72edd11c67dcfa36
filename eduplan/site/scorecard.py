"""The scorecard of the city, and the page of a chapter.

Belongs here: what those pages know. Does not belong here: the lines themselves (``eduplan.site.lines``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from eduplan.site.lines import Line, tally
from eduplan.site.reading import ReleaseReader
from eduplan.site.rendering import Renderer
from eduplan.site.wording import Text, both
from eduplan.words.terms import SIGNS

Row = dict[str, Any]

ORDER = ("met", "on_track", "at_risk", "off_track", "missed", "insufficient_data", "no_judgement", "context")
"""Statuses from good to bad, then those that say nothing."""


class Group(NamedTuple):
    """Lines under one heading."""

    chapter: str
    heading: Text
    lines: list[Line]


def grouped(reader: ReleaseReader, lines: Sequence[Line]) -> list[Group]:
    """Lines by chapter, in the order of the plan."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.indicator["chapter"], []).append(line)
    known = [chapter for chapter in reader.chapters if chapter in found]
    rest = sorted(set(found) - set(known))
    return [Group(chapter, heading(reader, chapter), found[chapter]) for chapter in [*known, *rest]]


def heading(reader: ReleaseReader, chapter: str) -> Text:
    """Number and title of a chapter; its schema where it has none."""
    known = reader.chapters.get(chapter)
    if known is None:
        return Text(chapter, chapter)
    return Text(f"{known.number} {known.title.en}", f"{known.number} {known.title.zh}")


def used(lines: Sequence[Line]) -> list[str]:
    """Statuses that occur, in order."""
    return [status for status, _ in tally(lines, ORDER)]


def write_scorecard(reader: ReleaseReader, renderer: Renderer, lines: Sequence[Line]) -> None:
    """Writes the first page."""
    by_chapter = {group.chapter: group.lines for group in grouped(reader, lines)}
    chapters = [
        {
            "number": chapter.number,
            "title": Text(chapter.title.en, chapter.title.zh),
            "file": chapter_file(chapter.chapter),
            "counts": tally(by_chapter.get(chapter.chapter, []), ORDER),
            "commitments": sum(row["chapter"] == chapter.chapter for row in reader.commitments),
        }
        for chapter in reader.chapters.values()
    ]
    renderer.page(
        "index.html",
        "scorecard.html",
        Text("Scorecard", "计分卡"),
        counts=tally(lines, ORDER),
        chapters=chapters,
        lines=grouped(reader, lines),
        statuses=used(lines),
        district_codes=list(reader.districts),
        caption=_caption(reader),
    )


def chapter_file(chapter: str) -> str:
    """The page of a chapter."""
    return f"chapter/{chapter}.html"


def _caption(reader: ReleaseReader) -> object:
    codes = [f"{text.en}" for text in reader.districts.values()], [text.zh for text in reader.districts.values()]
    if not reader.districts:
        return both("Latest value of each indicator", "各指标最新数值")
    return both(
        f"Latest value of each indicator. The last column has a symbol for each district: {', '.join(codes[0])}.",
        f"各指标最新数值。末列为各区县状态，依次为：{'、'.join(codes[1])}。",
    )


def every_status() -> tuple[str, ...]:
    """All statuses that there are, for pages that explain them."""
    return tuple(SIGNS)
