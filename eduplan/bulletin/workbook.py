"""The bulletin as a workbook: a sheet a chapter, and sheets for what stands around them.

Belongs here: sheets and formats. Does not belong here: what the bulletin says.

Numbers are numbers, with the decimals that people see; what has no number has the word for why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eduplan.bulletin.colours import BRAND, MUTED, RULE, STATUS, TINT
from eduplan.bulletin.content import COUNTED, Bulletin, Chapter, Line
from eduplan.bulletin.paper import by_status, date_text, origins, period_text
from eduplan.bulletin.revisions import revisions
from eduplan.words.sums import reason_text
from eduplan.words.terms import SOURCE_EVIDENCE, sign

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_FONTS = {"en": "Calibri", "zh": "Microsoft YaHei"}
_LONGEST_SHEET_NAME = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


@dataclass(frozen=True)
class Column:
    """A column of a sheet.

    Attributes:
        key: Key of its heading in the texts, or the heading itself.
        width: Width in letters.
        wraps: Whether long texts are broken.
    """

    key: str
    width: float
    wraps: bool = False


class Book:
    """A workbook that is being written.

    Args:
        bulletin: What it says.
        book: The workbook.
    """

    def __init__(self, bulletin: Bulletin, book: Workbook) -> None:
        self.bulletin, self.texts, self.book = bulletin, bulletin.texts, book
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._names: set[str] = set()

    def format(self, **settings: Any) -> Format:
        """A format; the same settings give the same one."""
        key = tuple(sorted(settings.items()))
        if key not in self._formats:
            base = {"font_name": _FONTS[self.bulletin.lang], "font_size": 10, "valign": "top"}
            self._formats[key] = self.book.add_format(base | settings)
        return self._formats[key]

    @cached_property
    def heading(self) -> Format:
        """Format of headings."""
        return self.format(bold=True, font_color="#ffffff", bg_color=BRAND, text_wrap=True, valign="vcenter")

    def number(self, decimals: int, **settings: Any) -> Format:
        """Format of a number with its decimals."""
        return self.format(num_format="#,##0" + ("." + "0" * decimals if decimals else ""), **settings)

    def status(self, status: str | None) -> Format:
        """Format of a status."""
        colour = STATUS.get(status or "context", MUTED)
        return self.format(bold=True, font_color=colour, bg_color=TINT.get(status or "", "#ffffff"))

    def sheet(self, name: str, title: str, columns: Sequence[Column], note: str = "") -> tuple[Worksheet, int]:
        """Adds a sheet with a title, a note and headings.

        Returns:
            The sheet and its first row below the headings.
        """
        sheet = self.book.add_worksheet(self._free_name(name))
        sheet.hide_gridlines(2)
        sheet.write(0, 0, title, self.format(bold=True, font_size=14, font_color=BRAND))
        sheet.write(1, 0, note, self.format(font_color=MUTED, font_size=9))
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            sheet.write(2, place, self.texts.get(column.key, column.key), self.heading)
        sheet.set_row(2, 30)
        sheet.freeze_panes(3, 2 if len(columns) > 4 else 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
        return sheet, 3

    def rows(self, sheet: Worksheet, first: int, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> int:
        """Writes plain rows: whole numbers as numbers, the rest as text.

        Returns:
            The row below the last one.
        """
        text, wrapped, whole = self.format(), self.format(text_wrap=True), self.number(0)
        for row, values in enumerate(rows, start=first):
            for place, value in enumerate(values):
                if isinstance(value, int) and not isinstance(value, bool):
                    sheet.write_number(row, place, value, whole)
                elif value is not None:
                    sheet.write_string(row, place, str(value), wrapped if columns[place].wraps else text)
        if rows:
            sheet.autofilter(first - 1, 0, first + len(rows) - 1, len(columns) - 1)
        return first + len(rows)

    def _free_name(self, name: str) -> str:
        short = name.translate(_FORBIDDEN)[:_LONGEST_SHEET_NAME].strip()
        free, number = short, 2
        while free.lower() in self._names:
            free = f"{short[: _LONGEST_SHEET_NAME - 3]} {number}"
            number += 1
        self._names.add(free.lower())
        return free


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
        _summary(book)
        if bulletin.headlines:
            _scorecard(book, texts("headlines"), texts("headlines"), bulletin.headlines)
            _districts(book)
        for chapter in bulletin.chapters:
            if chapter.lines:
                _scorecard(
                    book, f"{chapter.number} {chapter.title}", f"{chapter.number} {chapter.title}", chapter.lines
                )
        _units(book)
        if material.commitments:
            _commitments(book)
        _changes(book)
        _quality(book)
        _methods(book)


def _summary(book: Book) -> None:
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
            number, last + 1, f"=SUM({_cell(number, 1)}:{_cell(number, last)})", book.number(0), all_of_it
        )
    below = first + len(rows)
    sheet.write(below, 0, book.texts("total"), bold)
    for place in range(1, len(COUNTED) + 2):
        statuses = COUNTED[place - 1 : place] if place <= len(COUNTED) else COUNTED
        value = sum(counts.get(status, 0) for _, counts in rows for status in statuses)
        sheet.write_formula(below, place, f"=SUM({_cell(first, place)}:{_cell(below - 1, place)})", edge, value)
    return below + 1


def _cell(row: int, column: int) -> str:
    from xlsxwriter.utility import xl_rowcol_to_cell

    return str(xl_rowcol_to_cell(row, column))


def _scorecard(book: Book, name: str, title: str, lines: Sequence[Line]) -> None:
    years = sorted({year for line in lines for year, _ in line.trend})
    columns = [
        Column("code", 15),
        Column("indicator", 44, wraps=True),
        Column("unit", 12),
        Column("trend", 14),
        *(Column(str(year), 10) for year in years),
        Column("before", 11),
        Column("value", 12),
        Column("target", 14),
        Column("deadline", 11),
        Column("path", 11),
        Column("status", 15),
        Column("reason", 26, wraps=True),
        Column("coverage", 10),
        Column("time_period", 10),
        Column("evidence", 10),
    ]
    sheet, first = book.sheet(name, title, columns, book.texts("sheet_note"))
    at = {column.key: place for place, column in enumerate(columns)}
    text, wrapped = book.format(), book.format(text_wrap=True)
    percent = book.format(num_format='0.0"%"')
    low = book.format(num_format='0.0"%"', font_color=STATUS["missed"])
    minimum = book.bulletin.material.minimum_coverage_pct
    for row, line in enumerate(lines, start=first):
        sheet.write_string(row, at["code"], line.code, book.format(font_color=MUTED))
        sheet.write_string(row, at["indicator"], line.name, wrapped)
        sheet.write_string(row, at["unit"], line.unit or _sign_of(line), text)
        _trend(book, sheet, row, at, years, line)
        _value(book, sheet, row, at["before"], line.previous, line.before, line.decimals)
        _value(book, sheet, row, at["value"], line.value, line.shown, line.decimals, bold=True)
        sheet.write_string(row, at["target"], line.target, text)
        sheet.write_string(row, at["deadline"], line.deadline, text)
        sheet.write_string(row, at["path"], line.path, book.format(align="right"))
        word = f"{sign(line.status).symbol} {line.word}" + (f" {line.since}" if line.since else "")
        sheet.write_string(row, at["status"], word, book.status(line.status))
        sheet.write_string(row, at["reason"], line.reason, wrapped)
        if line.coverage is not None:
            sheet.write_number(row, at["coverage"], line.coverage, low if line.coverage < minimum else percent)
        sheet.write_string(row, at["time_period"], line.period, text)
        sheet.write_string(row, at["evidence"], line.evidence, text)
    if lines:
        sheet.autofilter(first - 1, 0, first + len(lines) - 1, len(columns) - 1)


def _sign_of(line: Line) -> str:
    return "%" if "%" in line.shown or "%" in line.before or "%" in line.target else ""


def _value(
    book: Book, sheet: Worksheet, row: int, column: int, value: float | None, shown: str, decimals: int, **look: Any
) -> None:
    if value is None:
        sheet.write_string(row, column, shown, book.format(italic=True, font_color=MUTED, align="right"))
    else:
        sheet.write_number(row, column, value, book.number(decimals, **look))


def _trend(book: Book, sheet: Worksheet, row: int, at: dict[str, int], years: Sequence[int], line: Line) -> None:
    """The value of every year, and a small line of them."""
    by_year = dict(line.trend)
    for year in years:
        value = by_year.get(year)
        if value is not None:
            sheet.write_number(row, at[str(year)], value, book.number(line.decimals, font_color=MUTED))
    if sum(value is not None for value in by_year.values()) > 1:
        sheet.add_sparkline(
            row,
            at["trend"],
            {
                "range": f"{_cell(row, at[str(years[0])])}:{_cell(row, at[str(years[-1])])}",
                "series_color": STATUS.get(line.status or "context", MUTED),
                "last_point": True,
                "weight": 1.5,
            },
        )


def _districts(book: Book) -> None:
    bulletin, texts = book.bulletin, book.texts
    columns = [Column("code", 15), Column("indicator", 44, wraps=True), Column("unit", 12), Column("city", 12)]
    columns += [Column(name, 12) for name in bulletin.districts.values()]
    sheet, first = book.sheet(texts("districts"), texts("districts"), columns, texts("districts_note"))
    for row, (line, cells) in enumerate(zip(bulletin.headlines, bulletin.side_by_side, strict=True), start=first):
        sheet.write_string(row, 0, line.code, book.format(font_color=MUTED))
        sheet.write_string(row, 1, line.name, book.format(text_wrap=True))
        sheet.write_string(row, 2, line.unit or _sign_of(line), book.format())
        whole = [(line.value, line.shown, line.status), *((cell.value, cell.shown, cell.status) for cell in cells)]
        for column, (value, shown, status) in enumerate(whole, start=3):
            ground = {"bg_color": TINT[status]} if status in TINT else {}
            if value is None:
                sheet.write_string(row, column, shown, book.format(font_color=MUTED, align="right", **ground))
            else:
                sheet.write_number(row, column, value, book.number(line.decimals, **ground))


def _units(book: Book) -> None:
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


def _commitments(book: Book) -> None:
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


def _changes(book: Book) -> None:
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
        of_city = sum(revision.level == "city" for revision in found)
        note = texts("changes_some", old=material.previous_id, all=material.revised.height, city=of_city)
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


def _quality(book: Book) -> None:
    bulletin, texts = book.bulletin, book.texts
    material, lang = bulletin.material, bulletin.lang
    counts = (
        "files",
        "rows_read",
        "rows_staged",
        "rows_quarantined",
        "rows_duplicate",
        "rows_dropped",
        "cells_repaired",
    )
    columns = [Column("source", 40, wraps=True), *(Column(name, 14) for name in counts)]
    sheet, row = book.sheet(texts("quality"), texts("quality"), columns, texts("sources_note"))
    rows = [
        [material.source_titles.get(each["source"], {}).get(lang, each["source"]), *(int(each[n] or 0) for n in counts)]
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


def _methods(book: Book) -> None:
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
            row["source_text"],
            SOURCE_EVIDENCE.get(row["evidence"], {}).get(lang, row["evidence"]),
        ]
        for row in material.definitions
    ]
    below = book.rows(sheet, first, columns, rows) + 1
    for row, (what, text) in enumerate(says, start=below):
        sheet.write(row, 1, what, book.format(bold=True, font_color=BRAND))
        sheet.write(row, 2, text, book.format(text_wrap=True))
