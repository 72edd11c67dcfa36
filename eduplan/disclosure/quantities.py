"""The sums of one kind of count that a release publishes, each known once however often it is published.

Belongs here: rows, groupings and the sums over them. Does not belong here: which sums are left out
(:mod:`eduplan.disclosure.suppression`), or where they are published (:mod:`eduplan.disclosure.figures`).

The rows are those of a mart or of several, which nobody sees. A grouping cuts them (or those of its scope) into
figures, and each figure is published as the sum of its rows. Figures over the same rows are one quantity: whoever knows
one knows all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Marks = NDArray[np.uint64]

ANY_NUMBER = 1 << 31
"""The room of a row whose count nothing bounds."""

OUTSIDE = -1
"""The figure of a row that a grouping does not cover."""


def marks(numbers: Ints, salt: int) -> Marks:
    """A 64-bit mark for each number, so that sums of marks tell sets apart (the splitmix64 finaliser)."""
    with np.errstate(over="ignore"):
        value = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(salt)
        value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        result: Marks = value ^ (value >> np.uint64(31))
    return result


@dataclass(frozen=True)
class Grouping:
    """One way in which the rows are cut into published figures.

    Attributes:
        figure: The figure of each row, from 0; ``OUTSIDE`` for rows that the grouping does not cover.
    """

    figure: Ints


class Quantities:
    """The published sums of one count.

    Args:
        values: The count in each row.
        groupings: How the rows are published.
        room: How many more persons each row could count, at the same time as all others; ``ANY_NUMBER`` where nothing
            bounds it. None where nothing bounds any of them.
        rest: Persons that each row leaves out of the count, which must not be few either; None where that is not known.
        blocks: The block of each row (a year); no grouping has rows of two blocks in one figure.
        places: The place of each row (a district), within which most figures lie.
        kin: For each row a number that it shares with the other parts of the same row of a mart; None without parts.
        sources: For each grouping the mart that publishes it, and how many numbers of that are left out with a figure.
        known: For each grouping whether it is not published, and known all the same.
    """

    def __init__(
        self,
        values: Ints,
        groupings: Sequence[Grouping],
        *,
        room: Ints | None = None,
        rest: Ints | None = None,
        blocks: Ints | None = None,
        places: Ints | None = None,
        kin: Ints | None = None,
        sources: Sequence[tuple[int, int]] | None = None,
        known: Sequence[bool] | None = None,
    ) -> None:
        self.values = values
        self.is_bounded = room is not None
        self.room = np.full(len(values), ANY_NUMBER, dtype=np.int64) if room is None else room
        self._most: Ints = values + np.where(self.room < ANY_NUMBER, self.room, 0)
        self.rest = np.zeros(len(values), dtype=np.int64) if rest is None else rest
        self.groupings = tuple(groupings)
        self.blocks = np.zeros(len(values), dtype=np.int64) if blocks is None else blocks
        self.places = np.full(len(values), OUTSIDE, dtype=np.int64) if places is None else places
        self.kin = kin
        self._sources = [(0, 1)] * len(self.groupings) if sources is None else sources
        self._known = [False] * len(self.groupings) if known is None else known
        # Rows without anybody cannot hold anybody, and everybody knows it.
        self.is_live: Flags = self._most > 0
        self._unite()

    def _unite(self) -> None:
        """Gives figures over the same live rows one number."""
        sums = [self._marks_of_figures(grouping) for grouping in self.groupings]
        firsts = [np.full(len(found), number) for number, found in enumerate(sums)]
        together = np.concatenate(sums) if sums else np.zeros(0, dtype=np.uint64)
        self._marks, first, number_of = np.unique(together, return_index=True, return_inverse=True)
        self.count = len(self._marks)
        self.home: Ints = np.concatenate(firsts)[first] if sums else np.zeros(0, dtype=np.int64)
        """A grouping that publishes the quantity."""
        bounds = np.cumsum([0, *(len(found) for found in sums)])
        self.of_figure: list[Ints] = [number_of[start:end] for start, end in pairwise(bounds.tolist())]
        """For each grouping, the quantity of each figure."""

    def _marks_of_figures(self, grouping: Grouping) -> Marks:
        inside = (grouping.figure >= 0) & self.is_live
        found = np.zeros(int(grouping.figure.max(initial=OUTSIDE)) + 1, dtype=np.uint64)
        np.add.at(found, grouping.figure[inside], marks(np.flatnonzero(inside), 1))
        return found

    def same_as(self, grouping: Grouping) -> Ints:
        """For each figure of a grouping the quantity that counts the same rows, or ``OUTSIDE``."""
        found = self._marks_of_figures(grouping)
        place = np.minimum(np.searchsorted(self._marks, found), self.count - 1)
        return np.where(self._marks[place] == found, place, OUTSIDE)

    @cached_property
    def of_row(self) -> list[Ints]:
        """For each grouping, the quantity that each row belongs to, or ``OUTSIDE``."""
        found = []
        for grouping, quantity in zip(self.groupings, self.of_figure, strict=True):
            inside = grouping.figure >= 0
            row = np.full(len(self.values), OUTSIDE, dtype=np.int64)
            row[inside & self.is_live] = quantity[grouping.figure[inside & self.is_live]]
            found.append(row)
        return found

    @cached_property
    def row_marks(self) -> Marks:
        """For each row, a mark of the set of all quantities that it is counted in."""
        return self.shown_marks(np.zeros(self.count, dtype=bool))

    @cached_property
    def incidence(self) -> csr_matrix:
        """Which quantities (columns) each row is counted in."""
        rows, quantities = [], []
        for place, row in enumerate(self.of_row):
            at_home = np.flatnonzero((row >= 0) & (self.home[row] == place))
            rows.append(at_home)
            quantities.append(row[at_home])
        ends = np.concatenate(rows), np.concatenate(quantities)
        return csr_matrix((np.ones(len(ends[0]), dtype=np.int64), ends), shape=(len(self.values), self.count))

    @cached_property
    def rows_of_quantity(self) -> Ints:
        """How many rows with anybody in them each quantity has."""
        return self._sums(np.ones(len(self.values), dtype=np.int64))

    @cached_property
    def block_of(self) -> Ints:
        """The block of each quantity."""
        return self._least(self.blocks)

    @cached_property
    def place_of(self) -> Ints:
        """The place of each quantity; ``OUTSIDE`` where it has rows of several places."""
        least, most = self._least(self.places), -self._least(-self.places)
        return np.where(least == most, least, OUTSIDE)

    def _least(self, numbers: Ints) -> Ints:
        result = np.full(self.count, np.iinfo(np.int64).max)
        for place, row in enumerate(self.of_row):
            at_home = (row >= 0) & (self.home[row] == place)
            np.minimum.at(result, row[at_home], numbers[at_home])
        return result

    @cached_property
    def sums(self) -> Ints:
        """The value of each quantity."""
        return self._sums(self.values)

    @cached_property
    def capacity(self) -> Ints:
        """The most that each quantity could be, with the rows as they are that nothing bounds."""
        return self._sums(self._most)

    @cached_property
    def prices(self) -> Floats:
        """What it costs a reader that a quantity is left out: its persons, as often as numbers go with it."""
        of_mart: dict[int, Floats] = {}
        for of_figure, (mart, numbers) in zip(self.of_figure, self._sources, strict=True):
            found = of_mart.setdefault(mart, np.zeros(self.count))
            found[of_figure] = np.maximum(found[of_figure], numbers)
        prices: Floats = (1.0 + self.capacity) * np.sum(list(of_mart.values()), axis=0)
        return prices

    @cached_property
    def is_known(self) -> Flags:
        """Which quantities are known though they are not published."""
        found = np.zeros(self.count, dtype=bool)
        for of_figure, is_known in zip(self.of_figure, self._known, strict=True):
            found[of_figure] |= is_known
        return found

    def _sums(self, numbers: Ints) -> Ints:
        return np.asarray(self.incidence.T @ numbers)

    def is_small(self, threshold: int) -> Flags:
        """Which quantities are too small to publish: they, or the persons that they leave out, are few but not none."""
        rest = self._sums(self.rest)
        return np.asarray(is_few(self.sums, threshold) | is_few(rest, threshold))

    @cached_property
    def _own_marks(self) -> Marks:
        return marks(np.arange(self.count), 2)

    def marks_of(self, place: int, rows: Flags) -> Marks:
        """The marks that a grouping gives to some rows that it covers."""
        return self._own_marks[self.of_row[place][rows]]

    def shown_marks(self, is_hidden: Flags) -> Marks:
        """For each row, a mark of the set of published figures that it is counted in.

        Two rows with the same mark cannot be told apart by any published figure: a person may stand in either.
        """
        total = np.zeros(len(self.values), dtype=np.uint64)
        for place in np.unique(self.home):
            row = self.of_row[place]
            shown = (row >= 0) & ~is_hidden[row]
            total[shown] += self.marks_of(place, shown)
        return total


def is_few(numbers: Ints, threshold: int) -> Flags:
    """Which numbers are more than none and fewer than the threshold."""
    return np.asarray((numbers > 0) & (numbers < threshold))
