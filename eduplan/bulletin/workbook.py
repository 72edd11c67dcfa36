"""The bulletin as a workbook: a sheet a chapter, and sheets for what stands around them.

Belongs here: which sheets there are, in order. Does not belong here: what stands on them (``eduplan.bulletin.sheets``).

Numbers are numbers, with the decimals that people see; what has no number has the word for why.
"""

from __future__ import annotations

from pathlib import Path

from eduplan.bulletin.content import Bulletin
from eduplan.bulletin.facts import period_text
from eduplan.bulletin.sheets.book import Book
from eduplan.bulletin.sheets.figures import write_districts, write_scorecard
from eduplan.bulletin.sheets.notes import write_methods, write_quality
from eduplan.bulletin.sheets.reasons import write_changes, write_commitments, write_units
from eduplan.bulletin.sheets.summary import write_summary


def write_workbook(bulletin: Bulletin, path: Path) -> None:
    """Writes the bulletin as a workbook.

    Args:
        bulletin: What it says.
        path: The file.
    """
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "nan_inf_to_errors": True}) as workbook:
        texts, material = bulletin.texts, bulletin.material
        workbook.set_properties(
            {
                "title": texts("title"),
                "subject": f"{material.city_name[bulletin.lang]} · {period_text(bulletin)}",
                "comments": material.release_id,
                "created": material.created_at.replace(tzinfo=None),
            }
        )
        book = Book(bulletin, workbook)
        write_summary(book)
        if bulletin.headlines:
            write_scorecard(book, texts("headlines"), texts("headlines"), bulletin.headlines)
            write_districts(book)
        for chapter in bulletin.chapters:
            if chapter.lines:
                write_scorecard(
                    book, f"{chapter.number} {chapter.title}", f"{chapter.number} {chapter.title}", chapter.lines
                )
        write_units(book)
        if material.commitments:
            write_commitments(book)
        write_changes(book)
        write_quality(book)
        write_methods(book)
