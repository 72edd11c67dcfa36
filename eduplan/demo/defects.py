"""The defects of real extracts, put into a table of texts on purpose, and counted.

Belongs here: how each defect looks, and what a careful reader makes of it: repaired, warned of, kept out, dropped.
Does not belong here: which columns a source has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from eduplan.demo.arrays import Flags, Ints
from eduplan.demo.identity import check_index

_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")

_MARK = "'"

Change = Callable[[str, np.random.Generator], str]


def full_width(text: str, rng: np.random.Generator) -> str:
    """Digits typed with a Chinese input method."""
    del rng
    return text.translate(_FULL_WIDTH)


def apostrophe(text: str, rng: np.random.Generator) -> str:
    """The mark that keeps a spreadsheet from reading digits as a number."""
    del rng
    return _MARK + text.lstrip(_MARK)


def float_notation(text: str, rng: np.random.Generator) -> str:
    """An identity number that a spreadsheet read as a number and showed in short."""
    del rng
    return f"{int(text.lstrip(_MARK)[:17]) * 10:.5E}"


def lost_precision(text: str, rng: np.random.Generator) -> str:
    """An identity number after a spreadsheet kept fifteen digits: the last three are 0 and the check fails."""
    del rng
    digits = text.lstrip(_MARK)
    kept = digits[:15] + "000"
    good = "10X98765432"[int(check_index(np.array([int(kept[:17])]))[0])]
    return kept if good != "0" else digits[:14] + ("1" if digits[14] != "1" else "2") + "000"


def wrong_check(text: str, rng: np.random.Generator) -> str:
    """An identity number with a mistyped check digit."""
    others = [digit for digit in "0123456789" if digit != text[-1]]
    return text[:-1] + others[int(rng.integers(len(others)))]


def constant(value: str) -> Change:
    """Replaces the cell by a text that cannot be read."""

    def replace(text: str, rng: np.random.Generator) -> str:
        del text, rng
        return value

    return replace


def dotted_date(text: str, rng: np.random.Generator) -> str:
    """2015-01-01 as 2015.1.1."""
    del rng
    year, month, day = _parts(text)
    return f"{year}.{month}.{day}"


def excel_serial(text: str, rng: np.random.Generator) -> str:
    """A date as the number that a spreadsheet keeps."""
    del rng
    year, month, day = _parts(text)
    return str((date(year, month, day) - date(1899, 12, 30)).days)


def other_day(text: str, rng: np.random.Generator) -> str:
    """Another day of the same month, never the first, which may stand for the month: it disagrees with the number."""
    del rng
    year, month, day = _parts(text)
    return f"{year}-{month:02d}-{day % 27 + 2:02d}"


def _parts(text: str) -> tuple[int, int, int]:
    digits = text.replace("/", "-")
    if "-" in digits:
        year, month, day = digits.split("-")
        return int(year), int(month), int(day)
    return int(digits[:4]), int(digits[4:6]), int(digits[6:8])


@dataclass(frozen=True)
class Defect:
    """One kind of defect of a source.

    Attributes:
        name: Name in the account.
        rule: Rule that a reader names: of the catalogue, or of the repair; empty where it is read without either.
        column: Column that it damages.
        effect: ``quarantine``, ``repair`` or ``warning``.
        change: What it does to the cell's text.
        needs: Further columns that must have a value for the defect to show.
    """

    name: str
    rule: str
    column: str
    effect: str
    change: Change
    needs: tuple[str, ...] = ()


@dataclass
class FileAccount:
    """What one file holds, and what a careful reader makes of it.

    ``rows`` is everything below the header: ``staged + quarantined + duplicates + dropped``. A wide table also has
    cells: the rows that unpivoting makes of it. ``findings`` are rows by rule, ``repairs`` cells of staged rows.
    """

    source: str
    period: str
    sender: str
    file: str = ""
    rows: int = 0
    staged: int = 0
    quarantined: int = 0
    duplicates: int = 0
    dropped: int = 0
    cells_staged: int = 0
    cells_quarantined: int = 0
    defects: dict[str, int] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=dict)
    repairs: dict[str, int] = field(default_factory=dict)


class Damage:
    """Damages a table of texts, no row twice.

    Args:
        table: The cells, one column a contract column.
        may_damage: Rows that may be damaged at all.
        rng: Stream of the draw.
    """

    def __init__(self, table: pl.DataFrame, may_damage: Flags, rng: np.random.Generator) -> None:
        self.table = table
        self.defects: Counter[str] = Counter()
        self.findings: Counter[str] = Counter()
        self.repairs: Counter[str] = Counter()
        self.is_quarantined: Flags = np.zeros(len(table), dtype=bool)
        self._rng = rng
        self._free: Ints = rng.permutation(np.flatnonzero(may_damage))
        self._repeats: Ints = np.zeros(0, dtype=np.int64)

    def apply(self, defect: Defect, count: int) -> None:
        """Damages a number of rows that have a value in every column that the defect needs."""
        if defect.column not in self.table.columns:
            return
        cells = self.table[defect.column]
        usable = self._free
        for name in (defect.column, *defect.needs):
            usable = usable[self.table[name].gather(usable).is_not_null().to_numpy()]
        usable = usable[:count]
        if not len(usable):
            return
        texts = [defect.change(text, self._rng) for text in cells.gather(usable).to_list()]
        self.table = self.table.with_columns(cells.clone().scatter(usable, texts).alias(defect.column))
        self.defects[defect.name] += len(usable)
        if defect.rule:
            (self.repairs if defect.effect == "repair" else self.findings)[defect.rule] += len(usable)
        if defect.effect == "quarantine":
            self.is_quarantined[usable] = True
        self._free = self._free[~np.isin(self._free, usable)]

    def repeat(self, count: int) -> None:
        """Writes a number of undamaged rows twice."""
        self._repeats = np.sort(self._free[:count])
        self._free = self._free[count:]

    def finish(self, account: FileAccount, footers: int) -> pl.DataFrame:
        """Completes the account and gives the table with its repeated rows."""
        account.quarantined = int(self.is_quarantined.sum())
        account.duplicates = len(self._repeats)
        account.dropped = footers
        account.staged = len(self.table) - account.quarantined
        account.rows = len(self.table) + account.duplicates + footers
        account.defects, account.findings = dict(self.defects), dict(self.findings)
        account.repairs = dict(self.repairs)
        if not len(self._repeats):
            return self.table
        places = np.sort(np.concatenate([np.arange(len(self.table)), self._repeats]))
        return self.table[places]


def share_out(
    defects: tuple[Defect, ...], rows: int, per_thousand: float, rng: np.random.Generator
) -> list[tuple[Defect, int]]:
    """How often each defect occurs in a file of a number of rows; small files have a few kinds, large ones all."""
    total = rows * per_thousand / 1000
    count = int(total) + int(rng.random() < total % 1)
    kinds = rng.integers(0, len(defects), count)
    return [(defect, int((kinds == place).sum())) for place, defect in enumerate(defects) if (kinds == place).any()]
