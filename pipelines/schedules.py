"""When the night runs, and how new years become partitions.

Belongs here: jobs, the schedule, and the sensor of new years. Does not belong here: what a night does.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from dagster import (
    AddDynamicPartitionsRequest,
    AssetSelection,
    DagsterInstance,
    DefaultScheduleStatus,
    DefaultSensorStatus,
    RunRequest,
    ScheduleDefinition,
    ScheduleEvaluationContext,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    define_asset_job,
    schedule,
    sensor,
)

from assets.sources import YEARS, has_years
from eduplan.declarations.contracts import Contract
from eduplan.errors import EduplanError
from eduplan.landing.arrivals import find_arrivals
from eduplan.project import Project

LOG = logging.getLogger("eduplan")

NIGHTLY = "0 2 * * *"
TIMEZONE = "Asia/Shanghai"
NEW_YEARS_SECONDS = 300

NIGHT_JOB = define_asset_job(
    "night",
    selection=AssetSelection.all(),
    description="Everything, from the arrivals to the release; only what changed is done again.",
)

# The tags by which Dagster itself starts one run over several partitions; it has no public names for them.
_FIRST_YEAR = "dagster/asset_partition_range_start"
_LAST_YEAR = "dagster/asset_partition_range_end"


def night_schedule(project: Project, contracts: Mapping[str, Contract]) -> ScheduleDefinition:
    """The nightly run over every year for which something arrived, in one run; on by default."""

    @schedule(
        name="nightly",
        job=NIGHT_JOB,
        cron_schedule=NIGHTLY,
        execution_timezone=TIMEZONE,
        default_status=DefaultScheduleStatus.RUNNING,
        description="Every night at 02:00 in Shanghai.",
    )
    def nightly(context: ScheduleEvaluationContext) -> RunRequest | SkipReason:
        tags = every_year(context.instance, project, contracts)
        if not tags and any(has_years(contract) for contract in contracts.values()):
            return SkipReason("nothing has arrived yet")
        return RunRequest(tags=tags)

    return nightly


def every_year(instance: DagsterInstance, project: Project, contracts: Mapping[str, Contract]) -> dict[str, str]:
    """Makes a partition of each year for which something arrived.

    Returns:
        The tags of one run over all of them; none where there is no year.
    """
    name = str(YEARS.name)
    try:
        instance.add_dynamic_partitions(name, years_of_arrivals(project, contracts))
    except EduplanError as error:
        # The run will meet the same error, fail, and be told of; a schedule that fails is not.
        LOG.error("%s", error.line)
    known = instance.get_dynamic_partitions(name)
    return {_FIRST_YEAR: known[0], _LAST_YEAR: known[-1]} if known else {}


def years_of_arrivals(project: Project, contracts: Mapping[str, Contract]) -> list[str]:
    """The calendar years that the periods of what arrived start in, in order."""
    arrivals = find_arrivals(project, contracts).arrivals
    return sorted({str(each.period.year) for each in arrivals if each.period and each.period.year})


def new_years_sensor(project: Project, contracts: Mapping[str, Contract]) -> SensorDefinition:
    """The sensor that makes a partition of each year for which something arrived; on by default."""

    @sensor(
        name="new_years",
        description="Makes a partition of each year for which something arrived, so that it can be chosen here.",
        default_status=DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=NEW_YEARS_SECONDS,
    )
    def look(context: SensorEvaluationContext) -> SensorResult | SkipReason:
        try:
            arrived = years_of_arrivals(project, contracts)
        except EduplanError as error:
            return SkipReason(error.line)
        requests = partitions_to_add(context.instance, arrived)
        if not requests:
            return SkipReason("no year that is not known")
        return SensorResult(dynamic_partitions_requests=requests)

    return look


def partitions_to_add(instance: DagsterInstance, years: Sequence[str]) -> list[AddDynamicPartitionsRequest]:
    """The request for partitions of those years that have none yet; nothing where all have one."""
    known = set(instance.get_dynamic_partitions(str(YEARS.name)))
    missing = [year for year in years if year not in known]
    return [YEARS.build_add_request(missing)] if missing else []
