"""Turns what DuckDB says of a model into one line that names the file.

Belongs here: errors of models. Does not belong here: errors of files that arrived.
"""

from __future__ import annotations

import re

import duckdb

from eduplan.declarations.loading import read_text
from eduplan.declarations.models import SqlModel
from eduplan.errors import DeclarationError, EduplanError, EnvironmentFault

_LINE = re.compile(r"^LINE (?P<line>\d+):", re.MULTILINE)
_ENGINE_LINES = 1
"""Lines that the engine writes above a model's select."""


def model_fault(error: duckdb.Error, model: SqlModel) -> EduplanError:
    """The error of a model, with its file and, where DuckDB names one, the line."""
    what = str(error).splitlines()[0]
    if isinstance(error, duckdb.OutOfMemoryException | duckdb.IOException):
        return EnvironmentFault(
            what, where=str(model.path), remedy="free some disk or raise memory_limit in eduplan.yml, and run again"
        )
    kind = DeclarationError if isinstance(error, duckdb.ProgrammingError) else EduplanError
    return kind(what, where=_place(error, model))


def _place(error: duckdb.Error, model: SqlModel) -> str:
    match = _LINE.search(str(error))
    before, found, _ = read_text(model.path).partition(model.sql) if model.path.is_file() else ("", "", "")
    if match is None or not found:
        return str(model.path)
    return f"{model.path}:{before.count(chr(10)) + int(match['line']) - _ENGINE_LINES}"
