"""The shapes that extracts arrive in: encodings, separators, title rows, merged headers, footers, compression.

Belongs here: turning a table of texts into the bytes of a file, the same bytes every time.
Does not belong here: which district sends which shape, or what stands in the table.
"""

from __future__ import annotations

import gzip
import html
import io
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import polars as pl
import xlsxwriter


@dataclass(frozen=True)
class Shape:
    """How one sender writes one kind of file.

    Attributes:
        encoding: Python's name of the encoding.
        separator: Between the cells of a text file.
        suffix: Name ending.
        titles: Rows above the header, each one text in the first cell.
        groups: Cells of a header row above the header, as merged cells are written: the text, then empty cells.
        totals: Cells of totals rows by column, written below the data.
        footers: Rows below the data, each a list of cells.
    """

    encoding: str = "utf-8"
    separator: str = ","
    suffix: str = ".csv"
    titles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    footers: tuple[tuple[str, ...], ...] = ()

    @property
    def rows_to_drop(self) -> int:
        """Footer rows, which a reader counts and drops."""
        return len(self.footers)


def write_table(path: Path, table: pl.DataFrame, shape: Shape) -> Path:
    """Writes a table of texts and gives the path, with the shape's ending.

    Args:
        path: Where to write, without ending.
        table: The cells; nulls are empty cells. The column names are the header.
        shape: How to write it.
    """
    target = path.with_name(path.name + shape.suffix)
    target.parent.mkdir(parents=True, exist_ok=True)
    if shape.suffix == ".xlsx":
        _write_workbook(target, table, shape)
    elif shape.suffix == ".xls":
        target.write_bytes(_as_html(table, shape))
    else:
        content = _as_text(table, shape)
        if shape.suffix.endswith(".gz"):
            content = gzip.compress(content, compresslevel=1, mtime=0)
        target.write_bytes(content)
    return target


def _as_text(table: pl.DataFrame, shape: Shape) -> bytes:
    width = len(table.columns)
    above = [_line([title], width, shape.separator) for title in shape.titles]
    if shape.groups:
        above.append(_line(list(shape.groups), width, shape.separator))
    below = [_line(list(cells), width, shape.separator) for cells in shape.footers]
    body = io.BytesIO()
    table.write_csv(body, separator=shape.separator)
    if shape.encoding == "utf-8":
        return "".join(above).encode() + body.getvalue() + "".join(below).encode()
    text = "".join(above) + body.getvalue().decode() + "".join(below)
    return text.encode(shape.encoding)


def _line(cells: list[str], width: int, separator: str) -> str:
    padded = [*cells, *[""] * (width - len(cells))]
    return separator.join(f'"{cell}"' if separator in cell else cell for cell in padded) + "\n"


def _as_html(table: pl.DataFrame, shape: Shape) -> bytes:
    """An HTML table, as some systems export under the name of a workbook."""
    width = len(table.columns)
    lines = [f'<tr><td colspan="{width}">{html.escape(title)}</td></tr>' for title in shape.titles]
    lines.append("<tr>" + "".join(f"<th>{html.escape(name)}</th>" for name in table.columns) + "</tr>")
    cells = table.select(pl.all().fill_null("").str.replace_all("&", "&amp;").str.replace_all("<", "&lt;"))
    rows = cells.select(pl.concat_str([pl.format("<td>{}</td>", pl.col(name)) for name in cells.columns]))
    lines += [f"<tr>{row}</tr>" for row in rows.to_series().to_list()]
    lines += [
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in footer) + "</tr>" for footer in shape.footers
    ]
    page = (
        '<html><head><meta charset="gb2312"></head><body><table border="1">\n'
        + "\n".join(lines)
        + "\n</table></body></html>"
    )
    return page.encode(shape.encoding)


def _write_workbook(path: Path, table: pl.DataFrame, shape: Shape) -> None:
    """A workbook with title rows and a header of two rows whose cells are merged."""
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "in_memory": True}) as book:
        book.set_properties({"created": datetime(2020, 1, 1), "author": ""})
        sheet = book.add_worksheet("Sheet1")
        width = len(table.columns)
        row = 0
        for title in shape.titles:
            sheet.merge_range(row, 0, row, width - 1, title)
            row += 1
        if shape.groups:
            _write_groups(sheet, row, shape.groups, table.columns)
            row += 1
        else:
            sheet.write_row(row, 0, table.columns)
        row += 1
        for record in table.fill_null("").rows():
            for column, text in enumerate(record):
                if text:
                    sheet.write_string(row, column, text)
            row += 1
        for footer in shape.footers:
            sheet.write_row(row, 0, footer)
            row += 1


def _write_groups(sheet: xlsxwriter.worksheet.Worksheet, row: int, groups: tuple[str, ...], header: list[str]) -> None:
    """Writes two header rows: a group above its columns, and a column that stands alone merged over both rows."""
    starts = [place for place, text in enumerate(groups) if text] + [len(groups)]
    for start, end in pairwise(starts):
        if end - start == 1 and groups[start] == header[start]:
            sheet.merge_range(row, start, row + 1, start, header[start])
            continue
        if end - start > 1:
            sheet.merge_range(row, start, row, end - 1, groups[start])
        else:
            sheet.write_string(row, start, groups[start])
        sheet.write_row(row + 1, start, header[start:end])
