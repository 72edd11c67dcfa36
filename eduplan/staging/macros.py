"""Creates the macros that staging and models call: the engine's own, then the project's.

Belongs here: creating them in a database. Does not belong here: reading ``sql/macros``
(``eduplan.declarations.macros``).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from eduplan.declarations.loading import read_text
from eduplan.declarations.macros import load_macros as read_macros
from eduplan.declarations.macros import macros_used
from eduplan.project import Project

ENGINE_MACROS = Path(__file__).with_name("macros.sql")


def load_macros(connection: duckdb.DuckDBPyConnection, project: Project) -> None:
    """Creates or replaces all macros in the working warehouse.

    Raises:
        DeclarationError: A macro file is not valid.
    """
    connection.execute(macro_text(project))


def macro_text(project: Project) -> str:
    """The statements that create the macros, each after those that it calls, whichever file they stand in."""
    macros = read_macros(project.sql)
    ordered = macros_used(";\n".join(macro.sql for macro in macros.values()), macros)
    statements = [read_text(ENGINE_MACROS), *(macro.sql for macro in ordered)]
    return ";\n".join(statement.rstrip().rstrip(";") for statement in statements)
