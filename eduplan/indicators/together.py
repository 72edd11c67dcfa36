"""One query for all indicators that add up the rows of one mart: it is read once, and its cells are named once.

Belongs here: which indicators go together, and their query. Does not belong here: what a numerator, a value or its
coverage is (``formulas``, ``coverage``); this gives the same rows as those do for one indicator.

Three hundred indicators over some eighty marts share most of their sums, their cells and their coverage. Planning a
query takes longer than running it over a mart of a small city.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence

from eduplan.declarations.indicators import Indicator, IndicatorKind
from eduplan.indicators.coverage import CoverageCounts, counted_units
from eduplan.indicators.formulas import EXACT, row_count, total, value_of
from eduplan.indicators.grouping import CellSet, cell_sets, summed_by_cell
from eduplan.indicators.marts import Marts, measure_of
from eduplan.indicators.tables import CELL

Row = Callable[[Indicator], str]
"""The select list of an indicator's rows, from the columns of its values."""

_APART = (
    IndicatorKind.CHANGE,
    IndicatorKind.DISTINCT,
    IndicatorKind.WEIGHTED_RATIO,
    IndicatorKind.DISPERSION,
    IndicatorKind.QUOTIENT,
)
"""Kinds that do more than add up rows."""

_SIDES = ("numerator", "denominator")


def together(indicators: Iterable[Indicator], marts: Marts) -> list[list[Indicator]]:
    """The indicators in groups that one query computes; one that sums otherwise is a group of its own."""
    groups: dict[tuple[object, ...], list[Indicator]] = defaultdict(list)
    for indicator in indicators:
        groups[_sums_of(indicator, marts) or (indicator.code,)].append(indicator)
    return list(groups.values())


def is_sum(indicator: Indicator) -> bool:
    """Whether an indicator does no more than add up the rows of one mart in one year."""
    return indicator.kind not in _APART and indicator.sample is None and len(_parts(indicator)) == 1


def _parts(indicator: Indicator) -> set[tuple[str, int]]:
    measures = [measure_of(indicator, side) for side in _SIDES]
    return {(str(measure.mart), measure.year_offset) for measure in measures if measure}


def _sums_of(indicator: Indicator, marts: Marts) -> tuple[object, ...] | None:
    """The mart and the year of each of its rows, where the indicator is a plain sum."""
    if not is_sum(indicator):
        return None
    ((mart, offset),) = _parts(indicator)
    return mart, offset, marts.year(mart, indicator)


class _Sums:
    """Sums over the rows of a mart, each worked out once however many indicators use it."""

    def __init__(self, indicators: Sequence[Indicator]) -> None:
        scopes = {indicator.where for indicator in indicators}
        self.scope = next(iter(scopes)) if len(scopes) == 1 else None
        self.is_shared = len(scopes) == 1
        self._names: dict[str, str] = {}

    def name(self, expression: str) -> str:
        return self._names.setdefault(expression, f"sum_{len(self._names)}")

    def condition(self, indicator: Indicator, where: str | None) -> str | None:
        """The condition of a row to be added up; a scope that all indicators share is one of the query already."""
        scope = None if self.is_shared else indicator.where
        return " and ".join(f"({text})" for text in (scope, where) if text) or None

    @property
    def listed(self) -> str:
        return ", ".join(f"{expression} as {name}" for expression, name in self._names.items())

    @property
    def totals(self) -> str:
        return ", ".join(f"sum({name}) as {name}" for name in self._names.values())


def values_of_all(
    indicators: Sequence[Indicator],
    marts: Marts,
    city_code: str,
    counts: CoverageCounts,
    row: Row,
    years: Collection[int] | None = None,
) -> str:
    """The query of the values of indicators that go together, with their coverage.

    Args:
        indicators: Indicators that :func:`together` put into one group, plain sums all of them.
        marts: The columns of the marts.
        city_code: Code of the whole area.
        counts: Counts of reported and expected units, shared with other queries.
        row: What is selected of each indicator's values.
        years: The reference years to compute; all by default.
    """
    sums = _Sums(indicators)
    sets = list(dict.fromkeys(cells for indicator in indicators for cells in cell_sets(indicator)))
    numbers = {cells: number for number, cells in enumerate(sets)}
    branches: dict[tuple[str, str] | None, list[str]] = defaultdict(list)
    for indicator in indicators:
        chosen = ", ".join(str(numbers[cells]) for cells in dict.fromkeys(cell_sets(indicator)))
        scope = sums.condition(indicator, None)
        exists = f" and {sums.name(row_count(scope))} > 0" if scope else ""
        values = (
            f"select {row(indicator)} from (select *, {value_of(indicator)} as obs_value from (select reference_year, "
            f"{', '.join(CELL)}, {', '.join(_side(indicator, marts, sums, side) for side in _SIDES)} "
            f"from totals where cells in ({chosen}){exists}))"
        )
        branches[counted_units(indicator, marts, city_code, counts, years)].append(values)
    found = []
    for counted, some in branches.items():
        union = " union all ".join(some)
        if counted is None:
            found.append(f"select *, cast(null as bigint) as units_reported, cast(null as bigint) as units_expected "
                         f"from ({union})")  # fmt: skip
        else:
            relation, same = counted
            found.append(
                f"select found.*, counted.units_reported, counted.units_expected from ({union}) as found "
                f"left join {relation} as counted on {same}"
            )
    return f"with {_totals(indicators, marts, city_code, sums, numbers, years)} {' union all '.join(found)}"


def _side(indicator: Indicator, marts: Marts, sums: _Sums, side: str) -> str:
    """A numerator or denominator: 0 where no row is meant and missing where rows are meant but none has a value."""
    measure = measure_of(indicator, side)
    if measure is None:
        return f"cast(null as {EXACT}) as {side}"
    condition = sums.condition(indicator, measure.where)
    added = sums.name(total(measure, marts.of_table(str(measure.mart), indicator), condition))
    rows = sums.name(row_count(condition))
    return f"coalesce({added}, case when {rows} = 0 then cast(0 as {EXACT}) end) as {side}"


def _totals(
    indicators: Sequence[Indicator],
    marts: Marts,
    city_code: str,
    sums: _Sums,
    numbers: dict[CellSet, int],
    years: Collection[int] | None,
) -> str:
    """The sums by cell: first by all breakdowns at once, then those few rows by each grouping set."""
    ((mart, offset),) = _parts(indicators[0])
    scopes = dict.fromkeys(indicator.where for indicator in indicators)
    where = None if None in scopes else " or ".join(f"({scope})" for scope in scopes)
    rows = marts.rows(mart, indicators[0].model_copy(update={"where": None}), offset=offset, where=where)
    rows = marts.of_years(rows, years)
    return summed_by_cell(
        "totals",
        rows,
        sums.listed,
        sums.totals,
        numbers,
        city_code,
        set_number=lambda sets, used: _number(sets, used, numbers),
    )


def _number(sets: Sequence[CellSet], used: Sequence[str], numbers: dict[CellSet, int]) -> str:
    """The number of the grouping set that a row of ``group by grouping sets`` comes from."""
    if len(sets) == 1:
        return str(numbers[sets[0]])
    of_mask = {
        sum(1 << place for place, column in enumerate(reversed(used)) if column not in cells.columns): numbers[cells]
        for cells in sets
    }
    return f"case grouping({', '.join(used)}) " + " ".join(
        f"when {mask} then {number}" for mask, number in of_mask.items()
    ) + " end"  # fmt: skip
