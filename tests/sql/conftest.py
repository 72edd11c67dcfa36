"""One empty warehouse for all cases; each case runs in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from .warehouse import empty_warehouse


@pytest.fixture(scope="session")
def empty() -> duckdb.DuckDBPyConnection:
    return empty_warehouse()


@pytest.fixture
def warehouse(empty: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    empty.execute("begin")
    yield empty
    empty.execute("rollback")
