"""The suites of the project itself run over its own tables, and every table has one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from eduplan.checks.run import run_checks
from eduplan.declarations.contracts import CodeList, load_code_lists, load_contracts
from eduplan.declarations.models import dependency_order, load_models
from eduplan.declarations.suites import load_cross_checks, load_suites
from eduplan.indicators.tables import create_plan_tables
from eduplan.project import Project
from eduplan.staging.schema import staged_types
from eduplan.warehouse.catalogue import create_catalogue

ROOT = Path(__file__).resolve().parents[3]
PROJECT = Project.load(ROOT)
MODELS = load_models(PROJECT.sql)
CONTRACTS = load_contracts(PROJECT.contracts)


@pytest.fixture(scope="module")
def empty() -> Iterator[duckdb.DuckDBPyConnection]:
    """Every table of the project without a row."""
    connection = duckdb.connect()
    create_catalogue(connection)
    create_plan_tables(connection)
    for contract in CONTRACTS.values():
        columns = ", ".join(f"{name} {column_type}" for name, column_type in staged_types(contract).items())
        connection.execute(f"create table staging.{contract.source} ({columns})")
    for code_list in load_code_lists(PROJECT.contracts / "codes").values():
        _create_codes(connection, code_list)
    for path in (PROJECT.sql / "reference").glob("*.csv"):
        connection.execute(f"create table reference.{path.stem} as from '{path}'")
    for model in dependency_order(MODELS):
        connection.execute(f"create schema if not exists {model.schema}")
        for macro in model.macros:
            connection.execute(macro.sql)
        connection.execute(f"create table {model.table} as {model.sql}")
    yield connection
    connection.close()


def _create_codes(connection: duckdb.DuckDBPyConnection, code_list: CodeList) -> None:
    attributes = {name: value for entry in code_list.values for name, value in entry.attributes.items()}
    kinds = {name: "varchar[]" if isinstance(value, list) else "varchar" for name, value in attributes.items()}
    kinds = {name: "integer" if isinstance(attributes[name], int) else kind for name, kind in kinds.items()}
    columns = ", ".join(f"{name} {kind}" for name, kind in {"code": "varchar", **kinds}.items())
    connection.execute(f"create table codes.{code_list.code_list} ({columns})")


def test_every_table_has_a_suite():
    tables = {f"staging.{source}" for source in CONTRACTS} | set(MODELS)
    assert tables - set(load_suites(PROJECT.expectations)) == set()


def test_every_check_can_be_run_and_nothing_is_wrong_with_no_rows(empty):
    report = run_checks(empty, PROJECT, MODELS, CONTRACTS)
    assert {result.check.check_id: result.message for result in report.results if result.message} == {}
    assert [result.check.check_id for result in report.failed] == []


def test_the_query_of_every_check_can_be_asked(empty):
    report = run_checks(empty, PROJECT, MODELS, CONTRACTS)
    for result in report.results:
        empty.execute(result.query).fetchall()


def test_every_check_says_what_why_and_what_to_do_in_both_languages():
    texts = [
        text
        for suite in load_suites(PROJECT.expectations).values()
        for expectation in suite.expectations
        for text in (expectation.title, expectation.why, expectation.remedy)
    ]
    texts += [
        text
        for check in load_cross_checks(PROJECT.expectations).values()
        for text in (check.header.title, check.header.why, check.header.remedy)
    ]
    assert all(text.en.isascii() and len(text.en) > 5 for text in texts)
    assert all(any("一" <= letter <= "鿿" for letter in text.zh) for text in texts)
