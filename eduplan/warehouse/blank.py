"""A warehouse in memory with every table that models read, and no row of any source.

Belongs here: making the inputs of models from declarations alone. Does not belong here: what is checked with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from eduplan.declarations.contracts import CodeList, Contract
from eduplan.errors import DeclarationError
from eduplan.project import Project
from eduplan.staging.schema import staged_types
from eduplan.warehouse.catalogue import create_catalogue
from eduplan.warehouse.slices import quoted

_TYPES: dict[type, str] = {bool: "boolean", int: "bigint", float: "double", list: "varchar[]"}


def blank_warehouse(
    project: Project, contracts: Mapping[str, Contract], codes: Mapping[str, CodeList]
) -> duckdb.DuckDBPyConnection:
    """Makes a database with empty staging tables, the code lists with their attributes, and the references.

    Raises:
        DeclarationError: A reference table cannot be read.
    """
    connection = duckdb.connect()
    create_catalogue(connection)
    for contract in contracts.values():
        columns = ", ".join(f'"{name}" {kind}' for name, kind in staged_types(contract).items())
        connection.execute(f"create table staging.{contract.source} ({columns})")
    connection.execute(
        "create table staging.quarantine (batch_id varchar, source varchar, period varchar, sender varchar, "
        "file_name varchar, row_number bigint, column_name varchar, value varchar, rule varchar, severity varchar, "
        "reason_en varchar, reason_zh varchar)"
    )
    for code_list in codes.values():
        _create_codes(connection, code_list)
    for path in sorted((project.sql / "reference").glob("*.csv")):
        try:
            connection.execute(f"create table reference.{path.stem} as from read_csv({quoted(str(path))})")
        except duckdb.Error as error:
            raise DeclarationError("cannot be read: " + str(error).splitlines()[0], where=str(path)) from error
    return connection


def _create_codes(connection: duckdb.DuckDBPyConnection, code_list: CodeList) -> None:
    columns = _code_columns(code_list)
    described = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    rows = [
        {"code": value.code, "en": value.en, "zh": value.zh, **value.attributes}.get(name)
        for value in code_list.values
        for name in columns
    ]
    one = f"({', '.join('?' for _ in columns)})"
    connection.execute(f"create table codes.{code_list.code_list} ({described})")
    connection.execute(
        f"insert into codes.{code_list.code_list} values {', '.join(one for _ in code_list.values)}", rows
    )


def _code_columns(code_list: CodeList) -> dict[str, str]:
    attributes: dict[str, Any] = {}
    for value in code_list.values:
        for name, given in value.attributes.items():
            if given is not None:
                attributes.setdefault(name, given)
    return {
        "code": "varchar",
        "en": "varchar",
        "zh": "varchar",
        **{name: _TYPES.get(type(given), "varchar") for name, given in attributes.items()},
    }
