"""Core tables and marts: one asset a model.

Belongs here: the factory. Does not belong here: what a model means (``sql``), or what is built (``eduplan.warehouse``).
"""

from collections.abc import Mapping

import duckdb
from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    MaterializeResult,
    TableColumn,
    TableSchema,
    asset,
)

from assets.naming import STATISTICS_OWNER, both, model_description, table_key
from assets.running import LogProgress, row_count, warehouse_step
from eduplan.declarations.models import SqlModel
from eduplan.project import Project
from eduplan.warehouse.build import build_models


def model_asset(project: Project, models: Mapping[str, SqlModel], model: SqlModel) -> AssetsDefinition:
    """One table of core or of a chapter; the tables that its select reads are above it."""

    @asset(
        key=table_key(model.table),
        deps=upstream(model.inputs, models),
        group_name=model.schema,
        description=model_description(model),
        owners=[STATISTICS_OWNER],
        kinds={"duckdb", "sql"},
        metadata={"grain": both(model.header.grain), "key": ", ".join(model.header.key)},
    )
    def built(context: AssetExecutionContext) -> MaterializeResult[None]:
        with warehouse_step(project) as connection:
            report = build_models(
                connection, models, progress=LogProgress(context), folder=project.slices, only={model.table}
            )
            rows = row_count(connection, model.table)
            schema = table_schema(connection, model)
        done = report.builds[0] if report.builds else None
        return MaterializeResult(
            metadata={
                "dagster/row_count": rows,
                "dagster/column_schema": schema,
                "rows_written": done.rows if done else 0,
                "slices_built": len(done.slices) if done else 0,
            }
        )

    return built


def upstream(tables: tuple[str, ...], models: Mapping[str, SqlModel]) -> list[AssetKey]:
    """The assets among the tables that a query reads: models and staged sources."""
    quarantine = "staging.quarantine"
    return [
        table_key(table)
        for table in tables
        if table in models or (table.startswith("staging.") and table != quarantine)
    ]


def table_schema(connection: duckdb.DuckDBPyConnection, model: SqlModel) -> TableSchema:
    """The columns of a built model, with their types and what they mean."""
    columns = []
    for name, kind, *_ in connection.execute(f"describe {model.table}").fetchall():
        text = model.column_text(name)
        unit = f" [{text.unit}]" if text and text.unit else ""
        columns.append(TableColumn(name, type=kind, description=f"{text.en} · {text.zh}{unit}" if text else None))
    return TableSchema(columns=columns)
