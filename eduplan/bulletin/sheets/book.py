"""A workbook that is being written: formats, headings and plain rows.

Belongs here: how sheets look. Does not belong here: which sheets there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from eduplan.bulletin.colours import BRAND, MUTED, STATUS, TINT
from eduplan.bulletin.content import Bulletin

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
        return self.format(num_format="#,##0" + ("." + "0" * decimals if decimals > 0 else ""), **settings)

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


def cell(row: int, column: int) -> str:
    """The name of a cell, such as ``C7``."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    return str(xl_rowcol_to_cell(row, column))
