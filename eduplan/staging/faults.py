"""The faults of one file: which rows stay out of staging, and why.

Belongs here: gathering faults from every check, and writing them to quarantine. Does not belong here: reading cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from eduplan.declarations.contracts import Rule, Severity
from eduplan.declarations.text import Bilingual
from eduplan.errors import InputError
from eduplan.reading.table import RejectedRecord
from eduplan.staging.account import Batch
from eduplan.staging.acuity import SCALE_REASON
from eduplan.staging.cells import Reason
from eduplan.staging.generate import shown_value
from eduplan.staging.normalise import sql_text
from eduplan.staging.plan import FilePlan
from eduplan.staging.references import KeySet
from eduplan.staging.writing import write_parquet

TABLE = "_eduplan_faults"

_COLUMNS = (
    "row_number bigint, column_name varchar, value varchar, rule varchar, severity varchar, "
    "reason_en varchar, reason_zh varchar"
)


class Faults:
    """Faults of one file, in a temporary table.

    Args:
        connection: Where the rows are.
        plan: What was read.
        file_name: The file's name for messages.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, plan: FilePlan, file_name: str) -> None:
        self._connection = connection
        self._plan = plan
        self._file_name = file_name
        self._warnings: dict[tuple[str, str, str], int] = {}
        self._has_any = False
        connection.execute(f"create or replace temp table {TABLE} ({_COLUMNS})")

    @property
    def rows(self) -> int:
        """How many rows have a fault."""
        if not self._has_any:
            return 0
        return int(self._fetch(f"select count(distinct row_number) from {TABLE}")[0][0])

    @property
    def condition(self) -> str:
        """SQL: `` and`` the row has no fault."""
        return f" and row_number not in (select row_number from {TABLE})" if self._has_any else ""

    def add_rejected(self, rejected: Sequence[RejectedRecord]) -> None:
        """Records that could not be split into fields; their text is not kept, for it may hold identities."""
        if rejected:
            self._connection.execute(
                f"insert into {TABLE} select unnest($1::bigint[]), '', null, 'V01', 'error', unnest($2), unnest($3)",
                [
                    [record.row_number for record in rejected],
                    [record.reason_en for record in rejected],
                    [record.reason_zh for record in rejected],
                ],
            )
            self._has_any = True

    def add_cells(self, mended: str, reasons: Mapping[tuple[str, str], Reason]) -> None:
        """Cells that have no value although they should, found by the careful way.

        Args:
            mended: What the second statement made.
            reasons: The reasons that there can be, by column and key.
        """
        if not reasons:
            return
        values = ", ".join(
            f"({sql_text(name)}, {sql_text(key)}, {_reason_values(reason)})" for (name, key), reason in reasons.items()
        )
        self._insert(
            "select row_number, fault.column_name, fault.value, rule, 'error', reason_en, reason_zh "
            f"from (select row_number, unnest(_faults) as fault from {mended}) "
            f"join (values {values}) as reasons(column_name, key, rule, reason_en, reason_zh) "
            "on fault.column_name = reasons.column_name and fault.key = reasons.key"
        )

    def add_broken_rules(self, rows: str) -> None:
        """Rules of the contract over one staged row."""
        rules = self._plan.contract.rules
        if not rules:
            return
        counts = ", ".join(
            f"count(distinct row_number) filter (_broken & {1 << bit} <> 0)" for bit in range(len(rules))
        )
        for (bit, rule), broken in zip(
            enumerate(rules), self._fetch(f"select {counts} from {rows} where not _is_dropped")[0], strict=True
        ):
            if broken and self._is_error(rule, broken):
                self._insert(
                    f"select distinct row_number, {self._of_rule(rule)} from {rows} "
                    f"where not _is_dropped and _broken & {1 << bit} <> 0"
                )

    def add_row_rules(self, rows: str) -> None:
        """Rules of the contract over one row of the file, which wide columns may have made several records of."""
        wide = {field.column for field in self._plan.wide_fields}
        for rule in self._plan.contract.row_rules:
            columns = "".join(f", {name}" for name in rule.columns if name not in wide)
            broken = (
                f"select row_number{columns} from {rows} where not _is_dropped "
                f"group by row_number{columns} having not ({rule.check})"
            )
            count = int(self._fetch(f"select count(*) from ({broken})")[0][0])
            if count and self._is_error(rule, count):
                self._insert(f"select row_number, {self._of_rule(rule)} from ({broken})")

    def add_scale(self, rows: str) -> None:
        """Acuities on another scale than most of the file (rule V23)."""
        acuities = self._plan.acuities
        if not acuities:
            return
        sums = ", ".join(
            f"count({planned.name}), count(*) filter (_decimal & {1 << bit} <> 0)"
            for bit, planned in enumerate(acuities)
        )
        counts = self._fetch(f"select {sums} from {rows} where not _is_dropped")[0]
        readings, decimals = sum(counts[::2]), sum(counts[1::2])
        if decimals in (0, readings):
            return
        is_other = "<>" if decimals * 2 <= readings else "="
        for bit, planned in enumerate(acuities):
            reason = planned.cell.reasons[SCALE_REASON]
            self._insert(
                f"select row_number, {sql_text(planned.name)}, null, {sql_text(reason.rule)}, 'error', "
                f"{_texts(reason.text)} from {rows} "
                f"where not _is_dropped and {planned.name} is not null and _decimal & {1 << bit} {is_other} 0"
            )

    def add_reference(self, rows: str, keys: KeySet) -> None:
        """Values that the referenced source does not have; nothing can be checked where it has not sent any."""
        reference = keys.reference
        name, column = reference.column, self._plan.sent_name(reference.column)
        if not keys.paths:
            count = int(self._fetch(f"select count(distinct row_number) from {rows} where not _is_dropped")[0][0])
            self._warnings[(reference.rule, "unchecked", column)] = count
            return
        # An anti join, and not "not in", because it may build its table on the smaller side.
        missing = (
            f"from {rows} as sent anti join {keys.relation} as keys on sent.{name} = keys.key "
            f"where not _is_dropped and {name} is not null"
        )
        if reference.severity is Severity.WARNING:
            self._warn(reference.rule, column, int(self._fetch(f"select count(distinct row_number) {missing}")[0][0]))
            return
        value = shown_value(f"{name}::varchar", is_identity=self._plan.is_identity(name))
        self._insert(
            f"select distinct row_number, {sql_text(column)}, {value}, {sql_text(reference.rule)}, 'error', "
            f"{_texts(reference.reason)} {missing}"
        )

    def add_key_conflicts(self, rows: str) -> None:
        """Rows that repeat a key but say otherwise; ``rows`` gives their numbers."""
        key = ", ".join(self._plan.sent_name(name) for name in self._plan.contract.key)
        text = Bilingual(en="another row has the same key but says otherwise", zh="与另一行关键字相同而内容不同")
        self._insert(f"select row_number, {sql_text(key)}, null, 'key', 'error', {_texts(text)} from {rows}")

    def findings(self) -> dict[tuple[str, str, str], int]:
        """Rows by rule, severity and column: the faults, and the warnings that keep no row out."""
        if not self._has_any:
            return dict(self._warnings)
        found = self._fetch(
            f"select rule, severity, column_name, count(distinct row_number) from {TABLE} group by all order by all"
        )
        return {(rule, severity, column): rows for rule, severity, column, rows in found} | self._warnings

    def write(self, target: Path, batch: Batch) -> None:
        """Writes the faults to quarantine, in the order of the rows."""
        constants = {
            "batch_id": batch.batch_id,
            "source": batch.source,
            "period": batch.period.text,
            "sender": batch.sender,
            "file_name": batch.file_name,
        }
        columns = ", ".join(f"{sql_text(value)} as {name}" for name, value in constants.items())
        write_parquet(
            self._connection,
            f"select {columns}, row_number, column_name, value, rule, severity, reason_en, reason_zh "
            f"from {TABLE} order by row_number, column_name, rule, reason_en",
            target,
        )

    def _is_error(self, rule: Rule, rows: int) -> bool:
        """Whether a broken rule keeps rows out; a warning is counted, and a critical one ends the file.

        Raises:
            InputError: The rule is critical.
        """
        if rule.severity is Severity.CRITICAL:
            raise InputError(
                f"{rule.rule}: {rule.reason.en} ({rows} rows)",
                where=self._file_name,
                remedy="ask the sender to mend the file",
            )
        if rule.severity is Severity.WARNING:
            self._warn(rule.rule, ", ".join(rule.columns), rows)
            return False
        return True

    def _warn(self, rule: str, column: str, rows: int) -> None:
        if rows:
            self._warnings[(rule, Severity.WARNING.value, column)] = rows

    def _of_rule(self, rule: Rule) -> str:
        """SQL of a broken rule, with the values of its columns where none of them is an identity."""
        names = rule.columns
        is_private = any(self._plan.is_identity(name) for name in names)
        values = "null" if is_private else f"concat_ws(', ', {', '.join(f'{name}::varchar' for name in names)})"
        return f"{sql_text(', '.join(names))}, {values}, {sql_text(rule.rule)}, 'error', {_texts(rule.reason)}"

    def _insert(self, query: str) -> None:
        row = self._connection.execute(f"insert into {TABLE} {query}").fetchone()
        self._has_any = self._has_any or bool(row and row[0])

    def _fetch(self, query: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(query).fetchall()


def _texts(text: Bilingual) -> str:
    return f"{sql_text(text.en)}, {sql_text(text.zh)}"


def _reason_values(reason: Reason) -> str:
    return f"{sql_text(reason.rule)}, {_texts(reason.text)}"
