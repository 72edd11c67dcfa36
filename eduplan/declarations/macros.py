"""SQL macros: ``sql/macros/*.sql``, each a list of ``create or replace macro`` statements.

Belongs here: finding the macros and which of them a text uses. Does not belong here: creating them in a database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from eduplan.declarations.loading import read_text
from eduplan.errors import DeclarationError

_DEFINITION = re.compile(r"create\s+or\s+replace\s+macro\s+(?P<name>\w+)\s*\(", re.IGNORECASE)
_CALL = re.compile(r"\b(?P<name>[A-Za-z_]\w*)\s*\(")


@dataclass(frozen=True)
class Macro:
    """One macro.

    Attributes:
        name: Its name, in lower case.
        sql: The statement that creates it.
        path: File that it stands in.
    """

    name: str
    sql: str
    path: Path


def load_macros(folder: Path) -> dict[str, Macro]:
    """Reads ``macros/*.sql`` below a folder, by name, in file order.

    Raises:
        DeclarationError: A statement is not a macro, or two macros share a name.
    """
    macros: dict[str, Macro] = {}
    for path in sorted((folder / "macros").glob("*.sql")):
        for statement in _statements(path):
            match = _DEFINITION.search(statement)
            if match is None:
                raise DeclarationError(
                    "a macro file holds 'create or replace macro' statements and nothing else", where=str(path)
                )
            macro = Macro(name=match["name"].lower(), sql=statement, path=path)
            if macro.name in macros:
                raise DeclarationError(f"macro {macro.name} is defined twice", where=str(path))
            macros[macro.name] = macro
    return macros


def _statements(path: Path) -> list[str]:
    try:
        return [statement.query.strip() for statement in duckdb.extract_statements(read_text(path))]
    except duckdb.Error as error:
        raise DeclarationError("not valid SQL: " + str(error).splitlines()[0], where=str(path)) from error


def macros_used(sql: str, macros: Mapping[str, Macro]) -> tuple[Macro, ...]:
    """The macros that a text calls, and those that they call, each after what it needs."""
    found: dict[str, Macro] = {}

    def visit(text: str, open_names: tuple[str, ...]) -> None:
        for name in sorted({match["name"].lower() for match in _CALL.finditer(text)}):
            if name in macros and name not in found and name not in open_names:
                visit(macros[name].sql, (*open_names, name))
                found[name] = macros[name]

    visit(sql, ())
    return tuple(found.values())
