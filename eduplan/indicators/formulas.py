"""The query of an indicator's values, made from its declaration; one function a family of kinds.

Belongs here: numerators, denominators and values by cell. Does not belong here: coverage, targets, tables written.

Every query gives ``reference_year``, the cell, ``numerator``, ``denominator`` and ``obs_value``. Sums are exact
decimals, and terms are made decimals before they are added, so that a value does not depend on the order of rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

from eduplan.declarations.indicators import Indicator, IndicatorKind, Measure
from eduplan.indicators.grouping import (
    CellSet,
    cell_sets,
    columns_used,
    grouped_cell,
    grouping_sets,
    plain_cell,
    summed_by_cell,
)
from eduplan.indicators.marts import Marts, measure_of
from eduplan.indicators.tables import CELL

EXACT = "decimal(38, 6)"
"""Type of sums."""
_TERM = "decimal(38, 12)"
_KEY = ", ".join(["reference_year", *CELL])
_OneSet = Callable[[Indicator, CellSet, str], str]


def values_query(indicator: Indicator, marts: Marts, city_code: str) -> str:
    """The query of all values of an indicator that is not a change."""
    match indicator.kind:
        case IndicatorKind.DISTINCT:
            return _distinct(indicator, marts, city_code)
        case IndicatorKind.WEIGHTED_RATIO:
            return _by_set(indicator, marts, city_code, _weighted)
        case IndicatorKind.DISPERSION:
            return _by_set(indicator, marts, city_code, _dispersion)
        case IndicatorKind.QUOTIENT:
            return _quotient(indicator, marts, city_code)
        case _:
            return _sums(indicator, marts, city_code)


def _sums(indicator: Indicator, marts: Marts, city_code: str) -> str:
    """Sums of one or two marts by cell, in the years that every one of them has."""
    parts: dict[tuple[str, int], list[str]] = defaultdict(list)
    for side in ("numerator", "denominator"):
        if measure := measure_of(indicator, side):
            parts[(str(measure.mart), measure.year_offset)].append(side)
    queries = [
        _part(indicator, marts, city_code, f"part_{number}", marts.rows(mart, indicator, offset=offset), sides)
        for number, ((mart, offset), sides) in enumerate(parts.items())
    ]
    joined = "part_0" if len(parts) == 1 else f"part_0 full join part_1 using ({_KEY})"
    years = " and ".join(
        f"reference_year in (select reference_year from part_{number})" for number in range(len(parts))
    )
    denominator = "denominator" if measure_of(indicator, "denominator") else f"cast(null as {EXACT})"
    return (
        f"with {', '.join(queries)} select {_KEY}, numerator, {denominator} as denominator, "
        f"{value_of(indicator)} as obs_value from {joined} where {years}"
    )


def value_of(indicator: Indicator) -> str:
    """The value of a sum or of a ratio of sums, from its numerator and denominator."""
    if measure_of(indicator, "denominator") and indicator.kind is not IndicatorKind.COUNT:
        return f"cast(numerator * {indicator.scale} as double) / nullif(cast(denominator as double), 0)"
    return "cast(numerator as double)"


def _part(indicator: Indicator, marts: Marts, city_code: str, name: str, rows: str, sides: list[str]) -> str:
    """The sums of one mart by cell: first by all breakdowns at once, then those few rows by each grouping set."""
    sums = ", ".join(
        f"{_total(indicator, marts, side)} as {side}, {_rows(indicator, side)} as {side}_rows" for side in sides
    )
    totals = ", ".join(
        f"coalesce(sum({side}), case when sum({side}_rows) = 0 then cast(0 as {EXACT}) end) as {side}" for side in sides
    )
    return summed_by_cell(name, rows, sums, totals, cell_sets(indicator), city_code)


def _total(indicator: Indicator, marts: Marts, side: str) -> str:
    measure = measure_of(indicator, side)
    assert measure is not None  # noqa: S101 - the caller asks only for measures that exist
    return total(measure, marts.of_table(str(measure.mart), indicator), measure.where)


def total(measure: Measure, columns: Mapping[str, str], where: str | None) -> str:
    """An exact sum; whole numbers and decimals are added as they are, floating point is made exact first.

    Args:
        measure: What is added up.
        columns: Types of the columns of its mart.
        where: Condition of the rows that are meant.
    """
    chosen = f" filter (where {where})" if where else ""
    if columns.get(measure.column, "") in ("DOUBLE", "FLOAT"):
        return f"sum(cast({measure.column} as {EXACT})){chosen}"
    return f"cast(sum({measure.column}){chosen} as {EXACT})"


def _rows(indicator: Indicator, side: str) -> str:
    measure = measure_of(indicator, side)
    return row_count(measure.where if measure else None)


def row_count(where: str | None) -> str:
    """How many rows a measure means, with or without a value."""
    return f"count(*) filter (where {where})" if where else "count(*)"


def _sum(indicator: Indicator, marts: Marts, side: str) -> str:
    """A sum that is 0 where no row is meant and missing where rows are meant but none has a value."""
    empty = f"case when {_rows(indicator, side)} = 0 then cast(0 as {EXACT}) end"
    return f"coalesce({_total(indicator, marts, side)}, {empty})"


def _distinct(indicator: Indicator, marts: Marts, city_code: str) -> str:
    """Distinct keys seen up to and including each year."""
    measure = measure_of(indicator, "numerator")
    assert measure is not None  # noqa: S101 - the declaration guarantees it
    sets = cell_sets(indicator)
    used = columns_used(sets)
    rows = marts.rows(str(measure.mart), indicator, offset=measure.year_offset, where=measure.where)
    carried = ", ".join(f"found.{column}" for column in dict.fromkeys([*used, measure.column]))
    return (
        f"with found as ({rows}), years as (select distinct reference_year from found), "
        f"known as (select years.reference_year, {carried} from years "
        "join found on found.reference_year <= years.reference_year) "
        f"select reference_year, {grouped_cell(used, city_code)}, "
        f"cast(count(distinct {measure.column}) as {EXACT}) as numerator, cast(null as {EXACT}) as denominator, "
        f"cast(count(distinct {measure.column}) as double) as obs_value "
        f"from known group by grouping sets ({grouping_sets(sets, 'reference_year')})"
    )


def _quotient(indicator: Indicator, marts: Marts, city_code: str) -> str:
    """One group's ratio over another's, a/b over c/d: stored as ad over bc, so that their ratio is the value exactly.

    What is counted below the line (pupils) is a whole number.
    """
    assert indicator.quotient is not None  # noqa: S101 - the declaration guarantees it
    sets = cell_sets(indicator)
    used = columns_used(sets)
    groups = {"own": indicator.quotient.group, "other": indicator.quotient.others}
    measures = [(side, measure_of(indicator, side)) for side in ("numerator", "denominator")]
    sums = ", ".join(
        f"coalesce(sum({measure.column}) filter (where {group}), 0) as {name}_{side}"
        for name, group in groups.items()
        for side, measure in measures
        if measure
    )
    product = "cast({} as decimal(25, 6)) * cast({} as decimal(13, 0))"
    numerator = product.format("own_numerator", "other_denominator")
    denominator = product.format("other_numerator", "own_denominator")
    return (
        f"select {_KEY}, numerator, denominator, cast(numerator as double) * {indicator.scale} "
        f"/ nullif(cast(denominator as double), 0) as obs_value from ("
        f"select {_KEY}, cast({numerator} as {EXACT}) as numerator, cast({denominator} as {EXACT}) as denominator "
        f"from (select reference_year, {grouped_cell(used, city_code)}, {sums} "
        f"from ({marts.rows(str(indicator.mart), indicator)}) "
        f"group by grouping sets ({grouping_sets(sets, 'reference_year')})))"
    )


def _by_set(indicator: Indicator, marts: Marts, city_code: str, one_set: _OneSet) -> str:
    """One query a grouping set, for kinds that sum twice: within strata or units first, then over them."""
    fine = _fine_columns(indicator)
    used = list(dict.fromkeys([*columns_used(cell_sets(indicator)), *fine]))
    weight = indicator.weight or (indicator.dispersion.weight if indicator.dispersion else "")
    rows = (
        f"select reference_year, {', '.join(used)}, {_sum(indicator, marts, 'numerator')} as n, "
        f"{_sum(indicator, marts, 'denominator')} as d, sum(cast({weight} as {EXACT})) as w "
        f"from ({marts.rows(str(indicator.mart), indicator)}) group by all"
    )
    queries = [one_set(indicator, cells, plain_cell(cells, city_code)) for cells in cell_sets(indicator)]
    return f"with fine as materialized ({rows}) " + " union all ".join(f"({query})" for query in queries)


def _fine_columns(indicator: Indicator) -> list[str]:
    return indicator.dispersion.unit_key if indicator.dispersion else indicator.strata


def _summed(indicator: Indicator, cells: CellSet, cell: str) -> str:
    """Sums of each stratum or unit within each cell of a set."""
    columns = list(dict.fromkeys(["reference_year", *cells.columns, *_fine_columns(indicator)]))
    return (
        f"select reference_year, {cell}, n, d, w from (select {', '.join(columns)}, "
        "sum(n) as n, sum(d) as d, sum(w) as w from fine group by all)"
    )


def _weighted(indicator: Indicator, cells: CellSet, cell: str) -> str:
    """Strata rates weighted by the pupils of each stratum, over the strata that anything is known of."""
    return (
        f"select {_KEY}, cast(sum(term) as {EXACT}) as numerator, cast(sum(w) as {EXACT}) as denominator, "
        f"cast(sum(term) as double) * {indicator.scale} / nullif(cast(sum(w) as double), 0) as obs_value from ("
        f"select {_KEY}, case when d > 0 and n is not null then w end as w, "
        f"case when d > 0 then cast(cast(w * n as double) / cast(d as double) as {_TERM}) end as term "
        f"from ({_summed(indicator, cells, cell)})) group by all"
    )


_INDEX = {
    "coefficient_of_variation": ("w * (r - 1) * (r - 1)", "sqrt(cast(sum(term) as double) / cast(sum(w) as double))"),
    "theil_t": ("w * case when r = 0 then 0 else r * ln(r) end", "cast(sum(term) as double) / cast(sum(w) as double)"),
    "theil_l": ("-w * ln(nullif(r, 0))", "cast(sum(term) as double) / cast(sum(w) as double)"),
}


def _dispersion(indicator: Indicator, cells: CellSet, cell: str) -> str:
    """Spread of unit values about their weighted mean; ``r`` is a unit's value as a multiple of that mean.

    The stored numerator is the index times the weight, so that numerator / denominator gives the index.
    """
    assert indicator.dispersion is not None  # noqa: S101 - the declaration guarantees it
    if indicator.dispersion.method == "gini":
        return _gini(indicator, cells, cell)
    if indicator.dispersion.method == "dissimilarity":
        return _dissimilarity(indicator, cells, cell)
    term, index = _INDEX[indicator.dispersion.method]
    units = (
        f"select {_KEY}, cast(w as double) as w, cast(n as double) / cast(d as double) as x "
        f"from ({_summed(indicator, cells, cell)}) where d > 0 and w > 0 and n is not null"
    )
    means = f"select *, sum(cast(w * x as {_TERM})) over cell as wx, sum(cast(w as {_TERM})) over cell as total "
    relative = f"select {_KEY}, w, x * cast(total as double) / nullif(cast(wx as double), 0) as r "
    terms = f"select {_KEY}, cast(w as {_TERM}) as w, cast({term} as {_TERM}) as term "
    known = "count(term) = count(*)"
    return (
        f"select {_KEY}, case when {known} then cast({index} * cast(sum(w) as double) as {EXACT}) end as numerator, "
        f"cast(sum(w) as {EXACT}) as denominator, case when {known} then {index} * {indicator.scale} end as obs_value "
        f"from ({terms} from ({relative} from ({means} from ({units}) window cell as (partition by {_KEY})))) "
        "group by all"
    )


def _gini(indicator: Indicator, cells: CellSet, cell: str) -> str:
    """One less twice the area under the Lorenz curve: units in order of their value, each as wide as its weight."""
    units = (
        f"select {_KEY}, cast(w as {_TERM}) as w, cast(n as double) / cast(d as double) as x, "
        f"cast(cast(w as double) * cast(n as double) / cast(d as double) as {_TERM}) as y "
        f"from ({_summed(indicator, cells, cell)}) where d > 0 and w > 0 and n is not null"
    )
    ordered = (
        f"select *, sum(y) over (partition by {_KEY} order by x, w, y rows unbounded preceding) as up_to from ({units})"
    )
    terms = (
        f"select {_KEY}, w, y, cast(cast(w as double) * (2 * cast(up_to as double) - cast(y as double)) as {_TERM}) "
        f"as term from ({ordered})"
    )
    index = "greatest(1 - cast(sum(term) as double) / nullif(cast(sum(w) as double) * cast(sum(y) as double), 0), 0)"
    return _indexed(indicator, f"case when sum(y) > 0 then {index} end", terms)


def _dissimilarity(indicator: Indicator, cells: CellSet, cell: str) -> str:
    """Half the sum of differences between a unit's share of the group and its share of everybody else."""
    units = (
        f"select {_KEY}, cast(w as {_TERM}) as w, n, d - n as others, sum(n) over cell as group_total, "
        f"sum(d - n) over cell as other_total from ({_summed(indicator, cells, cell)}) "
        f"where d > 0 and w > 0 and n is not null window cell as (partition by {_KEY})"
    )
    shares = (
        "cast(n as double) / nullif(cast(group_total as double), 0) "
        "- cast(others as double) / nullif(cast(other_total as double), 0)"
    )
    terms = f"select {_KEY}, w, cast(abs({shares}) / 2 as {_TERM}) as term from ({units})"
    return _indexed(indicator, "case when count(term) = count(*) then cast(sum(term) as double) end", terms)


def _indexed(indicator: Indicator, index: str, terms: str) -> str:
    """An index by cell, with the index times the weight as numerator and the weight as denominator."""
    return (
        f"select {_KEY}, cast({index} * cast(sum(w) as double) as {EXACT}) as numerator, "
        f"cast(sum(w) as {EXACT}) as denominator, {index} * {indicator.scale} as obs_value from ({terms}) group by all"
    )
