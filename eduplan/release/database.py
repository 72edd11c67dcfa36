"""Writes the published database and its Parquet files.

Belongs here: copying tables, comments and the ``about`` schema. Does not belong here: which tables are published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from eduplan.checks.offending import literal
from eduplan.disclosure.release import Told
from eduplan.disclosure.tables import MARK
from eduplan.release.dictionary import write_dictionary
from eduplan.warehouse.threads import beside, on_one_thread

STORAGE_VERSION = "v1.0.0"
"""Storage that older clients and the browser build can attach."""

_ATTACHED = "release_being_built"

# What a type becomes on the way out. The Parquet writer has no 128-bit integer and would write doubles, and no count of
# a city needs more than 64 bits; a client without the JSON extension cannot read a column of that type.
_PUBLISHED_TYPES = {"HUGEINT": "BIGINT", "UHUGEINT": "BIGINT", "JSON": "VARCHAR"}

_ABOUT = {
    "batches": """
        select
            batch_id, source, period, sender, regexp_extract(path, '[^/]*$') as file_name, sha256, bytes,
            rows_read, rows_staged, rows_quarantined, rows_duplicate, rows_dropped, cells_repaired, landed_at
        from landing.batches
        where status = 'current'
        order by source, period, sender, batch_id
    """,
    "checks": """
        select
            check_id, table_name, expectation, columns, severity, rule, title_en, title_zh, why_en, why_zh,
            remedy_en, remedy_zh, success, rows_unexpected, rows_total, checked_at
        from checks.results
        order by check_id
    """,
    "suppression": """
        select
            mart, counted,
            sum(figures)::bigint as figures, sum(small)::bigint as small, sum(hidden)::bigint as hidden
        from disclosure.counts_by_year
        group by mart, counted
        order by mart, counted
    """,
}

_MARK_COMMENT = (
    "Columns whose value is not told in this row, because it or one that could be worked out counts few persons | "
    "本行中为保护个人而不公布的列"
)


@dataclass(frozen=True)
class PublishedTable:
    """One table of a release.

    Attributes:
        table: Qualified name.
        origin: The mart or table of the plan that it is made of.
        source: The table of the working warehouse that has the rows.
        order: Columns that its rows are sorted by; empty for all columns.
        rows: Rows.
        columns: Name and type of each column.
        comment: What the table says of itself.
        column_comments: What its columns say.
    """

    table: str
    origin: str
    source: str
    order: tuple[str, ...]
    rows: int
    columns: tuple[tuple[str, str], ...]
    comment: str | None
    column_comments: Mapping[str, str]

    @property
    def file(self) -> str:
        """Path of its Parquet file in the release folder."""
        return f"parquet/{self.table.replace('.', '/')}.parquet"


def describe_tables(connection: duckdb.DuckDBPyConnection, told: Sequence[Told]) -> list[PublishedTable]:
    """What is to be published of each table.

    Args:
        connection: The working warehouse.
        told: The tables of the release, and where their rows stand.
    """
    comments = dict(
        connection.execute(
            "select schema_name || '.' || table_name, comment from duckdb_tables() "
            "where database_name = current_database()"
        ).fetchall()
    )
    column_comments: dict[str, dict[str, str]] = defaultdict(dict)
    for owner, name, text in connection.execute(
        "select schema_name || '.' || table_name, column_name, comment from duckdb_columns() "
        "where database_name = current_database() and comment is not null"
    ).fetchall():
        column_comments[owner][name] = text
    described = []
    for each in told:
        columns = connection.execute(f"describe {each.stored}").fetchall()
        row = connection.execute(f"select count(*) from {each.stored}").fetchone()
        texts = column_comments[each.origin]
        if any(name == MARK for name, *_ in columns):
            texts = {**texts, MARK: _MARK_COMMENT}
        described.append(
            PublishedTable(
                table=each.table,
                origin=each.origin,
                source=each.stored,
                order=each.key,
                rows=int(row[0]) if row else 0,
                columns=tuple(
                    (name, _PUBLISHED_TYPES.get(column_type, column_type)) for name, column_type, *_ in columns
                ),
                comment=each.comment or comments.get(each.origin),
                column_comments={name: texts[name] for name, *_ in columns if name in texts},
            )
        )
    return described


def write_tables(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    tables: Sequence[PublishedTable],
    *,
    database: str,
    facts: Mapping[str, str],
    units: Mapping[tuple[str, str], str],
    files_are_there: Callable[[], object] = lambda: None,
) -> None:
    """Writes the database and one Parquet file a table into a folder.

    Args:
        connection: The working warehouse.
        folder: The folder of the release.
        tables: What is published.
        database: File name of the database.
        facts: The columns of ``about.release``.
        units: Units of columns that have one, by table and column.
        files_are_there: Is called when the Parquet files are written, which is long before the database is.
    """

    def write_files(cursor: duckdb.DuckDBPyConnection) -> None:
        _write_files(cursor, folder, tables)
        files_are_there()

    with beside(connection, write_files) as files_are_written:
        _write_database(connection, folder / database, tables, facts, units)
        files_are_written()


def _write_files(connection: duckdb.DuckDBPyConnection, folder: Path, tables: Sequence[PublishedTable]) -> None:
    """Writes one Parquet file a table."""
    with on_one_thread(connection) as threads:
        for table in tables:
            file = folder / table.file
            file.parent.mkdir(parents=True, exist_ok=True)
            threads.for_rows(table.rows)
            connection.execute(f"copy ({_rows(table)}) to {literal(str(file))} (format parquet, compression zstd)")


def _write_database(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    tables: Sequence[PublishedTable],
    facts: Mapping[str, str],
    units: Mapping[tuple[str, str], str],
) -> None:
    connection.execute(f"attach {literal(str(path))} as {_ATTACHED} (storage_version {literal(STORAGE_VERSION)})")
    try:
        connection.execute("begin")  # one commit, and not one for each of hundreds of comments
        try:
            for schema in sorted({table.table.split(".")[0] for table in tables} | {"about"}):
                connection.execute(f"create schema {_ATTACHED}.{schema}")
            with on_one_thread(connection) as threads:
                for table in tables:
                    threads.for_rows(table.rows)
                    _write_table(connection, table)
                _write_about(connection, facts)
                _extend_lineage(connection, tables)
                write_dictionary(connection, _ATTACHED, units)
        except BaseException:
            connection.execute("rollback")
            raise
        connection.execute("commit")
        connection.execute(f"checkpoint {_ATTACHED}")
    finally:
        connection.execute(f"detach {_ATTACHED}")


def _rows(table: PublishedTable) -> str:
    """The rows of a table with their published types, in their order."""
    selected = ", ".join(f'cast("{name}" as {column_type}) as "{name}"' for name, column_type in table.columns)
    order = ", ".join(f'"{name}"' for name in table.order) or "all"
    return f"select {selected} from {table.source} order by {order}"


def _write_table(connection: duckdb.DuckDBPyConnection, table: PublishedTable) -> None:
    target = f"{_ATTACHED}.{table.table}"
    connection.execute(f"create table {target} as {_rows(table)}")
    if table.comment:
        connection.execute(f"comment on table {target} is {literal(table.comment)}")
    for name, text in table.column_comments.items():
        connection.execute(f'comment on column {target}."{name}" is {literal(text)}')


def _extend_lineage(connection: duckdb.DuckDBPyConnection, tables: Sequence[PublishedTable]) -> None:
    """Tables that are made of one mart read what it reads."""
    made = [(table.table, table.origin) for table in tables if table.table != table.origin]
    if made and any(table.table == "plan.lineage" for table in tables):
        connection.execute(
            f"insert into {_ATTACHED}.plan.lineage by name "
            f"select made.name as table_name, lineage.* exclude (table_name) from {_ATTACHED}.plan.lineage as lineage "
            "join (select unnest(?) as name, unnest(?) as origin) as made on made.origin = lineage.table_name",
            [[name for name, _ in made], [origin for _, origin in made]],
        )


def _write_about(connection: duckdb.DuckDBPyConnection, facts: Mapping[str, str]) -> None:
    values = ", ".join(f"{literal(value)} as {name}" for name, value in facts.items())
    connection.execute(f"create table {_ATTACHED}.about.release as select {values}")
    for name, query in _ABOUT.items():
        connection.execute(f"create table {_ATTACHED}.about.{name} as {query}")
