"""Checks: one asset check an expectation, all run in one step after the last table.

Belongs here: showing results in the graph. Does not belong here: what is checked, and running it (``eduplan.checks``).
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from dagster import (
    AssetCheckExecutionContext,
    AssetCheckResult,
    AssetChecksDefinition,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetKey,
    MetadataValue,
    multi_asset_check,
)

from assets.naming import STATUS_KEY, VALUES_KEY, both, table_key
from assets.running import LogProgress, warehouse_step
from eduplan.checks.check import Check, CheckReport, CheckResult
from eduplan.checks.run import run_checks
from eduplan.declarations.contracts import Contract, Severity
from eduplan.declarations.models import SqlModel
from eduplan.project import Project

GATE = "critical_checks_hold"
"""The one check that blocks: it stands on the last table, so the release waits for it and for nothing less."""


def table_checks(
    project: Project,
    models: Mapping[str, SqlModel],
    contracts: Mapping[str, Contract],
    specs: Mapping[str, AssetCheckSpec],
    tables: Sequence[AssetKey],
) -> AssetChecksDefinition:
    """The step that runs all checks.

    Args:
        project: The project.
        models: Models by qualified name.
        contracts: Contracts by source.
        specs: What the graph says of each check, by its id.
        tables: Every asset that must be there before it runs.
    """
    gate = AssetCheckSpec(
        GATE,
        asset=STATUS_KEY,
        blocking=True,
        additional_deps=[key for key in tables if key != STATUS_KEY],
        description="No critical check failed, so that the release may be published.",
    )

    @multi_asset_check(name="expectations", specs=[gate, *specs.values()], can_subset=True)
    def run(context: AssetCheckExecutionContext) -> Iterator[AssetCheckResult]:
        with warehouse_step(project) as connection:
            report = run_checks(connection, project, models, contracts, progress=LogProgress(context))
        results = {result.check.check_id: result for result in report.results}
        chosen = context.selected_asset_check_keys
        for check_id, spec in specs.items():
            if spec.key not in chosen:
                continue  # somebody makes a few tables alone
            yield _result(results[check_id], spec) if check_id in results else _nothing_to_check(spec)
        if gate.key in chosen:
            yield _gate_result(report)

    return run


def check_specs(checks: Sequence[Check], tables: Sequence[AssetKey]) -> dict[str, AssetCheckSpec]:
    """What the graph says of each check, by its id.

    Args:
        checks: All checks of the project.
        tables: Every table that is an asset.
    """
    shown = set(tables)
    # The dictionary of indicators and the quarantine are no assets; their checks are shown with the values.
    return {
        check.check_id: _spec(check, key if (key := table_key(check.table)) in shown else VALUES_KEY)
        for check in checks
    }


def severity_shown(severity: Severity) -> AssetCheckSeverity:
    """How the graph shows the severity of a check."""
    return AssetCheckSeverity.ERROR if severity is Severity.CRITICAL else AssetCheckSeverity.WARN


def _gate_result(report: CheckReport) -> AssetCheckResult:
    return AssetCheckResult(
        asset_key=STATUS_KEY,
        check_name=GATE,
        passed=not report.blocking,
        severity=AssetCheckSeverity.ERROR,
        metadata={
            "checks": len(report.results),
            "run_now": report.ran,
            "failed": len(report.failed),
            "critical": len(report.blocking),
            "failing": "\n".join(result.check.check_id for result in report.blocking),
        },
    )


def _spec(check: Check, asset: AssetKey) -> AssetCheckSpec:
    return AssetCheckSpec(
        re.sub(r"[^A-Za-z0-9_]", "_", check.check_id),
        asset=asset,
        description="\n\n".join([both(check.title), both(check.why), both(check.remedy)]),
        metadata={"severity": str(check.severity), "rule": check.rule or ""},
    )


def _nothing_to_check(spec: AssetCheckSpec) -> AssetCheckResult:
    """A check that applies only once its source has sent something."""
    return AssetCheckResult(
        asset_key=spec.asset_key, check_name=spec.name, passed=True, description="the source has sent nothing yet"
    )


def _result(result: CheckResult, spec: AssetCheckSpec) -> AssetCheckResult:
    return AssetCheckResult(
        asset_key=spec.asset_key,
        check_name=spec.name,
        passed=result.success,
        severity=severity_shown(result.check.severity),
        description=result.message,
        metadata={
            "severity": str(result.check.severity),
            "rows_unexpected": MetadataValue.int(result.rows_unexpected or 0),
            "rows_total": MetadataValue.int(result.rows_total or 0),
            "query": MetadataValue.md(f"```sql\n{result.query}\n```"),
        },
    )
