"""Judges values against targets.

Belongs here: writing ``plan.status`` and what goes with it. Does not belong here: the tests themselves
(``judgement``), and who stands between a full coverage and its target (``failing``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from eduplan.declarations.indicators import Indicator
from eduplan.indicators.dictionary import is_written, set_written, write_dictionary
from eduplan.indicators.failing import write_failing_units
from eduplan.indicators.judgement import judgement_query
from eduplan.indicators.tables import create_plan_tables
from eduplan.indicators.targets import write_targets
from eduplan.project import Project
from eduplan.warehouse.fingerprints import digest
from eduplan.warehouse.optimizers import COMMON_SUBEXPRESSIONS, without_optimizers
from eduplan.warehouse.threads import on_one_thread

_ENGINE = "2"
"""Raised when the engine would judge the same values otherwise."""


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
        with on_one_thread(connection):
            _judge(connection, project, indicators, mark)
    row = connection.execute("select count(*) from plan.status").fetchone()
    latest = connection.execute(
        "select status, count(*) from plan.status where is_latest and ref_area_level = 'city' group by 1 order by 1"
    ).fetchall()
    return StatusReport(is_changed, int(row[0]) if row else 0, dict(latest))


def _judge(
    connection: duckdb.DuckDBPyConnection, project: Project, indicators: Mapping[str, Indicator], mark: str
) -> None:
    settings = project.settings
    connection.execute("begin")
    try:
        write_targets(connection, project, indicators)
        connection.execute("delete from plan.status")
        query = judgement_query(settings.minimum_coverage_pct, settings.city_code)
        # Products of sums may have too many digits: then the query's try() falls back to floating point.
        with without_optimizers(connection, COMMON_SUBEXPRESSIONS):
            connection.execute(f"insert into plan.status {query}")
        write_failing_units(connection, project, indicators)
        set_written(connection, "plan.status", mark)
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise


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
