"""What a published release says of the assets that it was made of, where a night outside the graph has made it.

Belongs here: events made from a release. Does not belong here: when they are told (``pipelines``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import duckdb
from dagster import AssetCheckEvaluation, AssetCheckSpec, AssetMaterialization, MetadataValue, TableSchema

from assets.checks import severity_shown
from assets.models import table_schema
from assets.naming import RELEASE_KEY, STATUS_KEY, VALUES_KEY, raw_key, table_key
from assets.plan import RELEASE_ID, release_metadata
from assets.sources import account_metadata, has_years
from eduplan.accounts import PUBLISHED, source_account, years_sent
from eduplan.declarations.contracts import Contract, Severity
from eduplan.declarations.models import SqlModel, dependency_order
from eduplan.release.release import Release
from eduplan.staging.references import order_of_loading

ROWS_PUBLISHED = "rows_published"

Event = AssetMaterialization | AssetCheckEvaluation


def events_of_release(
    connection: duckdb.DuckDBPyConnection,
    release: Release,
    contracts: Mapping[str, Contract],
    models: Mapping[str, SqlModel],
    specs: Mapping[str, AssetCheckSpec],
) -> Iterator[Event]:
    """Everything that was made on the way to a release, in order.

    What a mart tells may have fewer rows than the mart, so it is not called its number of rows. Tables that stay in the
    warehouse, and marts that are published in other tables, have none.

    Args:
        connection: The release.
        release: The same, as its manifest tells it.
        contracts: Contracts by source.
        models: Models by qualified name.
        specs: What the graph says of each check, by its id.
    """
    yield from _sources(connection, contracts)
    named = {RELEASE_ID: release.release_id}
    for model in dependency_order(dict(models)):
        shown: dict[str, int | TableSchema] = {}
        if model.table in release.rows:
            schema = table_schema(connection, model)
            shown = {ROWS_PUBLISHED: release.rows[model.table], "dagster/column_schema": schema}
        yield AssetMaterialization(table_key(model.table), metadata={**shown, **named})
    for key in (VALUES_KEY, STATUS_KEY):
        table = ".".join(key.path)
        rows = {"dagster/row_count": release.rows[table]} if table in release.rows else {}
        yield AssetMaterialization(key, metadata={**rows, **named})
    yield AssetMaterialization(RELEASE_KEY, metadata=release_metadata(release))
    yield from _checks(connection, specs)


def years_of_release(connection: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]) -> list[str]:
    """The calendar years that the periods of its sources start in, in order."""
    sent = years_sent(connection, PUBLISHED)
    return sorted({year for source, year in sent if source in contracts and has_years(contracts[source])})


def _sources(connection: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]) -> Iterator[Event]:
    years = defaultdict(list)
    for source, year in years_sent(connection, PUBLISHED):
        years[source].append(year)
    for source in [source for group in order_of_loading(contracts) for source in group if source in years]:
        for partition in years[source] if has_years(contracts[source]) else [None]:
            metadata = account_metadata(source_account(connection, source, partition, PUBLISHED))
            yield AssetMaterialization(raw_key(source), partition=partition)
            yield AssetMaterialization(table_key(f"staging.{source}"), partition=partition, metadata=metadata)


def _checks(connection: duckdb.DuckDBPyConnection, specs: Mapping[str, AssetCheckSpec]) -> Iterator[Event]:
    results = connection.execute(
        "select check_id, success, severity, rows_unexpected, rows_total from about.checks order by check_id"
    ).fetchall()
    for check_id, success, severity, unexpected, total in results:
        if check_id not in specs:
            continue  # its suite was changed since
        spec = specs[check_id]
        yield AssetCheckEvaluation(
            asset_key=spec.asset_key,
            check_name=spec.name,
            passed=success,
            severity=severity_shown(Severity(severity)),
            metadata={
                "severity": severity,
                "rows_unexpected": MetadataValue.int(unexpected or 0),
                "rows_total": MetadataValue.int(total or 0),
            },
        )
