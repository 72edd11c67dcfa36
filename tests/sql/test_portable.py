"""The models stay portable and documented: they transpile to Spark, and every column that they give is described."""

from __future__ import annotations

import re
from typing import Any

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from eduplan.declarations.models import SqlModel

from .warehouse import MODELS, ORDER

AVOIDED = {
    exp.Pivot: "pivot",
    exp.PercentileCont: "quantile_cont",
    exp.DateDiff: "date_diff",
    exp.ArgMax: "arg_max",
    exp.ArgMin: "arg_min",
}


@pytest.mark.parametrize("model", [pytest.param(model, id=model.table) for model in ORDER])
class TestEveryModel:
    def test_transpiles_to_spark(self, model: SqlModel) -> None:
        for text in (model.sql, *(f"select {_body(macro.sql)}" for macro in model.macros)):
            made = sqlglot.transpile(text, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
            assert sqlglot.parse_one(made[0], read="spark")

    def test_avoids_what_means_something_else_in_spark(self, model: SqlModel) -> None:
        tree = sqlglot.parse_one(model.sql, read="duckdb")
        assert [name for kind, name in AVOIDED.items() if tree.find(kind)] == []
        assert not [join for join in tree.find_all(exp.Join) if join.method == "ASOF"]

    def test_says_why_rows_are_made_distinct(self, model: SqlModel) -> None:
        distinct = sqlglot.parse_one(model.sql, read="duckdb").find(exp.Distinct)
        assert distinct is None or "--" in model.sql

    def test_names_its_columns_in_the_last_select(self, model: SqlModel) -> None:
        tree = sqlglot.parse_one(model.sql, read="duckdb")
        assert not [column for select in _last_selects(tree) for column in select.expressions if column.is_star]

    def test_describes_every_column(self, model: SqlModel, empty: duckdb.DuckDBPyConnection) -> None:
        columns = [name for name, *_ in empty.execute(f"describe {model.table}").fetchall()]
        assert [name for name in columns if model.column_text(name) is None] == []
        declared = {*model.header.key, *model.header.not_null, *model.header.codes, *model.header.columns}
        assert declared <= set(columns)

    def test_counts_in_whole_numbers(self, model: SqlModel, empty: duckdb.DuckDBPyConnection) -> None:
        types: dict[str, Any] = {name: kind for name, kind, *_ in empty.execute(f"describe {model.table}").fetchall()}
        assert [name for name, kind in types.items() if kind in ("HUGEINT", "DOUBLE", "FLOAT")] == []


def test_every_shared_column_text_is_used(empty: duckdb.DuckDBPyConnection) -> None:
    used = {name for model in ORDER for name, *_ in empty.execute(f"describe {model.table}").fetchall()}
    shared = set(next(iter(MODELS.values())).shared_texts)
    assert shared - used == set()


def _last_selects(tree: exp.Expression) -> list[exp.Select]:
    if isinstance(tree, exp.SetOperation):
        return [*_last_selects(tree.left), *_last_selects(tree.right)]
    return [tree] if isinstance(tree, exp.Select) else []


def _body(macro: str) -> str:
    return re.split(r"macro\s+\w+\s*\([^)]*\)\s+as\s+", macro, maxsplit=1)[1]
