"""The page of a chapter: its sections with their commitments, and its indicators.

Belongs here: what that page knows. Does not belong here: the lines of its indicators (``eduplan.site.lines``).
"""

from __future__ import annotations

from collections.abc import Sequence

from eduplan.site.lines import Line, tally
from eduplan.site.reading import ReleaseReader
from eduplan.site.rendering import Renderer
from eduplan.site.scorecard import ORDER, chapter_file, grouped, heading, used
from eduplan.site.wording import Text, both


def write_chapters(reader: ReleaseReader, renderer: Renderer, lines: Sequence[Line]) -> None:
    """Writes a page for each chapter that the plan has, or that an indicator stands in."""
    by_chapter = {group.chapter: group.lines for group in grouped(reader, lines)}
    for name in [*reader.chapters, *(chapter for chapter in by_chapter if chapter not in reader.chapters)]:
        own, title = by_chapter.get(name, []), heading(reader, name)
        chapter = reader.chapters.get(name)
        commitments = [row for row in reader.commitments if row["chapter"] == name]
        sections = [
            {
                "number": section.section,
                "title": Text(section.title.en, section.title.zh),
                "commitments": [row for row in commitments if row["section"] == section.section],
            }
            for section in (chapter.sections if chapter else [])
        ]
        renderer.page(
            chapter_file(name),
            "chapter.html",
            title,
            here="index.html",
            heading=title,
            sections=sections,
            counts=tally(own, ORDER),
            lines=grouped(reader, own),
            statuses=used(own),
            waiting=[row for row in reader.waiting.values() if row["chapter"] == name],
            district_codes=list(reader.districts),
            caption=both("Latest value of each indicator of this chapter", "本篇章各指标最新数值"),
        )
