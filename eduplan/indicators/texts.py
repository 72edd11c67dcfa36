"""Writes what the tables of the plan mean into the database, in both languages.

Belongs here: comments on tables that the engine makes. Does not belong here: comments on models, which say themselves
what they mean (``warehouse.comments``).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from eduplan.declarations.loading import load_yaml_as, read_text
from eduplan.declarations.text import Bilingual, Declaration
from eduplan.warehouse.fingerprints import digest
from eduplan.warehouse.slices import quoted

TEXTS = Path(__file__).with_name("texts.yml")
_SCHEMA = "plan"


class PlanTexts(Declaration):
    """The texts of ``texts.yml``.

    Attributes:
        tables: What each table holds, by qualified name.
        columns: What each column means, wherever it stands.
    """

    tables: dict[str, Bilingual]
    columns: dict[str, Bilingual]


def load_texts() -> PlanTexts:
    """Reads the texts."""
    return load_yaml_as(PlanTexts, TEXTS)


def write_plan_comments(connection: duckdb.DuckDBPyConnection) -> None:
    """Sets the comments of the tables of the plan, once for each version of their shape and texts."""
    columns = connection.execute(
        f"select table_name, column_name from duckdb_columns() where schema_name = '{_SCHEMA}' "
        "and database_name = current_database() order by table_name, column_index"
    ).fetchall()
    mark = digest(read_text(TEXTS), columns)
    written = connection.execute("select fingerprint from warehouse.comments where model = ?", [_SCHEMA]).fetchone()
    if written == (mark,):
        return
    texts = load_texts()
    connection.execute("begin")
    for table in sorted({f"{_SCHEMA}.{name}" for name, _ in columns} & set(texts.tables)):
        connection.execute(f"comment on table {table} is {quoted(_comment(texts.tables[table]))}")
    for name, column in columns:
        if column in texts.columns:
            comment = quoted(_comment(texts.columns[column]))
            connection.execute(f'comment on column {_SCHEMA}.{name}."{column}" is {comment}')
    connection.execute("insert or replace into warehouse.comments values (?, ?)", [_SCHEMA, mark])
    connection.execute("commit")


def _comment(text: Bilingual) -> str:
    return f"{text.en} | {text.zh}"
