"""What waits to be mended: counts for the bureau, and the original rows for the sender.

Belongs here: reading quarantine. Does not belong here: putting rows there (:mod:`eduplan.staging.faults`).
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from eduplan.declarations.contracts import Contract
from eduplan.errors import UnknownName
from eduplan.landing.store import landed_path
from eduplan.near import names_there_are
from eduplan.project import Project
from eduplan.reading.table import PART_ROWS, RawColumn, RawTable, read_table
from eduplan.staging.normalise import sql_text
from eduplan.staging.references import quarantine_path

MASK = "***"

_RAW, _ROWS = "_eduplan_export_raw", "_eduplan_export_rows"
_COLUMNS = ("file", "period", "sender", "sheet", "row_number", "rules", "columns", "reasons_zh", "reasons_en")


@dataclass(frozen=True)
class QuarantineCount:
    """How many rows of a file wait for one rule, column and reason.

    Attributes:
        source: Source of the file.
        period: Its period.
        sender: Who sent it.
        file_name: The file.
        rule: The rule that rows break.
        column_name: The columns that it is about.
        severity: Severity of the rule.
        rows: How many rows.
        reason_en: What is wrong.
        reason_zh: The same in Chinese.
    """

    source: str
    period: str
    sender: str
    file_name: str
    rule: str
    column_name: str
    severity: str
    rows: int
    reason_en: str
    reason_zh: str


def quarantine_counts(
    connection: duckdb.DuckDBPyConnection, *, sources: Sequence[str] = (), periods: Sequence[str] = ()
) -> list[QuarantineCount]:
    """Counts the rows in quarantine by file, rule, column and reason; a row with two faults counts twice.

    Args:
        connection: The working warehouse.
        sources: Only these sources, if any are given.
        periods: Only these periods, if any are given.
    """
    rows = connection.execute(
        "select source, period, sender, file_name, rule, column_name, severity, count(distinct row_number) as waiting, "
        "reason_en, reason_zh from staging.quarantine "
        "where (len($sources) = 0 or source in $sources) and (len($periods) = 0 or period in $periods) "
        "group by all order by source, period, file_name, waiting desc, rule, column_name, reason_en",
        {"sources": list(sources), "periods": list(periods)},
    ).fetchall()
    return [QuarantineCount(*row) for row in rows]


def export_rows(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    contracts: Mapping[str, Contract],
    source: str,
    to: Path,
    *,
    periods: Sequence[str] = (),
    senders: Sequence[str] = (),
    with_identity: bool = False,
) -> int:
    """Writes the rows that wait, as they stand in the files that were sent, with what is wrong with them.

    Columns that the contract does not know are left out unless identities are asked for, because nobody can say what
    they hold.

    Args:
        connection: The working warehouse, which may be open for reading alone.
        project: Says where the landed files are.
        contracts: Contracts by source.
        source: The source.
        to: CSV file to write, in UTF-8 with a byte-order mark; readable by its owner alone if it holds identities.
        periods: Only these periods, if any are given.
        senders: Only these senders, if any are given.
        with_identity: Whether identities are written as they are.

    Returns:
        How many rows were written.

    Raises:
        UnknownName: The source is not known.
    """
    contract = contracts.get(source)
    if contract is None:
        raise UnknownName(f"there is no source {source}", remedy=names_there_are(source, contracts))
    batches = connection.execute(
        "select batch_id, sha256, path, period, sender from landing.batches "
        "where source = $source and status = 'current' and rows_quarantined > 0 "
        "and (len($periods) = 0 or period in $periods) and (len($senders) = 0 or sender in $senders) "
        "order by period, sender, path",
        {"source": source, "periods": list(periods), "senders": list(senders)},
    ).fetchall()
    with TemporaryDirectory(prefix="export-") as folder, duckdb.connect() as memory:
        export = _Export(memory, project, contract, Path(folder), with_identity=with_identity)
        tables = [export.read(number, *batch) for number, batch in enumerate(batches)]
        return export.write(tables, to)


class _Export:
    """One export, in a database of its own in memory, so that the warehouse may be open for reading alone."""

    def __init__(
        self,
        memory: duckdb.DuckDBPyConnection,
        project: Project,
        contract: Contract,
        folder: Path,
        *,
        with_identity: bool,
    ) -> None:
        self._memory = memory
        self._project = project
        self._contract = contract
        self._folder = folder
        self._with_identity = with_identity

    def read(self, number: int, batch_id: str, sha256: str, path: str, period: str, sender: str) -> str:
        """Reads the rows of one batch that wait, into a table."""
        table = f"{_ROWS}_{number}"
        with read_table(
            self._memory,
            landed_path(self._project, sha256),
            self._contract,
            table_name=_RAW,
            work=self._folder,
            file_name=path,
            largest_bytes=self._project.settings.largest_file_mb * 1024 * 1024,
        ) as raw:
            cells = "".join(f", {sql} as {name}" for name, sql in self._cells(raw.columns).items())
            faults = sql_text(str(quarantine_path(self._project, self._contract.source, batch_id)))
            raw.scan(
                self._memory,
                f"create or replace table {table} as "
                f"select {sql_text(path)} as file, {sql_text(period)} as period, {sql_text(sender)} as sender, "
                f"{_sheet(raw)} as sheet, faults.* replace ({_row_in_sheet(raw)} as row_number){cells} "
                "from (select row_number, string_agg(distinct rule, ', ' order by rule) as rules, "
                f"array_to_string(list_sort(list_distinct(list({_labels_of(raw)}))), ', ') as columns, "
                "string_agg(distinct reason_zh, '；' order by reason_zh) as reasons_zh, "
                "string_agg(distinct reason_en, '; ' order by reason_en) as reasons_en "
                f"from read_parquet({faults}) group by row_number) as faults "
                f"left join {_RAW} as sent on faults.row_number = sent.row_number order by faults.row_number",
            )
        return table

    def _cells(self, columns: Sequence[RawColumn]) -> dict[str, str]:
        """SQL of the cells that are shown, by their label in the file."""
        cells: dict[str, str] = {}
        for column in columns:
            declared = [self._contract.by_name[name] for name in column.columns if name in self._contract.by_name]
            if not declared and not self._with_identity:
                continue
            is_masked = any(each.is_identity for each in declared) and not self._with_identity
            label = column.header if column.header not in _COLUMNS else f"{column.header}_"
            cell = f"case when sent.{column.name} is not null then '{MASK}' end" if is_masked else f"sent.{column.name}"
            cells.setdefault('"' + label.replace('"', '""') + '"', cell)
        return cells

    def write(self, tables: Sequence[str], to: Path) -> int:
        """Writes all tables as one, the columns in the order in which they first occur."""
        empty = ", ".join(f"null as {name}" for name in _COLUMNS)
        union = " union all by name ".join([f"select {empty} where false", *(f"from {table}" for table in tables)])
        part = self._folder / "rows.csv"
        row = self._memory.execute(f"copy ({union}) to {sql_text(str(part))} (format csv, header)").fetchone()
        mode = 0o600 if self._with_identity else 0o644
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            # A byte-order mark makes Excel read the file as UTF-8.
            file.write(codecs.BOM_UTF8 + part.read_bytes())
        return int(row[0]) if row else 0


def _sheet(raw: RawTable) -> str:
    """SQL: the sheet that a row stands in; null for a file that is one table."""
    names = " ".join(f"when {place} then {sql_text(name)}" for place, name in raw.sheets.items())
    return f"case faults.row_number // {PART_ROWS} {names} end" if names else "null::varchar"


def _row_in_sheet(raw: RawTable) -> str:
    """SQL: the number of a row as the sender sees it."""
    return f"faults.row_number % {PART_ROWS}" if raw.sheets else "faults.row_number"


def _labels_of(raw: RawTable) -> str:
    """SQL: the columns of a fault as the file calls them; those that it lacks keep their names."""
    labels = {name: column.header for column in raw.columns if not column.is_wide for name in column.columns}
    names, texts = ([sql_text(each) for each in side] for side in (labels, labels.values()))
    known = f"map([{', '.join(names)}], [{', '.join(texts)}])"
    return (
        f"array_to_string(list_transform(string_split(column_name, ', '), "
        f"lambda name: coalesce({known}[name], name)), ', ')"
    )
