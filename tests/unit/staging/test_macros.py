"""The engine's own macros."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from eduplan.staging.macros import ENGINE_MACROS, load_macros
from tests.unit.staging.conftest import Bureau, identity_number


@pytest.fixture
def macros(memory: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    memory.execute(ENGINE_MACROS.read_text(encoding="utf-8"))
    return memory


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [
        (date(2015, 3, 9), date(2015, 3, 9), 0),
        (date(2015, 3, 9), date(2015, 4, 8), 0),
        (date(2015, 3, 9), date(2015, 4, 9), 1),
        (date(2015, 3, 31), date(2015, 4, 30), 0),
        (date(2012, 2, 29), date(2013, 2, 28), 11),
        (date(2012, 2, 29), date(2013, 3, 1), 12),
        (date(2015, 12, 31), date(2024, 1, 1), 96),
    ],
)
def test_completed_months_years_and_half_years(
    macros: duckdb.DuckDBPyConnection, since: date, until: date, months: int
) -> None:
    row = macros.execute(
        "select completed_months($1, $2), completed_years($1, $2), completed_half_years($1, $2)", [since, until]
    ).fetchone()
    assert row == (months, months // 12, months // 6)


@pytest.mark.parametrize(
    ("number", "born", "sex", "agrees"),
    [
        (identity_number(7), date(2015, 3, 9), "male", True),
        (identity_number(7), date(2015, 3, 9), "female", False),
        (identity_number(8), date(2015, 3, 9), "female", True),
        (identity_number(7), date(2015, 3, 10), "male", False),
        (identity_number(7), date(2015, 3, 1), "male", True),
        (identity_number(7), date(2015, 4, 1), "male", False),
        ("E12345678", date(2015, 3, 9), "male", True),
        (identity_number(7), None, "male", None),
        (None, date(2015, 3, 9), "male", None),
    ],
)
def test_identity_agrees(
    macros: duckdb.DuckDBPyConnection, number: str | None, born: date | None, sex: str, agrees: bool | None
) -> None:
    row = macros.execute("select identity_agrees($1::varchar, $2::date, $3)", [number, born, sex]).fetchone()
    assert row == (agrees,)


def test_a_project_adds_its_own_macros(bureau: Bureau) -> None:
    folder = bureau.root / "sql" / "macros"
    folder.mkdir(parents=True)
    (folder / "twice.sql").write_text("create or replace macro twice(number) as number * 2;\n", encoding="utf-8")
    bureau.load()
    assert bureau.ask("select twice(21), completed_years(date '2000-01-01', date '2024-01-01')") == [(42, 24)]


def test_a_macro_may_call_one_of_a_later_file(bureau: Bureau) -> None:
    folder = bureau.project.sql / "macros"
    folder.mkdir(parents=True)
    (folder / "a.sql").write_text("create or replace macro twice_more(x) as twice(x) + twice(x);", encoding="utf-8")
    (folder / "b.sql").write_text("create or replace macro twice(x) as 2 * x;", encoding="utf-8")
    load_macros(bureau.connection, bureau.project)
    assert bureau.ask("select twice_more(3)") == [(12,)]
