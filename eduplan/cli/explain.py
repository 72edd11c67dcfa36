"""``eduplan explain INDICATOR``: from a value down to numerator, denominator, tables, batches and files.

Belongs here: finding all that stands behind a value, and showing it. Does not belong here: computing anything anew.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eduplan.cli.commands import command
from eduplan.cli.session import Session, UsageFault
from eduplan.cli.sql import open_database
from eduplan.cli.status import find_area

if TYPE_CHECKING:
    import duckdb

    from eduplan.declarations.models import SqlModel

_DICTIONARY = """
select
    indicator, definition_version, chapter, name_en, name_zh, definition_en, definition_zh, kind, unit, scale, decimals,
    direction, period_kind, source_text, evidence, always_by, disaggregations, commitments, formula, targets,
    note_en, note_zh
from plan.indicators where indicator = ?
"""
_VALUES = """
select
    v.time_period, v.reference_year, v.ref_area_level, v.ref_area, v.stage, v.urban_class, v.ownership, v.sex, v.grade,
    v.item, v.numerator, v.denominator, v.obs_value, v.obs_status, v.units_reported, v.units_expected, v.coverage_pct,
    s.target_value, s.deadline, s.path_value, s.status, s.reason
from plan.indicator_values as v
left join plan.status as s
    on s.target_number = (
        select min(target_number) from plan.status as t
        where t.indicator = v.indicator and t.reference_year = v.reference_year and t.ref_area = v.ref_area
            and (t.stage, t.urban_class, t.ownership, t.sex, t.grade, t.item)
            = (v.stage, v.urban_class, v.ownership, v.sex, v.grade, v.item)
    )
    and s.indicator = v.indicator and s.reference_year = v.reference_year and s.ref_area_level = v.ref_area_level
    and s.ref_area = v.ref_area
    and (s.stage, s.urban_class, s.ownership, s.sex, s.grade, s.item)
    = (v.stage, v.urban_class, v.ownership, v.sex, v.grade, v.item)
where v.indicator = ? and v.ref_area_level in ('city', 'district')
order by v.reference_year, v.ref_area_level, v.ref_area, v.stage, v.item
"""
_BATCHES = """
select source, period, sender, file_name, rows_read, rows_staged, rows_quarantined, batch_id, sha256, landed_at
from about.batches
where source in (select unnest(?)) and (period = 'all' or cast(left(period, 4) as integer) between ? and ?)
order by source, period, sender, file_name
"""
_PARTS = ("stage", "urban_class", "ownership", "sex", "grade", "item")
_TOTAL = "_T"

Row = dict[str, Any]


def register(app: typer.Typer) -> None:
    """Adds the command to the program."""

    @command(app, "explain")
    def explain(
        session: Session,
        indicator: Annotated[str, typer.Argument(help="Code of an indicator, such as HLT-01.")],
        area: Annotated[str | None, typer.Option(help="Code or name of a district, instead of the city.")] = None,
        period: Annotated[str | None, typer.Option(help="A period such as 2022-23, instead of the latest.")] = None,
        json: Annotated[bool, typer.Option("--json", help="Everything as JSON.")] = False,
    ) -> None:
        """Shows where a published value comes from: numerator and denominator, tables, batches and files."""
        connection = open_database(session)
        try:
            place = find_area(connection, area)
            found = explanation(session, connection, indicator.upper(), place[0] if place else None, period)
        finally:
            connection.close()
        if json:
            from eduplan.cli.output import write_json

            write_json(sys.stdout, found)
        else:
            from eduplan.cli.story import tell

            tell(session, found)


def explanation(
    session: Session, connection: duckdb.DuckDBPyConnection, code: str, area: str | None, period: str | None
) -> dict[str, Any]:
    """Everything that stands behind a value.

    Args:
        session: For the project's models.
        connection: The release.
        code: Code of the indicator, in capitals; a part after a point may be small.
        area: District; the city without one.
        period: A period; the latest with a value without one.

    Raises:
        UsageFault: The release has no such indicator, or no value of it.
    """
    entry = _one(connection, code)
    values = [
        row
        for row in _rows(connection, _VALUES, [entry["indicator"]])
        if all(row[part] == _TOTAL for part in _PARTS if part not in entry["always_by"])
    ]
    own = [row for row in values if (row["ref_area"] == area if area else row["ref_area_level"] == "city")]
    wanted = period or max((row["time_period"] for row in own if row["obs_value"] is not None), default=None)
    now = [row for row in own if row["time_period"] == wanted]
    if not now:
        periods = ", ".join(sorted({row["time_period"] for row in own})) or "none"
        raise UsageFault(
            "no value for that", where=f"{entry['indicator']} {period or ''}".strip(), remedy=f"there is: {periods}"
        )
    from eduplan.declarations.models import load_models

    models = load_models(session.open_project().sql)
    tables, years_back = stands_on(marts_of(connection, entry), models)
    sources = sorted({table.removeprefix("staging.") for table in tables if table.startswith("staging.")})
    year = now[0]["reference_year"]
    # A screening season or a census of a school year lies in the year that it starts in; population of that year, too.
    batches = _rows(connection, _BATCHES, [sources, year - years_back, year])
    return {
        "indicator": entry,
        "period": wanted,
        "values": now,
        "series": own,
        "districts": [row for row in values if row["ref_area_level"] == "district" and row["time_period"] == wanted],
        "tables": tables,
        "batches": batches,
        "release": _rows(connection, "select * from about.release", [])[0],
    }


def marts_of(connection: duckdb.DuckDBPyConnection, entry: Row) -> dict[str, int]:
    """The marts that an indicator reads, with how many years back; a change also reads what it is a change of."""
    import json

    formula = json.loads(entry["formula"])
    sides = [formula[side] for side in ("numerator", "denominator") if formula.get(side)]
    marts = {side["mart"]: max(0, -int(side.get("year_offset") or 0)) for side in reversed(sides) if side.get("mart")}
    if formula.get("mart"):
        marts.setdefault(formula["mart"], 0)
    if change := formula.get("change"):
        of = marts_of(connection, _one(connection, change["of"]))
        marts |= {mart: years + int(change["years"]) for mart, years in of.items()}
    return marts


def stands_on(marts: Mapping[str, int], models: Mapping[str, SqlModel]) -> tuple[list[str], int]:
    """Every table below some marts, each after those that read it, and how many years back they look in all."""
    years: dict[str, int] = {}

    def visit(table: str, back: int) -> None:
        if years.get(table, -1) >= back:
            return
        years[table] = back
        if table in models:
            for read in models[table].inputs:
                visit(read, back + models[table].header.look_back)

    for mart, back in marts.items():
        visit(mart, back)
    return list(years), max(years.values(), default=0)


def _one(connection: duckdb.DuckDBPyConnection, code: str) -> Row:
    """The dictionary entry of an indicator; a code without its part is enough where there is one part alone."""
    for candidate in (code, ".".join([code.split(".")[0], *(part.lower() for part in code.split(".")[1:])])):
        if rows := _rows(connection, _DICTIONARY, [candidate]):
            return rows[0]
    near = connection.execute(
        "select string_agg(indicator, ', ' order by indicator) from plan.indicators where starts_with(indicator, ?)",
        [code.split(".")[0].split("-")[0]],
    ).fetchone()
    known = near[0] if near and near[0] else "none of that family"
    raise UsageFault("the release has no such indicator", where=code, remedy=f"there is: {known}")


def _rows(connection: duckdb.DuckDBPyConnection, query: str, values: list[Any]) -> list[Row]:
    cursor = connection.execute(query, values)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
