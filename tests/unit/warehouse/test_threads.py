"""Streams of statements beside each other, and the threads that they take."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import duckdb
import pytest

from eduplan.warehouse.threads import Threads, beside, on_one_thread

MANY = Threads.WORTH_SHARING


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2}) as connection:
        yield connection


def now(connection: duckdb.DuckDBPyConnection) -> int:
    row = connection.execute("select current_setting('threads')").fetchone()
    assert row
    return int(row[0])


def test_only_statements_that_read_many_rows_take_all_threads(connection):
    with on_one_thread(connection) as threads:
        assert now(connection) == 1
        threads.for_rows(MANY)
        assert now(connection) == 2
        threads.for_rows(MANY - 1)
        assert now(connection) == 1
    assert now(connection) == 2


def test_work_beside_has_one_thread_until_its_caller_waits_for_it(connection):
    taken, is_asked = threading.Event(), threading.Event()
    seen = []

    def work(cursor: duckdb.DuckDBPyConnection) -> str:
        with on_one_thread(cursor) as threads:
            threads.for_rows(MANY)
            seen.append(now(cursor))
            taken.set()
            assert is_asked.wait(10)
            threads.for_rows(MANY)
            seen.append(now(cursor))
        return "done"

    with beside(connection, work) as result:
        assert taken.wait(10)
        with on_one_thread(connection) as threads:
            threads.for_rows(MANY)
            assert now(connection) == 1
        threading.Timer(0.05, is_asked.set).start()
        assert result() == "done"
    assert seen == [1, 2]
    assert now(connection) == 2


def test_the_caller_has_all_threads_once_the_work_is_done(connection):
    with beside(connection, now) as result:
        result()
        with on_one_thread(connection) as threads:
            threads.for_rows(MANY)
            assert now(connection) == 2


def test_what_fails_beside_is_raised_to_who_waits_for_it(connection):
    with (
        pytest.raises(duckdb.CatalogException),
        beside(connection, lambda cursor: cursor.execute("from nowhere")) as done,
    ):
        done()
    assert now(connection) == 2


def test_work_beside_is_ended_when_its_caller_fails(connection):
    started, ended = threading.Event(), []

    def work(cursor: duckdb.DuckDBPyConnection) -> None:
        started.set()
        for _ in range(3):
            try:
                cursor.execute("select count(*) from range(10000000000) as numbers(n) where n % 7 = 3")
            except duckdb.InterruptException:
                ended.append("interrupted")

    def caller() -> None:
        started.wait()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), beside(connection, work):
        caller()
    assert ended == ["interrupted"] * 3
    with on_one_thread(connection):
        assert now(connection) == 1
    assert now(connection) == 2
