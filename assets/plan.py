"""The plan and the release: indicator values, their status, and what is published.

Belongs here: three assets. Does not belong here: computing or publishing (``eduplan``).
"""

from datetime import UTC, datetime

from dagster import AssetExecutionContext, AssetKey, AssetsDefinition, MaterializeResult, MetadataValue, asset

from assets.naming import PLAN_GROUP, PLAN_OWNER, RELEASE_GROUP, RELEASE_KEY, STATUS_KEY, VALUES_KEY, table_key
from assets.running import LogProgress, row_count, warehouse_step
from assets.sources import freshness
from eduplan import night
from eduplan.indicators.marts import marts_read
from eduplan.project import Project
from eduplan.release.release import Release

RELEASE_ID = "release_id"
"""Entry of the release's metadata that names it."""


def values_asset(project: Project, declarations: night.Declarations) -> AssetsDefinition:
    """``plan.indicator_values``: every indicator, from the marts that it reads."""
    marts = {mart for indicator in declarations.indicators.values() for mart in marts_read(indicator)}

    @asset(
        key=VALUES_KEY,
        deps=[table_key(mart) for mart in sorted(marts)],
        group_name=PLAN_GROUP,
        description="Value, numerator, denominator and coverage of every indicator · 指标的数值、分子、分母与覆盖率",
        owners=[PLAN_OWNER],
        kinds={"duckdb"},
    )
    def indicator_values(context: AssetExecutionContext) -> MaterializeResult[None]:
        with warehouse_step(project) as connection:
            report = night.compute(connection, project, declarations, progress=LogProgress(context))
            rows = row_count(connection, "plan.indicator_values")
        return MaterializeResult(
            metadata={
                "dagster/row_count": rows,
                "indicators_computed": len(report.computed),
                "indicators_unchanged": len(report.unchanged),
            }
        )

    return indicator_values


def status_asset(project: Project, declarations: night.Declarations) -> AssetsDefinition:
    """``plan.status``: every value against its target."""

    @asset(
        key=STATUS_KEY,
        deps=[VALUES_KEY],
        group_name=PLAN_GROUP,
        description="Status of every target, with all its components · 各项目标的状态及其全部构成",
        owners=[PLAN_OWNER],
        kinds={"duckdb"},
    )
    def status(context: AssetExecutionContext) -> MaterializeResult[None]:
        del context
        with warehouse_step(project) as connection:
            night.judge(connection, project, declarations)
            counted = connection.execute(
                "select status, count(*) from plan.status "
                "where is_latest and ref_area_level = 'city' group by status order by status"
            ).fetchall()
            rows = row_count(connection, "plan.status")
        return MaterializeResult(
            metadata={"dagster/row_count": rows, **{f"city_{name}": count for name, count in counted}}
        )

    return status


def release_asset(project: Project, declarations: night.Declarations, tables: list[AssetKey]) -> AssetsDefinition:
    """The published release; its step runs only where the critical checks hold."""

    @asset(
        key=RELEASE_KEY,
        deps=[*tables, STATUS_KEY],
        group_name=RELEASE_GROUP,
        description="The published release: marts.duckdb, a Parquet file a table, and the manifest · 已发布的数据版本",
        owners=[PLAN_OWNER],
        kinds={"duckdb", "parquet"},
        freshness_policy=freshness(project.settings.timezone),
    )
    def release(context: AssetExecutionContext) -> MaterializeResult[None]:
        with warehouse_step(project) as connection:
            report = night.check(connection, project, declarations, progress=LogProgress(context))
            published = night.release(connection, project, declarations, report, now=datetime.now(UTC))
        return MaterializeResult(metadata={**release_metadata(published), "is_new": published.is_new})

    return release


def release_metadata(release: Release) -> dict[str, str | int | MetadataValue]:
    """What the graph says of a release."""
    return {
        RELEASE_ID: release.release_id,
        "folder": MetadataValue.path(release.folder),
        "tables": len(release.rows),
        "rows": sum(release.rows.values()),
    }
