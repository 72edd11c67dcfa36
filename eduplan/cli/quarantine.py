"""``eduplan quarantine``: what did not make it, and the cells for the sender to mend.

Belongs here: counting and exporting quarantined cells. Does not belong here: putting them there.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eduplan.cli.commands import command
from eduplan.cli.session import Session, UsageFault
from eduplan.cli.sql import Database, open_database

if TYPE_CHECKING:
    import duckdb

COUNT_COLUMNS = ("source", "period", "sender", "file", "rule", "column", "severity", "rows", "reason_en", "reason_zh")
_COUNTS = """
select
    source, period, sender, file_name, rule, column_name, severity,
    count(distinct row_number) as rows_waiting, any_value(reason_en), any_value(reason_zh)
from staging.quarantine
where {where}
group by source, period, sender, file_name, rule, column_name, severity
order by source, period, sender, file_name, rows_waiting desc, rule, column_name
"""
EXPORT_COLUMNS = (
    "source",
    "period",
    "sender",
    "file_name",
    "row_number",
    "column_name",
    "value",
    "rule",
    "severity",
    "reason_zh",
    "reason_en",
)
_CELLS = """
select {columns} from staging.quarantine
where {where}
order by source, period, sender, file_name, row_number, column_name, rule
"""
EXPORT_SUFFIXES = (".csv", ".xlsx")
_SHEET_ROWS = 1_048_575


def register(app: typer.Typer) -> None:
    """Adds the command to the program."""

    @command(app, "quarantine")
    def quarantine(
        session: Session,
        source: Annotated[list[str] | None, typer.Option(help="Only this source; may be repeated.")] = None,
        period: Annotated[list[str] | None, typer.Option(help="Only this period; may be repeated.")] = None,
        export: Annotated[Path | None, typer.Option(help="Write the cells to mend to this .csv or .xlsx file.")] = None,
        with_identity: Annotated[
            bool, typer.Option("--with-identity", help="Export identity values too: for the sender alone.")
        ] = False,
        json: Annotated[bool, typer.Option("--json", help="Counts as JSON.")] = False,
    ) -> None:
        """Shows what waits to be mended, by source, file, rule and column, and exports it for the sender."""
        if export is not None and export.suffix.lower() not in EXPORT_SUFFIXES:
            raise UsageFault("the export is a .csv or an .xlsx file", where=str(export))
        if with_identity and export is None:
            raise UsageFault("--with-identity goes with --export", remedy="identities are never shown on the screen")
        where, values = _where(source, period)
        connection = open_database(session, Database.WORK)
        try:
            if export is not None:
                _export(session, connection, export, where, values, with_identity=with_identity)
            else:
                _show(session, connection, where, values, as_json=json)
        finally:
            connection.close()


def _where(sources: list[str] | None, periods: list[str] | None) -> tuple[str, list[Any]]:
    """The condition for the chosen sources and periods, with its values."""
    parts, values = ["true"], []
    for column, chosen in (("source", sources), ("period", periods)):
        if chosen:
            parts.append(f"{column} in (select unnest(?))")
            values.append(chosen)
    return " and ".join(parts), values


def _show(
    session: Session, connection: duckdb.DuckDBPyConnection, where: str, values: list[Any], *, as_json: bool
) -> None:
    from eduplan.cli import output

    rows = connection.execute(_COUNTS.format(where=where), values).fetchall()
    if as_json:
        output.write_json(sys.stdout, output.records(COUNT_COLUMNS, rows))
        return
    if not rows:
        session.out.print("Nothing is in quarantine.", style="green")
        return
    other = COUNT_COLUMNS.index("reason_en" if session.lang == "zh" else "reason_zh")
    columns = [name.removesuffix("_en").removesuffix("_zh") for i, name in enumerate(COUNT_COLUMNS) if i != other]
    output.print_table(session.out, columns, [[cell for i, cell in enumerate(row) if i != other] for row in rows])
    if not session.quiet:
        total = sum(row[COUNT_COLUMNS.index("rows")] for row in rows)
        session.out.print(
            f"{total} rows by rule. A row that breaks two rules counts twice. For the sender: --export FILE.xlsx",
            style="dim",
        )


def _export(
    session: Session,
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    where: str,
    values: list[Any],
    *,
    with_identity: bool,
) -> None:
    cells = connection.execute(_CELLS.format(columns=", ".join(EXPORT_COLUMNS), where=where), values).fetchall()
    if path.suffix.lower() == ".csv":
        from eduplan.cli.output import write_csv

        # A byte-order mark makes Excel read the file as UTF-8.
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            write_csv(file, EXPORT_COLUMNS, cells)
    else:
        _write_workbook(path, cells)
    if not session.quiet:
        session.out.print(f"{len(cells)} cells are in {path}.", markup=False)


def _write_workbook(path: Path, cells: list[tuple[Any, ...]]) -> None:
    import xlsxwriter

    if len(cells) > _SHEET_ROWS:
        raise UsageFault(f"{len(cells)} cells do not fit into one sheet", remedy="export to .csv, or choose a --source")
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False}) as workbook:
        sheet = workbook.add_worksheet("quarantine")
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, EXPORT_COLUMNS, workbook.add_format({"bold": True}))
        for number, cell in enumerate(cells, start=1):
            sheet.write_row(number, 0, ["" if value is None else str(value) for value in cell])
