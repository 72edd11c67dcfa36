"""Protects all counts of persons of one mart together.

Belongs here: the order in which its counts are protected, and what one of them means for another. Does not belong here:
how one count is protected (:mod:`eduplan.disclosure.suppression`), or writing what is published.

A part is protected before its whole. Where the persons are hidden that a count is a part of, the count is
hidden as well: then a person who changes places takes all that is counted of him along, and no published figure
changes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import duckdb
import numpy as np
import polars as pl

from eduplan.disclosure.figures import Cut, MartFigures
from eduplan.disclosure.quantities import OUTSIDE, Flags, Grouping, Ints, Quantities
from eduplan.disclosure.suppression import suppress
from eduplan.warehouse.slices import quoted

_DISTRICT = "division_code"


@dataclass(frozen=True)
class Counted:
    """How much of one count is left out in a year.

    Attributes:
        column: The count.
        year: The year, as the mart writes it.
        figures: Different figures that are published of it, but for those of nobody.
        small: Those that are too small themselves.
        hidden: Those that are left out.
    """

    column: str
    year: str
    figures: int
    small: int
    hidden: int


@dataclass
class Protection:
    """What is left out of everything that is published of one mart.

    Attributes:
        rows: The mart's key columns, in the order of the flags.
        hidden: For each cut and column, which rows belong to a hidden figure.
        counted: How much that is.
    """

    rows: pl.DataFrame
    hidden: dict[tuple[Cut, str], Flags] = field(default_factory=dict)
    counted: list[Counted] = field(default_factory=list)


def protect_mart(connection: duckdb.DuckDBPyConnection, figures: MartFigures, years: Collection[str]) -> Protection:
    """Decides what a release leaves out of some years of a mart; no figure has rows of two years.

    Args:
        connection: The working warehouse.
        figures: What is published of the mart.
        years: The years, as the mart writes them.
    """
    rows = _Rows.of(connection, figures, years)
    found = [_Mart(figures, rows, year, frame).protected() for year, frame in rows.by_year()]
    result = Protection(pl.concat([rows.keys_of(rows.frame[:0]), *(each.rows for each in found)]))
    for name in figures.thresholds:
        for cut in figures.cuts(name):
            flags = [np.zeros(0, dtype=bool), *(each.hidden[cut, name] for each in found)]
            result.hidden[cut, name] = np.concatenate(flags)
    result.counted = [count for each in found for count in each.counted]
    return result


@dataclass(frozen=True)
class _Rows:
    """The rows of a mart as protecting needs them.

    Attributes:
        frame: Key columns of all cuts as texts, the district, counts, and a flag for each scope.
        names: The key columns, the year first.
        scopes: The flag of each scope.
    """

    frame: pl.DataFrame
    names: list[str]
    scopes: dict[str, str]

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection, figures: MartFigures, years: Collection[str]) -> _Rows:
        every = [cut for name in figures.thresholds for cut in figures.cuts(name)]
        scopes = dict.fromkeys(cut.scope for cut in every if cut.scope)
        flag_of = {scope: f"_scope_{place}" for place, scope in enumerate(scopes)}
        names = list(dict.fromkeys(name for cut in every for name in cut.keys))
        has_places = _DISTRICT in {row[0] for row in connection.execute(f"describe {figures.model.table}").fetchall()}
        place = [f"cast({_DISTRICT} as varchar) as _place"] if has_places else []
        counts = [f"coalesce(cast({name} as bigint), 0) as {name}" for name in figures.thresholds]
        flags = [f"coalesce({scope}, false) as {name}" for scope, name in flag_of.items()]
        keys = [f"coalesce(cast({name} as varchar), '_U') as _key_{name}" for name in names]
        frame = connection.execute(
            f"select {', '.join([*keys, *place, *counts, *flags])} from {figures.model.table} "
            f"where {figures.year} in ({', '.join(map(quoted, sorted(years))) or 'null'}) "
            f"order by {', '.join(figures.model.header.key)}"
        ).pl()
        return cls(frame, names, flag_of)

    def by_year(self) -> list[tuple[str, pl.DataFrame]]:
        """The rows of each year. Years are protected one by one, so that none depends on what is done with others."""
        year = f"_key_{self.names[0]}"
        return [(each[year][0], each) for each in self.frame.sort(year, maintain_order=True).partition_by(year)]

    @staticmethod
    def keys_of(frame: pl.DataFrame) -> pl.DataFrame:
        """The key columns under their own names."""
        return frame.select(pl.col("^_key_.*$").name.map(lambda name: name.removeprefix("_key_")))


class _Mart:
    """One year of a mart."""

    def __init__(self, figures: MartFigures, rows: _Rows, year: str, frame: pl.DataFrame) -> None:
        self._figures, self._rows, self._year, self._frame = figures, rows, year, frame
        self._cuts = {name: figures.cuts(name) for name in figures.thresholds}
        self._codes = {name: _coded(frame[f"_key_{name}"]) for name in rows.names}
        self._blocks = self._codes[rows.names[0]]
        self._places = _coded(frame["_place"]) if "_place" in frame.columns else None
        self._groupings: dict[Cut, Grouping] = {}
        self._hidden: dict[str, dict[Cut, Flags]] = {name: {} for name in figures.thresholds}
        self._counted: dict[str, Counted] = {}
        self._proven: dict[str, dict[tuple[str, Cut], Ints]] = {name: {} for name in figures.thresholds}

    def protected(self) -> Protection:
        ordered = self._figures.parents_last()
        for name in ordered:
            self._protect(name)
        for name in reversed(ordered):
            if self._inherit(name):
                self._protect(name)
            while parts := [part for part in self._figures.divisions(name) if self._inherit(part)]:
                for part in parts:
                    self._protect(part)
                self._protect(name)
        counted = [self._counted[name] for name in self._figures.thresholds]
        result = Protection(self._rows.keys_of(self._frame), counted=counted)
        for name, found in self._hidden.items():
            for cut in self._cuts[name]:
                result.hidden[cut, name] = found[cut]
        return result

    def _inherit(self, name: str) -> bool:
        """Hides a part wherever its whole is hidden, and says whether that is more than was hidden already."""
        whole = self._whole(name)
        if whole not in self._hidden:
            return False
        more = False
        for cut, flags in self._hidden[name].items():
            if cut in self._hidden[whole]:
                joined = flags | self._hidden[whole][cut]
                more = more or bool((joined != flags).any())
                self._hidden[name][cut] = joined
        return more

    def _protect(self, name: str) -> None:
        """Protects one count, together with the parts that divide it."""
        threshold = self._figures.thresholds[name]
        divisions = self._figures.divisions(name)
        cuts = self._own_cuts(name)
        stack = _Stack(self._frame, name, divisions, self._whole(name))
        places: list[tuple[str, Cut]] = [(name, cut) for cut in cuts]
        groupings = [stack.whole(self._grouping(cut, name)) for cut in cuts]
        for number, part in enumerate(divisions):
            places += [(part, cut) for cut in self._cuts[part]]
            groupings += [stack.part(self._grouping(cut, part), number) for cut in self._cuts[part]]
        quantities = stack.quantities(groupings, self._blocks, self._places)
        must_hide = np.zeros(quantities.count, dtype=bool)
        proven = np.zeros(quantities.count, dtype=np.int64)
        for (owner, cut), grouping, of_figure in zip(places, groupings, quantities.of_figure, strict=True):
            if (owner, cut) in self._proven[name]:
                # Figures keep their numbers; a grouping that covers fewer rows than before may have fewer of them.
                earlier = self._proven[name][owner, cut][: len(of_figure)]
                np.maximum.at(proven, of_figure[: len(earlier)], earlier)
            known = self._hidden[owner].get(cut)
            if known is not None:
                rows = stack.rows_of(owner, known)
                must_hide[of_figure[np.unique(grouping.figure[rows & (grouping.figure >= 0)])]] = True
        found = suppress(quantities, threshold, must_hide=must_hide, proven=proven)
        for (owner, cut), of_figure, of_row in zip(places, quantities.of_figure, quantities.of_row, strict=True):
            hidden = stack.back((of_row >= 0) & found.is_hidden[of_row], owner)
            self._hidden[owner][cut] = hidden | self._hidden[owner].get(cut, False)
            self._proven[name][owner, cut] = found.width[of_figure]
        mine = np.unique(np.concatenate([quantities.of_figure[place] for place in range(len(cuts))]))
        mine = mine[quantities.capacity[mine] > 0]
        self._counted[name] = Counted(
            name, self._year, len(mine), int(found.is_primary[mine].sum()), int(found.is_hidden[mine].sum())
        )

    def _own_cuts(self, name: str) -> list[Cut]:
        """How a count is published, and how its parts are: where a part is told, so is that its whole is not less."""
        cuts = dict.fromkeys(self._cuts[name])
        for child in self._figures.children(name):
            cuts |= dict.fromkeys(self._cuts[child])
        return list(cuts)

    def _whole(self, name: str) -> str | None:
        """The persons that a count is a part of, where the mart has them."""
        text = self._figures.text(name)
        whole = (text.divides or text.of) if text else None
        return whole if whole in self._frame.columns else None

    def _grouping(self, cut: Cut, name: str) -> Grouping:
        if cut not in self._groupings:
            figure = _combined([self._codes[key] for key in cut.keys])
            if cut.scope:
                figure = np.where(self._frame[self._rows.scopes[cut.scope]].to_numpy(), figure, OUTSIDE)
            self._groupings[cut] = Grouping(figure)
        grouping = self._groupings[cut]
        if cut in self._cuts[name]:
            return grouping
        # Published of a part alone, and so far as the part is published.
        hidden = np.zeros(len(grouping.figure), dtype=bool)
        for child in self._figures.children(name):
            if cut in self._hidden[child]:
                hidden |= self._hidden[child][cut]
        return Grouping(np.where(hidden, OUTSIDE, grouping.figure))


class _Stack:
    """The rows of a mart once for each part that divides a count, and once for the rest of it."""

    def __init__(self, frame: pl.DataFrame, name: str, divisions: Sequence[str], whole: str | None) -> None:
        self._name, self._divisions, self._rows = name, list(divisions), len(frame)
        values = frame[name].to_numpy()
        parts = [frame[part].to_numpy() for part in divisions]
        left = values - np.sum(parts, axis=0) if parts else values
        self._values: Ints = np.concatenate([*parts, np.maximum(left, 0)])
        self._rest = self._most = None
        if whole is not None:
            rest = np.maximum(frame[whole].to_numpy() - values, 0)
            self._rest = np.concatenate([*[np.zeros(self._rows, dtype=np.int64)] * len(parts), rest])
            self._most = rest + self._values.reshape(-1, self._rows).sum(axis=0)

    def whole(self, grouping: Grouping) -> Grouping:
        return Grouping(np.tile(grouping.figure, len(self._divisions) + 1))

    def part(self, grouping: Grouping, number: int) -> Grouping:
        figure = np.full(len(self._values), OUTSIDE, dtype=np.int64)
        figure[number * self._rows : (number + 1) * self._rows] = grouping.figure
        return Grouping(figure)

    def quantities(self, groupings: Sequence[Grouping], blocks: Ints, places: Ints | None) -> Quantities:
        times = len(self._divisions) + 1
        return Quantities(
            self._values,
            groupings,
            most=self._most,
            rest=self._rest,
            blocks=np.tile(blocks, times),
            places=None if places is None else np.tile(places, times),
        )

    def rows_of(self, owner: str, flags: Flags) -> Flags:
        """Flags of the mart's rows, for the rows of the stack that are the owner's."""
        if owner == self._name:
            return np.tile(flags, len(self._divisions) + 1)
        wide = np.zeros(len(self._values), dtype=bool)
        number = self._divisions.index(owner)
        wide[number * self._rows : (number + 1) * self._rows] = flags
        return wide

    def back(self, flags: Flags, owner: str) -> Flags:
        """Flags of the stack's rows, for the mart's rows."""
        if owner == self._name:
            return np.asarray(flags.reshape(-1, self._rows).any(axis=0))
        number = self._divisions.index(owner)
        return flags[number * self._rows : (number + 1) * self._rows]


def _coded(texts: pl.Series) -> Ints:
    """The place of each text among all of them in order, the same in every process."""
    known = texts.unique().sort()
    return texts.replace_strict(known, pl.int_range(len(known), eager=True), return_dtype=pl.Int64).to_numpy()


def _combined(codes: Sequence[Ints]) -> Ints:
    """One number for each combination of codes, from 0."""
    combined = codes[0]
    for code in codes[1:]:
        combined = combined * (int(code.max(initial=0)) + 1) + code
        _, combined = np.unique(combined, return_inverse=True)
    _, numbers = np.unique(combined, return_inverse=True)
    return np.asarray(numbers.ravel(), dtype=np.int64)
