"""Great Expectations on the open DuckDB connection of the load.

Belongs here: what makes the two work together. Does not belong here: which expectations there are. Import this
module only where there is something to run: Great Expectations alone takes seconds to import.

Four things are not as they come out of the box (see ``docs/decisions/0003-expectations.md``):

- The engine keeps one connection. As it comes, it returns its connection before it fetches, and DuckDB then drops
  the result (``IndexError``).
- That connection is a cursor of the load's own, so no second process, file or lock is involved.
- A batch is a query and not a table: the reflection of table columns forgets the schema, and a query can be one
  slice of a table. It is handed to the validator directly: data sources and assets are written out as YAML each time.
- That keys repeat nowhere is shown by their hashes (``keys``), and that most other checks hold by one query a table, of
  aggregates (``proofs``). A check that is not shown so is validated on its own, for the number of its offending rows.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import duckdb

from eduplan.checks.check import Check, Outcome
from eduplan.checks.keys import repeats_nowhere
from eduplan.checks.proofs import proof
from eduplan.declarations.suites import ROWS_QUERY

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

import great_expectations as gx
import sqlalchemy
from duckdb_engine import ConnectionWrapper
from great_expectations.compatibility import pydantic
from great_expectations.core.batch import Batch, LegacyBatchDefinition
from great_expectations.core.id_dict import IDDict
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation, Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metrics.metric_provider import metric_partial
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.expectations.registry import get_expectation_impl
from great_expectations.validator.validator import Validator

logging.getLogger("great_expectations").setLevel(logging.CRITICAL)

# No sample values: what is wrong is shown by a query, to those who may see the table.
_RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}
_URL = "duckdb:///:memory:"


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """Keeps one connection for as long as it lives."""

    @contextlib.contextmanager
    def get_connection(self) -> Iterator[Any]:
        """Gives the one connection, and never takes it back."""
        if self._connection is None:
            self._connection = self.engine.connect()
        yield self._connection


class _ConfiguredOnce(Expectation):
    """Makes its configuration once; Great Expectations asks for it fifty times a validation and makes it each time."""

    _made: Any = pydantic.PrivateAttr(None)

    @property
    def configuration(self) -> ExpectationConfiguration:
        """Type, arguments and meta data of the expectation."""
        if self._made is None:
            self._made = super().configuration
        made: ExpectationConfiguration = self._made
        return made


class TableAggregates(TableMetricProvider):
    """Whole numbers that are aggregates over a batch, as one metric: each metric of its own takes a millisecond."""

    metric_name = "table.aggregates"
    value_keys = ("aggregates",)

    @metric_partial(
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(cls, metric_domain_kwargs: Any, metric_value_kwargs: Any, **_: Any) -> Any:  # noqa: N805
        return sqlalchemy.literal_column(f"[{metric_value_kwargs['aggregates']}]"), metric_domain_kwargs, {}


class ExpectAggregatesToBeZero(_ConfiguredOnce, BatchExpectation):
    """Aggregates that are 0 where checks hold, each of them one of a list."""

    aggregates: str
    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.aggregates",)
    success_keys: ClassVar[tuple[str, ...]] = ("aggregates",)
    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id", "row_condition", "condition_parser")

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any | None = None,
    ) -> dict[str, Any]:
        del runtime_configuration, execution_engine
        counts = metrics["table.aggregates"]
        return {"success": not any(counts), "result": {"details": counts}}


class ExpectQueryToReturnNoRows(_ConfiguredOnce, BatchExpectation):
    """An unexpected-rows query that is counted and not fetched.

    The class of Great Expectations runs its query twice, and fetches rows that nobody asked for.
    """

    query: str
    metric_dependencies: ClassVar[tuple[str, ...]] = ("query.row_count",)
    success_keys: ClassVar[tuple[str, ...]] = ("query",)
    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id", "row_condition", "condition_parser")

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any | None = None,
    ) -> dict[str, Any]:
        del runtime_configuration, execution_engine
        count = metrics["query.row_count"]
        return {"success": count == 0, "result": {"unexpected_count": count}}


class ExpectationEngine:
    """Runs checks over tables of one open connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._cursor = connection.cursor()
        engine = sqlalchemy.create_engine(
            _URL, creator=lambda: ConnectionWrapper(self._cursor), poolclass=sqlalchemy.pool.StaticPool
        )
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
        self._engine = DuckDBExecutionEngine(engine=engine, create_temp_table=False)
        self._batches = 0

    def validate(self, batch: str, checks: Sequence[Check]) -> dict[str, Outcome]:
        """Runs one suite over one batch.

        Args:
            batch: A table, or a query in brackets.
            checks: The checks.

        Returns:
            The outcomes by the names of the checks.
        """
        outcomes = {
            check.check_id: Outcome(success=True, unexpected=0)
            for check in checks
            if check.key and repeats_nowhere(self._cursor, batch, check.key)
        }
        outcomes |= self._shown_at_once(batch, [(check, found) for check in checks if (found := proof(check))])
        rest = [_expectation(check, batch) for check in checks if check.check_id not in outcomes]
        return outcomes | {_check_id(result): _outcome(result) for result in self._validate(batch, rest)}

    def _shown_at_once(self, batch: str, proofs: Sequence[tuple[Check, str]]) -> dict[str, Outcome]:
        """The outcomes of the checks of which one query over the batch says all there is to say."""
        if not proofs:
            return {}
        (result,) = self._validate(
            batch, [ExpectAggregatesToBeZero(aggregates=", ".join(found for _, found in proofs))]
        )
        if _exception_message(result.exception_info) is not None:
            if len(proofs) == 1:
                return {}
            each = [self._shown_at_once(batch, [one]) for one in proofs]
            return {name: outcome for shown in each for name, outcome in shown.items()}
        return {
            check.check_id: Outcome(count == 0, count)
            for (check, _), count in zip(proofs, result.result["details"], strict=True)
            if count == 0 or check.condition is not None
        }

    def _validate(self, batch: str, expectations: Sequence[Expectation]) -> list[Any]:
        if not expectations:
            return []
        self._batches += 1
        definition = LegacyBatchDefinition("warehouse", "load", f"batch {self._batches}", IDDict())
        data = SqlAlchemyBatchData(self._engine, query=f"select * from {batch}", create_temp_table=False)
        loaded = Batch(data=data, batch_definition=definition)  # type: ignore[arg-type]  # it says a class, and means one of it
        validator = Validator(self._engine, data_context=self._context, batches=[loaded])
        configurations = [expectation.configuration for expectation in expectations]
        return validator.graph_validate(configurations, runtime_configuration={"result_format": _RESULT_FORMAT})

    def close(self) -> None:
        """Gives the cursor back."""
        self._cursor.close()


def _expectation(check: Check, batch: str) -> Expectation:
    """The expectation of a check, which counts what breaks it."""
    meta = {"check_id": check.check_id}
    if check.expectation == ROWS_QUERY:
        query = check.rows_query(batch).replace("{", "{{").replace("}", "}}")
        return ExpectQueryToReturnNoRows(query=query, meta=meta)
    return get_expectation_impl(check.expectation)(**check.kwargs, meta=meta)


def _check_id(result: Any) -> str:
    return str(result.expectation_config.meta["check_id"])


def _outcome(result: Any) -> Outcome:
    message = _exception_message(result.exception_info)
    if message is not None:
        return Outcome(success=False, unexpected=None, message=message)
    success = bool(result.success)
    if "unexpected_count" in result.result:
        return Outcome(success, int(result.result["unexpected_count"] or 0))  # an empty table has no count
    return Outcome(success, 0 if success else 1)


def _exception_message(info: dict[str, Any] | None) -> str | None:
    """The first line of the first exception; Great Expectations nests them by metric or not at all."""
    if not info:
        return None
    parts = [info] if "raised_exception" in info else list(info.values())
    for part in parts:
        if part.get("raised_exception"):
            return str(part.get("exception_message") or "the expectation could not be run").splitlines()[0]
    return None
