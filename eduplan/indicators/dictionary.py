"""The tables that explain values: the dictionary of indicators and the names of areas.

Belongs here: what is copied from declarations and bookkeeping so that a release explains itself. Does not belong
here: values and status.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import duckdb

from eduplan.declarations.indicators import Indicator
from eduplan.indicators.marts import measure_of
from eduplan.project import Project
from eduplan.warehouse.fingerprints import digest
from eduplan.warehouse.slices import SHAPE, quoted

DIVISIONS = "core.division"
SCHOOLS = "core.school_year"
"""Tables that names of areas are read from, where a project has them."""


def write_dictionary(connection: duckdb.DuckDBPyConnection, indicators: Sequence[Indicator]) -> None:
    """Writes ``plan.indicators``, if a definition changed."""
    ordered = sorted(indicators, key=lambda indicator: indicator.code)
    mark = digest(*(indicator.model_dump_json() for indicator in ordered))
    if is_written(connection, "plan.indicators", mark):
        return
    rows = [_dictionary_row(indicator) for indicator in ordered]
    connection.execute("begin")
    connection.execute("delete from plan.indicators")
    if rows:
        marks = ", ".join("?" for _ in rows[0])
        connection.executemany(f"insert into plan.indicators values ({marks})", rows)
    set_written(connection, "plan.indicators", mark)
    connection.execute("commit")


def _dictionary_row(indicator: Indicator) -> list[object]:
    formula: dict[str, object] = {"mart": indicator.mart, "where": indicator.where}
    for side in ("numerator", "denominator"):
        measure = measure_of(indicator, side)
        formula[side] = measure.model_dump(mode="json") if measure else None
    formula |= indicator.model_dump(
        mode="json", include={"strata", "weight", "dispersion", "change", "quotient", "sample", "coverage"}
    )
    return [
        indicator.code,
        indicator.version,
        indicator.chapter,
        indicator.name.en,
        indicator.name.zh,
        indicator.definition.en,
        indicator.definition.zh,
        str(indicator.kind),
        indicator.unit,
        indicator.scale,
        indicator.decimals,
        str(indicator.direction),
        str(indicator.period),
        indicator.source.texts[0],
        indicator.source.evidence,
        [str(dimension) for dimension in indicator.always_by],
        [str(dimension) for dimension in (*indicator.disaggregations, *indicator.city_breakdowns)],
        indicator.commitments,
        json.dumps(formula, ensure_ascii=False),
        json.dumps([target.model_dump(mode="json") for target in indicator.targets], ensure_ascii=False),
        indicator.note.en if indicator.note else None,
        indicator.note.zh if indicator.note else None,
        indicator.source.texts[1],
    ]


def write_areas(connection: duckdb.DuckDBPyConnection, project: Project) -> None:
    """Writes ``plan.areas``: the whole area, and districts, towns and schools by name where core has them."""
    settings = project.settings
    builds = connection.execute(
        "select model, fingerprint from warehouse.builds where model in (?, ?) order by all", [DIVISIONS, SCHOOLS]
    ).fetchall()
    mark = digest(settings.city_code, settings.city_name, *builds)
    if is_written(connection, "plan.areas", mark):
        return
    city = quoted(settings.city_code)
    queries = [f"select 'city', {city}, {quoted(settings.city_name.zh)}, {quoted(settings.city_name.en)}, null"]
    if _has(
        connection, DIVISIONS, {"division_code", "division_name", "division_name_en", "parent_code", "valid_from_year"}
    ):
        queries += [
            f"select '{level}', division_code, division_name, division_name_en, {parent} from {DIVISIONS} "
            f"where division_level = '{level}' "
            "qualify row_number() over (partition by division_code order by valid_from_year desc) = 1"
            for level, parent in (("district", city), ("town", "parent_code"))
        ]
    if _has(connection, SCHOOLS, {"school_code", "school_name", "division_code", "school_year"}):
        queries.append(
            f"select 'school', school_code, school_name, null, division_code from {SCHOOLS} "
            "qualify row_number() over (partition by school_code order by school_year desc) = 1"
        )
    connection.execute("begin")
    connection.execute("delete from plan.areas")
    for query in queries:
        connection.execute(f"insert into plan.areas {query} order by 1, 2")
    set_written(connection, "plan.areas", mark)
    connection.execute("commit")


def _has(connection: duckdb.DuckDBPyConnection, table: str, columns: set[str]) -> bool:
    found = connection.execute(
        "select column_name from duckdb_columns() where database_name = current_database() "
        "and schema_name || '.' || table_name = ?",
        [table],
    ).fetchall()
    return columns <= {name for (name,) in found}


def is_written(connection: duckdb.DuckDBPyConnection, table: str, mark: str) -> bool:
    """Whether a table of the plan was written from the same things before."""
    row = connection.execute(
        "select fingerprint from warehouse.builds where model = ? and slice = ?", [table, SHAPE]
    ).fetchone()
    return row == (mark,)


def set_written(connection: duckdb.DuckDBPyConnection, table: str, mark: str) -> None:
    """Records what a table of the plan was written from."""
    connection.execute(
        f"insert or replace into warehouse.builds select ?, ?, ?, count(*), 0, now() from {table}", [table, SHAPE, mark]
    )
