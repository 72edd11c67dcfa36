"""The first sheet: how many indicators and commitments have which status, by chapter.

Belongs here: that sheet. Does not belong here: counting (``eduplan.bulletin.content``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from eduplan.bulletin.colours import BRAND, MUTED, RULE, STATUS
from eduplan.bulletin.content import COUNTED, Chapter
from eduplan.bulletin.facts import date_text, period_text
from eduplan.bulletin.sheets.book import Book, Column, cell
from eduplan.words.terms import sign

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet


def write_summary(book: Book) -> None:
    """What the bulletin is of, and how many there are of each status."""
    bulletin, texts = book.bulletin, book.texts
    material = bulletin.material
    columns = [Column("chapter", 38), *(Column(sign(status).word(bulletin.lang), 12) for status in COUNTED)]
    columns += [Column("total", 10)]
    title = f"{material.city_name[bulletin.lang]} · {texts('title')} · {period_text(bulletin)}"
    parts = ((texts("release"), material.release_id), (texts("dated"), date_text(bulletin)))
    note = " · ".join(f"{name}{texts('colon')}{said}" for name, said in parts)
    sheet, row = book.sheet(texts("summary"), title, columns, note)
    row = _counts(book, sheet, row, texts("indicators"), [(each, each.counts) for each in bulletin.chapters])
    if material.commitments:
        row += 1
        row = _counts(book, sheet, row, texts("commitments"), [(each, each.commitments) for each in bulletin.chapters])
    muted = book.format(font_color=MUTED, font_size=9)
    for text in ("by_chapter_note", "commitments_note", "sheet_note"):
        row += 1
        sheet.write(row, 0, texts(text), muted)


def _counts(book: Book, sheet: Worksheet, row: int, title: str, rows: Sequence[tuple[Chapter, Any]]) -> int:
    """A block of chapters by status, with sums that the workbook works out."""
    bold, edge = book.format(bold=True), book.number(0, bold=True, top=1, top_color=RULE)
    sheet.write(row, 0, title, book.format(bold=True, font_color=BRAND, font_size=11))
    first = row + 1
    for number, (chapter, counts) in enumerate(rows, start=first):
        sheet.write(number, 0, f"{chapter.number} {chapter.title}", book.format())
        for place, status in enumerate(COUNTED, start=1):
            shown = (
                book.number(0, font_color=STATUS[status]) if counts.get(status) else book.number(0, font_color=MUTED)
            )
            sheet.write_number(number, place, counts.get(status, 0), shown)
        all_of_it = sum(counts.get(status, 0) for status in COUNTED)
        last = len(COUNTED)
        sheet.write_formula(
            number, last + 1, f"=SUM({cell(number, 1)}:{cell(number, last)})", book.number(0), all_of_it
        )
    below = first + len(rows)
    sheet.write(below, 0, book.texts("total"), bold)
    for place in range(1, len(COUNTED) + 2):
        statuses = COUNTED[place - 1 : place] if place <= len(COUNTED) else COUNTED
        value = sum(counts.get(status, 0) for _, counts in rows for status in statuses)
        sheet.write_formula(below, place, f"=SUM({cell(first, place)}:{cell(below - 1, place)})", edge, value)
    return below + 1
