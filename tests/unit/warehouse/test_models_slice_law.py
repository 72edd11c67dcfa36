"""The law of slices for the project's own models, over invented rows that say nothing but are many-sided."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import duckdb
import pytest

from eduplan.declarations.contracts import Contract, load_code_lists, load_contracts
from eduplan.declarations.models import load_models
from eduplan.periods import PeriodKind
from eduplan.progress import Silent
from eduplan.project import Project
from eduplan.staging.schema import staged_types
from eduplan.warehouse import build, work
from eduplan.warehouse.blank import blank_warehouse

ROOT = Path(__file__).resolve().parents[3]
YEARS = range(2020, 2024)
ROWS = 900
POOLS = {
    "school_code": "'S' || (h % 25)::varchar",
    "division_code": "'99010' || (1 + h % 3)::varchar",
    "parent_code": "'990100'",
    "predecessor_code": "null",
    "town_code": "'99010' || (1 + h % 3)::varchar || '00' || (1 + h % 2)::varchar",
    "person_key": "h % 300",
    "class_name": "'C' || (h % 3)::varchar",
    "age": "h % 20",
    "school_year": "'2012-13'",
}


def invented(name: str, kind: str, column_codes: dict[str, str]) -> str:
    """An expression that invents a value of a column from the row's number and the column's name."""
    drawn = f"(hash(i, '{name}') % 100003)::bigint"
    if name in POOLS:
        return POOLS[name].replace("h %", f"{drawn} %")
    if name in column_codes:
        codes = f"(select list(code order by code) from codes.{column_codes[name]})"
        return f"{codes}[1 + ({drawn} % len({codes}))::bigint]"
    if kind.upper() == "BOOLEAN":
        return f"{drawn} % 3 = 0"
    if kind.upper() == "DATE":
        return f"case when {drawn} % 3 > 0 then date '2008-01-01' + ({drawn} % 5000)::integer end"
    if kind.upper() == "VARCHAR":
        return f"'{name}' || ({drawn} % 4)::varchar"
    return f"cast({drawn} % 90 as {kind})"


def fill(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Invented rows of every period of a source, unique by its key, and a batch for each period."""
    types = staged_types(contract)
    codes = {column.name: column.codes for column in contract.columns if column.codes}
    kind = contract.period.kind
    seasons = ("autumn", "spring") if kind is PeriodKind.SEASON else ("",)
    for year in YEARS if kind is not PeriodKind.NONE else (2012,):
        for season in seasons:
            school_year = f"{year}-{year - 1999}"
            period = str(year) if kind is PeriodKind.CALENDAR_YEAR else f"{school_year}-{season}".rstrip("-")
            period = "all" if kind is PeriodKind.NONE else period
            given = {"calendar_year": str(year), "season": f"'{season}'", "period": f"'{period}'"}
            given |= {"batch_id": f"'{contract.source}-{period}'", "sender": "'bureau'", "row_number": "i"}
            if kind is not PeriodKind.NONE:
                given["school_year"] = f"'{school_year}'"
            values = [
                f"cast({given.get(name) or invented(name, sql_type, codes)} as {sql_type}) as {name}"
                for name, sql_type in types.items()
            ]
            key = ", ".join(dict.fromkeys([*contract.key, "period"]))
            connection.execute(
                f"insert into staging.{contract.source} select {', '.join(values)} "
                f"from range({year * ROWS}, {year * ROWS + ROWS}) as rows(i) "
                f"qualify row_number() over (partition by {key} order by i) = 1"
            )
            connection.execute(
                "insert into landing.batches (batch_id, source, period, sender, path, sha256, bytes, modified_ns, "
                "status, rows_read, rows_staged, rows_quarantined, rows_duplicate, rows_dropped, records_staged, "
                "cells_repaired, contract_fingerprint, references_fingerprint, landed_at) values "
                "(?, ?, ?, 'bureau', 'a.csv', 'x', 1, 1, 'current', 1, 1, 0, 0, 0, 1, 0, 'c', 'r', now())",
                [f"{contract.source}-{period}", contract.source, period],
            )


EACH_ALONE = property(lambda one: [[text] for text in one.changed])
"""Slices in groups of one."""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, duckdb.DuckDBPyConnection]:
    """The models built slice by slice, as a night keeps them, and all slices together in tables."""
    project = Project.load(ROOT)
    contracts = load_contracts(project.contracts)
    models = load_models(project.sql)
    built = {}
    ways = (
        ("slices", patch.object(work.Work, "groups", EACH_ALONE), "slices"),
        ("whole", patch.object(work, "ROWS_TOGETHER", 10**12), None),
    )
    for name, way, folder in ways:
        connection = blank_warehouse(project, contracts, load_code_lists(project.contracts / "codes"))
        for contract in contracts.values():
            fill(connection, contract)
        with way:
            build.build_models(
                connection, models, progress=Silent(), folder=tmp_path_factory.mktemp(folder) if folder else None
            )
        built[name] = connection
    return built


@pytest.mark.parametrize("table", sorted(load_models(ROOT / "sql")))
def test_slice_by_slice_gives_the_rows_of_a_whole_build(both: dict[str, duckdb.DuckDBPyConnection], table: str) -> None:
    query = f"select * from {table} order by all"
    by_slice, whole = both["slices"].execute(query).fetchall(), both["whole"].execute(query).fetchall()
    assert len(by_slice) == len(whole)
    assert by_slice == whole
    assert whole, "the invented rows do not reach this table"
