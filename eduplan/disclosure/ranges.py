"""The range of values that a reader of the release must think possible for hidden quantities, by linear programming.

Belongs here: programmes and their solutions. Does not belong here: what is done where a range is too narrow.

A programme has a variable for the rows that no published figure tells apart, and an equation for each published figure.
Any solution is another city that looks the same from outside, so two solutions in which a hidden quantity differs prove
that its range is at least that wide. A few solutions, each pulling all hidden quantities at random up or down, prove
most of them at once; those that are left are pulled one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, diags, hstack, identity

from eduplan.disclosure.quantities import OUTSIDE, Flags, Floats, Ints, Quantities

_NOTHING = 1e-7
"""Marginals below this do not hold a bound; solutions closer than this to a whole number are meant to be it."""
_MOST_ROWS = 700
"""Rows of a programme; of more, those of the largest units of each place are taken, and the others left as they are."""
_OWN_ROWS = 6
"""Rows of each attacked quantity that a programme has in any case, with the units that they are in."""
_ALONE = 10
"""Quantities that are moved alone in one round."""
_PULLS = 2
"""Pairs of solutions that pull all quantities of a programme at once."""


@dataclass(frozen=True)
class Range:
    """What can be concluded about a hidden quantity.

    Attributes:
        low: The least value that agrees with everything published.
        high: The greatest; infinite where nothing bounds it.
        tightest: The published quantity of the fewest persons among those that hold the range so narrow, or that share
            rows with the quantity; None if there is none.
    """

    low: float
    high: float
    tightest: int | None

    @property
    def width(self) -> float:
        """Width of the range, in persons."""
        return self.high - self.low


def possible_range(quantities: Quantities, is_hidden: Flags, quantity: int) -> Range:
    """Works out the range of a hidden quantity from all that is published of its block.

    Args:
        quantities: The published sums of one count.
        is_hidden: Which of them are left out.
        quantity: The one that is attacked.
    """
    rows = np.flatnonzero(quantities.is_live & (quantities.blocks == quantities.block_of[quantity]))
    return _Programme(quantities, is_hidden, rows, np.array([quantity])).range_of(0)


def prove_or_hide(quantities: Quantities, is_hidden: Flags, attacked: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    """Proves ranges of hidden quantities, and finds what else must be hidden where they are too narrow.

    Where a block has many rows, a programme has some of them and leaves the others as they are: what it proves holds
    all the more.

    Args:
        quantities: The published sums of one count.
        is_hidden: Which of them are left out.
        attacked: Quantities whose ranges are asked for.
        wanted: The width that is enough for each of them.

    Returns:
        The proven width of each attacked quantity, as it is or once the others are hidden; and those others.
    """
    widths = np.zeros(len(attacked), dtype=np.int64)
    company: set[int] = set()
    blocks = quantities.block_of[attacked]
    for block in np.unique(blocks):
        mine = np.flatnonzero(blocks == block)
        rows = _rows_near(quantities, is_hidden, int(block), attacked[mine])
        programme = _Programme(quantities, is_hidden, rows, attacked[mine])
        widths[mine] = programme.pulled_widths(wanted[mine])
        company |= programme.company(np.flatnonzero(widths[mine] < wanted[mine]), wanted[mine])
    return widths, np.array(sorted(company), dtype=np.int64)


def _rows_near(quantities: Quantities, is_hidden: Flags, block: int, attacked: Ints) -> Ints:
    """The rows of a block, or of its largest units and those that the attacked quantities are in.

    A unit is what shares its smallest published figure: mostly the rows of one school.
    """
    rows = np.flatnonzero(quantities.is_live & (quantities.blocks == block))
    if len(rows) <= _MOST_ROWS:
        return rows
    unit, size = np.full(len(rows), OUTSIDE, dtype=np.int64), np.full(len(rows), np.iinfo(np.int64).max)
    for of_row in quantities.of_row:
        quantity = of_row[rows]
        smaller = (quantity >= 0) & ~is_hidden[quantity] & (quantities.rows_of_quantity[quantity] < size)
        unit[smaller], size[smaller] = quantity[smaller], quantities.rows_of_quantity[quantity[smaller]]
    most = quantities.values[rows] + np.minimum(quantities.room[rows], quantities.values[rows])
    frame = pl.DataFrame({"row": rows, "unit": unit, "place": quantities.places[rows], "most": most})
    is_own = np.zeros(len(quantities.values), dtype=bool)
    for place, of_row in enumerate(quantities.of_row):
        at_home = np.zeros(quantities.count, dtype=bool)
        at_home[attacked[quantities.home[attacked] == place]] = True
        inside = (of_row[rows] >= 0) & at_home[of_row[rows]]
        own = frame.filter(pl.Series(inside)).with_columns(quantity=of_row[rows][inside])
        ranked = own.filter(pl.col("most").rank("ordinal", descending=True).over("quantity") <= _OWN_ROWS)
        is_own[ranked["row"].to_numpy()] = True
    units = (
        frame.with_columns(own=is_own[rows])
        .group_by("place", "unit", maintain_order=True)
        .agg(pl.col("most").sum(), pl.len().alias("rows"), pl.col("own").any())
        .with_columns(rank=pl.col("most").rank("ordinal", descending=True).over("place"))
        .sort(pl.col("own").not_(), "rank", "place", "unit")
        .filter(pl.col("rows").cum_sum() <= _MOST_ROWS)
    )
    return frame.join(units, on=["place", "unit"], how="semi").filter(pl.col("unit") >= 0)["row"].sort().to_numpy()


class _Programme:
    """Rows that no published figure tells apart are one variable, if they are in the same attacked quantities."""

    def __init__(self, quantities: Quantities, is_hidden: Flags, rows: Ints, attacked: Ints) -> None:
        self._quantities = quantities
        is_attacked = np.zeros(quantities.count, dtype=bool)
        is_attacked[attacked] = True
        keys = np.stack([quantities.shown_marks(is_hidden)[rows], quantities.shown_marks(~is_attacked)[rows]], axis=1)
        _, variable = np.unique(keys, axis=0, return_inverse=True)
        variable = variable.ravel()
        count = int(variable.max(initial=-1)) + 1
        self._truth = np.bincount(variable, weights=quantities.values[rows], minlength=count)
        most = (quantities.values + quantities.room)[rows]
        self._most = (
            np.bincount(variable, weights=most, minlength=count) if quantities.is_bounded else np.full(count, np.inf)
        )
        memberships = _memberships(quantities, is_attacked, rows, variable)
        place_of = {quantity: place for place, quantity in enumerate(attacked.tolist())}
        places = memberships["quantity"].replace_strict(place_of, return_dtype=pl.Int64)
        self._attacked = _matrix(places, memberships["variable"], (len(attacked), count))
        equations = _memberships(quantities, ~is_hidden, rows, variable)
        names = equations.select("quantity").unique(maintain_order=True).with_row_index("equation")
        placed = equations.join(names, on="quantity", how="left")
        self._matrix = _matrix(placed["equation"].cast(pl.Int64), placed["variable"], (len(names), count))
        self._sums = self._matrix @ self._truth
        self._published: Ints = names["quantity"].to_numpy()
        self._prices = (1.0 + quantities.capacity[self._published]).astype(np.float64)

    def range_of(self, place: int) -> Range:
        """Both bounds of one attacked quantity, and what holds them."""
        objective = self._attacked[[place]].toarray().ravel()
        (low, holds_low), (high, holds_high) = self._bound(objective, 1), self._bound(objective, -1)
        holding = np.union1d(holds_low, holds_high)
        if not len(holding):
            holding = np.unique(self._published[self._matrix @ objective > 0])
        fewest = int(holding[np.argmin(self._quantities.capacity[holding])]) if len(holding) else None
        return Range(low, high, fewest)

    def pulled_widths(self, wanted: Ints) -> Ints:
        """Widths that a few solutions prove, each pulling what is not proven yet at random up or down."""
        low = high = self._attacked @ self._truth
        random = np.random.default_rng(len(wanted))
        for _ in range(_PULLS):
            still = _whole(high - low) < wanted
            if not still.any():
                break
            weights = random.choice((-1.0, 1.0), len(wanted)) * random.uniform(0.5, 1.0, len(wanted)) * still
            for sign in (1, -1):
                point = self._solved(sign * (weights @ self._attacked))
                if point is not None:
                    values = self._attacked @ point.x
                    low, high = np.minimum(low, values), np.maximum(high, values)
        return _whole(high - low)

    def company(self, places: Ints, wanted: Ints) -> set[int]:
        """The published quantities of the fewest persons without which attacked ones could be so much larger or less.

        The programme lets every published figure be missed at a price, the persons in it, and asks for the cheapest way
        to other values of all attacked quantities at once, some larger and some less; the figures that are missed are
        those to hide. From then on they are free. What could not move with the others is moved alone.
        """
        hidden: set[int] = set()
        left, random = places, np.random.default_rng(len(places))
        for _ in range(_PULLS):
            if len(left) < _PULLS:
                break
            values = self._attacked[left] @ self._truth
            signs = np.where(values < wanted[left], 1.0, random.choice((-1.0, 1.0), len(left)))
            left = self._moved(left, signs, wanted, hidden)
        for place in left[:_ALONE]:
            alone = np.array([place])
            for sign in (1.0, -1.0):
                if not len(self._moved(alone, np.array([sign]), wanted, hidden)):
                    break
        return hidden

    def _moved(self, places: Ints, signs: Floats, wanted: Ints, hidden: set[int]) -> Ints:
        """Moves attacked quantities at the least price, notes what must be hidden, and gives those that stay."""
        figures, variables = self._matrix.shape
        if not variables:
            return places
        misses = identity(figures, format="csr")
        matrix = hstack([self._matrix, misses, -misses], format="csr")
        moving = diags(signs) @ self._attacked[places]
        before = moving @ self._truth
        wide = hstack([moving, csr_matrix((len(places), 2 * figures))], format="csr")
        gain = 10 * max(float(self._prices.max(initial=1)), 1.0)
        price = np.concatenate([-gain * np.asarray(moving.sum(axis=0)).ravel(), self._prices, self._prices])
        most = np.concatenate([self._most, np.full(2 * figures, np.inf)])
        bounds = np.stack([np.zeros_like(most), most], axis=1)
        limit = before + wanted[places]
        found = linprog(price, A_eq=matrix, b_eq=self._sums, A_ub=wide, b_ub=limit, bounds=bounds, method="highs")
        if found.status != 0:
            return places
        missed = found.x[variables:].reshape(2, -1).sum(axis=0) > _NOTHING
        chosen = np.unique(self._published[missed & (self._prices > 0)])
        hidden.update(chosen.tolist())
        self._prices[np.isin(self._published, chosen)] = 0
        moved = _whole(moving @ found.x[:variables] - before) >= wanted[places]
        return places[~moved]

    def _bound(self, objective: Floats, sign: int) -> tuple[float, Ints]:
        found = self._solved(sign * objective)
        if found is None:
            return -sign * np.inf, np.zeros(0, dtype=np.int64)
        holding = np.abs(found.eqlin.marginals) > _NOTHING
        return float(sign * found.fun), np.unique(self._published[holding])

    def _solved(self, objective: Floats):  # type: ignore[no-untyped-def] # scipy has no types
        if not len(self._truth):
            return None
        bounds = np.stack([np.zeros_like(self._most), self._most], axis=1)
        found = linprog(objective, A_eq=self._matrix, b_eq=self._sums, bounds=bounds, method="highs")
        return found if found.status == 0 else None


def _memberships(quantities: Quantities, wanted: Flags, rows: Ints, variable: Ints) -> pl.DataFrame:
    """Which variables some quantities add up."""
    parts = []
    for of_row in quantities.of_row:
        quantity = of_row[rows]
        inside = (quantity >= 0) & wanted[quantity]
        parts.append(pl.DataFrame({"quantity": quantity[inside], "variable": variable[inside]}))
    return pl.concat(parts).unique(maintain_order=True)


def _matrix(rows: pl.Series, columns: pl.Series, shape: tuple[int, int]) -> csr_matrix:
    return csr_matrix((np.ones(len(rows)), (rows.to_numpy(), columns.to_numpy())), shape=shape)


def _whole(widths: Floats) -> Ints:
    """Whole persons in a width; what no bound holds is as wide as anybody may want."""
    return np.floor(np.minimum(widths, 1e9) + _NOTHING).astype(np.int64)
