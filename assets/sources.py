"""Sources: what senders deliver, and the staged table of each.

Belongs here: one external asset and one staging asset a contract. Does not belong here: reading files (``eduplan``).
"""

from datetime import UTC, datetime, timedelta

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetMaterialization,
    AssetsDefinition,
    AssetSpec,
    BackfillPolicy,
    DynamicPartitionsDefinition,
    FreshnessPolicy,
    MaterializeResult,
    asset,
)

from assets.naming import (
    SOURCE_GROUP,
    STAGING_GROUP,
    contract_schema,
    raw_key,
    source_description,
    source_owner,
    table_key,
)
from assets.running import LogProgress, warehouse_step
from eduplan import night
from eduplan.accounts import SourceAccount, source_account
from eduplan.alerts import Alert, send
from eduplan.declarations.contracts import Contract
from eduplan.periods import PeriodKind
from eduplan.project import Project

YEARS = DynamicPartitionsDefinition(name="year")
"""The calendar year that a period starts in; one set for all kinds of period, so that one run and one backfill can
take every source. ``docs/decisions/0005-dagster.md`` says why."""

FILES_READ = "files_were_read"
_WHY = (
    "Every file that arrived for this source could be read, recognised and balanced. One that could not leaves what "
    "its sender sent before in place, and does not stop the night."
)

FRESH_BY = "0 6 * * *"
FRESH_WITHIN = timedelta(hours=5)


def freshness(timezone: str) -> FreshnessPolicy:
    """By six in the morning, something that was made since one o'clock."""
    return FreshnessPolicy.cron(deadline_cron=FRESH_BY, lower_bound_delta=FRESH_WITHIN, timezone=timezone)


def raw_asset(contract: Contract) -> AssetSpec:
    """What a sender delivers: shown in the graph, made by nobody here."""
    return AssetSpec(
        raw_key(contract.source),
        group_name=SOURCE_GROUP,
        description=source_description(contract),
        owners=[source_owner(contract)],
        kinds={"file"},
        metadata={"period": str(contract.period.kind), "privacy": str(contract.privacy)},
        partitions_def=_partitions(contract),
    )


def staging_asset(project: Project, contracts: dict[str, Contract], contract: Contract) -> AssetsDefinition:
    """The staged table of one source: finds, lands and stages what arrived."""
    partitions = _partitions(contract)

    @asset(
        key=table_key(f"staging.{contract.source}"),
        deps=[raw_key(contract.source), *_references(contract)],
        group_name=STAGING_GROUP,
        description=source_description(contract),
        owners=[source_owner(contract)],
        kinds={"duckdb", "parquet"},
        metadata={"dagster/column_schema": contract_schema(contract), "privacy": str(contract.privacy)},
        partitions_def=partitions,
        backfill_policy=BackfillPolicy.single_run() if partitions else None,
        freshness_policy=freshness(project.settings.timezone),
        check_specs=[AssetCheckSpec(FILES_READ, asset=table_key(f"staging.{contract.source}"), description=_WHY)],
    )
    def staged(context: AssetExecutionContext) -> MaterializeResult:  # type: ignore[type-arg]  # Dagster knows the bare class alone
        years = list(context.partition_keys) if partitions else None
        with warehouse_step(project) as connection:
            loaded = night.load(
                connection,
                project,
                contracts,
                night.find(project, contracts),
                wanted=night.Wanted(frozenset({contract.source}), years=frozenset(map(int, years)) if years else None),
                progress=LogProgress(context),
                now=datetime.now(UTC),
            )
            accounts = {year: source_account(connection, contract.source, year) for year in years or ()}
            account = source_account(connection, contract.source)
        check = _files_read(context, project, loaded)
        if years is None:
            return MaterializeResult(metadata=account_metadata(account), check_results=[check])
        _tell_years(context, contract, accounts)
        return MaterializeResult(check_results=[check])

    return staged


def has_years(contract: Contract) -> bool:
    """Whether the years of a source are known from where its files lie, so that one of them can be chosen."""
    return contract.period.kind is not PeriodKind.NONE and contract.period.origin != "column"


def _partitions(contract: Contract) -> DynamicPartitionsDefinition | None:
    return YEARS if has_years(contract) else None


def _references(contract: Contract) -> list[AssetKey]:
    """The staged sources that must be there first, because values are looked up in them."""
    others = sorted({reference.to for reference in contract.references} - {contract.source})
    return [table_key(f"staging.{source}") for source in others]


def _tell_years(context: AssetExecutionContext, contract: Contract, accounts: dict[str, SourceAccount]) -> None:
    """Says of each year of the run what the source holds of it."""
    for year in context.partition_keys:
        context.add_asset_metadata(account_metadata(accounts[year]), context.asset_key, year)
        if accounts[year].files:
            context.log_event(AssetMaterialization(raw_key(contract.source), partition=year))


def _files_read(context: AssetExecutionContext, project: Project, loaded: night.Loaded) -> AssetCheckResult:
    """Whether all files could be read; tells of those that could not."""
    lines = [problem.line for problem in loaded.problems]
    for line in lines:
        context.log.error(line)
    if lines:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        send(Alert(context.asset_key.to_user_string(), context.run.run_id, lines, at), project.settings.webhook_url)
    return AssetCheckResult(
        check_name=FILES_READ,
        passed=not lines,
        severity=AssetCheckSeverity.ERROR,
        metadata={"files": len(lines), "problems": "\n".join(lines)},
    )


def account_metadata(account: SourceAccount) -> dict[str, int]:
    """The account of a source as numbers, which the graph draws over time."""
    return {
        "dagster/row_count": account.rows_staged,
        "files": account.files,
        "rows_read": account.rows_read,
        "rows_quarantined": account.rows_quarantined,
        "rows_duplicate": account.rows_duplicate,
        "rows_dropped": account.rows_dropped,
        "cells_repaired": account.cells_repaired,
    }
