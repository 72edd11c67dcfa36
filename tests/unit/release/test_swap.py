"""Readers during swaps, and what stays when a publication fails half-way."""

from __future__ import annotations

import contextlib
import errno
import multiprocessing
import resource
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from eduplan.errors import EnvironmentFault
from eduplan.release import publish
from eduplan.release.release import current_release

SWAPS = 20


def _read_for_ever(path: str, stop, results) -> None:
    """Opens the stable path again and again and notes what does not fit together."""
    reads, wrong = 0, []
    while not stop.is_set():
        try:
            with duckdb.connect(path, read_only=True) as connection:
                first = connection.execute("select min(pupils), max(pupils) from ch4_system.enrolment").fetchone()
                second = connection.execute("select max(followed) from ch3_development.health").fetchone()
                third = connection.execute("select max(generation) from plan.indicators").fetchone()
            if len({*first, *second, *third}) != 1:
                wrong.append(repr((first, second, third)))
        except Exception as error:
            wrong.append(repr(error))
        reads += 1
    results.put((reads, wrong))


def test_a_reader_never_sees_an_error_or_a_mixture(world):
    world.publish()
    context = multiprocessing.get_context("spawn")
    stop, results = context.Event(), context.Queue()
    reader = context.Process(target=_read_for_ever, args=(str(world.project.release_database), stop, results))
    reader.start()
    try:
        for generation in range(2, SWAPS + 2):
            world.build(generation)
            assert world.publish().is_new
    finally:
        stop.set()
        reads, wrong = results.get(timeout=60)
        reader.join(timeout=60)
    assert wrong == []
    assert reads > 0


def test_an_open_reader_keeps_the_release_that_it_opened(world):
    world.publish()
    with duckdb.connect(str(world.project.release_database), read_only=True) as reader:
        world.build(2)
        world.publish()
        assert reader.execute("select max(pupils) from ch4_system.enrolment").fetchone() == (1,)


@contextlib.contextmanager
def small_files(size: int):
    """Lets no file of this process grow beyond a size, which fails in DuckDB as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def test_a_disk_that_fills_up_while_writing_leaves_the_old_release(world):
    first = world.publish()
    world.build(2)
    world.connection.execute("create or replace table plan.large as select range, random() from range(500000)")
    world.connection.execute("checkpoint")
    with small_files(1_000_000), pytest.raises(EnvironmentFault, match="the disk is full"):
        world.publish()
    assert world.releases() == [first.release_id]
    assert current_release(world.project).release_id == first.release_id
    assert world.publish().is_new


@pytest.mark.parametrize("step", ["write_tables", "seal", "write_sealed", "put_in_place", "put_in_force"])
def test_a_full_disk_at_any_step_leaves_the_old_release(world, monkeypatch, step):
    first = world.publish()
    world.build(2)

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(publish, step, full)
        with pytest.raises(EnvironmentFault, match="the disk is full"):
            world.publish()
    assert world.releases() == [first.release_id]
    assert current_release(world.project).release_id == first.release_id
    assert world.publish().is_new


def test_a_link_that_cannot_be_replaced_leaves_the_old_release(world, monkeypatch):
    first = world.publish()
    world.build(2)
    replace = Path.replace

    def refuse(self, target):
        if Path(target).name == "current":
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", refuse)
        with pytest.raises(EnvironmentFault, match="the disk is full"):
            world.publish()
    assert world.releases() == [first.release_id]
    assert world.publish().is_new


KILLED = """
import os, sys
sys.path[:0] = sys.argv[2:]
from datetime import UTC, datetime
from eduplan.checks.check import CheckReport
from eduplan.declarations.contracts import load_contracts
from eduplan.declarations.models import load_models
from eduplan.project import Project
from eduplan.release import publish
from eduplan.warehouse.connection import open_warehouse

publish.put_in_place = lambda *args: os._exit(9)
project = Project.load(sys.argv[1])
publish.publish(
    open_warehouse(project), project, load_models(project.sql), load_contracts(project.contracts), {},
    check_report=CheckReport(results=(), ran=0), now=datetime(2026, 11, 24, tzinfo=UTC),
)
"""


def test_a_run_that_was_killed_is_cleaned_up_by_the_next(world):
    first = world.publish()
    world.build(2)
    world.connection.close()
    assert subprocess.run([sys.executable, "-c", KILLED, str(world.project.root)], check=False).returncode == 9
    assert len(world.releases()) == 2
    assert current_release(world.project).release_id == first.release_id
    world.connection = duckdb.connect(str(world.project.warehouse))
    second = world.publish()
    assert world.releases() == [first.release_id, second.release_id]
    assert not list(world.project.marts.glob("*.next"))
