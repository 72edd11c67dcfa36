"""Rows as a table, as JSON and as CSV, so that no format surprises: years without commas, decimals as numbers.

Belongs here: how values are written. Does not belong here: where rows come from.
"""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import Console

NUMBER_TYPES = (int, float, Decimal)


def plain(value: Any) -> Any:
    """A value as JSON can hold it: whole decimals become integers, dates ISO text, NaN nothing."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        if not value.is_finite():
            return None
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(item) for item in value]
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


def text(value: Any) -> str:
    """A value as people read it in a table."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, list | tuple | dict):
        return json.dumps(plain(value), ensure_ascii=False)
    return str(value)


def data_stream() -> TextIO:
    """Standard output for JSON and CSV: in UTF-8, which readers of both expect, unless it is a terminal of its own."""
    if isinstance(sys.stdout, TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8")
    return sys.stdout


def write_json(stream: TextIO, value: Any) -> None:
    """Writes a value as indented UTF-8 JSON with a closing newline."""
    json.dump(plain(value), stream, ensure_ascii=False, indent=2)
    stream.write("\n")


def records(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    """Rows as one object each, in column order."""
    return [dict(zip(columns, row, strict=True)) for row in rows]


def write_csv(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Writes rows as CSV with a header; nothing stands for NULL."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(["" if value is None else text(value) for value in row] for row in rows)


def print_table(
    console: Console,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    title: str | None = None,
    numeric: Iterable[str] = (),
) -> None:
    """Prints rows as a table, or below each other where a table would be too wide to be read.

    Columns of numbers are aligned to the right.

    Args:
        console: Where to print.
        columns: Headings.
        rows: Values in the order of the headings.
        title: Line above the table.
        numeric: Headings to align to the right besides those whose values are numbers.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    if rows and _least_width(columns, rows) > console.width:
        _print_records(console, columns, rows)
        return
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False)
    forced = set(numeric)
    for index, heading in enumerate(columns):
        values = [row[index] for row in rows if row[index] is not None]
        right = heading in forced or (
            bool(values) and all(isinstance(value, NUMBER_TYPES) and not isinstance(value, bool) for value in values)
        )
        table.add_column(Text(heading), justify="right" if right else "left", no_wrap=right)
    for row in rows:
        table.add_row(*(Text("NULL", style="dim") if value is None else Text(text(value)) for value in row))
    console.print(table)


_SHORT = 12
"""Characters that a cell of a table needs at least, if it has as many: fewer would be letters in a stack."""


def _least_width(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """The width from which on a table can be read: each column with its longest word, or a part of it."""
    from rich.cells import cell_len

    width = 0
    for index, heading in enumerate(columns):
        cells = [heading, *(text(row[index]) for row in rows)]
        is_number = all(isinstance(row[index], NUMBER_TYPES) or row[index] is None for row in rows)
        longest = max(map(cell_len, cells))
        width += 3 + (longest if is_number else min(longest, _SHORT))
    return width


def _print_records(console: Console, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Prints each row as a list of its columns."""
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    widest = max(map(cell_len, columns))
    for number, row in enumerate(rows, 1):
        console.print(Text(f"── {number} ".ljust(min(console.width, widest + 24), "─"), style="dim"))
        record = Table.grid(padding=(0, 2, 0, 0))
        record.add_column(style="dim", overflow="fold")
        record.add_column(overflow="fold")
        for heading, value in zip(columns, row, strict=True):
            record.add_row(Text(heading), Text("NULL", style="dim") if value is None else Text(text(value)))
        console.print(record)
