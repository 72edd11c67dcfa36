"""Writes what tables and columns mean into the database itself, in both languages.

Belongs here: ``comment on``. Does not belong here: the texts, which stand in model headers and ``sql/columns.yml``.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from eduplan.declarations.models import ColumnText, SqlModel
from eduplan.warehouse.fingerprints import digest, view_texts
from eduplan.warehouse.slices import SHAPE, quoted


def write_comments(connection: duckdb.DuckDBPyConnection, models: Sequence[SqlModel]) -> None:
    """Sets the comments of tables that were made anew or whose texts changed."""
    made = dict(
        connection.execute("select model, fingerprint from warehouse.builds where slice = ?", [SHAPE]).fetchall()
    )
    written = dict(connection.execute("select model, fingerprint from warehouse.comments").fetchall())
    due = []
    shared: dict[int, str] = {}  # all models have the same hundreds of texts, which are read once
    for model in models:
        texts = id(model.shared_texts)
        if texts not in shared:
            shared[texts] = digest(*sorted(f"{name}={text}" for name, text in model.shared_texts.items()))
        mark = digest(made.get(model.table), model.header.model_dump_json(), shared[texts])
        if written.get(model.table) != mark:
            due.append((model, mark))
    if not due:
        return
    columns, views = _columns(connection), view_texts(connection)
    connection.execute("begin")
    for model, mark in due:
        kind = "view" if model.table in views else "table"
        connection.execute(f"comment on {kind} {model.table} is {quoted(_table_comment(model))}")
        for column in columns.get(model.table, ()):
            text = model.column_text(column)
            comment = quoted(_column_comment(text)) if text else "null"
            connection.execute(f'comment on column {model.table}."{column}" is {comment}')
        connection.execute("insert or replace into warehouse.comments values (?, ?)", [model.table, mark])
    connection.execute("commit")


def _table_comment(model: SqlModel) -> str:
    header = model.header
    english = [header.title.en, header.grain.en, header.meaning.en, header.warning.en if header.warning else ""]
    chinese = [header.title.zh, header.grain.zh, header.meaning.zh, header.warning.zh if header.warning else ""]
    return f"{_sentences(english, '. ')} | {_sentences(chinese, '。')}"


def _sentences(texts: Sequence[str], stop: str) -> str:
    return stop.join(" ".join(text.split()).rstrip(".。") for text in texts if text) + stop.strip()


def _column_comment(text: ColumnText) -> str:
    unit = f" ({text.unit})" if text.unit else ""
    return f"{text.en}{unit} | {text.zh}{unit}"


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    rows = connection.execute(
        "select schema_name || '.' || table_name, list(column_name order by column_index) from duckdb_columns() "
        "where database_name = current_database() and not internal group by 1"
    ).fetchall()
    return dict(rows)
