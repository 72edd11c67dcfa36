"""Everything that is published of one count in a year, by whichever mart, as one system.

Belongs here: the rows and figures of a system, and what its solution hides in each mart. Does not belong here: which
rows count the same persons (:mod:`eduplan.disclosure.links`), or how figures are protected
(:mod:`eduplan.disclosure.suppression`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from eduplan.disclosure.figures import Cut
from eduplan.disclosure.links import Account, JointRows, joined
from eduplan.disclosure.marts import PLACE, TODAY, Counted, MartYear
from eduplan.disclosure.quantities import OUTSIDE, Flags, Floats, Grouping, Ints, Quantities, is_few
from eduplan.disclosure.suppression import suppress

_REPEATING = "item"
"""A dimension that counts the same persons once for each of its values."""
_DIGITS = 10
"""The least that an index must be in units of its last decimal."""
_KNOWN = 100
"""How many times dearer company is that another year tells all the same: it is none unless there is no other."""
_KEPT = ("sex",)
"""What a person keeps from year to year."""


class _Stack:
    """The rows of a mart once for each part that divides a count, and once for the rest of it."""

    def __init__(self, mart: MartYear, name: str) -> None:
        self.mart, self.name = mart, name
        self.divisions = mart.figures.divisions(name)
        values, parts = mart.values(name), [mart.values(part) for part in self.divisions]
        left = values - np.sum(parts, axis=0) if parts else values
        self.values: Ints = np.concatenate([*parts, np.maximum(left, 0)])
        whole = mart.whole(name)
        self.rest: Ints | None = None if whole is None else np.maximum(mart.values(whole) - values, 0)
        """Persons of the whole whom each row of the mart leaves out."""

    @property
    def layers(self) -> int:
        """How often the rows are there."""
        return len(self.divisions) + 1

    @cached_property
    def room(self) -> Ints | None:
        """How many more each row could count, at the same time as all others."""
        if self.rest is None:
            return None
        shares = np.tile(self.rest // self.layers, (self.layers, 1))
        shares[-1] += self.rest % self.layers
        return shares.ravel()

    def tiled(self, numbers: Ints) -> Ints:
        """Numbers of the mart's rows, for all layers."""
        return np.tile(numbers, self.layers)

    def figures(self) -> Iterator[tuple[str, Cut, Ints, Ints]]:
        """Owner, cut, and figure of each row of the mart and of the stack, of all that is published."""
        for cut, figure in self.mart.published(self.name).items():
            yield self.name, cut, figure, self.tiled(figure)
        for number, part in enumerate(self.divisions):
            for cut, figure in self.mart.of_part(part).items():
                wide = np.full(len(self.values), OUTSIDE, dtype=np.int64)
                wide[number * self.mart.size : (number + 1) * self.mart.size] = figure
                yield part, cut, figure, wide

    def left_out(self, figure: Ints) -> Ints:
        """How many persons each figure leaves out of the whole, or of the cells that it follows persons from."""
        inside, size, cells = figure >= 0, _size(figure), self.mart.cells
        if self.rest is not None:
            return _added(figure[inside], self.rest[inside], size)
        if cells is None:
            return np.zeros(size, dtype=np.int64)
        values, inside = self.mart.values(self.name), inside & (cells >= 0)
        persons = _added(cells[cells >= 0], values[cells >= 0], _size(cells))
        pairs = np.unique(figure[inside] * len(persons) + cells[inside])
        sums = _added(pairs // len(persons), persons[pairs % len(persons)], size)
        return np.asarray(sums - _added(figure[inside], values[inside], size))

    def numbers(self, owner: str, cut: Cut) -> int:
        """How many numbers are left out with a figure: itself, and what is a part of it."""
        figures = self.mart.figures
        numbers = 1 + sum(cut in figures.cuts(part) for part in figures.parts(owner))
        return numbers * (_KNOWN if cut in figures.known.get(owner, ()) else 1)

    def is_known(self, cut: Cut) -> bool:
        """Whether a cut is not published here, and its sums are known all the same."""
        return cut in self.mart.figures.known.get(self.name, ())

    def accounts(self) -> Iterator[Account]:
        """The rows in which each person stands once: all of them, or those of each item."""
        known = {
            name: self.tiled(code) for name, code in self.mart.codes.items() if name not in (PLACE, self.mart.time)
        }
        codes, kinds, key = _of_today(known, self.mart.key)
        # Nobody is told where those are today whom the mart follows, unless a table of it says so.
        told = {name for table in self.mart.figures.tables for name in table.cut.keys}
        is_apart = any(name.endswith(TODAY) for name in known) and not any(name.endswith(TODAY) for name in told)
        if self.divisions:
            layer = f"layer of {', '.join(self.divisions)}"
            codes[layer] = np.repeat(np.arange(self.layers), self.mart.size)
            key = (*key, layer)
        chosen = [np.arange(len(self.values))]
        if _REPEATING in key:
            items = codes.pop(_REPEATING)
            chosen = [np.flatnonzero(items == item) for item in np.unique(items)]
            key = tuple(name for name in key if name != _REPEATING)
        for rows in chosen:
            yield Account(
                rows,
                self.values[rows],
                None if self.room is None else self.room[rows],
                {name: code[rows] for name, code in codes.items()},
                key,
                {name: code[rows] for name, code in kinds.items()},
                self.mart.figures.persons(self.name) != self.name,
                is_apart,
            )


def _of_today(
    codes: Mapping[str, Ints], key: tuple[str, ...]
) -> tuple[dict[str, Ints], dict[str, Ints], tuple[str, ...]]:
    """The columns by which rows are linked with other marts of the year.

    A mart that follows persons from year to year says where they are today in columns ``..._now``. Its others are
    of the year before, but for what a person keeps; they say what kinds of persons it follows.
    """
    today = {name.removesuffix(TODAY): code for name, code in codes.items() if name.endswith(TODAY)}
    if not today:
        return dict(codes), {}, key
    kept = {name: codes[name] for name in _KEPT if name in codes}
    known = {*today, *kept, *(name + TODAY for name in today)}
    kinds = {name: code for name, code in codes.items() if name in key and name not in known}
    own = tuple(dict.fromkeys(name.removesuffix(TODAY) for name in key if name not in kinds))
    return today | kept, kinds, own


@dataclass(frozen=True)
class _Place:
    """Figures of one cut of a mart among the groupings of a system.

    Attributes:
        stack: The number of the mart's stack.
        owner: The count: the system's own, or a part that divides it.
        cut: The cut.
        figure: The figure of each row of the mart.
        accounts: The accounts by which the joint rows are found in it.
        grouping: The figures of the joint rows.
        origin: For each of the grouping's figures that of the mart.
    """

    stack: int
    owner: str
    cut: Cut
    figure: Ints
    accounts: tuple[int, ...]
    grouping: Grouping
    origin: Ints

    @property
    def name(self) -> tuple[int, str, Cut, tuple[int, ...]]:
        """What tells it from all others of the system."""
        return self.stack, self.owner, self.cut, self.accounts


def systems(counts: Sequence[tuple[MartYear, str]]) -> list[System]:
    """The systems of one count in one year: marts that count none of the same persons are apart.

    Args:
        counts: The marts that have it, each with its column.
    """
    stacks = [_Stack(mart, column) for mart, column in counts]
    accounts = [(number, account) for number, stack in enumerate(stacks) for account in stack.accounts()]
    # The finest first; among equals in the order of marts and items, which is the same in every process.
    accounts.sort(key=lambda each: -len(each[1].rows))
    stack_of = np.array([number for number, _ in accounts])
    joint = joined([account for _, account in accounts])
    # Two marts are in one system if some joint row is in both, directly or through others.
    is_in = np.stack([np.any([joint.row_of[each] >= 0 for each in np.flatnonzero(stack_of == number)], axis=0)
                      for number in range(len(stacks))]).astype(np.int64)  # fmt: skip
    _, component = connected_components(csr_matrix(is_in @ is_in.T), directed=False)
    found = []
    for number in range(component.max() + 1):
        mine = np.flatnonzero(component[stack_of] == number).tolist()
        members = np.flatnonzero(component == number)
        found.append(
            System([stacks[each] for each in members], np.searchsorted(members, stack_of[mine]), joint.of(mine))
        )
    return found


class System:
    """One count in one year, in marts that count the same persons."""

    def __init__(self, stacks: Sequence[_Stack], stack_of: Ints, joint: JointRows) -> None:
        self._stacks, self._stack_of, self._joint = stacks, stack_of.tolist(), joint
        self._proven: dict[tuple[int, str, Cut, tuple[int, ...]], Ints] = {}
        self._told: tuple[Quantities, Flags] | None = None
        self.counted: dict[tuple[str, str], Counted] = {}
        """How much of the count is left out of each mart, by mart and column."""

    @property
    def is_linked(self) -> bool:
        """Whether several marts have the count."""
        return len(self._stacks) > 1

    def protect(self) -> set[str]:
        """Hides what must be hidden, given what is hidden already, and names the persons of whom more is hidden now."""
        places = list(self._placed())
        quantities = Quantities(
            self._joint.values,
            [place.grouping for place in places],
            room=self._joint.room,
            places=self._districts,
            kin=self._kin,
            sources=[(place.stack, self._stacks[place.stack].numbers(place.owner, place.cut)) for place in places],
            known=[self._stacks[place.stack].is_known(place.cut) for place in places],
        )
        threshold = max(stack.mart.figures.thresholds[stack.name] for stack in self._stacks)
        is_somebody = quantities.rows_of_quantity > 0
        must_hide, small = np.zeros((2, quantities.count), dtype=bool)
        small |= is_few(quantities.sums, threshold)
        proven = np.zeros(quantities.count, dtype=np.int64)
        for place, of_figure in zip(places, quantities.of_figure, strict=True):
            must_hide[of_figure] |= self._is_hidden(place)[place.origin]
            small[of_figure] |= self._leaves_few_out(place, threshold)[place.origin]
            if place.name in self._proven:
                # Figures keep their numbers; a grouping that covers fewer rows than before may have fewer of them.
                earlier = self._proven[place.name][: len(of_figure)]
                np.maximum.at(proven, of_figure[: len(earlier)], earlier)
        small, must_hide = small & is_somebody, must_hide & is_somebody
        found = suppress(quantities, threshold, small=small, must_hide=must_hide, proven=proven)
        more = set()
        for place, of_figure in zip(places, quantities.of_figure, strict=True):
            self._proven[place.name] = found.width[of_figure]
            # The last stands for rows outside.
            is_hidden = np.zeros(_size(place.figure) + 1, dtype=bool)
            is_hidden[place.origin[found.is_hidden[of_figure] & is_somebody[of_figure]]] = True
            mart = self._stacks[place.stack].mart
            if mart.hide(place.owner, place.cut, is_hidden[place.figure]):
                more.add(mart.figures.persons(place.owner))
        self._count(places, quantities, small, found.is_hidden)
        self._told = quantities, found.is_hidden
        return more

    def round_indices(self) -> None:
        """Tells as many decimals of each index as tell nothing of what is hidden, and hides it where that is too few.

        Where as many persons change places between hidden rows as a hidden figure must be uncertain by, the index moves
        by no more than half the last decimal that is told. Where no sum of the same rows is told, they may also come
        and go. An index of which that leaves less than two digits is not told.
        """
        assert self._told is not None  # noqa: S101 - indices come after counts
        quantities, is_hidden = self._told
        is_secret = quantities.is_live & (quantities.incidence @ is_hidden > 0)
        threshold = max(stack.mart.figures.thresholds[stack.name] for stack in self._stacks)
        for account, number in enumerate(self._stack_of):
            stack, row_of = self._stacks[number], self._joint.row_of[account]
            for cut, index, figure, value, moved in stack.mart.indices(stack.name):
                grouping = Grouping(_looked_up(stack.tiled(figure), row_of))
                mine = is_secret & (grouping.figure >= 0)
                of_sum = quantities.same_as(grouping)
                is_sum_told = (of_sum >= 0) & ~is_hidden[of_sum]
                width = threshold * _ranges(
                    grouping.figure[mine], stack.tiled(moved)[row_of[mine]], np.where(is_sum_told, np.inf, 0.0)
                )
                # The last stands for rows outside, and for what has no rows here.
                moves = np.zeros(_size(figure) + 1)
                moves[: len(width)] = width
                decimals = _decimals(moves[figure], index.decimals)
                is_told = np.abs(value) * 10.0**decimals >= _DIGITS
                stack.mart.round(cut, decimals)
                stack.mart.hide(stack.name, cut, ~is_told & (decimals < index.decimals))

    @cached_property
    def _districts(self) -> Ints | None:
        """The district of each joint row."""
        found = np.full(len(self._joint.values), OUTSIDE, dtype=np.int64)
        for stack, row_of in zip(self._stack_of, self._joint.row_of, strict=True):
            codes = self._stacks[stack].mart.codes.get(PLACE)
            if codes is not None:
                inside = (row_of >= 0) & (found < 0)
                found[inside] = self._stacks[stack].tiled(codes)[row_of[inside]]
        return found if (found >= 0).any() else None

    @cached_property
    def _kin(self) -> Ints | None:
        """For each joint row the row of a mart that it is a part of, where that is divided."""
        for stack, row_of in zip(self._stack_of, self._joint.row_of, strict=True):
            if self._stacks[stack].layers > 1:
                return np.where(row_of >= 0, row_of % self._stacks[stack].mart.size, OUTSIDE)
        return None

    def _placed(self) -> Iterator[_Place]:
        """All that is published, over the joint rows."""
        for number, stack in enumerate(self._stacks):
            accounts = [account for account, each in enumerate(self._stack_of) if each == number]
            for owner, cut, figure, wide in stack.figures():
                found = [_looked_up(wide, self._joint.row_of[account]) for account in accounts]
                for members, grouping, origin in _groupings(accounts, found, _size(figure)):
                    known = origin[: _size(grouping.figure)]
                    yield _Place(number, owner, cut, figure, members, grouping, known)

    def _is_hidden(self, place: _Place) -> Flags:
        """Which figures of a place are hidden already."""
        rows = self._stacks[place.stack].mart.hidden[place.owner].get(place.cut)
        hidden = np.zeros(_size(place.figure), dtype=bool)
        if rows is not None:
            hidden[place.figure[rows & (place.figure >= 0)]] = True
        return hidden

    def _leaves_few_out(self, place: _Place, threshold: int) -> Flags:
        """Which figures of a place leave out so few of the whole that these would be told."""
        stack = self._stacks[place.stack]
        if place.owner != stack.name:
            return np.zeros(_size(place.figure), dtype=bool)
        return is_few(stack.left_out(place.figure), threshold)

    def _count(self, places: Sequence[_Place], quantities: Quantities, small: Flags, hidden: Flags) -> None:
        for number, stack in enumerate(self._stacks):
            mine = np.unique(
                np.concatenate(
                    [
                        of_figure
                        for place, of_figure in zip(places, quantities.of_figure, strict=True)
                        if place.stack == number and place.owner == stack.name and not stack.is_known(place.cut)
                    ]
                )
            )
            # What is withheld is told elsewhere, and counted there.
            is_counted = not stack.mart.figures.is_withheld(stack.name)
            mine = mine[(quantities.capacity[mine] > 0) & is_counted]
            self.counted[stack.mart.figures.model.table, stack.name] = Counted(
                stack.name, stack.mart.year, len(mine), int(small[mine].sum()), int(hidden[mine].sum())
            )


def _size(figure: Ints) -> int:
    return int(figure.max(initial=OUTSIDE)) + 1


def _added(groups: Ints, numbers: Ints, size: int) -> Ints:
    return np.bincount(groups, numbers, size).astype(np.int64)


def _ranges(groups: Ints, numbers: Floats, start: Floats) -> Floats:
    """How far apart the numbers of each group are, and a start that is not infinite."""
    least, most = start.copy(), -start
    np.minimum.at(least, groups, numbers)
    np.maximum.at(most, groups, numbers)
    return np.where(np.isfinite(least), most - least, 0.0)


def _decimals(moves: Floats, most: int) -> Ints:
    """The decimals of which half the last is no less than a move, but for the most that there are."""
    with np.errstate(divide="ignore"):
        enough = np.floor(-np.log10(2 * moves))
    return np.minimum(enough, most).astype(np.int64)


def _looked_up(figure: Ints, rows: Ints) -> Ints:
    return np.where(rows >= 0, figure[rows], OUTSIDE)


def _groupings(
    accounts: Sequence[int], found: Sequence[Ints], figures: int
) -> Iterator[tuple[tuple[int, ...], Grouping, Ints]]:
    """The groupings of one cut, whose figure of each joint row is found by one account or several.

    A figure may count a person several times, once for each item. Where it counts some more often than others, it is
    taken for the figures of those that it counts equally often, which tell more.
    """
    if len(accounts) == 1:
        yield tuple(accounts), Grouping(found[0]), np.arange(figures)
        return
    of_account = np.stack(found)
    most = of_account.max(axis=0)
    times = (of_account >= 0).sum(axis=0)
    if (np.where(of_account >= 0, of_account, most) == most).all():
        several = len(accounts) + 1
        yield (
            tuple(accounts),
            Grouping(np.where(most >= 0, most * several + times, OUTSIDE)),
            np.arange(figures * several) // several,
        )
        return
    for account, figure in zip(accounts, found, strict=True):
        yield (account,), Grouping(figure), np.arange(figures)
