"""From a published value down to what it was counted from.

Belongs here: finding everything that stands behind a value, in a release or in the working warehouse. Does not belong
here: computing anything anew, or showing it.

It needs ``plan.indicators``, ``plan.indicator_values``, ``plan.status``, ``plan.targets``, ``plan.areas``,
``plan.lineage`` and the batches, which a release holds as ``about.batches`` and the working warehouse as
``landing.batches``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from eduplan.errors import UnknownName
from eduplan.indicators.tables import CELL, DIMENSIONS, TOTAL
from eduplan.near import names_there_are

Row = dict[str, Any]

KNOWN = ("A", "Q")
"""``obs_status`` of a value that is known; a release does not tell one that is suppressed."""


@dataclass(frozen=True)
class MeasureUse:
    """How one side of an indicator is made.

    Attributes:
        side: ``numerator`` or ``denominator``.
        mart: Qualified mart.
        column: Column that is summed.
        where: Which rows, the indicator's own condition included.
        year_offset: Years that it lies before or after the value.
    """

    side: str
    mart: str
    column: str
    where: str | None
    year_offset: int


@dataclass(frozen=True)
class Explanation:
    """Everything behind the values of one indicator for one area and period.

    Attributes:
        indicator: Its row of the dictionary.
        area: The area's row of ``plan.areas``, or its code alone.
        period: The period.
        values: The values; several where the indicator is never totalled over a dimension.
        history: The values of every period, the chosen one included.
        statuses: What the values were judged by, one row a target.
        measures: How numerator and denominator are made.
        base: For a change, the two values that it compares.
        tables: Every table below the marts with those that it reads.
        sources: The sources at the bottom.
        batches: The files of those sources for the years that the value looks at.
    """

    indicator: Row
    area: Row
    period: str
    values: list[Row]
    history: list[Row]
    statuses: list[Row]
    measures: list[MeasureUse]
    base: list[Row]
    tables: dict[str, list[str]]
    sources: list[str]
    batches: list[Row]


def explain(
    connection: duckdb.DuckDBPyConnection, code: str, *, area: str | None = None, period: str | None = None
) -> Explanation:
    """Explains the values of an indicator.

    Args:
        connection: A release or the working warehouse; it is only read.
        code: Code of the indicator.
        area: Code of an area; the whole area by default.
        period: A period; the latest in which the value was known by default, told or suppressed.

    Raises:
        UnknownName: There is no such indicator, or no such value.
    """
    indicator = _indicator(connection, code)
    place = _area(connection, code, area)
    values = _values(connection, indicator, place["ref_area_level"], place["ref_area"])
    told = [row["time_period"] for row in values if row["obs_status"] in KNOWN]
    wanted = period or max(told or [row["time_period"] for row in values], default=None)
    chosen = [row for row in values if row["time_period"] == wanted]
    if not chosen:
        known = ", ".join(sorted({str(row["time_period"]) for row in values})) or "no period"
        raise UnknownName("has no value for that period", where=f"indicator {code}", remedy=f"it has {known}")
    year = int(chosen[0]["reference_year"])
    formula = json.loads(indicator["formula"])
    reach = _marts(connection, formula)
    tables, years_back, years_ahead = _below(connection, reach)
    sources = list(_sources(tables))
    return Explanation(
        indicator=indicator,
        area=place,
        period=str(wanted),
        values=chosen,
        history=values,
        statuses=_statuses(connection, code, chosen),
        measures=_measures(formula),
        base=_base(connection, formula, chosen, year),
        tables={table: reads for table, reads in tables.items() if reads},
        sources=sources,
        batches=_batches(connection, sources, year - years_back, year + years_ahead),
    )


@dataclass(frozen=True)
class Reach:
    """The sources below an indicator, and the years that a value of it looks at.

    Attributes:
        sources: Names of the sources.
        years_back: Years before its own that a value looks at.
        years_ahead: Years after its own.
    """

    sources: tuple[str, ...]
    years_back: int
    years_ahead: int


def reach_of(connection: duckdb.DuckDBPyConnection, code: str) -> Reach:
    """The sources below an indicator.

    Raises:
        UnknownName: There is no such indicator.
    """
    formula = json.loads(_indicator(connection, code)["formula"])
    tables, back, ahead = _below(connection, _marts(connection, formula))
    return Reach(_sources(tables), back, ahead)


def _sources(tables: dict[str, list[str]]) -> tuple[str, ...]:
    return tuple(sorted(name.removeprefix("staging.") for name in tables if name.startswith("staging.")))


def _indicator(connection: duckdb.DuckDBPyConnection, code: str) -> Row:
    found = _rows(connection, "select * from plan.indicators where indicator = ?", [code])
    if found:
        return found[0]
    known = [row["indicator"] for row in _rows(connection, "select indicator from plan.indicators", [])]
    remedy = names_there_are(code, known, where='eduplan sql "from plan.indicators" lists them')
    raise UnknownName("there is no such indicator", where=f"indicator {code}", remedy=remedy)


def _area(connection: duckdb.DuckDBPyConnection, code: str, area: str | None) -> Row:
    """The area, named where core knows its name; a country of another project has its code alone."""
    found = _rows(
        connection,
        "select distinct v.ref_area_level, v.ref_area, a.name_zh, a.name_en, a.parent from plan.indicator_values as v "
        "left join plan.areas as a on a.ref_area_level = v.ref_area_level and a.ref_area = v.ref_area "
        "where v.indicator = ? and case when ? is null then v.ref_area_level = 'city' else v.ref_area = ? end",
        [code, area, area],
    )
    if not found:
        remedy = 'eduplan sql "from plan.areas" lists the areas; not every indicator is told for each'
        raise UnknownName(f"has no value for the area {area or 'city'}", where=f"indicator {code}", remedy=remedy)
    return found[0]


def _values(connection: duckdb.DuckDBPyConnection, indicator: Row, level: str, area: str) -> list[Row]:
    free = [name for name in DIMENSIONS if name not in indicator["always_by"]]
    totals = " and ".join(f"{name} = '{TOTAL}'" for name in free)
    return _rows(
        connection,
        f"select * from plan.indicator_values where indicator = ? and ref_area_level = ? and ref_area = ? and {totals} "
        f"order by reference_year, {', '.join(CELL)}",
        [indicator["indicator"], level, area],
    )


def _statuses(connection: duckdb.DuckDBPyConnection, code: str, values: Sequence[Row]) -> list[Row]:
    cells = {tuple(row[name] for name in CELL) for row in values}
    found = _rows(
        connection,
        "select found.*, targets.sign, targets.evidence, areas.ref_area is not null as is_own_target "
        "from plan.status as found join plan.targets as targets "
        "on targets.indicator = found.indicator and targets.target_number = found.target_number "
        "left join plan.target_areas as areas on areas.indicator = found.indicator "
        "and areas.target_number = found.target_number and areas.ref_area = found.ref_area "
        "where found.indicator = ? and ref_area_level = ? and found.ref_area = ? and reference_year = ? "
        "order by found.target_number",
        [code, values[0]["ref_area_level"], values[0]["ref_area"], values[0]["reference_year"]],
    )
    return with_deadlines(connection, [row for row in found if tuple(row[name] for name in CELL) in cells])


def with_deadlines(connection: duckdb.DuckDBPyConnection, statuses: Sequence[Row]) -> list[Row]:
    """Statuses with ``at_deadline``, the row whose verdict stands where the deadline of the target is past."""
    return [{**row, "at_deadline": _at_deadline(connection, row)} for row in statuses]


def _at_deadline(connection: duckdb.DuckDBPyConnection, row: Row) -> Row | None:
    if row["deadline"] is None or row["reference_year"] <= row["deadline"]:
        return None
    same = " and ".join(f"{name} = ?" for name in CELL)
    found = _rows(
        connection,
        f"select * from plan.status where indicator = ? and target_number = ? and reference_year = ? and {same}",
        [row["indicator"], row["target_number"], row["deadline"], *(row[name] for name in CELL)],
    )
    return found[0] if found else None


def _measures(formula: Row) -> list[MeasureUse]:
    measures = []
    for side in ("numerator", "denominator"):
        measure = formula.get(side)
        if measure:
            conditions = [f"({text})" for text in (formula["where"], measure["where"]) if text]
            measures.append(
                MeasureUse(
                    side=side,
                    mart=measure["mart"],
                    column=measure["column"],
                    where=" and ".join(conditions) or None,
                    year_offset=measure["year_offset"],
                )
            )
    return measures


def _base(connection: duckdb.DuckDBPyConnection, formula: Row, values: Sequence[Row], year: int) -> list[Row]:
    change = formula.get("change")
    if not change:
        return []
    cells = {tuple(row[name] for name in CELL) for row in values}
    found = _rows(
        connection,
        "select * from plan.indicator_values where indicator = ? and ref_area_level = ? and ref_area = ? "
        "and reference_year in (?, ?) order by reference_year",
        [change["of"], values[0]["ref_area_level"], values[0]["ref_area"], year - change["years"], year],
    )
    return [row for row in found if tuple(row[name] for name in CELL) in cells]


def _marts(connection: duckdb.DuckDBPyConnection, formula: Row) -> dict[str, tuple[int, int]]:
    """The marts that a value reads, with the first and the last year relative to its own."""
    reach = {measure.mart: (min(measure.year_offset, 0), max(measure.year_offset, 0)) for measure in _measures(formula)}
    if isinstance(formula.get("coverage"), dict):
        reach.setdefault(formula["coverage"]["mart"], (0, 0))
    change = formula.get("change")
    if change:
        base = json.loads(_indicator(connection, change["of"])["formula"])
        reach |= {mart: (first - change["years"], last) for mart, (first, last) in _marts(connection, base).items()}
    return reach


def _below(
    connection: duckdb.DuckDBPyConnection, reach: dict[str, tuple[int, int]]
) -> tuple[dict[str, list[str]], int, int]:
    """Every table below some marts with what it reads, and how many years back and ahead all of it looks."""
    edges: dict[str, list[str]] = {}
    look_back: dict[str, int] = {}
    for row in _rows(connection, "select * from plan.lineage order by table_name, reads", []):
        edges.setdefault(row["table_name"], []).append(row["reads"])
        look_back[row["table_name"]] = row["look_back"]
    years: dict[str, int] = {}

    def visit(table: str, back: int) -> None:
        if years.get(table, -1) < back:
            years[table] = back
            for read in edges.get(table, []):
                visit(read, back + look_back[table])

    for mart, (first, _) in sorted(reach.items()):
        visit(mart, -first)
    ahead = max((last for _, last in reach.values()), default=0)
    return {table: edges.get(table, []) for table in years}, max(years.values(), default=0), ahead


def _batches(connection: duckdb.DuckDBPyConnection, sources: Sequence[str], first: int, last: int) -> list[Row]:
    published = _rows(
        connection,
        "select 1 from duckdb_tables() where schema_name = 'about' and table_name = 'batches' "
        "and database_name = current_database()",
        [],
    )
    table = "about.batches" if published else "landing.batches"
    name = "file_name" if published else "regexp_extract(path, '[^/]*$')"
    current = "true" if published else "status = 'current'"
    return _rows(
        connection,
        f"select batch_id, source, period, sender, {name} as file_name, sha256, rows_read, rows_staged, "
        f"rows_quarantined from {table} where {current} and list_contains(?, source) "
        "and (period = 'all' or try_cast(left(period, 4) as integer) between ? and ?) "
        "order by source, period, sender, file_name",
        [list(sources), first, last],
    )


def _rows(connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[object]) -> list[Row]:
    cursor = connection.execute(query, values)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
