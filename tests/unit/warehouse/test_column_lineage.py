"""What a column is counted from, down to the columns that senders fill in."""

from __future__ import annotations

from pathlib import Path

import pytest

from eduplan.declarations.models import ModelHeader, SqlModel
from eduplan.declarations.text import Bilingual
from eduplan.warehouse.column_lineage import ROWS, column_lineage

HEADER = ModelHeader(
    title=Bilingual(en="t", zh="t"), grain=Bilingual(en="g", zh="g"), meaning=Bilingual(en="m", zh="m"), key=["k"]
)


def model(table: str, sql: str) -> SqlModel:
    schema, _, name = table.partition(".")
    return SqlModel(schema, name, HEADER, sql, Path(f"{table}.sql"))


def lineage(**models: str) -> dict[str, dict[str, set[str]]]:
    """Origins as ``table.column``, by table and column; a table's name has ``__`` for its dot."""
    made = {name.replace("__", "."): sql for name, sql in models.items()}
    found = column_lineage({table: model(table, sql) for table, sql in made.items()})
    return {
        table: {name: {f"{each.table}.{each.column}" for each in own} for name, own in columns.items()}
        for table, columns in found.items()
    }


@pytest.mark.parametrize(
    ("sql", "column", "origins"),
    [
        ("select r.sex from staging.roll as r", "sex", {"staging.roll.sex"}),
        ("select sex as s from staging.roll", "s", {"staging.roll.sex"}),
        ("select sum(a + b) as n from staging.roll", "n", {"staging.roll.a", "staging.roll.b"}),
        ("select count(*) as n from staging.roll", "n", {f"staging.roll.{ROWS}"}),
        ("select cast(1 as bigint) as n from staging.roll", "n", {f"staging.roll.{ROWS}"}),
        ("select 'roll' as n from staging.roll", "n", set()),
        (
            "select case when r.sex = 'f' then s.size end as n from staging.roll as r "
            "join staging.schools as s using (code)",
            "n",
            {"staging.roll.sex", "staging.schools.size"},
        ),
        ("with roll as (select * from staging.roll) select sex from roll", "sex", {"staging.roll.sex"}),
        (
            "with roll as (select r.*, s.size from staging.roll as r join staging.schools as s using (code)) "
            "select size, sex from roll",
            "size",
            {"staging.schools.size"},
        ),
        (
            "with both_ as (select a from staging.one union all select b from staging.two) select a from both_",
            "a",
            {"staging.one.a", "staging.two.b"},
        ),
        ("select n from (select count(*) as n from staging.roll) as counted", "n", {f"staging.roll.{ROWS}"}),
        ("select (select max(b) from staging.two) as n from staging.one", "n", {"staging.two.b"}),
        ("select a + 1 as b, b * 2 as c from staging.one", "c", {"staging.one.a"}),
    ],
)  # fmt: skip
def test_a_column_comes_from_those_in_its_expression(sql: str, column: str, origins: set[str]) -> None:
    assert lineage(core__made=sql)["core.made"][column] == origins


def test_a_star_leaves_out_what_it_excludes() -> None:
    sql = "with made as (select a, b from staging.one) select * exclude (b) from made"
    assert lineage(core__made=sql)["core.made"] == {"a": {"staging.one.a"}}


def test_columns_are_followed_through_the_models_below() -> None:
    found = lineage(
        core__roll="select code, sex as gender from staging.roll",
        ch1__pupils="with roll as (select * from core.roll) select gender, count(*) as pupils from roll group by all",
    )
    assert found["ch1.pupils"] == {"gender": {"staging.roll.sex"}, "pupils": {f"staging.roll.{ROWS}"}}


def test_a_model_that_reads_itself_does_not_hang() -> None:
    assert lineage(core__one="select a from core.one")["core.one"] == {"a": set()}
