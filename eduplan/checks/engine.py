"""Great Expectations on the open DuckDB connection of the load.

Belongs here: what makes the two work together. Does not belong here: which expectations there are. Import this
module only where there is something to run: Great Expectations alone takes seconds to import.

Four things are not as they come out of the box (see ``docs/decisions/0003-expectations.md``):

- The engine keeps one connection. As it comes, it returns its connection before it fetches, and DuckDB then drops
  the result (``IndexError``).
- That connection is a cursor of the load's own, so no second process, file or lock is involved.
- A batch is a query and not a table: the reflection of table columns forgets the schema, and a query can be one
  slice of a table. It is handed to the validator directly: data sources and assets are written out as YAML each time.
- One query a table shows that most of its checks hold, by aggregates (``proofs``). A check that it does not show is
  validated on its own, for the number of its offending rows.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import duckdb

from eduplan.checks.check import Check, Outcome
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


class TableAggregate(TableMetricProvider):
    """An aggregate over a batch; Great Expectations asks for all of one batch in one query."""

    metric_name = "table.aggregate"
    value_keys = ("aggregate",)

    @metric_partial(
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(cls, metric_domain_kwargs: Any, metric_value_kwargs: Any, **_: Any) -> Any:  # noqa: N805
        return sqlalchemy.literal_column(metric_value_kwargs["aggregate"]), metric_domain_kwargs, {}


class ExpectAggregateToBeZero(_ConfiguredOnce, BatchExpectation):
    """An aggregate that is 0 where a check holds."""

    aggregate: str
    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.aggregate",)
    success_keys: ClassVar[tuple[str, ...]] = ("aggregate",)
    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id", "row_condition", "condition_parser")

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any | None = None,
    ) -> dict[str, Any]:
        del runtime_configuration, execution_engine
        count = metrics["table.aggregate"]
        return {"success": count == 0, "result": {"unexpected_count": count}}


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
        proofs = {check.check_id: found for check in checks if (found := proof(check))}
        outcomes = self._validate(batch, [_expectation(check, batch, proofs.get(check.check_id)) for check in checks])
        unproven = [
            check for check in checks if check.check_id in proofs and not _is_counted(check, outcomes[check.check_id])
        ]
        if unproven:
            outcomes |= self._validate(batch, [_expectation(check, batch) for check in unproven])
        return outcomes

    def _validate(self, batch: str, expectations: Sequence[Expectation]) -> dict[str, Outcome]:
        self._batches += 1
        definition = LegacyBatchDefinition("warehouse", "load", f"batch {self._batches}", IDDict())
        data = SqlAlchemyBatchData(self._engine, query=f"select * from {batch}", create_temp_table=False)
        loaded = Batch(data=data, batch_definition=definition)  # type: ignore[arg-type]  # it says a class, and means one of it
        validator = Validator(self._engine, data_context=self._context, batches=[loaded])
        configurations = [expectation.configuration for expectation in expectations]
        results = validator.graph_validate(configurations, runtime_configuration={"result_format": _RESULT_FORMAT})
        return {_check_id(result): _outcome(result) for result in results}

    def close(self) -> None:
        """Gives the cursor back."""
        self._cursor.close()


def _expectation(check: Check, batch: str, aggregate: str | None = None) -> Expectation:
    """The expectation of a check: an aggregate that shows that it holds, or else the one that counts what breaks it."""
    meta = {"check_id": check.check_id}
    if aggregate:
        return ExpectAggregateToBeZero(aggregate=aggregate, meta=meta)
    if check.expectation == ROWS_QUERY:
        query = check.rows_query(batch).replace("{", "{{").replace("}", "}}")
        return ExpectQueryToReturnNoRows(query=query, meta=meta)
    return get_expectation_impl(check.expectation)(**check.kwargs, meta=meta)


def _is_counted(check: Check, outcome: Outcome) -> bool:
    """Whether an aggregate said all there is to say: it was found, and is 0 or the number of offending rows."""
    return outcome.message is None and (outcome.success or check.condition is not None)


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
