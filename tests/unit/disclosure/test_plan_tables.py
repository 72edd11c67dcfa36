"""A release says with how many decimals it tells each value: a small invented index and a rate, worked by hand."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from eduplan.declarations.indicators import Indicator
from eduplan.disclosure.kept import create_tables
from eduplan.disclosure.plan_tables import copied, copy_plan_tables
from eduplan.indicators.tables import DIMENSIONS, create_plan_tables

WORDS = {"en": "words", "zh": "文字"}
INDEX = Indicator.model_validate(
    {
        "code": "HLT-01",
        "name": WORDS,
        "definition": WORDS,
        "chapter": "ch3_development",
        "kind": "weighted_ratio",
        "mart": "ch3_development.vision",
        "numerator": "myopic_pupils",
        "denominator": "examined_pupils",
        "strata": ["division_code", "grade"],
        "weight": "pupils",
        "direction": "down",
        "disaggregations": ["district"],
        "source": {"text": WORDS, "evidence": "own design"},
    }
)
RATE = INDEX.model_copy(update={"code": "DRO-01", "kind": "ratio", "strata": [], "weight": None})
TOTALS = ", ".join(f"'_T' as {name}" for name in DIMENSIONS)


@pytest.fixture
def working() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        create_plan_tables(connection)
        create_tables(connection)
        yield connection


def _value(connection: duckdb.DuckDBPyConnection, code: str, area: str, year: int, value: float | None) -> None:
    connection.execute(
        f"insert into plan.indicator_values by name select ? as indicator, 1 as definition_version, "
        f"'school_year' as period_kind, ? as time_period, ? as reference_year, 'district' as ref_area_level, "
        f"? as ref_area, {TOTALS}, 1000 as denominator, ? as obs_value, ? as obs_status, '%' as unit",
        [code, str(year), year, area, value, "M" if value is None else "A"],
    )


def _judged(connection: duckdb.DuckDBPyConnection, area: str, value: float, base: float) -> None:
    connection.execute(
        f"insert into plan.status by name select 'HLT-01' as indicator, 1 as target_number, 'direction' as kind, "
        f"'district' as ref_area_level, ? as ref_area, {TOTALS}, '2024' as time_period, 2024 as reference_year, "
        "? as obs_value, 'A' as obs_status, '%' as unit, 2020 as baseline_year, ? as baseline_value, "
        "? - ? as cumulative_change, 'met' as status, 'improved' as reason, true as is_latest",
        [area, value, base, value, base],
    )


def _rounded(connection: duckdb.DuckDBPyConnection, area: str, year: int, decimals: int) -> None:
    connection.execute(
        f"insert into disclosure.rounded_values_by_year by name select 'vision' as mart, ? as year, "
        f"'HLT-01' as indicator, ? as reference_year, 'district' as ref_area_level, ? as ref_area, {TOTALS}, "
        "? as decimals",
        [str(year), year, area, decimals],
    )


def _hidden(connection: duckdb.DuckDBPyConnection, code: str, area: str, side: str) -> None:
    connection.execute(
        f"insert into disclosure.hidden_values_by_year by name select 'vision' as mart, '2024' as year, "
        f"? as indicator, 2024 as reference_year, 'district' as ref_area_level, ? as ref_area, {TOTALS}, ? as side",
        [code, area, side],
    )


def _copied(connection: duckdb.DuckDBPyConnection, table: str, *columns: str) -> list[tuple[object, ...]]:
    copy_plan_tables(connection, {each.code: each for each in (INDEX, RATE)}, ["HLT-01", "DRO-01"], 5)
    return connection.execute(
        f"select indicator, ref_area, {', '.join(columns)} from {copied(table)} order by all"
    ).fetchall()


def test_a_value_says_with_how_many_decimals_it_is_told(working: duckdb.DuckDBPyConnection) -> None:
    for area in ("a", "b", "c"):
        _value(working, "HLT-01", area, 2024, 48.126)
    _value(working, "HLT-01", "d", 2024, None)
    _rounded(working, "b", 2024, 0)
    _hidden(working, "HLT-01", "c", "numerator")
    assert _copied(working, "plan.indicator_values", "obs_value", "obs_status", "decimals") == [
        ("HLT-01", "a", 48.13, "A", 2),
        ("HLT-01", "b", 48.0, "A", 0),
        ("HLT-01", "c", None, "Q", None),
        ("HLT-01", "d", None, "M", None),
    ]


def test_a_rate_of_pupils_who_are_not_told_says_so_as_well(working: duckdb.DuckDBPyConnection) -> None:
    # A pupil more of 1000 moves 12.3456 % by 0.012, five of them by 0.06: more than half of a first decimal.
    _value(working, "DRO-01", "a", 2024, 12.3456)
    _value(working, "DRO-01", "b", 2024, 12.3456)
    _hidden(working, "DRO-01", "b", "base")
    assert _copied(working, "plan.indicator_values", "obs_value", "decimals") == [
        ("DRO-01", "a", 12.3456, 2),
        ("DRO-01", "b", 12.0, 0),
    ]


def test_what_a_value_is_compared_with_takes_no_decimals_of_the_value(working: duckdb.DuckDBPyConnection) -> None:
    for area in ("a", "b"):
        _judged(working, area, 48.126, 50.251)
    _rounded(working, "a", 2020, 0)
    _rounded(working, "b", 2024, 1)
    columns = ("obs_value", "decimals", "baseline_value", "cumulative_change", "compared_decimals")
    assert _copied(working, "plan.status", *columns) == [
        ("HLT-01", "a", 48.13, 2, 50.0, -2.0, 0),
        ("HLT-01", "b", 48.1, 1, 50.3, -2.1, 1),
    ]
