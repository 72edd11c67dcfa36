"""Rows as a table, as JSON and as CSV, so that no format surprises: years without commas, decimals as numbers.

Belongs here: how values are written. Does not belong here: where rows come from.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
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
    """Prints rows as a table; columns of numbers are aligned to the right.

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
