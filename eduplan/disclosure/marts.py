"""One year of a mart that counts persons: its rows, how they are published, and what is hidden of that so far.

Belongs here: reading rows, and what one count of a mart means for another. Does not belong here: which figures are
hidden (:mod:`eduplan.disclosure.systems`), or in which order that is decided (:mod:`eduplan.disclosure.clusters`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
import numpy as np
import polars as pl

from eduplan.disclosure.figures import WEIGHTED_RATIO, Cut, Index, MartFigures
from eduplan.disclosure.indices import Units, derivatives
from eduplan.disclosure.links import mixed
from eduplan.disclosure.quantities import OUTSIDE, Flags, Floats, Ints
from eduplan.warehouse.slices import quoted

PLACE = "_place"
"""Name of the district among the codes of rows."""
TODAY = "_now"
"""End of the name of a column that says of today what the column without it says of the year before."""
_DISTRICT = "division_code"
_KEY = "_key_"
_AMOUNT = "_amount_"


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
    """What is left out of everything that is published of some years of a mart.

    Attributes:
        rows: The mart's key columns, in the order of the flags.
        hidden: For each cut and column, which rows belong to a hidden figure.
        covered: For each cut, which rows it has.
        decimals: For each cut of an index, how many decimals are told of it in each row.
        counted: How much that is.
    """

    rows: pl.DataFrame
    hidden: dict[tuple[Cut, str], Flags] = field(default_factory=dict)
    covered: dict[Cut, Flags] = field(default_factory=dict)
    decimals: dict[Cut, Ints] = field(default_factory=dict)
    counted: list[Counted] = field(default_factory=list)

    @classmethod
    def together(cls, found: Sequence[Protection]) -> Protection:
        """Several years as one; the first names all cuts."""
        hidden = {each: np.concatenate([year.hidden[each] for year in found]) for each in found[0].hidden}
        covered = {cut: np.concatenate([year.covered[cut] for year in found]) for cut in found[0].covered}
        decimals = {cut: np.concatenate([year.decimals[cut] for year in found]) for cut in found[0].decimals}
        counted = [count for year in found for count in year.counted]
        return cls(pl.concat([year.rows for year in found]), hidden, covered, decimals, counted)


@dataclass(frozen=True)
class MartRows:
    """The rows of a mart as protecting needs them.

    Attributes:
        figures: What is published of them.
        frame: Key columns of all cuts as texts, the district, counts, what indices are made of as it is, and a flag
            for each scope.
        names: The key columns of cuts, the year first.
        scopes: The flag of each scope.
    """

    figures: MartFigures
    frame: pl.DataFrame
    names: list[str]
    scopes: dict[str, str]

    @classmethod
    def of(
        cls,
        connection: duckdb.DuckDBPyConnection,
        figures: MartFigures,
        years: Collection[str],
        linking: Collection[str] = (),
    ) -> MartRows:
        """Reads the rows of some years.

        Args:
            connection: The working warehouse.
            figures: What is published of the mart.
            years: The years, as the mart writes them.
            linking: Columns by which other marts tell their rows apart.
        """
        every = [cut for name in figures.thresholds for cut in figures.cuts(name)]
        every += [figures.cells] if figures.cells else []
        indices = dict.fromkeys(cut.index for cut in every if cut.index)
        measures = [each for index in indices for each in (index.numerator, index.denominator, (index.weight, None))]
        scopes = dict.fromkeys(
            scope for scope in [*(cut.scope for cut in every), *(where for _, where in measures)] if scope
        )
        flag_of = {scope: f"_scope_{place}" for place, scope in enumerate(scopes)}
        names = list(dict.fromkeys(name for cut in every for name in cut.keys))
        has = {row[0] for row in connection.execute(f"describe {figures.model.table}").fetchall()}
        further = [name for name in sorted({*figures.model.header.key, *linking} & has) if name not in names]
        place = [f"cast({_DISTRICT} as varchar) as {PLACE}"] if _DISTRICT in has else []
        counts = [f"coalesce(cast({name} as bigint), 0) as {name}" for name in figures.thresholds]
        flags = [f"coalesce({scope}, false) as {name}" for scope, name in flag_of.items()]
        keys = [f"coalesce(cast({name} as varchar), '_U') as {_KEY}{name}" for name in [*names, *further]]
        amounts = [f"cast({name} as double) as {_AMOUNT}{name}" for name in dict.fromkeys(name for name, _ in measures)]
        frame = connection.execute(
            f"select {', '.join([*keys, *place, *counts, *amounts, *flags])} from {figures.model.table} "
            f"where {figures.year} in ({', '.join(map(quoted, sorted(years))) or 'null'}) "
            f"order by {', '.join(figures.model.header.key)}"
        ).pl()
        return cls(figures, frame, names, flag_of)

    def nothing(self) -> Protection:
        """What is left out of no rows."""
        cuts = {(cut, name) for name in self.figures.thresholds for cut in self.figures.cuts(name)}
        none = np.zeros(0, dtype=bool)
        decimals = {cut: np.zeros(0, dtype=np.int64) for cut, _ in cuts if cut.index}
        return Protection(
            self.keys_of_cuts().head(0), dict.fromkeys(cuts, none), {cut: none for cut, _ in cuts}, decimals
        )

    def by_year(self) -> dict[str, MartRows]:
        """The rows of each year."""
        year = f"{_KEY}{self.names[0]}"
        frames = self.frame.sort(year, maintain_order=True).partition_by(year)
        return {each[year][0]: MartRows(self.figures, each, self.names, self.scopes) for each in frames}

    def texts(self) -> dict[str, pl.Series]:
        """The key columns, and the district, by name."""
        keys = {name.removeprefix(_KEY): self.frame[name] for name in self.frame.columns if name.startswith(_KEY)}
        return keys | ({PLACE: self.frame[PLACE].fill_null("_U")} if PLACE in self.frame.columns else {})

    def keys_of_cuts(self) -> pl.DataFrame:
        """The key columns of cuts under their own names."""
        return self.frame.select(pl.col(f"{_KEY}{name}").alias(name) for name in self.names)


@dataclass(frozen=True)
class _Measured:
    """An index of the rows of a mart.

    Attributes:
        is_inside: Which rows it is made of.
        value: Its value for the cell of each row.
        moved: For each of its columns how far one more in a row moves it.
    """

    is_inside: Flags
    value: Floats
    moved: dict[str, Floats]


class MartYear:
    """One year of a mart while it is decided what is left out of it.

    Args:
        year: The year, as the mart writes it.
        rows: Its rows.
        codes: The code of each row's value of each key column and of the district.
    """

    def __init__(self, year: str, rows: MartRows, codes: Mapping[str, Ints]) -> None:
        self.figures, self.year, self.codes = rows.figures, year, codes
        self._rows = rows
        self._cuts = {name: self.figures.cuts(name) for name in self.figures.thresholds}
        self._figure_of_row: dict[Cut, Ints] = {}
        self._indices: dict[Cut, _Measured] = {}
        self.hidden: dict[str, dict[Cut, Flags]] = {
            name: {cut: np.full(self.size, self.figures.is_withheld(name) and cut.is_sum) for cut in cuts}
            for name, cuts in self._cuts.items()
        }
        """For each count and cut, the rows whose figure is hidden."""
        self._decimals: dict[Cut, Ints] = {}

    @property
    def size(self) -> int:
        """How many rows there are."""
        return len(self._rows.frame)

    @property
    def time(self) -> str:
        """The column of the year."""
        return self._rows.names[0]

    @property
    def key(self) -> tuple[str, ...]:
        """Columns that tell its rows apart, without the time."""
        return tuple(name for name in self.figures.model.header.key if name != self.time)

    def values(self, name: str) -> Ints:
        """A count in each row."""
        return self._rows.frame[name].to_numpy()

    def whole(self, name: str) -> str | None:
        """The persons that a count is a part of, where the mart has them."""
        text = self.figures.text(name)
        whole = (text.divides or text.of) if text else None
        return whole if whole in self._rows.frame.columns else None

    def published(self, name: str) -> dict[Cut, Ints]:
        """How a count is published: for each cut the figure of each row.

        Where a part is told, so is that its whole is not less: the cuts of its parts are cuts of a count, so far as the
        parts are told.
        """
        found = self.of_part(name)
        for part in [] if self.figures.is_withheld(name) else self.figures.children(name):
            for cut in self._cuts[part]:
                if cut.is_sum and cut not in found:
                    found[cut] = self._told_of_parts(cut, name)
        return found

    def of_part(self, name: str) -> dict[Cut, Ints]:
        """How a part is published by itself."""
        return {cut: self._figures(cut) for cut in self._cuts[name] if cut.is_sum}

    @property
    def cells(self) -> Ints | None:
        """Of a mart that follows persons, the cell of each row where they were; ``OUTSIDE`` for who was nowhere."""
        return self._figures(self.figures.cells) if self.figures.cells else None

    def indices(self, name: str) -> Iterator[tuple[Cut, Index, Ints, Floats, Floats]]:
        """The indices that are made of a count: figure and value of each row, and how far a person in it moves that."""
        for cut in self._cuts[name]:
            if cut.index and not cut.is_sum:
                found, scale = self._measured(cut, cut.index), cut.index.scale
                yield cut, cut.index, self._figures(cut), found.value * scale, found.moved[name] * scale

    def inherit(self, name: str) -> bool:
        """Hides a part wherever its whole is hidden, and says whether that is more than was hidden already."""
        whole = self.whole(name)
        if whole not in self.hidden or self.figures.is_withheld(whole):
            return False
        more = False
        for cut, flags in self.hidden[name].items():
            if cut in self.hidden[whole]:
                joined = flags | self.hidden[whole][cut]
                more = more or bool((joined != flags).any())
                self.hidden[name][cut] = joined
        return more

    def hide(self, name: str, cut: Cut, rows: Flags) -> bool:
        """Hides figures, and says whether that is more than was hidden already."""
        known = self.hidden[name].get(cut, np.zeros(self.size, dtype=bool))
        self.hidden[name][cut] = known | rows
        return bool((rows & ~known).any())

    def round(self, cut: Cut, decimals: Ints) -> None:
        """Says how many decimals are told of an index in each row, if that is less than was said before."""
        self._decimals[cut] = np.minimum(decimals, self._decimals.get(cut, decimals))

    def protection(self, counted: list[Counted]) -> Protection:
        """What is left out."""
        hidden = {(cut, name): self.hidden[name][cut] for name, cuts in self._cuts.items() for cut in cuts}
        covered = {cut: self._figures(cut) >= 0 for cut, _ in hidden}
        of_index = {cut: cut.index.decimals for cut in covered if cut.index}
        decimals = {
            cut: self._decimals.get(cut, np.full(self.size, most, dtype=np.int64)) for cut, most in of_index.items()
        }
        return Protection(self._rows.keys_of_cuts(), hidden, covered, decimals, counted)

    def _figures(self, cut: Cut) -> Ints:
        if cut not in self._figure_of_row:
            figure = self._numbers(cut.keys)
            is_inside = self._measured(cut, cut.index).is_inside if cut.index else self._in_scope(cut.scope)
            self._figure_of_row[cut] = np.where(is_inside, figure, OUTSIDE)
        return self._figure_of_row[cut]

    def _numbers(self, keys: Sequence[str]) -> Ints:
        """A number for each combination of keys, from 0 and without gaps."""
        _, numbers = np.unique(mixed([self.codes[key] for key in keys], self.size), return_inverse=True)
        return np.asarray(numbers.ravel(), dtype=np.int64)

    def _measured(self, cut: Cut, index: Index) -> _Measured:
        """The index of a cut, and how far it moves with one more of each count in each row."""
        if cut in self._indices:
            return self._indices[cut]
        unit = self._numbers((*cut.keys, *index.units))
        size = int(unit.max(initial=OUTSIDE)) + 1
        cell = np.zeros(size, dtype=np.int64)
        cell[unit] = self._numbers(cut.keys)
        roles = {"n": index.numerator, "d": index.denominator, "w": (index.weight, None)}
        meant, sums, is_known = {}, {}, {}
        for role, (name, where) in roles.items():
            amounts = self._rows.frame[f"{_AMOUNT}{name}"].to_numpy()
            meant[role] = self._in_scope(cut.scope) & self._in_scope(where) & ~np.isnan(amounts)
            sums[role] = _summed(unit[meant[role]], amounts[meant[role]], size)
            is_known[role] = np.bincount(unit[meant[role]], minlength=size) > 0
        is_unit = is_known["n"] & (sums["d"] > 0)
        if index.method != WEIGHTED_RATIO:
            is_unit &= sums["w"] > 0
        found = derivatives(index.method, Units(cell[is_unit], *(sums[role][is_unit] for role in roles)))
        moved = {name: np.zeros(self.size) for name, _ in roles.values()}
        for role, (name, _) in roles.items():
            moved[name] += np.where(meant[role], _spread(is_unit, getattr(found, role))[unit], 0.0)
        inside = self._in_scope(cut.scope) & is_unit[unit]
        self._indices[cut] = _Measured(inside, _spread(is_unit, found.value)[unit], moved)
        return self._indices[cut]

    def _in_scope(self, scope: str | None) -> Flags:
        return (
            np.ones(self.size, dtype=bool) if scope is None else self._rows.frame[self._rows.scopes[scope]].to_numpy()
        )

    def _told_of_parts(self, cut: Cut, name: str) -> Ints:
        hidden = np.zeros(self.size, dtype=bool)
        for part in self.figures.children(name):
            if cut in self.hidden[part]:
                hidden |= self.hidden[part][cut]
        return np.where(hidden, OUTSIDE, self._figures(cut))


def _summed(groups: Ints, numbers: Floats, size: int) -> Floats:
    return np.bincount(groups, numbers, size).astype(np.float64)


def _spread(chosen: Flags, numbers: Floats) -> Floats:
    """Numbers of the chosen among all, and nothing for the others."""
    found = np.zeros(len(chosen))
    found[chosen] = numbers
    return found
