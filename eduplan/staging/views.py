"""The tables that stand beside the batches: views over what is in force, code lists and reference tables.

Belongs here: ``staging.*``, ``codes.*`` and ``reference.*``. Does not belong here: staging files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from eduplan.declarations.contracts import CodeList, Contract
from eduplan.errors import DeclarationError
from eduplan.project import Project
from eduplan.staging.memory import Memory, digest
from eduplan.staging.normalise import sql_text
from eduplan.staging.references import quarantine_path, read_parquet, staged_path
from eduplan.staging.register import Entry, Register
from eduplan.staging.schema import QUARANTINE_COLUMNS, staged_types

_TYPES = {bool: "boolean", int: "bigint", float: "double", str: "varchar"}


def refresh_views(
    connection: duckdb.DuckDBPyConnection, project: Project, contracts: Mapping[str, Contract], register: Register
) -> None:
    """Makes the views over the batches in force; a source without any has an empty one with the same columns."""
    existing = _views(connection)
    wanted = {
        f"staging.{source}": _staged(project, contract, register.current(source))
        for source, contract in contracts.items()
    }
    entries = [entry for source in contracts for entry in register.current(source)]
    wanted["staging.quarantine"] = _quarantine(project, entries)
    for name, query in wanted.items():
        if existing.get(name) != digest(query):
            connection.execute(f"create or replace view {name} as {query}")
            _remember_view(connection, name, query)
    for name in set(existing) - set(wanted):
        connection.execute(f"drop view if exists {name}")
        connection.execute("delete from landing.states where scope = $1", [f"view {name}"])


def _views(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Fingerprints of the views that are there."""
    rows = connection.execute(
        "select schema_name || '.' || view_name, fingerprint from duckdb_views() "
        "left join landing.states on scope = 'view ' || schema_name || '.' || view_name where schema_name = 'staging'"
    ).fetchall()
    return dict(rows)


def _remember_view(connection: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
    connection.execute("insert or replace into landing.states values ($1, '', $2)", [f"view {name}", digest(query)])


def _staged(project: Project, contract: Contract, entries: list[Entry]) -> str:
    types = staged_types(contract)
    if not entries:
        return _empty(types)
    paths = [staged_path(project, contract.source, entry.batch_id) for entry in _in_order(entries)]
    return f"select {', '.join(types)} from {read_parquet(paths)}"


def _quarantine(project: Project, entries: list[Entry]) -> str:
    paths = [
        quarantine_path(project, entry.source, entry.batch_id) for entry in _in_order(entries) if entry.rows_quarantined
    ]
    if not paths:
        return _empty(QUARANTINE_COLUMNS)
    return f"select {', '.join(QUARANTINE_COLUMNS)} from {read_parquet(paths)}"


def _in_order(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.source, entry.period, entry.sender, entry.path))


def _empty(types: Mapping[str, str]) -> str:
    columns = ", ".join(f"cast(null as {sql_type}) as {name}" for name, sql_type in types.items())
    return f"select {columns} where false"


def write_code_tables(connection: duckdb.DuckDBPyConnection, codes: Mapping[str, CodeList], memory: Memory) -> None:
    """Writes ``codes.<list>`` for every code list that changed."""
    _drop_others(connection, "codes", set(codes), memory)
    for name, code_list in codes.items():
        state = digest(code_list.model_dump_json())
        if memory.recall(f"table codes.{name}", state) is None:
            _write_code_table(connection, code_list)
            memory.remember(f"table codes.{name}", state, "")


def _write_code_table(connection: duckdb.DuckDBPyConnection, code_list: CodeList) -> None:
    attributes = {name: value for each in code_list.values for name, value in each.attributes.items()}
    columns: dict[str, tuple[str, list[Any]]] = {
        "code": ("varchar", [value.code for value in code_list.values]),
        "en": ("varchar", [value.en for value in code_list.values]),
        "zh": ("varchar", [value.zh for value in code_list.values]),
    }
    for name, example in attributes.items():
        columns[name] = (_sql_type(example), [value.attributes.get(name) for value in code_list.values])
    unnested = ", ".join(
        f"unnest($values{i}::{sql_type}[]) as {name}" for i, (name, (sql_type, _)) in enumerate(columns.items())
    )
    values = {f"values{i}": values for i, (_, values) in enumerate(columns.values())}
    types = ", ".join(f"{name} {sql_type}" for name, (sql_type, _) in columns.items())
    connection.execute(f"create or replace table codes.{code_list.code_list} ({types})")
    connection.execute(f"insert into codes.{code_list.code_list} select {unnested}", values)


def _sql_type(example: object) -> str:
    if isinstance(example, list):
        return f"{_sql_type(example[0]) if example else 'varchar'}[]"
    return _TYPES.get(type(example), "varchar")


def write_reference_tables(connection: duckdb.DuckDBPyConnection, project: Project, memory: Memory) -> None:
    """Writes ``reference.<name>`` for every ``sql/reference/<name>.csv`` that changed.

    Raises:
        DeclarationError: A file is not a table.
    """
    files = {path.stem: path for path in sorted((project.sql / "reference").glob("*.csv"))}
    _drop_others(connection, "reference", set(files), memory)
    for name, path in files.items():
        state = hashlib.sha256(path.read_bytes()).hexdigest()
        if memory.recall(f"table reference.{name}", state) is None:
            _write_reference_table(connection, name, path)
            memory.remember(f"table reference.{name}", state, "")


def _write_reference_table(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    try:
        connection.execute(
            f"create or replace table reference.{name} as from read_csv({sql_text(str(path))}, header = true)"
        )
    except duckdb.Error as error:
        raise DeclarationError("not a table: " + str(error).splitlines()[0], where=str(path)) from error


def _drop_others(connection: duckdb.DuckDBPyConnection, schema: str, wanted: set[str], memory: Memory) -> None:
    for name in memory.scopes(f"table {schema}."):
        if name not in wanted:
            connection.execute(f'drop table if exists {schema}."{name}"')
            memory.forget(f"table {schema}.{name}")
