"""Scorecards with their trends, and the districts side by side.

Belongs here: sheets of figures. Does not belong here: who is the reason for them (``reasons``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from eduplan.bulletin.colours import MUTED, STATUS, TINT
from eduplan.bulletin.content import Cell, Line
from eduplan.bulletin.sheets.book import Book, Column, cell
from eduplan.words.rounding import FEWER_DECIMALS
from eduplan.words.terms import sign

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet


def write_scorecard(book: Book, name: str, title: str, lines: Sequence[Line]) -> None:
    """A scorecard: the lines with their values of every year, target and status."""
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
    note = _note(book, "sheet_note", any(line.has_fewer_decimals(*years) for line in lines))
    sheet, first = book.sheet(name, title, columns, note)
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
        _value(book, sheet, row, at["before"], line.previous, line.before, line.told_in(line.year - 1))
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


def _note(book: Book, key: str, has_fewer_decimals: bool) -> str:
    """What stands above a sheet, and why values have fewer decimals where some have."""
    texts = book.texts
    said = [texts(key), FEWER_DECIMALS.of(texts.lang)] if has_fewer_decimals else [texts(key)]
    return (" " if texts.lang == "en" else "").join(said)


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
            sheet.write_number(row, at[str(year)], value, book.number(line.told_in(year), font_color=MUTED))
    if sum(value is not None for value in by_year.values()) > 1:
        sheet.add_sparkline(
            row,
            at["trend"],
            {
                "range": f"{cell(row, at[str(years[0])])}:{cell(row, at[str(years[-1])])}",
                "series_color": STATUS.get(line.status or "context", MUTED),
                "last_point": True,
                "weight": 1.5,
            },
        )


def write_districts(book: Book) -> None:
    """The districts side by side in the headline indicators."""
    bulletin, texts = book.bulletin, book.texts
    columns = [Column("code", 15), Column("indicator", 44, wraps=True), Column("unit", 12), Column("city", 12)]
    columns += [Column(name, 12) for name in bulletin.districts.values()]
    has_fewer = any(line.has_fewer_decimals(line.year) for line in bulletin.headlines)
    has_fewer = has_fewer or any(cell.has_fewer_decimals for cells in bulletin.side_by_side for cell in cells)
    note = _note(book, "districts_note", has_fewer)
    sheet, first = book.sheet(texts("districts"), texts("districts"), columns, note)
    for row, (line, cells) in enumerate(zip(bulletin.headlines, bulletin.side_by_side, strict=True), start=first):
        sheet.write_string(row, 0, line.code, book.format(font_color=MUTED))
        sheet.write_string(row, 1, line.name, book.format(text_wrap=True))
        sheet.write_string(row, 2, line.unit or _sign_of(line), book.format())
        whole: list[Line | Cell] = [line, *cells]
        for column, each in enumerate(whole, start=3):
            ground = {"bg_color": TINT[each.status]} if each.status in TINT else {}
            if each.value is None:
                sheet.write_string(row, column, each.shown, book.format(font_color=MUTED, align="right", **ground))
            else:
                sheet.write_number(row, column, each.value, book.number(each.decimals, **ground))
