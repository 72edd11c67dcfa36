"""Reads the tables of an HTML page, which many systems export under the name of an Excel file.

Belongs here: rows, cells and spans. Does not belong here: headers and what the cells mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.etree
import lxml.html

from eduplan.errors import InputError
from eduplan.reading.parts import Part, table_of

WIDEST_SPAN = 1000


def read_html_tables(path: Path, *, file_name: str) -> Iterator[Part]:
    """Gives the tables of a UTF-8 page in their order.

    Raises:
        InputError: The page cannot be parsed or has no table.
    """
    try:
        tables = tables_in(path.read_bytes())
    except lxml.etree.LxmlError as error:
        raise InputError(
            "V01: the web page is damaged", where=file_name, remedy="ask the sender to send it again"
        ) from error
    if not tables:
        raise InputError(
            "V01: the file is a web page without a table",
            where=file_name,
            remedy="it may be a login or error page; export the table again",
        )
    for number, rows in enumerate(tables, 1):
        yield Part(f"table {number}", table_of(rows))


def tables_in(page: bytes) -> list[list[list[str | None]]]:
    """The rows of each table of a UTF-8 page."""
    root = lxml.html.document_fromstring(page, parser=lxml.html.HTMLParser(encoding="utf-8", huge_tree=True))
    return [_rows(table) for table in root.iter("table")]


def _rows(table: Any) -> list[list[str | None]]:
    """The rows of a table; a cell that spans several places has its text in the first of them, as in Excel."""
    rows: list[list[str | None]] = []
    spans: dict[int, int] = {}
    for row in table.iter("tr"):
        if next(row.iterancestors("table")) is not table:
            continue
        cells: list[str | None] = []
        below: dict[int, int] = {}
        for cell in row.iterchildren("td", "th"):
            _skip_spanned(cells, spans, below)
            width, height = (_span(cell, "colspan"), _span(cell, "rowspan")) if cell.attrib else (1, 1)
            if height > 1:
                below.update({len(cells) + offset: height - 1 for offset in range(width)})
            cells += [_text(cell), *[None] * (width - 1)]
        _skip_spanned(cells, spans, below)
        spans = below | {position: left for position, left in spans.items() if position >= len(cells) and left}
        rows.append(cells)
    return rows


def _skip_spanned(cells: list[str | None], spans: dict[int, int], below: dict[int, int]) -> None:
    """Leaves the places empty that cells of earlier rows reach down into."""
    while spans.get(len(cells), 0):
        position = len(cells)
        if spans[position] > 1:
            below[position] = spans[position] - 1
        cells.append(None)


def _span(cell: Any, name: str) -> int:
    text = str(cell.get(name, "1")).strip()
    return min(max(int(text), 1), WIDEST_SPAN) if text.isdecimal() else 1


def _text(cell: Any) -> str | None:
    text = cell.text_content() if len(cell) else cell.text or ""
    return " ".join(text.split()) or None
