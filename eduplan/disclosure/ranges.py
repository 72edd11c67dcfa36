"""The range of values that a reader of the release must think possible for hidden quantities, by linear programming.

Belongs here: programmes and their solutions. Does not belong here: what is done where a range is too narrow.

A programme lets persons change places between rows, so that every published figure stays as it is. Any solution is
another city that looks the same from outside, so two solutions in which a hidden quantity differs prove that its range
is at least that wide. The city as it is is the first of them. A few more, each pulling all hidden quantities at random
up or down, prove most of them at once; what is left asks for company.
"""

from __future__ import annotations

import highspy
import numpy as np
from scipy.sparse import csc_matrix

from eduplan.disclosure.quantities import ANY_NUMBER, OUTSIDE, Flags, Floats, Ints, Quantities

_NOTHING = 1e-6
"""Movements below this are none; solutions closer than this to a whole number are meant to be it."""
_ALL_ROWS = 2000
"""Rows of a block that one programme has room for."""
_SOME_ROWS = 400
"""Rows of a programme that has not all, besides those of attacked quantities; the others stay as they are."""
_OWN_ROWS = 4
"""Rows of each attacked quantity that a programme has in any case, with all their parts."""
_MOST_ATTACKED = 100
"""Quantities that a programme with some of the rows attacks."""
_FEW_HIDDEN = 0.125
"""The hidden part of all figures below which hardly any of them could move yet, so that pulling them proves nothing."""
_STUBBORN = 3
"""Rounds without success after which what is left is moved alone."""
_PRIMAL, _DUAL = 4, 1


def prove_or_hide(quantities: Quantities, is_hidden: Flags, attacked: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    """Proves ranges of hidden quantities, and finds what else must be hidden where they are too narrow.

    Where a block has many rows, a programme has some of them and leaves the others as they are: what it proves holds
    all the more.

    Args:
        quantities: The published sums of one count.
        is_hidden: Which of them are left out.
        attacked: Quantities whose ranges are asked for.
        wanted: The width that is enough, for each quantity.

    Returns:
        The proven width of each quantity, as it is or once the others are hidden; and those others.
    """
    widths = np.zeros(quantities.count, dtype=np.int64)
    hidden = is_hidden.copy()
    blocks = quantities.block_of[attacked]
    for block in np.unique(blocks):
        rows = np.flatnonzero(quantities.is_live & (quantities.blocks == block))
        mine = attacked[blocks == block]
        unit = _units(quantities, hidden, rows) if len(rows) > _ALL_ROWS else rows
        for chunk in _chunks(quantities, rows, mine):
            some = _rows_near(quantities, unit, rows, chunk)
            programme = _Programme(quantities, hidden, some, wanted)
            programme.settle(chunk)
            hidden[programme.company] = True
            np.maximum.at(widths, programme.figures, programme.widths)
    return widths, np.flatnonzero(hidden & ~is_hidden)


def _chunks(quantities: Quantities, rows: Ints, attacked: Ints) -> list[Ints]:
    """The attacked quantities all together, or those of near places where not all rows fit into a programme."""
    if len(rows) <= _ALL_ROWS:
        return [attacked]
    ordered = attacked[np.lexsort([attacked, quantities.place_of[attacked]])]
    return np.array_split(ordered, -(-len(ordered) // _MOST_ATTACKED))


def _units(quantities: Quantities, is_hidden: Flags, rows: Ints) -> Ints:
    """For each row of a block a number that it shares with the rows of its smallest published figure, in its place.

    Those are mostly the rows of one school. ``OUTSIDE`` where no published figure has the row.
    """
    unit, size = np.full(len(rows), OUTSIDE, dtype=np.int64), np.full(len(rows), np.iinfo(np.int64).max)
    for place in np.unique(quantities.home):
        quantity = quantities.of_row[place][rows]
        smaller = (quantity >= 0) & ~is_hidden[quantity] & (quantities.rows_of_quantity[quantity] < size)
        unit[smaller], size[smaller] = quantity[smaller], quantities.rows_of_quantity[quantity[smaller]]
    return np.where(unit >= 0, unit + quantities.count * (quantities.places[rows] + 1), OUTSIDE)


def _rows_near(quantities: Quantities, unit: Ints, rows: Ints, attacked: Ints) -> Ints:
    """The rows of a block, or the largest of those that attacked quantities are in, and those of its largest units."""
    if len(rows) <= _ALL_ROWS:
        return rows
    most = quantities.values[rows] + np.minimum(quantities.room[rows], quantities.values[rows])
    is_attacked = np.zeros(quantities.count, dtype=bool)
    is_attacked[attacked] = True
    own = quantities.incidence[rows].tocoo()
    chosen = is_attacked[own.col]
    row, quantity = own.row[chosen], own.col[chosen]
    by_size = np.argsort(-most[row], kind="stable")
    is_own = np.zeros(len(rows), dtype=bool)
    is_own[row[by_size][_rank_within(quantity[by_size]) < _OWN_ROWS]] = True
    if quantities.kin is not None:
        # Who leaves one part of a row mostly goes to another part of it.
        kin = quantities.kin[rows]
        is_own |= np.isin(kin, kin[is_own]) & (kin >= 0)
    # First the units of attacked rows, and of all those the largest of each place.
    names, group = np.unique(unit, return_inverse=True)
    place = names // quantities.count
    persons, more = np.bincount(group, most), np.bincount(group, ~is_own)
    owns = np.bincount(group, is_own) > 0
    largest = np.argsort(-persons, kind="stable")
    rank = np.empty(len(names), dtype=np.int64)
    rank[largest] = _rank_within(place[largest])
    order = np.lexsort([names, rank, ~owns])
    order = order[names[order] != OUTSIDE]
    taken = np.zeros(len(names), dtype=bool)
    taken[order[np.cumsum(more[order]) <= _SOME_ROWS]] = True
    return rows[taken[group] | is_own]


def _rank_within(groups: Ints) -> Ints:
    """The place of each element among those of its group, from 0."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(groups) else order
    rank = np.empty(len(groups), dtype=np.int64)
    rank[order] = np.arange(len(groups)) - np.repeat(starts, np.diff(np.r_[starts, len(groups)]))
    return rank


class _Programme:
    """Persons who change places among some rows of a block.

    Rows that are in the same figures are one cell. For each cell the programme has those who come and those who go, and
    for each figure, at a price, those by whom it may be missed. Where nobody moves all equations hold, so that every
    question starts from a solution.
    """

    def __init__(self, quantities: Quantities, is_hidden: Flags, rows: Ints, wanted: Ints) -> None:
        _, first, cell = np.unique(quantities.row_marks[rows], return_index=True, return_inverse=True)
        count = len(first)
        inside: Floats = np.bincount(cell, quantities.values[rows], count).astype(np.float64)
        room: Floats = np.full(count, np.inf)
        if quantities.is_bounded:
            room = np.bincount(cell, quantities.room[rows], count).astype(np.float64)
            room[room >= ANY_NUMBER] = np.inf
        incidence = quantities.incidence[rows[first]]
        self.figures, index = np.unique(incidence.indices, return_inverse=True)
        """The quantities that count any of the rows."""
        shape = (len(self.figures), count)
        self._matrix = csc_matrix((np.ones(len(index)), index.astype(np.int32), incidence.indptr), shape=shape)
        self._hidden: Flags = is_hidden[self.figures].copy()
        self._was_hidden = self._hidden.copy()
        self._wanted = wanted[self.figures].astype(np.float64)
        self._low, self._high = np.zeros(shape[0]), np.zeros(shape[0])
        # By how much the rows that are here could make each figure less or more at the most.
        self._fall: Floats = self._matrix @ inside
        self._rise: Floats = self._matrix @ room
        self._prices: Floats = quantities.prices[self.figures]
        self._is_fixed: Flags = quantities.is_known[self.figures]
        self._random = np.random.default_rng(shape[0])
        self._highs = self._model(room, inside)

    @property
    def widths(self) -> Ints:
        """The proven width of the range of each figure."""
        return np.asarray(np.floor(np.minimum(self._high - self._low, 1e9) + _NOTHING).astype(np.int64))

    @property
    def company(self) -> Ints:
        """The quantities that must be hidden as well."""
        return np.asarray(self.figures[self._hidden & ~self._was_hidden])

    def settle(self, attacked: Ints) -> None:
        """Proves the ranges of quantities, and of all that is hidden for their sake."""
        possible = self._rise + self._fall >= self._wanted
        mine = np.isin(self.figures, attacked) & possible
        stubborn = 0
        if self._hidden.mean() >= _FEW_HIDDEN:
            self._pull(mine)
        while True:
            left = self._failing(mine)
            if not len(left):
                return
            if stubborn >= _STUBBORN and self._is_fixed.any():
                # What is known all the same is company only where there is no other.
                self._is_fixed[:] = False
                stubborn = 0
            if stubborn >= _STUBBORN:
                for figure in left:
                    self._find_company(np.array([figure]))
                    self._find_company(np.array([figure]))
                if len(self._failing(mine)) == len(left):
                    return
                stubborn = 0
            else:
                self._find_company(left)
            mine |= self._hidden & ~self._was_hidden & possible
            self._pull(mine)
            if len(self._failing(mine)) >= len(left):
                stubborn += 1

    def _failing(self, mine: Flags) -> Ints:
        return np.flatnonzero(mine & (self._high - self._low < self._wanted - _NOTHING))

    def _pull(self, mine: Flags) -> None:
        """Two solutions that pull what is not proven yet at random up or down, and then the other way."""
        left = self._failing(mine)
        signs = self._random.choice((-1.0, 1.0), len(left)) * self._random.uniform(0.5, 1.0, len(left))
        for sign in (1.0, -1.0):
            still = self._failing(mine)
            if not len(still):
                return
            gains = np.zeros(len(self.figures))
            gains[left] = sign * signs
            gains[np.setdiff1d(left, still)] = 0
            moved = self._moved(gains, *self._limits(still))
            if moved is None or not (np.abs(moved[still]) > _NOTHING).any():
                return
            self._note(moved)

    def _limits(self, attacked: Ints) -> tuple[Floats, Floats]:
        """How far figures may move: those that are told not at all, those that are attacked as far as is wanted."""
        free = np.where(self._hidden, np.inf, 0.0)
        lower, upper = -free, free.copy()
        lower[attacked] = -(self._wanted - self._high)[attacked]
        upper[attacked] = (self._wanted + self._low)[attacked]
        return lower, upper

    def _find_company(self, attacked: Ints) -> None:
        """Hides the published figures of the fewest persons without which attacked ones could differ by so much.

        The programme lets every published figure be missed at a price, the persons in it, and asks for the cheapest way
        to other values of all attacked quantities at once, some larger and some less; the figures that are missed are
        those to hide. From then on they are free.
        """
        low, high, wanted = self._low[attacked], self._high[attacked], self._wanted[attacked]
        can_fall = self._fall[attacked] >= wanted - high
        can_rise = self._rise[attacked] >= wanted + low
        # Half of them at random move down and half up, each as far as it must; the next time it is the other way round.
        either = self._random.choice((-1.0, 1.0), len(attacked))
        signs = np.select([high > -low, high < -low], [-1.0, 1.0], either)
        signs = np.where(
            signs < 0,
            np.where(self._fall[attacked] + low > _NOTHING, -1.0, 1.0),
            np.where(self._rise[attacked] - high > _NOTHING, 1.0, -1.0),
        )
        lower, upper = self._limits(attacked)
        partly = can_rise & ~can_fall & (low > -_NOTHING) & (high < _NOTHING)
        upper[attacked] = np.where(partly, wanted - self._fall[attacked], upper[attacked])
        prices = np.where(self._hidden, 0.0, self._prices)
        gains = np.zeros(len(self.figures))
        gains[attacked] = signs * 10 * max(float(prices.max(initial=1)), 1.0)
        moved = self._moved(gains, lower, upper, prices)
        if moved is not None:
            self._note(moved)
            self._hidden |= np.abs(moved) > _NOTHING

    def _note(self, moved: Floats | None) -> None:
        if moved is not None:
            np.minimum(self._low, moved, out=self._low)
            np.maximum(self._high, moved, out=self._high)

    def _model(self, room: Floats, inside: Floats) -> highspy.Highs:
        figures, cells = self._matrix.shape
        highs = highspy.Highs()
        for name, value in (("output_flag", False), ("threads", 1), ("presolve", "off"), ("solver", "simplex")):
            highs.setOptionValue(name, value)
        start, index, every = self._matrix.indptr, self._matrix.indices, np.arange(figures)
        ones, entries = np.ones(figures), len(index)
        programme = highspy.HighsLp()
        columns = 2 * (cells + figures)
        programme.num_col_, programme.num_row_ = columns, figures
        programme.col_cost_ = np.zeros(columns)
        programme.col_lower_ = np.zeros(columns)
        programme.col_upper_ = np.concatenate([room, inside, np.zeros(2 * figures)])
        programme.row_lower_ = programme.row_upper_ = np.zeros(figures)
        programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        ends = np.concatenate([start, entries + start[1:], 2 * entries + np.arange(1, 2 * figures + 1)])
        programme.a_matrix_.start_ = ends
        programme.a_matrix_.index_ = np.concatenate([index, index, every, every])
        programme.a_matrix_.value_ = np.concatenate([self._matrix.data, -self._matrix.data, ones, -ones])
        highs.passModel(programme)
        self._rows = np.arange(figures, dtype=np.int32)
        self._moves, self._misses = np.split(np.arange(columns, dtype=np.int32), [2 * cells])
        self._is_open = False
        return highs

    def _moved(self, gains: Floats, lower: Floats, upper: Floats, prices: Floats | None = None) -> Floats | None:
        """How far each figure moves where gains are greatest; None where nothing bounds them."""
        figures, cells = self._matrix.shape
        highs = self._highs
        is_open = prices is not None
        if is_open or self._is_open:
            # What is hidden is never missed: it moves by its rows alone.
            most = np.tile(np.where(self._hidden | self._is_fixed | (not is_open), 0.0, np.inf), 2)
            highs.changeColsBounds(2 * figures, self._misses, np.zeros(2 * figures), most)
            self._is_open = is_open
        if prices is not None:
            highs.changeColsCost(2 * figures, self._misses, np.tile(prices, 2))
        cost = -(gains @ self._matrix)
        highs.changeColsCost(2 * cells, self._moves, np.concatenate([cost, -cost]))
        highs.changeRowsBounds(figures, self._rows, lower, upper)
        highs.setOptionValue("simplex_strategy", _DUAL if is_open else _PRIMAL)
        # From where nobody moves it is nearer to an answer than from the last one.
        highs.clearSolver()
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = highs.getSolution()
        moved = np.array(solution.row_value)
        if is_open:
            missed = np.array(solution.col_value[2 * cells :])
            moved -= missed[:figures] - missed[figures:]
        return moved
