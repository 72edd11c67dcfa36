"""What was left unread of a file that was staged: columns that the contract does not know, and incomplete sheets.

Belongs here: finding and telling it. Does not belong here: what keeps a file or a row out.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from eduplan.declarations.contracts import Contract
from eduplan.reading.header import comparable
from eduplan.reading.table import RawTable
from eduplan.staging.periods import LABELS

_NUMBERS = frozenset({"序号", "编号", "no", "no.", "#"})
_MOST_NAMED = 6
NO_ROWS = "it has no rows below its header, so its sender counts with none (ask, if there should be some)"


def left_unread(raw: RawTable, contract: Contract) -> list[str]:
    """Says what of a file is not read, one sentence each with what to do about it."""
    unread: list[str] = []
    totals = {comparable(label) for label in contract.layout.totals}
    known = {comparable(label) for label in [contract.period.column or "", *contract.not_read]}
    spoken_for = _NUMBERS | LABELS | totals | known
    unknown = [each.header for each in raw.columns if not each.columns and comparable(each.header) not in spoken_for]
    if unknown:
        unread.append(
            f"the contract does not know the columns {_listed(unknown)}, so they are not read "
            f"(in contracts/{contract.source}.yml a new wording is one more alias, and what nobody needs is not_read)"
        )
    if raw.skipped_sheets:
        unread.append(
            f"the sheets {_listed(raw.skipped_sheets)} lack required columns, so they are not read "
            "(ask the sender, if they hold data)"
        )
    return unread


def told_once(sentence: str, paths: Iterable[str]) -> str:
    """One line for all files of which the same is to be said."""
    first, *others = sorted(paths)
    more = f" and {len(others)} more such as {PurePosixPath(others[0]).name}" if others else ""
    return f"{first}{more}: {sentence}"


def _listed(names: Iterable[str]) -> str:
    shown = list(dict.fromkeys(names))
    more = len(shown) - _MOST_NAMED
    return ", ".join(shown[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
