"""``eduplan sql``: questions to the published release.

Belongs here: reading a query, asking it and showing the rows. Does not belong here: what the tables mean.
"""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eduplan.cli.commands import command
from eduplan.cli.session import Session, UsageFault

if TYPE_CHECKING:
    import duckdb

TABLE_LIMIT = 200
_TABLES = """
select schema_name as schema, table_name as "table", estimated_size as "rows", comment
from duckdb_tables() where not internal order by all
"""
_HELP = "Ask with SQL, ended by ;   .tables lists the tables   .quit (or Ctrl-D) leaves"

AsOfOption = Annotated[
    str | None,
    typer.Option(
        help="Ask an earlier release: the one in force when a day ended (2026-11-23), previous, official, or an id."
    ),
]


class Database(StrEnum):
    """What can be asked."""

    RELEASE = "release"
    WORK = "work"


class Layout(StrEnum):
    """How rows are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def register(app: typer.Typer) -> None:
    """Adds the command to the program."""

    @command(app, "sql")
    def sql(
        session: Session,
        query: Annotated[str | None, typer.Argument(help="One query; '-' reads it from standard input.")] = None,
        file: Annotated[Path | None, typer.Option("--file", "-f", help="Read the query from a file.")] = None,
        json: Annotated[bool, typer.Option("--json", help="Rows as a JSON list of objects.")] = False,
        csv: Annotated[bool, typer.Option("--csv", help="Rows as CSV.")] = False,
        limit: Annotated[int, typer.Option(help="Rows that a table shows; 0 shows all.", min=0)] = TABLE_LIMIT,
        read: Annotated[
            Database, typer.Option(help="release, or work: the private file of the load, while no load runs.")
        ] = Database.RELEASE,
        as_of: AsOfOption = None,
    ) -> None:
        """Asks the published release with SQL; without a query, opens a prompt."""
        if json and csv:
            raise UsageFault("choose one of --json and --csv")
        if as_of and read is Database.WORK:
            raise UsageFault("--as-of asks a release, and not the working warehouse", remedy="leave --read out")
        layout = Layout.JSON if json else Layout.CSV if csv else Layout.TABLE
        text = _query_text(query, file)
        connection = open_database(session, read, as_of=as_of)
        try:
            if text is None:
                _prompt(session, connection, limit)
            else:
                _answer(session, connection, text, layout, limit)
        finally:
            connection.close()


def open_database(
    session: Session, database: Database = Database.RELEASE, *, as_of: str | None = None
) -> duckdb.DuckDBPyConnection:
    """Opens what is asked, for reading.

    Args:
        session: The call.
        database: The release, or the working warehouse.
        as_of: An earlier release, by a date or another of its names.

    Raises:
        NoSuchRelease: No release is called what ``as_of`` says.
        EnvironmentFault: There is no release (or no warehouse) yet.
        LockedError: A load holds the working warehouse.
    """
    from eduplan.errors import EnvironmentFault
    from eduplan.warehouse.connection import connect

    project = session.open_project()
    if as_of is not None:
        from eduplan.release.history import find_release

        return connect(find_release(project, as_of).database, project, read_only=True)
    path = project.release_database if database is Database.RELEASE else project.warehouse
    if not path.exists():
        what = "nothing was released yet" if database is Database.RELEASE else "there is no working warehouse yet"
        raise EnvironmentFault(what, where=str(path), remedy="run: eduplan run")
    return connect(path, project, read_only=True)


def _query_text(query: str | None, file: Path | None) -> str | None:
    """The query from the argument, the file or standard input; nothing for a prompt."""
    if file is not None:
        if query is not None:
            raise UsageFault("give the query or a file, not both")
        try:
            return file.read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise UsageFault("the file does not exist", where=str(file)) from error
        except UnicodeDecodeError as error:
            raise UsageFault("the file is not UTF-8", where=str(file), remedy="save it as UTF-8") from error
    if query == "-" or (query is None and not sys.stdin.isatty()):
        return sys.stdin.read()
    return query


def _answer(session: Session, connection: duckdb.DuckDBPyConnection, query: str, layout: Layout, limit: int) -> None:
    from eduplan.cli import output

    columns, rows = _ask(connection, query)
    if layout is Layout.JSON:
        output.write_json(output.data_stream(), output.records(columns, rows))
    elif layout is Layout.CSV:
        output.write_csv(output.data_stream(), columns, rows)
    else:
        shown = rows[:limit] if limit else rows
        output.print_table(session.out, columns, shown)
        if len(shown) < len(rows):
            session.err.print(f"{len(shown)} of {len(rows)} rows; --limit 0 shows all", style="dim")


def _ask(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    import duckdb

    try:
        if not connection.extract_statements(query):
            raise UsageFault("the query is empty", remedy="give one, such as: eduplan sql 'from plan.status limit 5'")
        result = connection.execute(query)
        columns = [column[0] for column in result.description or []]
        return columns, result.fetchall()
    except duckdb.Error as error:
        raise _fault(connection, str(error)) from error


def _fault(connection: duckdb.DuckDBPyConnection, message: str) -> UsageFault:
    """DuckDB's message in one line: what is wrong, and what may have been meant; the rest draws a caret."""
    said, *more = message.splitlines()
    candidates = next((line for line in more if line.startswith("Candidate bindings: ")), "")
    if unknown := re.search(r"Table with name \"?([\w.]+)", said):
        near = _near_tables(connection, unknown[1])
        remedy = f"did you mean {' or '.join(near)}?" if near else "see the tables with: eduplan sql, then .tables"
    elif candidates:
        remedy = candidates.replace("Candidate bindings:", "near it:").replace('"', "")
    elif "read-only mode" in said:
        remedy = "a release never changes; read it, or copy what you need with: --csv"
    else:
        remedy = "see the query"
    return UsageFault(said, remedy=remedy)


def _near_tables(connection: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    """The tables that a name may mean, whether or not it names their schema."""
    from eduplan.near import near_names

    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables() where not internal "
        "union all select schema_name, view_name from duckdb_views() where not internal order by all"
    ).fetchall()
    by_table: dict[str, list[str]] = {}
    for schema, table in tables:
        by_table.setdefault(table, []).append(f"{schema}.{table}")
    return [full for near in near_names(name.split(".")[-1], by_table) for full in by_table[near]]


def _prompt(session: Session, connection: duckdb.DuckDBPyConnection, limit: int) -> None:
    """Reads queries until the reader leaves; an error shows its line and the prompt goes on."""
    import readline  # noqa: F401 - gives input() its line editing and history

    session.err.print(_HELP, style="dim")
    lines: list[str] = []
    while True:
        try:
            line = input("      -> " if lines else "eduplan> ")
        except EOFError:
            return
        except KeyboardInterrupt:
            lines.clear()
            session.err.print()
            continue
        if not lines and line.strip() in (".quit", ".exit"):
            return
        if not lines and line.strip() == ".tables":
            lines = [_TABLES, ";"]
        else:
            lines.append(line)
        if "".join(lines).rstrip().endswith(";"):
            try:
                _answer(session, connection, "\n".join(lines), Layout.TABLE, limit)
            except UsageFault as fault:
                session.err.print(fault.line, markup=False, style="bold red")
            lines.clear()
