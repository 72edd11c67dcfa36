"""Given rows, a model, expected rows (or ``only`` some): one case an entry of ``cases/<schema>.<model>.yml``."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from .warehouse import MODELS, Row, broken_declarations, rows_of

CASES = Path(__file__).parent / "cases"


def _cases() -> list[Any]:
    return [
        pytest.param(path.stem, case, id=f"{path.stem}: {case['case']}")
        for path in sorted(CASES.glob("*.yml"))
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def test_every_model_has_a_case_with_numbers_worked_by_hand() -> None:
    assert sorted(set(MODELS) - {path.stem for path in CASES.glob("*.yml")}) == []


@pytest.mark.parametrize(("table", "case"), _cases())
def test_case(warehouse: duckdb.DuckDBPyConnection, table: str, case: dict[str, Any]) -> None:
    given = {name: [{**block.get("all", {}), **row} for row in block["rows"]] for name, block in case["given"].items()}
    expected: list[Row] = case["expected"]
    columns = list(expected[0]) if expected else MODELS[table].header.key
    found = rows_of(warehouse, table, given, columns, case.get("only", "true"))
    assert broken_declarations(warehouse, MODELS[table]) == []
    assert _comparable(found) == _comparable(expected)


def _comparable(rows: list[Row]) -> list[str]:
    return sorted(str({name: _plain(value) for name, value in sorted(row.items())}) for row in rows)


def _plain(value: Any) -> str:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return f"{Decimal(str(value)).normalize():f}"
    return str(value)
