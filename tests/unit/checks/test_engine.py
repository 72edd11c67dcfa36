"""Great Expectations on an open DuckDB connection: counts, errors, and no sample of any value."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import duckdb
import pytest

from eduplan.checks.check import Check, Outcome
from eduplan.checks.keys import Key, key_asked, repeated_keys
from eduplan.checks.offending import offending_rows
from eduplan.declarations.contracts import Severity
from eduplan.declarations.text import Bilingual

TEXT = Bilingual(en="text", zh="文字")


def check(expectation: str, **kwargs: Any) -> Check:
    return Check("t.x", "main.t", expectation, kwargs, Severity.ERROR, None, TEXT, TEXT, TEXT, ("main.t",))


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        connection.execute(
            "create table t as select * from (values "
            "(1, 'a', 2, date '2020-01-01'), (2, 'b', 1, date '2021-01-01'), (2, null, null, null)) v(n, s, m, d)"
        )
        yield connection


CASES = [
    (check("expect_column_values_to_not_be_null", column="s"), 1),
    (check("expect_column_values_to_be_in_set", column="s", value_set=["a", "it's"]), 1),
    (check("expect_column_values_to_be_in_set", column="n", value_set=[1]), 2),
    (check("expect_column_values_to_be_between", column="n", min_value=2), 1),
    (check("expect_column_values_to_be_between", column="n", max_value=2, strict_max=True), 2),
    (check("expect_column_values_to_be_between", column="d", min_value=date(2020, 6, 1)), 1),
    (check("expect_column_pair_values_a_to_be_greater_than_b", column_A="n", column_B="m"), 1),
    (check("expect_column_pair_values_a_to_be_greater_than_b", column_A="n", column_B="n", or_equal=True), 0),
    (check("unexpected_rows_expectation", unexpected_rows_query=repeated_keys(["n"])), 1),
    (check("unexpected_rows_expectation", unexpected_rows_query="select n from {batch} where s = '{{}}'"), 0),
    (check("unexpected_rows_expectation", unexpected_rows_query="from {batch} as a join {batch} as b using (n)"), 5),
]


@pytest.mark.parametrize(("case", "expected"), CASES)
def test_offending_rows_are_counted_and_the_query_shows_as_many(connection, case, expected):
    from eduplan.checks.engine import ExpectationEngine

    outcome = ExpectationEngine(connection).validate("main.t", [case])["t.x"]
    assert outcome == Outcome(success=expected == 0, unexpected=expected)
    assert len(connection.execute(offending_rows(case)).fetchall()) == expected


@pytest.mark.parametrize(
    ("case", "success", "rows"),
    [
        (check("expect_table_row_count_to_be_between", min_value=1), True, [(3,)]),
        (check("expect_table_row_count_to_be_between", min_value=4), False, [(3,)]),
        (check("expect_table_columns_to_match_set", column_set=["n", "zz"], exact_match=False), False, [("zz",)]),
        (check("expect_table_columns_to_match_set", column_set=["n", "s", "m", "d"]), True, []),
    ],
)
def test_expectations_of_a_whole_table(connection, case, success, rows):
    from eduplan.checks.engine import ExpectationEngine

    assert ExpectationEngine(connection).validate("main.t", [case])["t.x"].success is success
    assert connection.execute(offending_rows(case)).fetchall() == rows


def test_a_key_that_repeats_nowhere_asks_nothing_of_great_expectations(connection):
    from eduplan.checks.engine import ExpectationEngine, sqlalchemy

    statements: list[str] = []
    engine = ExpectationEngine(connection)
    sqlalchemy.event.listen(
        sqlalchemy.engine.Engine, "before_cursor_execute", lambda _c, _u, statement, *_: statements.append(statement)
    )

    def outcome(key: Key) -> Outcome:
        where = f"where {key.where} " if key.where else ""
        query = f"select n, count(*) from {{batch}} {where}group by {', '.join(key.columns)} having count(*) > 1"
        asked = check("unexpected_rows_expectation", unexpected_rows_query=query.replace("n,", "n as first,"))
        return engine.validate("(select * from main.t)", [replace(asked, key=key)])["t.x"]

    assert outcome(Key(("n",), "s is not null")) == outcome(Key(("n", "s"))) == Outcome(success=True, unexpected=0)
    assert statements == []
    assert outcome(Key(("n",), "m is null or s = 'b'")) == Outcome(success=False, unexpected=1)
    assert len(statements) == 1


@pytest.mark.parametrize(
    ("query", "key"),
    [
        (repeated_keys(["a", "b"]), Key(("a", "b"))),
        (
            "select a, count(*) n from {batch} where b = 'group by' group by a having count(*) > 1",
            Key(("a",), "b = 'group by'"),
        ),
        ("select a from {batch} group by a having count(*) > 2", None),
        ("select a from {batch} group by all having count(*) > 1", None),
        ("select a from {batch} group by a, left(b, 1) having count(*) > 1", None),
        ("select t.a from {batch} as t group by t.a having count(*) > 1", None),
        ("select a from {batch} join u using (a) group by a having count(*) > 1", None),
        ("select a from {batch} where a in (select 1) group by a having count(*) > 1", None),
        ("with t as (from {batch}) select a from t group by a having count(*) > 1", None),
        ("select distinct a from {batch} group by a, b having count(*) > 1", None),
    ],
)
def test_a_key_is_seen_in_the_query_that_looks_for_its_repetitions(query, key):
    assert key_asked(query, "main.t") == key


def test_a_mistake_in_one_expectation_does_not_stop_the_others(connection):
    from eduplan.checks.engine import ExpectationEngine

    broken = check("unexpected_rows_expectation", unexpected_rows_query="select nothing_like_it from {batch}")
    sound = replace(CASES[0][0], check_id="t.y")
    outcomes = ExpectationEngine(connection).validate("main.t", [broken, sound])
    assert outcomes["t.y"].unexpected == 1
    assert outcomes["t.x"].success is False
    assert "nothing_like_it" in (outcomes["t.x"].message or "")


def with_condition(name: str, condition: str) -> Check:
    query = f"select * from {{batch}} where {condition}"
    return replace(
        check("unexpected_rows_expectation", unexpected_rows_query=query), check_id=name, condition=condition
    )


def test_conditions_on_rows_and_columns_are_counted_by_one_query(connection):
    from eduplan.checks.engine import ExpectationEngine, sqlalchemy

    statements: list[str] = []
    engine = ExpectationEngine(connection)
    sqlalchemy.event.listen(
        sqlalchemy.engine.Engine, "before_cursor_execute", lambda _c, _u, statement, *_: statements.append(statement)
    )
    few, many = with_condition("t.few", "n > 1 and s is null"), with_condition("t.many", "s like 'b%' or s <> ':n'")
    columns = [
        replace(check("expect_column_values_to_be_in_set", column="s", value_set=["a", "b"]), check_id="t.set"),
        replace(check("expect_column_values_to_be_between", column="n", min_value=1, max_value=2), check_id="t.range"),
        replace(check("expect_column_values_to_not_be_null", column="n"), check_id="t.there"),
    ]
    outcomes = engine.validate("main.t", [few, many, *columns])
    assert {name: outcome.unexpected for name, outcome in outcomes.items()} == {
        "t.few": 1, "t.many": 2, "t.set": 0, "t.range": 0, "t.there": 0
    }  # fmt: skip
    assert len(statements) == 1


def test_an_empty_table_proves_what_is_asked_of_its_rows(connection):
    from eduplan.checks.engine import ExpectationEngine

    connection.execute("create table nobody as select * from t limit 0")
    for case, _ in CASES[:6]:
        outcome = ExpectationEngine(connection).validate("main.nobody", [case])["t.x"]
        assert outcome == Outcome(success=True, unexpected=0)


def test_a_mistake_in_one_condition_does_not_stop_those_that_it_is_counted_with(connection):
    from eduplan.checks.engine import ExpectationEngine

    outcomes = ExpectationEngine(connection).validate(
        "main.t", [with_condition("t.broken", "nothing_like_it > 1"), with_condition("t.sound", "n = 1")]
    )
    assert outcomes["t.sound"] == Outcome(success=False, unexpected=1)
    assert "nothing_like_it" in (outcomes["t.broken"].message or "")


def test_the_connection_of_the_load_stays_usable(connection, capsys):
    from eduplan.checks.engine import ExpectationEngine

    engine = ExpectationEngine(connection)
    engine.validate("main.t", [CASES[8][0]])
    engine.close()
    connection.execute("insert into t values (3, 'c', 1, null)")
    assert capsys.readouterr().out == ""
