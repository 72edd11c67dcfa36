"""What the figures rest on: files, checks, what is not told, and how everything is defined.

Belongs here: sheets about the release itself. Does not belong here: its figures (``figures``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eduplan.bulletin.colours import BRAND
from eduplan.bulletin.content import COUNTED
from eduplan.bulletin.facts import COUNTS_OF_A_SOURCE, by_status, origins
from eduplan.bulletin.sheets.book import Book, Column
from eduplan.words.terms import SOURCE_EVIDENCE, sign


def write_quality(book: Book) -> None:
    """Files and their rows, checks, what is not told, and what has no value."""
    bulletin, texts = book.bulletin, book.texts
    material, lang = bulletin.material, bulletin.lang
    columns = [Column("source", 40, wraps=True), *(Column(name, 14) for name in COUNTS_OF_A_SOURCE)]
    sheet, row = book.sheet(texts("quality"), texts("quality"), columns, texts("sources_note"))
    rows = [
        [
            material.source_titles.get(each["source"], {}).get(lang, each["source"]),
            *(int(each[name] or 0) for name in COUNTS_OF_A_SOURCE),
        ]
        for each in material.sources
    ]
    row = book.rows(sheet, row, columns, rows) + 1
    seen = by_status(material.observations)
    parts: list[tuple[str, Sequence[str], list[list[Any]]]] = [
        (
            texts("quality_checks"),
            ("severity", "checks_number", "failed"),
            [
                [texts.get(f"severity.{each['severity']}", each["severity"]), each["checks"], each["failed"]]
                for each in material.checks
            ],
        ),
        (
            texts("failed_checks"),
            ("check", "severity", "rows_unexpected", "table", "reason"),
            [
                [
                    each[f"title_{lang}"],
                    texts.get(f"severity.{each['severity']}", each["severity"]),
                    each["rows_unexpected"],
                    each["table_name"],
                    each[f"why_{lang}"],
                ]
                for each in material.failed_checks
            ],
        ),
        (
            texts("suppressed"),
            ("mart", "counted", "figures", "small", "hidden"),
            [[each[n] for n in ("mart", "counted", "figures", "small", "hidden")] for each in material.suppression],
        ),
        (
            texts("absent"),
            ("status", "total"),
            [[texts(f"absent.{mark}"), seen[mark]] for mark in ("Q", "M", "N")],
        ),
    ]
    for title, headings, lines in parts:
        sheet.write(row, 0, title, book.format(bold=True, font_color=BRAND, font_size=11))
        for place, key in enumerate(headings):
            sheet.write(row + 1, place, texts(key), book.heading)
        for number, line in enumerate(lines, start=row + 2):
            for place, value in enumerate(line):
                if isinstance(value, int):
                    sheet.write_number(number, place, value, book.number(0))
                elif value is not None:
                    sheet.write_string(number, place, str(value), book.format(text_wrap=place == 0))
        row += len(lines) + 3


def write_methods(book: Book) -> None:
    """How to read it, then the definition of every indicator."""
    bulletin, texts = book.bulletin, book.texts
    material, lang = bulletin.material, bulletin.lang
    columns = [
        Column("code", 18),
        Column("indicator", 40, wraps=True),
        Column("definition", 90, wraps=True),
        Column("definition_version", 9),
        Column("definition_source", 50, wraps=True),
        Column("definition_evidence", 20, wraps=True),
    ]
    sheet, first = book.sheet(texts("methods"), texts("methods"), columns)
    says = [(sign(status).word(lang), texts(f"says.{status}")) for status in (*COUNTED, "no_judgement", "context")]
    says += [(texts(f"absent.{mark}"), texts(f"absent_says.{mark}")) for mark in ("Q", "M", "N")]
    says += [("0", texts("absent_says.zero"))]
    says += [(texts(f"method_{name}"), texts(f"method_{name}_text")) for name in ("exact", "path", "periods")]
    minimum = f"{material.minimum_coverage_pct:g}"
    says += [(texts("method_coverage"), texts("method_coverage_text", minimum=minimum))]
    says += [(texts("method_evidence"), texts("method_evidence_text", **origins(bulletin)))]
    rows: list[list[Any]] = [
        [
            row["indicator"],
            row[f"name_{lang}"],
            row[f"definition_{lang}"],
            row["definition_version"],
            (row.get("source_text_zh") if lang == "zh" else None) or row["source_text"],
            SOURCE_EVIDENCE.get(row["evidence"], {}).get(lang, row["evidence"]),
        ]
        for row in material.definitions
    ]
    below = book.rows(sheet, first, columns, rows) + 1
    for row, (what, text) in enumerate(says, start=below):
        sheet.write(row, 1, what, book.format(bold=True, font_color=BRAND))
        sheet.write(row, 2, text, book.format(text_wrap=True))
