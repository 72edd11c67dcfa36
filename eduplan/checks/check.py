"""A check, its result and the report of a run.

Belongs here: the values that the other modules of this package exchange. Does not belong here: making or running them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from eduplan.checks.keys import Key
from eduplan.declarations.contracts import Severity
from eduplan.declarations.suites import ROWS_QUERY
from eduplan.declarations.text import Bilingual


@dataclass(frozen=True)
class Check:
    """One thing that must be true of one table.

    Attributes:
        check_id: Stable name, ``<table>.<what>`` or ``cross.<name>``.
        table: Qualified table that the check is shown with.
        expectation: Type of Great Expectations.
        kwargs: Its arguments; a rows query reads the table as ``{batch}``.
        severity: A failed critical check stops the release.
        rule: Rule of the catalogue, where one is meant.
        title: What is expected, in one line.
        why: What is wrong with a figure when it does not hold.
        remedy: What the reader can do about it.
        reads: Every table that the result depends on.
        condition: What holds for each offending row, for a rows query that judges each row by itself.
        key: What must repeat nowhere, for a rows query that finds what repeats.
        sliceable: Whether the rows of one slice can be judged without those of another.
    """

    check_id: str
    table: str
    expectation: str
    kwargs: dict[str, Any]
    severity: Severity
    rule: str | None
    title: Bilingual
    why: Bilingual
    remedy: Bilingual
    reads: tuple[str, ...]
    condition: str | None = None
    key: Key | None = None
    sliceable: bool = False

    @cached_property
    def definition(self) -> str:
        """Fingerprint of what is checked, without the texts."""
        parts = [self.check_id, self.table, self.expectation, self.kwargs]
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:16]

    @property
    def columns(self) -> str:
        """The columns that it looks at, for people."""
        named = self.kwargs.get("column") or self.kwargs.get("column_set")
        if isinstance(named, list):
            return ", ".join(named)
        return str(named or ", ".join(self.kwargs[key] for key in ("column_A", "column_B") if key in self.kwargs))

    def rows_query(self, batch: str) -> str:
        """The text of a rows query over a table or a subquery."""
        if self.expectation != ROWS_QUERY:
            raise ValueError(f"{self.check_id} is not a rows query")
        return str(self.kwargs["unexpected_rows_query"]).format(batch=batch).strip().removesuffix(";").strip()


@dataclass(frozen=True)
class Outcome:
    """What came of running a check once.

    Attributes:
        success: Whether it holds.
        unexpected: Offending rows; None if it could not be run.
        message: First line of what went wrong, if it could not be run.
    """

    success: bool
    unexpected: int | None
    message: str | None = None


@dataclass(frozen=True)
class CheckResult:
    """How a check came out.

    Attributes:
        check: The check.
        success: Whether it holds.
        rows_unexpected: Offending rows; None if it could not be run.
        rows_total: Rows of the table; None if there is no table.
        query: SQL over the working warehouse that shows the offending rows.
        message: Why it could not be run, where that happened.
        fingerprint: What was judged: definition and state of the tables; None where it must be run again.
        slices: State of each slice that was judged, for a check that held everywhere.
        checked_at: When it was run.
    """

    check: Check
    success: bool
    rows_unexpected: int | None
    rows_total: int | None
    query: str
    message: str | None
    fingerprint: str | None
    slices: dict[str, str]
    checked_at: datetime

    @property
    def blocks(self) -> bool:
        """Whether it stops the release."""
        return not self.success and self.check.severity is Severity.CRITICAL


@dataclass(frozen=True)
class CheckReport:
    """All results of a run, those that were kept from an earlier run included.

    Attributes:
        results: One a check, in order of their names.
        ran: How many were run now; the rest had nothing new to judge.
    """

    results: tuple[CheckResult, ...]
    ran: int

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        """The checks that do not hold."""
        return tuple(result for result in self.results if not result.success)

    @property
    def blocking(self) -> tuple[CheckResult, ...]:
        """The failed checks that stop the release."""
        return tuple(result for result in self.results if result.blocks)

    def failed_by_severity(self) -> dict[str, int]:
        """Number of failed checks by severity."""
        return {
            severity.value: sum(result.check.severity is severity for result in self.failed) for severity in Severity
        }
