"""An empty warehouse of the real declarations, which a test case fills with a few rows and rolls back.

Belongs here: making the tables that models read, and running models between given and expected rows. Does not belong
here: what any model should give; that stands in ``cases/``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from eduplan.declarations.contracts import load_code_lists, load_contracts
from eduplan.declarations.models import SqlModel, dependency_order, load_models
from eduplan.project import Project
from eduplan.warehouse.blank import blank_warehouse

ROOT = Path(__file__).resolve().parents[2]
MODELS = load_models(ROOT / "sql")
ORDER = dependency_order(MODELS)

Row = dict[str, Any]


def empty_warehouse() -> duckdb.DuckDBPyConnection:
    """A connection with every staging, code and reference table, and every model built over no rows."""
    project = Project.load(ROOT)
    codes = load_code_lists(project.contracts / "codes")
    connection = blank_warehouse(project, load_contracts(project.contracts), codes)
    for schema in sorted({model.schema for model in ORDER}):
        connection.execute(f"create schema if not exists {schema}")
    for model in ORDER:
        for macro in model.macros:
            connection.execute(macro.sql)
        connection.execute(f"create table {model.table} as {model.sql}")
    return connection


def rows_of(
    connection: duckdb.DuckDBPyConnection, table: str, given: dict[str, list[Row]], columns: list[str],
    only: str = "true",
) -> list[Row]:  # fmt: skip
    """The rows that a model gives, with the models below it run from the given rows up.

    Args:
        connection: The empty warehouse, inside a transaction.
        table: Model under test.
        given: Rows by table; a model that is given is not run.
        columns: Columns to return.
        only: Which rows to return, for a model that has rows for everything on a code list.
    """
    for name, rows in given.items():
        for row in rows:
            marks = ", ".join("?" for _ in row)
            connection.execute(f"insert into {name} ({', '.join(row)}) values ({marks})", list(row.values()))
    needed = _needed(table, set(given))
    for model in ORDER:
        if model.table in needed:
            connection.execute(f"insert into {model.table} {model.sql}")
    result = connection.execute(f"select {', '.join(columns)} from {table} where {only}")
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
