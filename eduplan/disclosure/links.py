"""Which rows of several marts count the same persons, and one set of rows in which each person stands once.

Belongs here: linking accounts of one count. Does not belong here: what is published of them
(:mod:`eduplan.disclosure.systems`), or which marts are looked at together (:mod:`eduplan.disclosure.clusters`).

A column name has one meaning, so two marts with the same count count the same persons wherever their numbers agree:
their rows are cut into groups by the columns that both know, and groups with equal sums are *linked*. Where most
differ, the marts count at another date or other persons, and what agrees does so by chance. A link made by chance is
on the careful side: what is proven with it is proven without.

Linked rows become joint rows: who stands in this row of the one mart and in that row of the other. Where several rows
of the one meet several of the other (schools here, what became of pupils there) nobody knows who stands where, and
nobody needs to: every way of filling the joint rows that gives each mart its counts is the same city to a reader. One
is taken that has few joint rows: the largest row of the one mart holds the small rows of the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from eduplan.disclosure.quantities import ANY_NUMBER, OUTSIDE, Flags, Ints

_MOST = 0.5
"""The part that must agree at least of the groups that two accounts have in common, and of the persons of the smaller,
so that they count the same persons."""
_LARGEST = 1 << 62


@dataclass(frozen=True)
class Account:
    """Rows of a mart in which each person of a count stands once.

    Attributes:
        rows: Their numbers among the rows of the mart.
        values: The count in each.
        room: How many more each could count; None where nothing bounds them.
        codes: For each column that a link may be made by, the code of each row's value, the same in all accounts.
        key: Columns that tell the rows apart.
        kinds: Codes of further columns whose values say what persons there are in the account at all, not which.
        is_some: Whether the account is declared to count some of another's persons, so that whatever agrees is a link.
        is_apart: Whether nobody is told by what it could be linked with others.
    """

    rows: Ints
    values: Ints
    room: Ints | None
    codes: Mapping[str, Ints]
    key: tuple[str, ...]
    kinds: Mapping[str, Ints] = field(default_factory=dict)
    is_some: bool = False
    is_apart: bool = False


@dataclass(frozen=True)
class JointRows:
    """Persons by where they stand in all accounts at once.

    Attributes:
        values: How many.
        room: How many more there could be; None where nothing bounds any of them.
        row_of: For each account, the mart's row that they stand in, or ``OUTSIDE``.
    """

    values: Ints
    room: Ints | None
    row_of: list[Ints]

    def of(self, accounts: Sequence[int]) -> JointRows:
        """The rows of some accounts, which are linked with no others."""
        mine = np.any([self.row_of[account] >= 0 for account in accounts], axis=0)
        room = None if self.room is None else self.room[mine]
        if room is not None and (room >= ANY_NUMBER).all():
            room = None
        return JointRows(self.values[mine], room, [self.row_of[account][mine] for account in accounts])


def joined(accounts: Sequence[Account]) -> JointRows:
    """Links accounts of one count with each other.

    Args:
        accounts: The finest first: each is linked with those before it.
    """
    joint = _Joint(accounts)
    for number in range(len(accounts)):
        joint.add(number)
    row_of = []
    for account, places in zip(accounts, joint.place_in, strict=True):
        inside = places >= 0
        row = np.full(len(places), OUTSIDE, dtype=np.int64)
        row[inside] = account.rows[places[inside]]
        row_of.append(row)
    is_bounded = any(account.room is not None for account in accounts)
    return JointRows(joint.values, joint.room if is_bounded else None, row_of)


def _columns(one: Account, other: Account) -> Iterator[tuple[str, ...]]:
    """Columns to group two accounts by: those that tell rows of either apart, or else those that do so in both.

    A column may be a key of one and a trait in the other: the stage of a pupil, and the stage that a school is listed
    under.
    """
    if one.is_apart or other.is_apart:
        return
    shared = [name for name in one.codes if name in other.codes]
    every = tuple(name for name in shared if name in one.key or name in other.key)
    both = tuple(name for name in shared if name in one.key and name in other.key)
    yield every
    if both != every:
        yield both


def _is_of_kind(account: Account, places: Ints, other: Account) -> Flags:
    """Which rows of an account have persons of the kinds that another account has at all."""
    found = np.ones(len(places), dtype=bool)
    for name, kinds in other.kinds.items():
        if name in account.codes:
            found &= np.isin(account.codes[name][places], kinds)
    return found


class _Joint:
    """Joint rows while accounts are added."""

    def __init__(self, accounts: Sequence[Account]) -> None:
        self._accounts = accounts
        self.values: Ints = np.zeros(0, dtype=np.int64)
        self.room: Ints = np.zeros(0, dtype=np.int64)
        self.place_in: list[Ints] = []
        """For each account added, the place among its rows of each joint row, or ``OUTSIDE``."""

    def add(self, number: int) -> None:
        """Adds an account: its rows are linked with those that are there already, or else joint rows of their own."""
        account = self._accounts[number]
        self.place_in.append(np.full(len(self.values), OUTSIDE, dtype=np.int64))
        is_left = np.ones(len(account.values), dtype=bool)
        for earlier in range(number):
            for columns in _columns(account, self._accounts[earlier]):
                if not is_left.any():
                    break
                self._link(number, earlier, columns, is_left)
        self._bound(number)
        own = np.flatnonzero(is_left)
        self.values = np.concatenate([self.values, account.values[own]])
        room = np.full(len(account.values), ANY_NUMBER, dtype=np.int64) if account.room is None else account.room
        self.room = np.concatenate([self.room, room[own]])
        nowhere = np.full(len(own), OUTSIDE, dtype=np.int64)
        self.place_in = [np.concatenate([places, nowhere]) for places in self.place_in[:-1]] + [
            np.concatenate([self.place_in[-1], own])
        ]

    def _link(self, number: int, earlier: int, columns: Sequence[str], is_left: Flags) -> None:
        """Links the rows that are left of an account with those of an earlier one, by some columns."""
        account, other = self._accounts[number], self._accounts[earlier]
        free = np.flatnonzero((self.place_in[earlier] >= 0) & (self.place_in[number] < 0))
        left = np.flatnonzero(is_left)
        free = free[_is_of_kind(other, self.place_in[earlier][free], account)]
        left = left[_is_of_kind(account, left, other)]
        if not len(free) or not len(left):
            return
        there = self.place_in[earlier][free]
        codes = [np.concatenate([other.codes[name][there], account.codes[name][left]]) for name in columns]
        numbers = mixed(codes, len(free) + len(left))
        there_too = np.isin(numbers[: len(free)], numbers[len(free) :])
        here_too = np.isin(numbers[len(free) :], numbers[: len(free)])
        if not here_too.any():
            return
        every_there, every_here = self.values[free].sum(), account.values[left].sum()
        free, left = free[there_too], left[here_too]
        _, group = np.unique(numbers[np.concatenate([there_too, here_too])], return_inverse=True)
        count = int(group.max()) + 1
        group_there, group_here = group[: len(free)], group[len(free) :]
        sums_there = np.bincount(group_there, self.values[free], count).astype(np.int64)
        sums_here = np.bincount(group_here, account.values[left], count).astype(np.int64)
        is_equal = sums_there == sums_here
        # Nobody here and nobody there is no sign of anything.
        telling = (sums_there > 0) | (sums_here > 0)
        most = 0.0 if account.is_some or other.is_some else _MOST
        if (is_equal & telling).sum() < most * telling.sum():
            return
        if sums_here[is_equal].sum() <= most * min(every_there, every_here):
            return
        chosen_there, chosen_here = is_equal[group_there], is_equal[group_here]
        is_left[left[chosen_here]] = False
        self._join(number, free[chosen_there], group_there[chosen_there], left[chosen_here], group_here[chosen_here])

    def _join(self, number: int, rows: Ints, group_of_row: Ints, places: Ints, group_of_place: Ints) -> None:
        """Says which joint rows are in which rows of an account, whose groups have equal sums."""
        count = int(group_of_row.max()) + 1
        single = np.bincount(group_of_place, minlength=count) == 1
        place_of_group = np.full(count, OUTSIDE, dtype=np.int64)
        place_of_group[group_of_place] = places
        is_whole = single[group_of_row]
        self.place_in[number][rows[is_whole]] = place_of_group[group_of_row[is_whole]]
        rows, group_of_row = rows[~is_whole], group_of_row[~is_whole]
        mixed = ~single[group_of_place]
        if len(rows):
            self._split(number, rows, group_of_row, places[mixed], group_of_place[mixed])

    def _split(self, number: int, rows: Ints, group_of_row: Ints, places: Ints, group_of_place: Ints) -> None:
        """Splits joint rows among the rows of an account that have as many persons together."""
        chosen, target, persons = _filled(
            self.values[rows], group_of_row, self._accounts[number].values[places], group_of_place
        )
        parent = rows[chosen]
        parts = np.bincount(parent, minlength=len(self.values))
        room = self.room[parent]
        first = np.r_[True, parent[1:] != parent[:-1]]
        shared = room // parts[parent] + np.where(first, room % parts[parent], 0)
        stays = np.ones(len(self.values), dtype=bool)
        stays[rows] = False
        self.values = np.concatenate([self.values[stays], persons])
        self.room = np.concatenate([self.room[stays], np.where(room < ANY_NUMBER, shared, ANY_NUMBER)])
        self.place_in = [np.concatenate([found[stays], found[parent]]) for found in self.place_in]
        self.place_in[number][len(self.values) - len(persons) :] = places[target]

    def _bound(self, number: int) -> None:
        """Takes care that an account's rows can never count more than they have room for."""
        bounds = self._accounts[number].room
        inside = np.flatnonzero(self.place_in[number] >= 0)
        if bounds is None or not len(inside):
            return
        place = self.place_in[number][inside]
        is_open = self.room[inside] >= ANY_NUMBER
        size = len(bounds)
        taken = np.bincount(place, np.where(is_open, 0, self.room[inside]), size).astype(np.int64)
        open_rows = np.bincount(place, is_open, size).astype(np.int64)
        share = np.maximum(bounds - taken, 0) // np.maximum(open_rows, 1)
        cut = self.room[inside] * np.minimum(bounds, taken)[place] // np.maximum(taken, 1)[place]
        self.room[inside] = np.where(is_open, share[place], cut)


def _filled(values: Ints, group: Ints, totals: Ints, group_of_total: Ints) -> tuple[Ints, Ints, Ints]:
    """One way in which rows can be spread over others with equal sums in each group.

    Returns:
        For each part the row, the other row, and how many they share; sorted by row. Every row has a part.
    """
    rows = np.lexsort([np.arange(len(values)), -values, group])
    others = np.lexsort([np.arange(len(totals)), totals, group_of_total])
    ends_of_rows, ends_of_others = np.cumsum(values[rows]), np.cumsum(totals[others])
    ends = np.union1d(ends_of_rows, ends_of_others)
    ends = ends[ends > 0]
    persons = np.diff(np.r_[0, ends])
    row, other = rows[np.searchsorted(ends_of_rows, ends)], others[np.searchsorted(ends_of_others, ends)]
    # Who counts nobody stands with the largest of the other side.
    size = int(max(group.max(), group_of_total.max())) + 1
    largest, largest_other = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    largest[group[rows[::-1]]] = rows[::-1]
    largest_other[group_of_total[others]] = others
    empty, empty_other = np.flatnonzero(values == 0), np.flatnonzero(totals == 0)
    row = np.concatenate([row, empty, largest[group_of_total[empty_other]]])
    other = np.concatenate([other, largest_other[group[empty]], empty_other])
    persons = np.concatenate([persons, np.zeros(len(empty) + len(empty_other), dtype=np.int64)])
    # A pair of rows without anybody is there once.
    pairs, first = np.unique(np.stack([row, other], axis=1), axis=0, return_index=True)
    return pairs[:, 0], pairs[:, 1], persons[first]


def mixed(codes: Sequence[Ints], rows: int) -> Ints:
    """A number for each combination of codes, the same for the same."""
    numbers, size = np.zeros(rows, dtype=np.int64), 1
    for code in codes:
        digits = int(code.max(initial=0)) + 1
        if size * digits >= _LARGEST:
            _, numbers = np.unique(numbers, return_inverse=True)
            size = int(numbers.max(initial=0)) + 1
        numbers, size = numbers * digits + code, size * digits
    return np.asarray(numbers, dtype=np.int64)
