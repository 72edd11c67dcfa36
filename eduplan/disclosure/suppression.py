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

from eduplan.disclosure.quantities import Flags, Floats, Ints, Quantities
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


def suppress(
    quantities: Quantities,
    threshold: int,
    *,
    small: Flags | None = None,
    must_hide: Flags | None = None,
    proven: Ints | None = None,
) -> Suppression:
    """Hides what is small, and as much besides as it takes.

    Args:
        quantities: The published sums of one count.
        threshold: The least number that is published, and the least width of the range of what is hidden.
        small: Quantities that are too small; those that look it by their own rows, where that is not given.
        must_hide: Quantities that are hidden for another reason.
        proven: Widths of ranges that were proven already, with no more hidden than what must be.
    """
    primary = quantities.is_small(threshold) if small is None else small
    hidden = primary.copy() if must_hide is None else primary | must_hide
    # Nobody can hide more than there is: three pupils are three pupils.
    wanted = np.minimum(threshold, quantities.capacity)
    proven = np.zeros(quantities.count, dtype=np.int64) if proven is None else proven.copy()
    if hidden[quantities.rows_of_quantity > 0].all():
        return Suppression(hidden, primary, wanted)
    while True:
        failing = np.flatnonzero(hidden & (proven < wanted))
        np.maximum.at(proven, failing, exchange_widths(quantities, hidden, failing))
        failing = failing[proven[failing] < wanted[failing]]
        if not len(failing):
            return Suppression(hidden, primary, proven)
        found, chosen = prove_or_hide(quantities, hidden, failing, wanted)
        np.maximum(proven, found, out=proven)
        failing = failing[proven[failing] < wanted[failing]]
        if len(failing) and not len(chosen):
            chosen = _touching(quantities, hidden, failing)
            if not len(chosen):
                # Nothing that is published counts anybody of what is left, so nothing can be worked out of it.
                proven[failing] = wanted[failing]
        hidden[chosen] = True


def exchange_widths(quantities: Quantities, is_hidden: Flags, attacked: Ints) -> Ints:
    """The range that exchanges within classes prove for each of some hidden quantities.

    Args:
        quantities: The published sums of one count.
        is_hidden: Which of them are left out.
        attacked: The quantities whose ranges are asked for.
    """
    if not len(attacked):
        return np.zeros(0, dtype=np.int64)
    live = np.flatnonzero(quantities.is_live & np.isin(quantities.blocks, quantities.block_of[attacked]))
    _, of_row = np.unique(quantities.shown_marks(is_hidden)[live], return_inverse=True)
    classes = int(of_row.max()) + 1
    values, room = quantities.values[live], quantities.room[live]
    place = np.full(quantities.count, -1, dtype=np.int64)
    place[attacked] = np.arange(len(attacked))
    chosen = quantities.incidence[live].tocoo()
    is_attacked = place[chosen.col] >= 0
    rows, quantity = chosen.row[is_attacked], place[chosen.col[is_attacked]]
    # One part for each quantity and class: who is inside, and for how many more there is room.
    parts, part = np.unique(quantity * classes + of_row[rows], return_inverse=True)
    inside, space = np.bincount(part, values[rows]), np.bincount(part, room[rows])
    within = parts % classes
    outside = np.bincount(of_row, values)[within] - inside
    space_outside = np.bincount(of_row, room)[within] - space
    width: Floats = np.minimum(inside, space_outside) + np.minimum(outside, space)
    return np.bincount(parts // classes, width, len(attacked)).astype(np.int64)


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
