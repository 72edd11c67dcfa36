"""Who is the reason, what was promised, and what changed since the release before.

Belongs here: sheets that answer why. Does not belong here: figures (``figures``).
"""

from __future__ import annotations

from typing import Any

from eduplan.bulletin.figures import figure
from eduplan.bulletin.revisions import revisions
from eduplan.bulletin.sheets.book import Book, Column
from eduplan.words.sums import reason_text
from eduplan.words.terms import sign


def write_units(book: Book) -> None:
    """Every district, town and school that is named as a reason."""
    bulletin, texts = book.bulletin, book.texts
    columns = [
        Column("code", 15),
        Column("indicator", 44, wraps=True),
        Column("status", 14),
        Column("unit_level", 10),
        Column("unit_code", 15),
        Column("unit_name", 34),
        Column("missing_number", 12),
        Column("units_in_all", 12),
    ]
    lines = {(reason.line.code, reason.line.number): reason for each in bulletin.chapters for reason in each.reasons}
    sheet, first = book.sheet(texts("who_sheet"), texts("who"), columns, texts("who_note"))
    rows: list[list[Any]] = []
    for reason in lines.values():
        rows += [
            [
                reason.line.code,
                reason.line.name,
                reason.line.word,
                texts("level.district"),
                "",
                name,
                None,
                len(reason.districts),
            ]
            for name in reason.districts
        ]
    for unit in bulletin.material.failing:
        reason_of = lines.get((unit["indicator"], unit["target_number"]))
        if reason_of is None or unit["unit_level"] == "district" or unit["reference_year"] != reason_of.line.year:
            continue
        line, level = reason_of.line, texts.get(f"level.{unit['unit_level']}", unit["unit_level"])
        missing = None if unit["missing"] is None else f"{unit['missing'].normalize():f}"
        rows.append(
            [line.code, line.name, line.word, level, unit["unit_code"], unit["name_zh"], missing, unit["units"]]
        )
    book.rows(sheet, first, columns, sorted(rows, key=lambda row: row[0]))


def write_commitments(book: Book) -> None:
    """Every commitment with its status and what decided it."""
    bulletin, texts = book.bulletin, book.texts
    lang = bulletin.lang
    columns = [
        Column("code", 11),
        Column("commitment", 60, wraps=True),
        Column("promised", 26, wraps=True),
        Column("deadline", 11),
        Column("office", 26),
        Column("status", 16),
        Column("reason", 30, wraps=True),
        Column("decided_by", 16),
    ]
    sheet, first = book.sheet(texts("commitments"), texts("commitments"), columns, texts("commitments_note"))
    rows = [
        [
            row["commitment"],
            row[f"label_{lang}"],
            row[f"target_{lang}"],
            str(row["deadline"]) if row["deadline"] else texts("every_year") if row["is_yearly"] else "",
            row[f"office_{lang}"],
            f"{sign(row['status']).symbol} {sign(row['status']).word(lang)}",
            reason_text(row["reason"], lang),
            row["indicator"],
        ]
        for row in bulletin.material.commitments
    ]
    book.rows(sheet, first, columns, rows)
    for number, row in enumerate(bulletin.material.commitments, start=first):
        sheet.write_string(number, 5, rows[number - first][5], book.status(row["status"]))


def write_changes(book: Book) -> None:
    """Every value that the release before told otherwise, with the cause."""
    bulletin, texts = book.bulletin, book.texts
    material = bulletin.material
    columns = [
        Column("code", 15),
        Column("indicator", 40, wraps=True),
        Column("unit_level", 10),
        Column("area", 16),
        Column("part", 24),
        Column("time_period", 10),
        Column("old_value", 14),
        Column("new_value", 14),
        Column("cause", 44, wraps=True),
    ]
    found = revisions(bulletin)
    if material.previous_id is None:
        note = texts("changes_first")
    elif material.revised is None:
        note = texts("changes_unknown", old=material.previous_id)
    elif not found:
        note = texts("changes_none", old=material.previous_id)
    else:
        of_city, whole = (figure(number, 0) for number in (material.revised_of_city, material.revised.height))
        note = texts("changes_some", old=material.previous_id, all=whole, city=of_city)
    sheet, first = book.sheet(texts("changes"), texts("changes"), columns, note)
    rows = [
        [
            each.code,
            each.name,
            texts.get(f"level.{each.level}", each.level),
            each.area,
            each.part,
            each.period,
            each.old,
            each.new,
            each.cause,
        ]
        for each in found
    ]
    book.rows(sheet, first, columns, rows)
