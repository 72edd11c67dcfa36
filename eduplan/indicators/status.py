"""Judges values against targets, and lists the units that stand between a full coverage and its target.

Belongs here: writing ``plan.targets``, ``plan.status`` and ``plan.failing_units``. Does not belong here: the tests
themselves (``judgement``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from eduplan.declarations.indicators import Indicator
from eduplan.indicators.dictionary import is_written, set_written, write_dictionary
from eduplan.indicators.judgement import judgement_query
from eduplan.indicators.tables import CELL, DIMENSIONS, create_plan_tables
from eduplan.indicators.targets import write_targets
from eduplan.project import Project
from eduplan.warehouse.fingerprints import digest

_ENGINE = "1"
"""Raised when the engine would judge the same values otherwise."""

_FAILING = f"""
    insert into plan.failing_units
    select
        targets.indicator, target_number, found.time_period, found.reference_year,
        found.ref_area_level, found.ref_area, areas.name_zh, areas.parent,
        {", ".join(f"found.{name}" for name in DIMENSIONS)},
        found.numerator, found.denominator, found.denominator - found.numerator, found.obs_value
    from plan.targets as targets
    join plan.indicator_values as found on found.indicator = targets.indicator
        and {" and ".join(f"coalesce(targets.{name} = found.{name}, true)" for name in DIMENSIONS)}
    left join plan.areas as areas on areas.ref_area_level = found.ref_area_level and areas.ref_area = found.ref_area
    where targets.kind = 'full_coverage' and found.ref_area_level <> 'city' and found.obs_status = 'A'
        and found.reference_year > targets.start_year and found.numerator < found.denominator
    order by targets.indicator, target_number, {", ".join(f"found.{name}" for name in CELL)}, found.reference_year
"""


@dataclass(frozen=True)
class StatusReport:
    """What one call judged.

    Attributes:
        is_changed: Whether anything was judged again.
        rows: Rows of ``plan.status``.
        latest: Rows of the latest period of the whole area, by status.
    """

    is_changed: bool
    rows: int
    latest: Mapping[str, int]


def compute_status(
    connection: duckdb.DuckDBPyConnection, project: Project, indicators: Mapping[str, Indicator]
) -> StatusReport:
    """Writes the status of every target for every area and year, with all that it was judged by.

    Args:
        connection: The working warehouse with ``plan.indicator_values``.
        project: For the least coverage and the baseline year.
        indicators: All indicators, by code.
    """
    create_plan_tables(connection)
    mark = _mark(connection, project, indicators)
    is_changed = not is_written(connection, "plan.status", mark)
    if is_changed:
        write_dictionary(connection, list(indicators.values()))
        settings = project.settings
        connection.execute("begin")
        try:
            write_targets(connection, project, indicators)
            connection.execute("delete from plan.status")
            query = judgement_query(settings.minimum_coverage_pct, settings.city_code)
            connection.execute(f"insert into plan.status {query}")
            connection.execute("delete from plan.failing_units")
            connection.execute(_FAILING)
            set_written(connection, "plan.status", mark)
            connection.execute("commit")
        except BaseException:
            connection.execute("rollback")
            raise
    row = connection.execute("select count(*) from plan.status").fetchone()
    latest = connection.execute(
        "select status, count(*) from plan.status where is_latest and ref_area_level = 'city' group by 1 order by 1"
    ).fetchall()
    return StatusReport(is_changed, int(row[0]) if row else 0, dict(latest))


def _mark(connection: duckdb.DuckDBPyConnection, project: Project, indicators: Mapping[str, Indicator]) -> str:
    """What the status depends on: the values, the names of areas, the targets and two settings."""
    builds = connection.execute(
        "select model, slice, case when fingerprint = '' then cast(built_at as varchar) else fingerprint end "
        "from warehouse.builds where model in ('plan.indicator_values', 'plan.areas') order by all"
    ).fetchall()
    settings = project.settings
    declared = [
        (code, indicator.direction, [target.model_dump_json() for target in indicator.targets])
        for code, indicator in sorted(indicators.items())
    ]
    return digest(_ENGINE, settings.minimum_coverage_pct, settings.baseline_year, settings.city_code, builds, declared)
