"""``eduplan quarantine``: what did not make it, and the rows for the sender to mend.

Belongs here: the question and the answer on the terminal. Does not belong here: counting and exporting
(``eduplan.staging.quarantine``).
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eduplan.cli.commands import command
from eduplan.cli.session import Session, UsageFault
from eduplan.cli.sql import Database, open_database

if TYPE_CHECKING:
    import duckdb

    from eduplan.staging.quarantine import QuarantineCount


def register(app: typer.Typer) -> None:
    """Adds the command to the program."""

    @command(app, "quarantine")
    def quarantine(
        session: Session,
        source: Annotated[list[str] | None, typer.Option(help="Only this source; may be repeated.")] = None,
        period: Annotated[list[str] | None, typer.Option(help="Only this period; may be repeated.")] = None,
        sender: Annotated[
            list[str] | None, typer.Option(help="Export this sender's rows only; may be repeated.")
        ] = None,
        export: Annotated[
            Path | None, typer.Option(help="Write the rows of one source, with what is wrong, to this CSV file.")
        ] = None,
        with_identity: Annotated[
            bool, typer.Option("--with-identity", help="Export identity values too: for the sender alone.")
        ] = False,
        json: Annotated[bool, typer.Option("--json", help="Counts as JSON.")] = False,
    ) -> None:
        """Shows what waits to be mended, by source, file, rule and column, and exports it for the sender."""
        from eduplan.staging.quarantine import quarantine_counts

        if with_identity and export is None:
            raise UsageFault("--with-identity goes with --export", remedy="identities are never shown on the screen")
        if export is not None and export.suffix.lower() != ".csv":
            raise UsageFault("rows are exported as CSV", where=str(export), remedy="give a name that ends in .csv")
        _require_sources(session, source or [])
        connection = open_database(session, Database.WORK)
        try:
            if export is None:
                counts = quarantine_counts(connection, sources=source or (), periods=period or ())
                _show(session, counts, as_json=json)
            else:
                chosen = _one_source(connection, source)
                _export(session, connection, chosen, export, period or [], sender or [], with_identity=with_identity)
        finally:
            connection.close()


def _require_sources(session: Session, sources: list[str]) -> None:
    """Refuses sources that no contract declares: nothing of theirs would wait, and that would be misread."""
    from eduplan.declarations.contracts import load_contracts
    from eduplan.near import names_there_are

    known = load_contracts(session.open_project().contracts) if sources else {}
    for source in sources:
        if source not in known:
            raise UsageFault(f"there is no source {source}", where="--source", remedy=names_there_are(source, known))


def _one_source(connection: duckdb.DuckDBPyConnection, sources: list[str] | None) -> str:
    """The source to export: the one that is named, or the only one that has something to mend."""
    waiting = connection.execute("select distinct source from staging.quarantine order by 1").fetchall()
    chosen = sources or [row[0] for row in waiting]
    if len(chosen) != 1:
        known = ", ".join(row[0] for row in waiting) or "none"
        raise UsageFault("an export is of one source", where="--export", remedy=f"choose a --source; waiting: {known}")
    return chosen[0]


def _export(
    session: Session,
    connection: duckdb.DuckDBPyConnection,
    source: str,
    path: Path,
    periods: list[str],
    senders: list[str],
    *,
    with_identity: bool,
) -> None:
    from eduplan.declarations.contracts import load_contracts
    from eduplan.staging.quarantine import export_rows

    project = session.open_project()
    contracts = load_contracts(project.contracts)
    rows = export_rows(
        connection, project, contracts, source, path, periods=periods, senders=senders, with_identity=with_identity
    )
    if not session.quiet:
        session.out.print(f"{rows} rows are in {path}.", markup=False)


def _show(session: Session, counts: list[QuarantineCount], *, as_json: bool) -> None:
    from eduplan.cli import output

    if as_json:
        output.write_json(output.data_stream(), [asdict(count) for count in counts])
        return
    if not counts:
        session.out.print("Nothing is in quarantine.", style="green")
        return
    lines = [
        (
            count.source,
            count.period,
            count.sender,
            Path(count.file_name).name,
            count.rule,
            count.column_name,
            count.severity,
            count.rows,
            count.reason_zh if session.lang == "zh" else count.reason_en,
        )
        for count in counts
    ]
    headings = ("source", "period", "sender", "file", "rule", "column", "severity", "rows", "reason")
    output.print_table(session.out, headings, lines)
    if not session.quiet:
        session.err.print(
            "A row that breaks two rules counts twice. For the sender: --source NAME --export FILE.csv", style="dim"
        )
