"""Protects all counts of persons of one mart together.

Belongs here: the order in which its counts are protected, and what one of them means for another. Does not belong here:
how one count is protected (:mod:`eduplan.disclosure.suppression`), or writing what is published.

A part is protected before its whole. Where the persons are hidden that a count is a part of, the count is
hidden as well: then a person who changes places takes all that is counted of him along, and no published figure
changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
import numpy as np
import polars as pl

from eduplan.disclosure.figures import Cut, MartFigures
from eduplan.disclosure.quantities import OUTSIDE, Flags, Grouping, Ints, Quantities
from eduplan.disclosure.suppression import suppress

_DISTRICT = "division_code"


@dataclass(frozen=True)
class Counted:
    """How much of one count is left out.

    Attributes:
        column: The count.
        figures: Different figures that are published of it, but for those of nobody.
        small: Those that are too small themselves.
        hidden: Those that are left out.
    """

    column: str
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


def protect_mart(connection: duckdb.DuckDBPyConnection, figures: MartFigures) -> Protection:
    """Decides what a release leaves out of a mart.

    Args:
        connection: The working warehouse.
        figures: What is published of the mart.
    """
    return _Mart(connection, figures).protected()


class _Mart:
    def __init__(self, connection: duckdb.DuckDBPyConnection, figures: MartFigures) -> None:
        self._figures = figures
        self._cuts = {name: figures.cuts(name) for name in figures.thresholds}
        every = [cut for cuts in self._cuts.values() for cut in cuts]
        scopes = dict.fromkeys(cut.scope for cut in every if cut.scope)
        self._scopes = {scope: f"_scope_{place}" for place, scope in enumerate(scopes)}
        names = list(dict.fromkeys(name for cut in every for name in cut.keys))
        has_places = _DISTRICT in {row[0] for row in connection.execute(f"describe {figures.model.table}").fetchall()}
        place = [f"cast({_DISTRICT} as varchar) as _place"] if has_places else []
        counts = [f"coalesce(cast({name} as bigint), 0) as {name}" for name in figures.thresholds]
        flags = [f"coalesce({scope}, false) as {name}" for scope, name in self._scopes.items()]
        keys = [f"coalesce(cast({name} as varchar), '_U') as _key_{name}" for name in names]
        self._frame = connection.execute(
            f"select {', '.join([*keys, *place, *counts, *flags])} from {figures.model.table} "
            f"order by {', '.join(figures.model.header.key)}"
        ).pl()
        self._codes = {name: _coded(self._frame[f"_key_{name}"]) for name in names}
        time = every[0].keys[0]
        self._blocks = self._codes[time]
        self._places = _coded(self._frame["_place"]) if has_places else None
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
        keys = self._frame.select(pl.col("^_key_.*$").name.map(lambda name: name.removeprefix("_key_")))
        result = Protection(keys, counted=[self._counted[name] for name in self._figures.thresholds])
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
            name, len(mine), int(found.is_primary[mine].sum()), int(found.is_hidden[mine].sum())
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
                figure = np.where(self._frame[self._scopes[cut.scope]].to_numpy(), figure, OUTSIDE)
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


def summary(protections: Mapping[str, Protection]) -> pl.DataFrame:
    """How much is left out, one row a mart and count."""
    rows = [
        {"mart": mart, "column": each.column, "figures": each.figures, "small": each.small, "hidden": each.hidden}
        for mart, protection in protections.items()
        for each in protection.counted
    ]
    schema = {"mart": pl.String, "column": pl.String, "figures": pl.Int64, "small": pl.Int64, "hidden": pl.Int64}
    return pl.DataFrame(rows, schema=schema)
