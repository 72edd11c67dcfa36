"""What Dagster loads: the graph, the jobs, the schedule and the sensors of one project.

Belongs here: putting them together. Does not belong here: any of them.

The project is the folder that EDUPLAN_PROJECT names, or else the repository's root; EDUPLAN_DATA and EDUPLAN_RAW name
its data, as they do on the command line.
"""

from __future__ import annotations

import os
from pathlib import Path

from dagster import Definitions, in_process_executor

from assets.checks import check_specs, table_checks
from assets.models import model_asset
from assets.naming import STATUS_KEY, VALUES_KEY, table_key
from assets.plan import release_asset, status_asset, values_asset
from assets.sources import raw_asset, staging_asset
from eduplan import night
from eduplan.checks.gather import gather_checks
from eduplan.project import Project
from pipelines.failures import failure_sensor
from pipelines.outside import outside_sensor
from pipelines.schedules import NIGHT_JOB, new_years_sensor, night_schedule

ROOT = Path(__file__).resolve().parents[1]


def build_definitions(project: Project) -> Definitions:
    """The definitions of one project, made from its declarations; nothing is opened or read but those."""
    declarations = night.Declarations(project)
    contracts, models = declarations.contracts, declarations.models
    tables = [table_key(f"staging.{source}") for source in contracts] + [table_key(table) for table in models]
    marts = [table_key(table) for table, model in models.items() if model.schema != "core"]
    checks = gather_checks(project, models, contracts, sources_with_batches=set(contracts))
    judged = [*tables, VALUES_KEY, STATUS_KEY]
    specs = check_specs(checks, judged)
    return Definitions(
        assets=[
            *(raw_asset(contract) for contract in contracts.values()),
            *(staging_asset(project, contracts, contract) for contract in contracts.values()),
            *(model_asset(project, models, model) for model in models.values()),
            values_asset(project, declarations),
            status_asset(project, declarations),
            release_asset(project, declarations, marts),
        ],
        asset_checks=[table_checks(project, models, contracts, specs, judged)],
        jobs=[NIGHT_JOB],
        schedules=[night_schedule(project, contracts)],
        sensors=[
            failure_sensor(project),
            new_years_sensor(project, contracts),
            outside_sensor(project, contracts, models, specs),
        ],
        executor=in_process_executor,
    )


def project_of_environment() -> Project:
    """The project that the environment names."""
    names = ("EDUPLAN_PROJECT", "EDUPLAN_DATA", "EDUPLAN_RAW")
    root, data, raw = (os.environ.get(name) or None for name in names)
    return Project.load(root or ROOT, data=data, raw=raw)


defs = build_definitions(project_of_environment())
