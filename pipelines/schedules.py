"""When the night runs, and how new years become partitions.

Belongs here: jobs, the schedule, and the sensor of new years. Does not belong here: what a night does.
"""

from __future__ import annotations

from dagster import (
    AssetSelection,
    DefaultScheduleStatus,
    DefaultSensorStatus,
    ScheduleDefinition,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    define_asset_job,
    sensor,
)

from assets.sources import YEARS
from eduplan.declarations.contracts import Contract
from eduplan.landing.arrivals import find_arrivals
from eduplan.project import Project

NIGHTLY = "0 2 * * *"
TIMEZONE = "Asia/Shanghai"
NEW_YEARS_SECONDS = 300

NIGHT_JOB = define_asset_job(
    "night",
    selection=AssetSelection.all(),
    description="Everything, from the arrivals to the release; only what changed is done again.",
)

NIGHT_SCHEDULE = ScheduleDefinition(
    name="nightly",
    job=NIGHT_JOB,
    cron_schedule=NIGHTLY,
    execution_timezone=TIMEZONE,
    default_status=DefaultScheduleStatus.RUNNING,
    description="Every night at 02:00 in Shanghai.",
)


def new_years_sensor(project: Project, contracts: dict[str, Contract]) -> SensorDefinition:
    """The sensor that makes a partition of each year for which something arrived; on by default."""

    @sensor(
        name="new_years",
        description="Makes a partition of each year for which something arrived, so that it can be chosen here.",
        default_status=DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=NEW_YEARS_SECONDS,
    )
    def look(context: SensorEvaluationContext) -> SensorResult | SkipReason:
        arrived = {
            str(each.period.year)
            for each in find_arrivals(project, contracts).arrivals
            if each.period and each.period.year
        }
        missing = sorted(arrived - set(context.instance.get_dynamic_partitions(str(YEARS.name))))
        if not missing:
            return SkipReason("no year that is not known")
        return SensorResult(dynamic_partitions_requests=[YEARS.build_add_request(missing)])

    return look
