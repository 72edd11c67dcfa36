"""An empty warehouse of the real declarations, which a test case fills with a few rows and rolls back.

Belongs here: making the tables that models read, and running models between given and expected rows. Does not belong
here: what any model should give; that stands in ``cases/``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from eduplan.declarations.contracts import ColumnType, Contract, load_code_lists, load_contracts
from eduplan.declarations.models import SqlModel, dependency_order, load_models
from eduplan.periods import PeriodKind

ROOT = Path(__file__).resolve().parents[2]
MODELS = load_models(ROOT / "sql")
ORDER = dependency_order(MODELS)

_TYPES = {
    ColumnType.TEXT: "varchar",
    ColumnType.CODE: "varchar",
    ColumnType.INTEGER: "bigint",
    ColumnType.DATE: "date",
    ColumnType.FLAG: "boolean",
    ColumnType.ACUITY: "decimal(3, 1)",
    ColumnType.IDENTITY: "bigint",
}
_PERIOD_COLUMNS = {
    PeriodKind.SCHOOL_YEAR: {"school_year": "varchar"},
    PeriodKind.SEASON: {"school_year": "varchar", "season": "varchar"},
    PeriodKind.CALENDAR_YEAR: {"calendar_year": "integer"},
    PeriodKind.NONE: {},
}

Row = dict[str, Any]


def empty_warehouse() -> duckdb.DuckDBPyConnection:
    """A connection with every staging, code and reference table, and every model built over no rows."""
    connection = duckdb.connect()
    for schema in ("staging", "codes", "reference", *sorted({model.schema for model in ORDER})):
        connection.execute(f"create schema if not exists {schema}")
    for contract in load_contracts(ROOT / "contracts").values():
        columns = ", ".join(f"{name} {kind}" for name, kind in _staged_columns(contract).items())
        connection.execute(f"create table staging.{contract.source} ({columns})")
    for code_list in load_code_lists(ROOT / "contracts" / "codes").values():
        rows = [{"code": value.code, "en": value.en, "zh": value.zh, **value.attributes} for value in code_list.values]
        names = list(dict.fromkeys(name for row in rows for name in row))
        _create_from_rows(connection, f"codes.{code_list.code_list}", names, rows)
    for path in sorted((ROOT / "sql" / "reference").glob("*.csv")):
        connection.execute(f"create table reference.{path.stem} as select * from read_csv('{path}')")
    for model in ORDER:
        for macro in model.macros:
            connection.execute(macro.sql)
        connection.execute(f"create table {model.table} as {model.sql}")
    return connection


def rows_of(
    connection: duckdb.DuckDBPyConnection, table: str, given: dict[str, list[Row]], columns: list[str]
) -> list[Row]:
    """The rows that a model gives, with the models below it run from the given rows up.

    Args:
        connection: The empty warehouse, inside a transaction.
        table: Model under test.
        given: Rows by table; a model that is given is not run.
        columns: Columns to return.
    """
    for name, rows in given.items():
        for row in rows:
            marks = ", ".join("?" for _ in row)
            connection.execute(f"insert into {name} ({', '.join(row)}) values ({marks})", list(row.values()))
    needed = _needed(table, set(given))
    for model in ORDER:
        if model.table in needed:
            connection.execute(f"insert into {model.table} {model.sql}")
    result = connection.execute(f"select {', '.join(columns)} from {table}")
    return [dict(zip(columns, values, strict=True)) for values in result.fetchall()]


def broken_declarations(connection: duckdb.DuckDBPyConnection, model: SqlModel) -> list[str]:
    """What the header of a model promises and its rows do not keep: the key, not-null and code lists."""
    key, table = ", ".join(model.header.key), model.table
    queries = {f"key {key} repeats": f"select {key} from {table} group by {key} having count(*) > 1"}
    for column in [*model.header.key, *model.header.not_null]:
        queries[f"{column} is null"] = f"select 1 from {table} where {column} is null"
    for column, codes in model.header.codes.items():
        queries[f"{column} is not of {codes}"] = (
            f"select 1 from {table} where {column} is not null and {column} not in (select code from codes.{codes})"
        )
    return [text for text, query in queries.items() if connection.execute(query).fetchone()]


def _needed(table: str, given: set[str]) -> set[str]:
    """The model and those below it, down to what is given."""
    if table in given or table not in MODELS:
        return set()
    return {table}.union(*(_needed(name, given) for name in MODELS[table].inputs))


def _staged_columns(contract: Contract) -> dict[str, str]:
    types: dict[str, str] = {}
    for column in contract.columns:
        name = column.person_key or column.name
        kind = f"decimal(18, {column.scale})" if column.type is ColumnType.DECIMAL else _TYPES.get(column.type)
        types[name] = kind or "varchar"
    for derived in contract.derive:
        types[derived.name] = _TYPES[derived.type]
    own = {name: types[name] for name in contract.staged_columns}
    batch = {"period": "varchar", "sender": "varchar", "batch_id": "varchar", "row_number": "bigint"}
    return {**own, **_PERIOD_COLUMNS[contract.period.kind], **batch}


def _create_from_rows(connection: duckdb.DuckDBPyConnection, table: str, names: list[str], rows: list[Row]) -> None:
    """A table of a few rows, typed by their values."""
    kinds = {
        name: "integer"
        if any(isinstance(row.get(name), int) for row in rows)
        else "varchar[]"
        if any(isinstance(row.get(name), list) for row in rows)
        else "varchar"
        for name in names
    }
    connection.execute(f"create table {table} ({', '.join(f'{name} {kind}' for name, kind in kinds.items())})")
    for row in rows:
        values = [row.get(name) for name in names]
        connection.execute(f"insert into {table} values ({', '.join('?' for _ in values)})", values)
