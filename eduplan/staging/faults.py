"""The faults of files that are staged together: which rows stay out of staging, and why.

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
from eduplan.staging.careful import shown_value
from eduplan.staging.cells import Reason
from eduplan.staging.normalise import sql_text
from eduplan.staging.numbering import FILE, by_file, first_of, of_files
from eduplan.staging.plan import FilePlan
from eduplan.staging.references import KeySet
from eduplan.staging.writing import FILE_COLUMN, write_parquet, write_parquet_files

TABLE = "_eduplan_faults"
Findings = dict[tuple[str, str, str], int]
"""Rows by rule, severity and column."""

_COLUMNS = (
    "row_number bigint, column_name varchar, value varchar, rule varchar, severity varchar, "
    "reason_en varchar, reason_zh varchar"
)


class Faults:
    """Faults of some files of one layout, in a temporary table.

    Args:
        connection: Where the rows are.
        plan: What was read.
        file_names: The files' names for messages, by their places.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, plan: FilePlan, file_names: Sequence[str]) -> None:
        self._connection = connection
        self._plan = plan
        self._file_names = file_names
        self._warnings: list[Findings] = [{} for _ in file_names]
        self._has_any = False
        connection.execute(f"create or replace temp table {TABLE} ({_COLUMNS})")

    @property
    def files(self) -> int:
        """How many files are staged together."""
        return len(self._file_names)

    @property
    def rows(self) -> dict[int, int]:
        """How many rows of each file have a fault; only files that have any."""
        if not self._has_any:
            return {}
        return dict(self._fetch(f"select {FILE}, count(distinct row_number) from {TABLE} group by all"))

    @property
    def condition(self) -> str:
        """SQL: `` and`` the row has no fault."""
        return f" and row_number not in (select row_number from {TABLE})" if self._has_any else ""

    def add_rejected(self, place: int, rejected: Sequence[RejectedRecord]) -> None:
        """Records of a file that could not be split into fields; their text may hold identities, so it is not kept."""
        if rejected:
            self._connection.execute(
                f"insert into {TABLE} select unnest($1::bigint[]), '', null, 'V01', 'error', unnest($2), unnest($3)",
                [
                    [first_of(place) + record.row_number for record in rejected],
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
        by_file = self._counts(counts, f"from {rows} where not _is_dropped")
        for bit, rule in enumerate(rules):
            broken = {place: row[bit] for place, row in by_file.items() if row[bit]}
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
            counts = self._counts("count(*)", f"from ({broken})")
            found = {place: count for place, (count,) in counts.items() if count}
            if found and self._is_error(rule, found):
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
        few_decimals: list[int] = []
        few_others: list[int] = []
        for place, counts in self._counts(sums, f"from {rows} where not _is_dropped").items():
            readings, decimals = sum(counts[::2]), sum(counts[1::2])
            if decimals not in (0, readings):
                (few_decimals if decimals * 2 <= readings else few_others).append(place)
        for places, is_other in ((few_decimals, "<>"), (few_others, "=")):
            if places:
                self._add_other_scale(rows + f" where not _is_dropped{of_files(places, self.files)}", is_other)

    def _add_other_scale(self, rows: str, is_other: str) -> None:
        for bit, planned in enumerate(self._plan.acuities):
            reason = planned.cell.reasons[SCALE_REASON]
            self._insert(
                f"select row_number, {sql_text(planned.name)}, null, {sql_text(reason.rule)}, 'error', "
                f"{_texts(reason.text)} from {rows} "
                f"and {planned.name} is not null and _decimal & {1 << bit} {is_other} 0"
            )

    def add_reference(self, rows: str, keys: KeySet, places: Sequence[int]) -> None:
        """Values that the referenced source does not have; nothing can be checked where it has not sent any.

        Args:
            rows: The rows.
            keys: What they may refer to.
            places: The files that may refer to just these keys.
        """
        reference = keys.reference
        name, column = reference.column, self._plan.sent_name(reference.column)
        meant = f"not _is_dropped{of_files(places, self.files)}"
        if not keys.paths:
            counts = self._counts("count(distinct row_number)", f"from {rows} where {meant}")
            for place in places:
                self._warnings[place][(reference.rule, "unchecked", column)] = counts.get(place, (0,))[0]
            return
        # An anti join, and not "not in", because it may build its table on the smaller side.
        missing = (
            f"from {rows} as sent anti join {keys.relation} as keys on sent.{name} = keys.key "
            f"where {meant} and {name} is not null"
        )
        if reference.severity is Severity.WARNING:
            for place, (count,) in self._counts("count(distinct row_number)", missing).items():
                self._warn(place, reference.rule, column, count)
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

    def findings(self) -> list[Findings]:
        """Rows of each file by rule, severity and column: the faults, and the warnings that keep no row out."""
        findings = [dict(warnings) for warnings in self._warnings]
        if self._has_any:
            found = self._fetch(
                f"select {FILE}, rule, severity, column_name, count(distinct row_number) from {TABLE} "
                "group by all order by all"
            )
            faults: list[Findings] = [{} for _ in self._file_names]
            for place, rule, severity, column, rows in found:
                faults[place][rule, severity, column] = rows
            findings = [mine | warnings for mine, warnings in zip(faults, findings, strict=True)]
        return findings

    def write(self, batches: Sequence[Batch], targets: Mapping[int, Path], number: str) -> None:
        """Writes the faults to quarantine, in the order of the rows.

        Args:
            batches: The batch of each file.
            targets: Where the faults of each file go that has any.
            number: SQL of a row's number in its file.
        """
        values = [
            {
                "batch_id": batch.batch_id,
                "source": batch.source,
                "period": batch.period.text,
                "sender": batch.sender,
                "file_name": batch.file_name,
            }
            for batch in batches
        ]
        columns = [f"{by_file([each[name] for each in values])} as {name}" for name in values[0]]
        columns += [f"{number} as row_number", "column_name, value, rule, severity, reason_en, reason_zh"]
        order = f"from {TABLE} order by {TABLE}.row_number, column_name, rule, reason_en"
        if len(batches) == 1:
            write_parquet(self._connection, f"select {', '.join(columns)} {order}", targets[0])
            return
        places = list(targets)
        file = f"list_position([{', '.join(map(str, places))}], {FILE}) - 1 as {FILE_COLUMN}"
        query = f"select {', '.join(columns)}, {file} {order}"
        write_parquet_files(self._connection, query, list(targets.values()))

    def _is_error(self, rule: Rule, broken: Mapping[int, int]) -> bool:
        """Whether a broken rule keeps rows out; a warning is counted, and a critical one ends the file.

        Raises:
            InputError: The rule is critical.
        """
        if rule.severity is Severity.CRITICAL:
            place, rows = next(iter(broken.items()))
            raise InputError(
                f"{rule.rule}: {rule.reason.en} ({rows} rows)",
                where=self._file_names[place],
                remedy="ask the sender to mend the file",
            )
        if rule.severity is Severity.WARNING:
            for place, rows in broken.items():
                self._warn(place, rule.rule, ", ".join(rule.columns), rows)
            return False
        return True

    def _warn(self, place: int, rule: str, column: str, rows: int) -> None:
        if rows:
            self._warnings[place][(rule, Severity.WARNING.value, column)] = rows

    def _counts(self, counts: str, rows: str) -> dict[int, tuple[Any, ...]]:
        """Counts over the rows of each file, by its place; a file that stands alone has them even if it has no rows."""
        if self.files == 1:
            return {0: self._fetch(f"select {counts} {rows}")[0]}
        found = self._fetch(f"select {FILE} as _place, {counts} {rows} group by _place order by _place")
        return {place: tuple(values) for place, *values in found}

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
