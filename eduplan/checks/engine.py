"""Great Expectations on the open DuckDB connection of the load.

Belongs here: what makes the two work together. Does not belong here: which expectations there are. Import this
module only where there is something to run: Great Expectations alone takes seconds to import.

Three things are not as they come out of the box (see ``docs/decisions/0003-expectations.md``):

- The engine keeps one connection. As it comes, it returns its connection before it fetches, and DuckDB then drops
  the result (``IndexError``).
- That connection is a cursor of the load's own, so no second process, file or lock is involved.
- A batch is a query and not a table: the reflection of table columns forgets the schema, and a query can be one
  slice of a table.
"""

from __future__ import annotations

import builtins
import contextlib
import logging
import os
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

import duckdb

from eduplan.checks.check import Check, Outcome
from eduplan.declarations.suites import ROWS_QUERY

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

import great_expectations as gx
import sqlalchemy
from duckdb_engine import ConnectionWrapper
from great_expectations.compatibility import pydantic
from great_expectations.core.expectation_suite import ExpectationSuite
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation, Expectation
from great_expectations.expectations.registry import get_expectation_impl

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


class DuckDBDatasource(SQLDatasource):
    """A SQL data source over an engine that was handed to it."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]
    _handed: Any = pydantic.PrivateAttr(None)

    @property
    def execution_engine_type(self) -> builtins.type[DuckDBExecutionEngine]:
        """The engine's class."""
        return DuckDBExecutionEngine

    def hand(self, engine: sqlalchemy.Engine) -> None:
        """Takes the engine that it works with."""
        self._handed = engine

    def get_engine(self) -> sqlalchemy.Engine:
        """The engine that was handed over."""
        engine: sqlalchemy.Engine = self._handed
        return engine

    def get_execution_engine(self) -> DuckDBExecutionEngine:
        """The one execution engine, made at first use."""
        if self._execution_engine is None:
            self._execution_engine = DuckDBExecutionEngine(engine=self._handed, create_temp_table=False)
        return self._execution_engine

    def test_connection(self, test_assets: bool = True) -> None:
        """Does nothing: the connection is open already."""


class ExpectQueryToReturnNoRows(BatchExpectation):
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
        logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
        self._cursor = connection.cursor()
        engine = sqlalchemy.create_engine(
            _URL, creator=lambda: ConnectionWrapper(self._cursor), poolclass=sqlalchemy.pool.StaticPool
        )
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
        source = DuckDBDatasource(name="warehouse", connection_string=_URL)
        self._source = context.data_sources.add_duckdb(source)
        self._source.hand(engine)
        self._batches = 0

    def validate(self, batch: str, checks: Sequence[Check]) -> dict[str, Outcome]:
        """Runs one suite over one batch.

        Args:
            batch: A table, or a query in brackets.
            checks: The checks.

        Returns:
            The outcomes by the names of the checks.
        """
        self._batches += 1
        name = f"batch {self._batches}"
        asset = self._source.add_query_asset(name, query=f"select * from {batch}")
        batch_definition = asset.add_batch_definition_whole_table("all")
        suite = ExpectationSuite(name=name, expectations=[_expectation(check, batch) for check in checks])
        validated = batch_definition.get_batch().validate(suite, result_format=_RESULT_FORMAT)
        self._source.assets.clear()  # each added one writes the list of all as YAML
        return {result.expectation_config.meta["check_id"]: _outcome(result) for result in validated.results}

    def close(self) -> None:
        """Gives the cursor back."""
        self._cursor.close()


def _expectation(check: Check, batch: str) -> Expectation:
    meta = {"check_id": check.check_id}
    if check.expectation == ROWS_QUERY:
        query = check.rows_query(batch).replace("{", "{{").replace("}", "}}")
        return ExpectQueryToReturnNoRows(query=query, meta=meta)
    return get_expectation_impl(check.expectation)(**check.kwargs, meta=meta)


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
