"""The cells that an indicator has values for: areas crossed with one breakdown at a time.

Belongs here: grouping sets, the columns they give, and summing by them. Does not belong here: what is summed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from eduplan.declarations.indicators import DIMENSION_COLUMNS, Dimension, Indicator
from eduplan.indicators.tables import DIMENSIONS, TOTAL, UNKNOWN
from eduplan.warehouse.slices import quoted

LEVELS = {"city": None, "district": "division_code", "town": "town_code", "school": "school_code"}
"""Mart column that names the areas of each level, the widest first."""

UNITS = ("town", "school")
"""Levels whose areas are too small to be broken down further."""


@dataclass(frozen=True)
class CellSet:
    """One grouping set: a level of area and the breakdowns that its cells have.

    Attributes:
        level: ``city``, ``district``, ``town`` or ``school``.
        dimensions: Breakdown columns, in the order of :data:`DIMENSIONS`.
    """

    level: str
    dimensions: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Mart columns that the set groups by."""
        area = LEVELS[self.level]
        return ((area,) if area else ()) + self.dimensions

    def within(self, columns: Collection[str]) -> CellSet | None:
        """The set as a mart with these columns can count it; None if it does not know such areas."""
        area = LEVELS[self.level]
        if area and area not in columns:
            return None
        return CellSet(self.level, tuple(name for name in self.dimensions if name in columns))


def cell_sets(indicator: Indicator) -> list[CellSet]:
    """The grouping sets of an indicator: its areas crossed with no breakdown or one; a school or town without any."""
    always = {DIMENSION_COLUMNS[dimension] for dimension in indicator.always_by}
    listed = set(indicator.disaggregations)
    single = [
        DIMENSION_COLUMNS[dimension] for dimension in Dimension if dimension in listed and dimension not in _AREAS
    ]
    breakdowns = [always, *({*always, column} for column in single if column not in always)]
    levels = ["city"] + (["district"] if Dimension.DISTRICT in listed else [])
    sets = [CellSet(level, _ordered(breakdown)) for level in levels for breakdown in breakdowns]
    sets += [CellSet("city", _ordered({*always, DIMENSION_COLUMNS[each]})) for each in indicator.city_breakdowns]
    sets += [CellSet(level, _ordered(always)) for level in UNITS if level in listed]
    return sets


_AREAS = (Dimension.DISTRICT, Dimension.TOWN, Dimension.SCHOOL)


def _ordered(columns: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in DIMENSIONS if name in columns)


def columns_used(sets: Collection[CellSet]) -> list[str]:
    """Every mart column that some of the sets group by."""
    return sorted({column for cells in sets for column in cells.columns})


def grouped_cell(used: Collection[str], city_code: str) -> str:
    """Select list that names the cell of a row of ``group by grouping sets``."""
    named = [(level, column) for level, column in reversed(LEVELS.items()) if column in used]
    levels = " ".join(f"when grouping({column}) = 0 then '{level}'" for level, column in named)
    areas = " ".join(f"when grouping({column}) = 0 then coalesce({column}, '{UNKNOWN}')" for _, column in named)
    city = quoted(city_code)
    level = f"case {levels} else 'city' end" if levels else "'city'"
    area = f"case {areas} else {city} end" if areas else city
    texts = [
        f"case grouping({name}) when 0 then coalesce(cast({name} as varchar), '{UNKNOWN}') else '{TOTAL}' end as {name}"
        if name in used
        else f"'{TOTAL}' as {name}"
        for name in DIMENSIONS
    ]
    return ", ".join([f"{level} as ref_area_level", f"{area} as ref_area", *texts])


def plain_cell(cells: CellSet, city_code: str) -> str:
    """Select list that names the cell of a row of one set's ``group by``."""
    column = LEVELS[cells.level]
    area = f"coalesce(cast({column} as varchar), '{UNKNOWN}')" if column else quoted(city_code)
    texts = [
        f"coalesce(cast({name} as varchar), '{UNKNOWN}') as {name}"
        if name in cells.dimensions
        else f"'{TOTAL}' as {name}"
        for name in DIMENSIONS
    ]
    return ", ".join([f"'{cells.level}' as ref_area_level", f"{area} as ref_area", *texts])


def grouping_sets(sets: Collection[CellSet], period: str) -> str:
    """The ``grouping sets`` clause, each with the period."""
    unique = dict.fromkeys(cells.columns for cells in sets)
    return ", ".join("(" + ", ".join([period, *columns]) + ")" for columns in unique)


def summed_by_cell(
    name: str,
    rows: str,
    sums: str,
    totals: str,
    sets: Collection[CellSet],
    city_code: str,
    *,
    set_number: Callable[[Sequence[CellSet], Sequence[str]], str] | None = None,
) -> str:
    """Table expressions that sum rows by cell: first by all breakdowns at once, then those few rows by each set.

    Units are summed apart from areas, for the sets of areas need far fewer rows than those of units.

    Args:
        name: What the last expression is called; its columns are the year, the cell, and the totals.
        rows: Query of the rows.
        sums: Select list of the sums over rows.
        totals: Select list of the sums over those.
        sets: The sets of cells.
        city_code: Code of the whole area.
        set_number: SQL of a further column ``cells`` that says which set a row is of, from sets and columns used.
    """
    kinds = {f"{level}s": [cells for cells in sets if cells.level == level] for level in UNITS}
    kinds["areas"] = [cells for cells in sets if cells.level not in UNITS]
    fine, coarse = [], []
    for kind, some in kinds.items():
        if some:
            used = columns_used(some)
            number = f"{set_number(some, used)} as cells, " if set_number else ""
            fine.append(
                f"{name}_{kind} as (select {', '.join(['reference_year', *used])}, {sums} from ({rows}) group by all)"
            )
            coarse.append(
                f"select reference_year, {grouped_cell(used, city_code)}, {number}{totals} from {name}_{kind} "
                f"group by grouping sets ({grouping_sets(some, 'reference_year')})"
            )
    how = "as materialized" if set_number else "as"
    return f"{', '.join(fine)}, {name} {how} ({' union all '.join(coarse)})"
