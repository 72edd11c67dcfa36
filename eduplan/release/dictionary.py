"""``plan.dictionary``: every column of a release with its meaning, and the comments of the tables about it.

Belongs here: what a release says of its own columns. Does not belong here: the texts of marts and plan tables, which
come as comments from the working warehouse.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from eduplan.checks.offending import literal
from eduplan.declarations.loading import load_yaml_as
from eduplan.declarations.text import Bilingual, Declaration

TEXTS = Path(__file__).with_name("texts.yml")
DICTIONARY = "plan.dictionary"

SEPARATOR = " | "
"""Between the English and the Chinese half of a comment."""

_SHAPE = """
create table {database}.plan.dictionary (
    table_name varchar not null,
    column_name varchar not null,
    column_number integer not null,
    data_type varchar not null,
    unit varchar,
    meaning_en varchar,
    meaning_zh varchar,
    made_from varchar[],
    sources varchar[]
)
"""
_ROWS = """
insert into {database}.plan.dictionary
with recursive below as (
    select table_name, reads from {database}.plan.lineage
    union
    select below.table_name, lineage.reads
    from below
    join {database}.plan.lineage as lineage on lineage.table_name = below.reads
),

lineage as (
    select
        table_name,
        list_sort(list(replace(reads, 'staging.', '')) filter (where starts_with(reads, 'staging.'))) as sources
    from below
    group by table_name
),

direct as (
    select table_name, list_sort(list(reads)) as made_from from {database}.plan.lineage group by table_name
),

columns as (
    select schema_name || '.' || table_name as table_name, column_name, column_index, data_type, comment
    from duckdb_columns()
    where database_name = {name} and not internal
),

texts as (  -- a comment repeats the unit, for those who read nothing else
    select columns.*, unit, replace(comment, coalesce(' (' || unit || ')', ''), '') as text
    from columns
    left join (
        select unnest(?) as table_name, unnest(?) as column_name, unnest(?) as unit
    ) as units using (table_name, column_name)
)

select
    texts.table_name, column_name, column_index, data_type, unit,
    regexp_extract(text, '^(.*?) [|] (.*)$', 1), regexp_extract(text, '^(.*?) [|] (.*)$', 2),
    coalesce(direct.made_from, []), coalesce(lineage.sources, [])
from texts
left join direct using (table_name)
left join lineage using (table_name)
order by texts.table_name, column_index
"""


class ReleaseTexts(Declaration):
    """Texts of tables and columns that only a release has."""

    tables: dict[str, Bilingual]
    columns: dict[str, Bilingual]


def write_dictionary(
    connection: duckdb.DuckDBPyConnection, database: str, units: Mapping[tuple[str, str], str]
) -> None:
    """Comments the tables that only a release has, and writes ``plan.dictionary`` into it.

    Args:
        connection: Any connection that has the release attached.
        database: Name that it is attached as.
        units: Units of columns that have one, by table and column.
    """
    connection.execute(f"create schema if not exists {database}.plan")
    connection.execute(_SHAPE.format(database=database))
    _write_comments(connection, database, load_yaml_as(ReleaseTexts, TEXTS))
    has_lineage = connection.execute(
        "select count(*) from duckdb_tables() where database_name = ? and schema_name = 'plan' "
        "and table_name = 'lineage'",
        [database],
    ).fetchone()
    if has_lineage != (1,):
        return
    columns = sorted(units)
    connection.execute(
        _ROWS.format(database=database, name=literal(database)),
        [[table for table, _ in columns], [name for _, name in columns], [units[column] for column in columns]],
    )


def _write_comments(connection: duckdb.DuckDBPyConnection, database: str, texts: ReleaseTexts) -> None:
    found = connection.execute(
        "select schema_name || '.' || table_name, column_name from duckdb_columns() where database_name = ?",
        [database],
    ).fetchall()
    for table in sorted({table for table, _ in found} & set(texts.tables)):
        connection.execute(f"comment on table {database}.{table} is {literal(_comment(texts.tables[table]))}")
    for table, column in found:
        if table in texts.tables and column in texts.columns:
            text = literal(_comment(texts.columns[column]))
            connection.execute(f'comment on column {database}.{table}."{column}" is {text}')


def _comment(text: Bilingual) -> str:
    return f"{text.en}{SEPARATOR}{text.zh}"
