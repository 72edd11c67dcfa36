"""Jobs that wait for each other, done in streams."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import duckdb
import pytest

from eduplan.warehouse.streams import Streams
from eduplan.warehouse.threads import on_one_thread

WAITS_FOR: dict[str, set[str]] = {"a": set(), "b": set(), "c": {"a", "b"}, "d": {"c", "elsewhere"}}


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2}) as connection:
        yield connection


def run(
    connection: duckdb.DuckDBPyConnection,
    do: Callable[[duckdb.DuckDBPyConnection, str], str],
    *,
    idle: str = "",
    size: Callable[[str], int] = lambda _: 0,
    waits_for: Mapping[str, set[str]] = WAITS_FOR,
    parts: Mapping[str, int] = {},
    part: Callable[[str, int, duckdb.DuckDBPyConnection], str] = lambda name, place, _: f"{name}{place}",
) -> tuple[list[str], int]:
    """The names in the order in which they were done, and how many steps were told."""
    done: list[str] = []
    told: list[int] = []
    with on_one_thread(connection) as threads:
        plan = {name: None if name in idle else name for name in waits_for}
        streams = Streams(
            connection,
            threads,
            plan.__getitem__,
            split=lambda name: [partial(part, name, place) for place in range(parts.get(name, 0))],
            size=size,
            do=lambda cursor, name, found: do(cursor, name + "".join(found)),
            note=done.append,
        )
        streams.run(waits_for, told.append)
    return done, sum(told)


def test_a_job_is_done_after_those_that_it_waits_for(connection):
    done, told = run(connection, lambda _, name: name)
    assert done[2:] == ["c", "d"]
    assert (sorted(done), told) == (["a", "b", "c", "d"], 4)


@pytest.mark.parametrize("idle", ["a", "c", "ab", "abcd"])
def test_what_waits_for_an_idle_job_is_done_all_the_same(connection, idle):
    done, told = run(connection, lambda _, name: name, idle=idle)
    assert (sorted(done), told) == (sorted(set("abcd") - set(idle)), 4)


def test_a_job_is_finished_with_what_came_of_its_parts_and_what_waits_for_it_waits_for_all_of_them(connection):
    done, told = run(connection, lambda _, name: name, parts={"a": 5, "c": 1})
    assert sorted(done[:2]) == ["aa0a1a2a3a4", "b"]
    assert (done[2:], told) == (["cc0", "d"], 4)


def test_parts_of_one_job_are_done_beside_each_other(connection):
    meeting = threading.Barrier(2, timeout=10)

    def part(name: str, place: int, _: duckdb.DuckDBPyConnection) -> str:
        meeting.wait()
        return f"{name}{place}"

    assert run(connection, lambda _, name: name, waits_for={"a": set()}, parts={"a": 4}, part=part)[0] == ["aa0a1a2a3"]


def test_a_part_that_fails_ends_the_others(connection):
    def part(_: str, place: int, cursor: duckdb.DuckDBPyConnection) -> str:
        if place:
            raise ValueError("no")
        cursor.execute("select count(*) from range(100_000_000) as a, range(100_000) as b")
        return ""

    with pytest.raises(ValueError, match="no"):
        run(connection, lambda _, name: name, waits_for={"a": set()}, parts={"a": 2}, part=part)


def test_jobs_for_which_no_stream_is_free_are_done_later(connection):
    waits_for: dict[str, set[str]] = {name: set() for name in "abcdefg"}
    assert sorted(run(connection, lambda _, name: name, waits_for=waits_for)[0]) == sorted(waits_for)


def test_two_jobs_run_beside_each_other(connection):
    meeting = threading.Barrier(2, timeout=10)

    def do(_: duckdb.DuckDBPyConnection, name: str) -> str:
        if name in "ab":
            meeting.wait()
        return name

    assert sorted(run(connection, do)[0]) == ["a", "b", "c", "d"]


def test_the_largest_job_is_next(connection):
    connection.execute("set threads = 1")
    assert run(connection, lambda _, name: name, size=ord)[0] == ["b", "a", "c", "d"]


def test_the_first_failure_ends_the_others(connection):
    is_running = threading.Event()
    ended = []

    def do(cursor: duckdb.DuckDBPyConnection, name: str) -> str:
        if name == "a":
            assert is_running.wait(10)
            raise ZeroDivisionError
        is_running.set()
        time.sleep(0.2)  # the other one fails before there is a statement to interrupt
        try:
            cursor.execute("select count(*) from range(10000000000) as numbers(n) where n % 7 = 3")
        except duckdb.InterruptException:
            ended.append(name)
            raise
        return name

    with pytest.raises(ZeroDivisionError):
        run(connection, do)
    assert ended == ["b"]
