"""Which quantities are left out of a release, so that none of them can be worked out from the others.

Belongs here: small quantities, what else must go with them, and the proof that it is enough. Does not belong here:
where a quantity is published.

**The proof.** A hidden quantity is safe when persons can change places between its rows and rows outside it without any
published figure changing. Rows that are counted in the same published figures are a *class*. Within a class, as many
can leave the quantity as it has inside and as fit outside, and the other way round; every such exchange is another city
that looks the same from outside, so the range of values that a reader must think possible is at least the sum over all
classes of those that can leave and those that can enter. Where this range is narrower than the threshold, linear
programming (:mod:`eduplan.disclosure.ranges`) tells whether exchanges over several classes make it wide enough, and
which quantities of the fewest persons must be hidden as well where they do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from eduplan.disclosure.quantities import Flags, Ints, Quantities
from eduplan.disclosure.ranges import prove_or_hide


@dataclass
class Suppression:
    """What is hidden of one count, and why.

    Attributes:
        is_hidden: Which quantities are left out.
        is_primary: Which of them are small themselves.
        width: The proven least range of each hidden quantity.
    """

    is_hidden: Flags
    is_primary: Flags
    width: Ints


def suppress(quantities: Quantities, threshold: int, *, must_hide: Flags | None = None) -> Suppression:
    """Hides what is small, and as much besides as it takes.

    Args:
        quantities: The published sums of one count.
        threshold: The least number that is published, and the least width of the range of what is hidden.
        must_hide: Quantities that are hidden for another reason.
    """
    primary = quantities.is_small(threshold)
    hidden = primary.copy() if must_hide is None else primary | must_hide
    # Nobody can hide more than there is: three pupils are three pupils.
    wanted = np.minimum(threshold, quantities.capacity)
    proven = np.zeros(quantities.count, dtype=np.int64)
    while True:
        classes = _Classes(quantities, hidden)
        width = np.maximum(classes.widths(), proven)
        failing = np.flatnonzero(hidden & (width < wanted))
        if not len(failing):
            return Suppression(hidden, primary, width)
        chosen, helpless = classes.partners(failing, wanted - width)
        if len(helpless):
            found, further = prove_or_hide(quantities, hidden, helpless, wanted)
            np.maximum(proven, found, out=proven)
            chosen = np.union1d(chosen, further)
            helpless = helpless[proven[helpless] < wanted[helpless]]
            if not len(helpless):
                hidden[chosen] = True
                continue
            if not len(chosen):
                chosen = _touching(quantities, hidden, helpless)
            if not len(chosen):
                # Nothing that is published counts anybody of what is left, so nothing can be worked out of it.
                proven[helpless] = wanted[helpless]
        hidden[chosen] = True


class _Classes:
    """The rows as a reader of the release can tell them apart."""

    def __init__(self, quantities: Quantities, hidden: Flags) -> None:
        self._quantities, self._hidden = quantities, hidden
        self._marks = quantities.shown_marks(hidden)
        live = quantities.is_live
        self._rows = pl.DataFrame(
            {"mark": self._marks[live], "inside": quantities.values[live], "room": quantities.room[live]}
        )
        self._parts = [self._part(place) for place in range(len(quantities.groupings))]

    def _part(self, place: int) -> pl.DataFrame:
        """For each hidden quantity at home in a grouping, and each class: who is inside, and room for how many."""
        quantities = self._quantities
        row = quantities.of_row[place][quantities.is_live]
        wanted = (row >= 0) & self._hidden[row] & (quantities.home[row] == place)
        return (
            self._rows.filter(pl.Series(wanted))
            .with_columns(quantity=row[wanted])
            .group_by("quantity", "mark")
            .agg(pl.col("inside").sum(), pl.col("room").sum())
        )

    def widths(self) -> Ints:
        """The range that exchanges within classes prove for each hidden quantity; 0 for the others."""
        parts = pl.concat(self._parts)
        sums = (pl.col("inside").sum().alias("all"), pl.col("room").sum().alias("space"))
        totals = self._rows.group_by("mark").agg(*sums)
        joined = parts.join(totals, on="mark", how="left")
        leave = pl.min_horizontal(pl.col("inside"), pl.col("space") - pl.col("room"))
        enter = pl.min_horizontal(pl.col("all") - pl.col("inside"), pl.col("room"))
        found = joined.group_by("quantity").agg((leave + enter).sum().alias("width"))
        width = np.zeros(self._quantities.count, dtype=np.int64)
        width[found["quantity"].to_numpy()] = found["width"].to_numpy()
        return width

    def partners(self, failing: Ints, needed: Ints) -> tuple[Ints, Ints]:
        """For each failing quantity, the published one of the same grouping that is best hidden with it.

        Returns:
            What is hidden, and the failing quantities for which no such partner exists.
        """
        chosen, helped = [], []
        for place, part in enumerate(self._parts):
            mine = part.filter(pl.col("quantity").is_in(pl.Series(failing).implode()))
            if mine.is_empty():
                continue
            pairs = mine.join(self._candidates(place), on="mark", suffix="_there")
            leave = pl.min_horizontal("inside", "room_there")
            enter = pl.min_horizontal("inside_there", "room")
            found = (
                pairs.group_by("quantity", "partner")
                .agg((leave + enter).sum().alias("width"))
                .filter(pl.col("width") > 0)
            )
            found = found.with_columns(
                is_enough=found["width"] >= pl.Series(needed[found["quantity"].to_numpy()]),
                persons=pl.Series(self._quantities.capacity[found["partner"].to_numpy()]),
            )
            best = found.sort(
                pl.col("is_enough").not_(),
                pl.when("is_enough").then(pl.col("persons")).otherwise(-pl.col("width")),
                "partner",
            ).unique("quantity", keep="first", maintain_order=True)
            chosen.append(best["partner"].to_numpy())
            helped.append(best["quantity"].to_numpy())
        if not chosen:
            return np.zeros(0, dtype=np.int64), failing
        return np.unique(np.concatenate(chosen)), np.setdiff1d(failing, np.concatenate(helped))

    def _candidates(self, place: int) -> pl.DataFrame:
        """Published quantities of a grouping, by the class that their rows would be in if they were hidden."""
        quantities = self._quantities
        row = quantities.of_row[place]
        shown = (row >= 0) & ~self._hidden[row]
        without = self._marks.copy()
        for other, of_row in enumerate(quantities.of_row):
            same = shown & (of_row == row)
            without[same] -= quantities.marks_of(other, same)
        rows = pl.DataFrame(
            {
                "partner": row[shown],
                "mark": without[shown],
                "inside_there": quantities.values[shown],
                "room_there": quantities.room[shown],
            }
        )
        return rows.group_by("partner", "mark").agg(pl.col("inside_there").sum(), pl.col("room_there").sum())


def _touching(quantities: Quantities, hidden: Flags, helpless: Ints) -> Ints:
    """For each quantity the published one of the fewest persons that counts some of the same rows."""
    chosen = set()
    for quantity in helpless:
        rows = quantities.of_row[quantities.home[quantity]] == quantity
        found = np.unique(np.concatenate([of_row[rows] for of_row in quantities.of_row]))
        shown = found[(found >= 0) & ~hidden[found]]
        if len(shown):
            chosen.add(int(shown[np.argmin(quantities.capacity[shown])]))
    return np.array(sorted(chosen), dtype=np.int64)
