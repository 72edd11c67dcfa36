"""One batch, and the account of where its rows went.

Belongs here: what identifies a batch, and counts. Does not belong here: counting.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from eduplan.errors import InputError
from eduplan.periods import Period


@dataclass(frozen=True)
class Batch:
    """What identifies the rows of one file.

    Attributes:
        batch_id: Identity of the batch.
        source: Its source.
        period: Its period.
        sender: Who sent it.
        file_name: The file's path as people know it.
    """

    batch_id: str
    source: str
    period: Period
    sender: str
    file_name: str


@dataclass
class Account:
    """Where the rows of one file went.

    Attributes:
        rows_read: Records of the file below its header.
        rows_staged: Those that made it.
        rows_quarantined: Those that wait to be mended.
        rows_duplicate: Copies that were dropped.
        rows_dropped: Totals rows, footers, headings and blank rows.
        records_staged: Rows of the staged table; more than ``rows_staged`` where wide columns became rows.
        repairs: Repaired cells of the staged rows by column and rule.
        findings: Rows by rule, severity and column.
    """

    rows_read: int = 0
    rows_staged: int = 0
    rows_quarantined: int = 0
    rows_duplicate: int = 0
    rows_dropped: int = 0
    records_staged: int = 0
    repairs: dict[tuple[str, str], int] = field(default_factory=dict)
    findings: dict[tuple[str, str, str], int] = field(default_factory=dict)

    @property
    def cells_repaired(self) -> int:
        """All repaired cells."""
        return sum(self.repairs.values())

    def require_balance(self, file_name: str) -> None:
        """Makes sure that every row went somewhere.

        Raises:
            InputError: A row is lost or counted twice.
        """
        parts = self.rows_staged + self.rows_quarantined + self.rows_duplicate + self.rows_dropped
        if parts != self.rows_read:
            raise InputError(
                f"the load does not balance: {self.rows_read} rows read, but {parts} staged, quarantined or dropped",
                where=file_name,
                remedy="nothing of the file was taken; please report this",
            )
