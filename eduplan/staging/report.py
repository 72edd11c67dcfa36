"""What a load did, file by file.

Belongs here: the report. Does not belong here: loading.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from eduplan.errors import EduplanError
from eduplan.staging.account import Account


class Outcome(StrEnum):
    """What came of a file."""

    STAGED = "staged"
    UNCHANGED = "unchanged"
    SUPERSEDED = "superseded"
    FAILED = "failed"


@dataclass(frozen=True)
class FileOutcome:
    """What came of one file.

    Attributes:
        source: Its source.
        period: Its period; empty where none was found.
        sender: Who sent it.
        path: Its path below the raw folder.
        batch_id: Identity of its batch; empty where its bytes could not be read.
        outcome: What came of it.
        account: Where its rows went.
        message: Why it failed.
    """

    source: str
    period: str
    sender: str
    path: str
    batch_id: str
    outcome: Outcome
    account: Account = field(default_factory=Account)
    message: str = ""


@dataclass
class LoadReport:
    """What a load did.

    Attributes:
        outcomes: One entry a file that was looked at, in the order of loading.
        problems: One line each for what could not be read, recognised or balanced.
        notices: One line each for what was left unread of files that were staged.
        changed: Sources and periods whose staged rows changed.
    """

    outcomes: list[FileOutcome] = field(default_factory=list)
    problems: list[EduplanError] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    changed: set[tuple[str, str]] = field(default_factory=set)

    def count(self, outcome: Outcome) -> int:
        """How many files came out so."""
        return sum(each.outcome is outcome for each in self.outcomes)

    @property
    def total(self) -> Account:
        """The account of all files that were staged."""
        total = Account()
        for each in self.outcomes:
            for name in (
                *("rows_read", "rows_staged", "rows_quarantined", "rows_duplicate", "rows_dropped"),
                "records_staged",
            ):
                setattr(total, name, getattr(total, name) + getattr(each.account, name))
        return total
