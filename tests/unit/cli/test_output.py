"""Values as tables, JSON and CSV."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from rich.console import Console

from eduplan.cli import output


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (2025, 2025),
        (True, True),
        (Decimal("12.000000"), 12),
        (Decimal("0.1"), 0.1),
        (Decimal("NaN"), None),
        (float("inf"), None),
        (float("nan"), None),
        (date(2025, 9, 1), "2025-09-01"),
        (datetime(2025, 9, 1, 2, 0, tzinfo=UTC), "2025-09-01T02:00:00+00:00"),
        ([Decimal(1), None], [1, None]),
        ({"a": Decimal("1.5")}, {"a": 1.5}),
        (b"\x00\xff", "00ff"),
    ],
)
def test_values_fit_into_json(value: object, expected: object) -> None:
    assert output.plain(value) == expected
    json.dumps(output.plain(value), allow_nan=False)


def shown(width: int, columns: list[str], *rows: tuple[object, ...]) -> str:
    stream = io.StringIO()
    output.print_table(Console(file=stream, width=width), columns, rows)
    return stream.getvalue()


def test_rows_that_are_too_wide_for_a_table_stand_below_each_other() -> None:
    columns = [f"column_{number}" for number in range(20)]
    rows = [tuple(f"value {number} of a row" for number in range(20)), (None,) * 20]
    narrow = shown(80, columns, *rows)
    assert "column_19  value 19 of a row\n" in narrow.replace("   ", "  ").replace("   ", "  ")
    assert narrow.count("NULL") == 20
    assert "…" not in narrow
    assert "── 2 ──" in narrow
    assert "column_0" in shown(400, columns, *rows).splitlines()[1], "where there is room, it is a table"


def test_json_keeps_chinese_readable() -> None:
    stream = io.StringIO()
    output.write_json(stream, output.records(["名"], [("示范市",)]))
    assert "示范市" in stream.getvalue()
    assert stream.getvalue().endswith("\n")


def test_csv_writes_nothing_for_null_and_quotes_what_needs_it() -> None:
    stream = io.StringIO()
    output.write_csv(stream, ["a", "b"], [(None, 'x,"y"'), (Decimal("0.10"), True)])
    assert stream.getvalue() == 'a,b\n,"x,""y"""\n0.10,true\n'


def test_tables_print_years_without_commas_and_numbers_to_the_right() -> None:
    stream = io.StringIO()
    output.print_table(Console(file=stream, width=60), ["year", "name"], [(2025, "x"), (None, "[red]y")])
    shown = stream.getvalue()
    assert "2025" in shown
    assert "2,025" not in shown
    assert "NULL" in shown
    assert "[red]y" in shown
