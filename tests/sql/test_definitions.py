"""The declared indicators fit the marts: every query runs, worked examples come out, thresholds agree."""

from __future__ import annotations

import csv
from decimal import Decimal

import duckdb
import pytest
import yaml

from eduplan.declarations.chapters import load_chapters
from eduplan.declarations.contracts import load_code_lists
from eduplan.declarations.indicators import (
    DIMENSION_COLUMNS,
    Dimension,
    Indicator,
    IndicatorKind,
    load_indicators,
)
from eduplan.indicators.compute import compute_indicators
from eduplan.indicators.marts import marts_read
from eduplan.progress import Silent
from eduplan.project import Project

from .test_models import CASES
from .warehouse import MODELS, ROOT, empty_warehouse, rows_of

INDICATORS = load_indicators(ROOT / "plan")
_EVERY = [pytest.param(indicator, id=code) for code, indicator in INDICATORS.items()]


@pytest.fixture(scope="module")
def worked_example() -> duckdb.DuckDBPyConnection:
    """The indicators over marts that hold nothing but the worked example of the coefficient of variation."""
    connection = empty_warehouse()
    case = yaml.safe_load((CASES / "ch4_system.balance_items.yml").read_text(encoding="utf-8"))[0]
    given = {name: [{**block.get("all", {}), **row} for row in block["rows"]] for name, block in case["given"].items()}
    rows_of(connection, "ch4_system.balance_items", given, ["item"])
    compute_indicators(connection, Project.load(ROOT), INDICATORS, MODELS, progress=Silent())
    return connection


@pytest.mark.parametrize(("code", "expected"), [("CMP-14", 0.5153), ("EQU-02", 0.1436)])
def test_worked_examples_of_spread_come_out(
    worked_example: duckdb.DuckDBPyConnection, code: str, expected: float
) -> None:
    values = worked_example.execute(
        "select obs_value from plan.indicator_values "
        "where indicator = ? and item = 'equipment' and ref_area_level = 'city' and stage = 'primary'",
        [code],
    ).fetchall()
    assert [round(value, 4) for (value,) in values] == [expected]


@pytest.mark.parametrize("indicator", _EVERY)
def test_stands_in_a_chapter_and_reads_marts_alone(indicator: Indicator) -> None:
    assert indicator.chapter in {chapter.chapter for chapter in load_chapters(ROOT / "plan")}
    assert {table.split(".")[0] for table in marts_read(indicator)} <= {model.schema for model in MODELS.values()}
    if indicator.kind is not IndicatorKind.DISTINCT:  # persons are counted below the marts, which are published
        assert not any(table.startswith("core.") for table in marts_read(indicator))


@pytest.mark.parametrize("indicator", _EVERY)
def test_targets_name_values_that_exist(indicator: Indicator) -> None:
    codes = load_code_lists(ROOT / "contracts" / "codes")
    for target in indicator.targets:
        for dimension, value in target.by.items():
            assert DIMENSION_COLUMNS[dimension] in {"stage", "sex", "grade"}
            assert value in {known.code for known in codes[DIMENSION_COLUMNS[dimension]].values}
        if "school" in target.levels:
            assert Dimension.SCHOOL in indicator.disaggregations
        if "district" in target.levels:
            assert Dimension.DISTRICT in indicator.disaggregations


def test_thresholds_of_the_items_are_those_of_their_targets() -> None:
    with (ROOT / "sql" / "reference" / "quality_balance_thresholds.csv").open(encoding="utf-8") as lines:
        thresholds = {(row["item"], row["stage"]): Decimal(row["threshold"]) for row in csv.DictReader(lines)}
    targets = {
        (str(indicator.numerator.where).split("'")[1], target.by[Dimension.STAGE]): target.value
        for indicator in INDICATORS.values()
        if indicator.mart == "ch4_system.balance_items" and indicator.kind is IndicatorKind.RATIO
        for target in indicator.targets
    }
    assert targets == thresholds
