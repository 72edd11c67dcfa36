"""Shows in the graph what a night outside it has made: ``eduplan run`` by hand, or from cron.

Belongs here: the sensor that notices a release. Does not belong here: what a release says (``assets.released``).
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
from dagster import (
    AssetCheckSpec,
    DagsterInstance,
    DagsterRunStatus,
    DefaultSensorStatus,
    RunsFilter,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    sensor,
)

from assets.naming import RELEASE_KEY
from assets.plan import RELEASE_ID
from assets.released import events_of_release, years_of_release
from eduplan.declarations.contracts import Contract
from eduplan.declarations.models import SqlModel
from eduplan.errors import EduplanError
from eduplan.faults import explain
from eduplan.project import Project
from eduplan.release.release import current_release
from eduplan.warehouse.connection import connect
from pipelines.schedules import partitions_to_add

LOOK_SECONDS = 60

_AT_WORK = [DagsterRunStatus.QUEUED, DagsterRunStatus.STARTING, DagsterRunStatus.STARTED]


def outside_sensor(
    project: Project,
    contracts: Mapping[str, Contract],
    models: Mapping[str, SqlModel],
    specs: Mapping[str, AssetCheckSpec],
) -> SensorDefinition:
    """The sensor that shows a release which no run of the graph has made; on by default."""

    @sensor(
        name="nights_outside",
        description="Shows what a night on the command line has made, once it is released.",
        default_status=DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=LOOK_SECONDS,
    )
    def look(context: SensorEvaluationContext) -> SensorResult | SkipReason:
        if context.instance.get_runs_count(RunsFilter(statuses=_AT_WORK)):
            return SkipReason("a run is at work, which will tell what it made")
        try:
            release = current_release(project)
            if release is None:
                return SkipReason("nothing is released yet")
            if release.release_id == _last_told(context.instance):
                return SkipReason("the release in force is shown already")
            with connect(release.database, project, read_only=True) as connection:
                years = years_of_release(connection, contracts)
                events = list(events_of_release(connection, release, contracts, models, specs))
        except (EduplanError, duckdb.Error) as error:
            known = explain(error)
            return SkipReason(known.line if known else "the release in force cannot be read")
        requests = partitions_to_add(context.instance, years)
        return SensorResult(asset_events=events, dynamic_partitions_requests=requests)

    return look


def _last_told(instance: DagsterInstance) -> str | None:
    """The release that the graph shows as its last one."""
    event = instance.get_latest_materialization_event(RELEASE_KEY)
    materialization = event.asset_materialization if event else None
    value = materialization.metadata.get(RELEASE_ID) if materialization else None
    return str(value.value) if value else None
