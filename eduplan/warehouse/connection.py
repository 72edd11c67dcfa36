"""Opens the working warehouse, with one clear line when that cannot be done.

Belongs here: connections and their settings. Does not belong here: any table.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from eduplan.errors import EnvironmentFault, LockedError
from eduplan.project import Project
from eduplan.warehouse.catalogue import create_catalogue


def open_warehouse(project: Project) -> duckdb.DuckDBPyConnection:
    """Opens the working warehouse for the load, and makes it where it does not exist.

    Raises:
        LockedError: Another process has it open.
        EnvironmentFault: The file is not a DuckDB file, or the disk or a permission stands in the way.
    """
    project.work.mkdir(parents=True, exist_ok=True, mode=0o700)
    connection = connect(project.warehouse, project)
    create_catalogue(connection)
    return connection


def connect(path: Path | str, project: Project, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Connects to a DuckDB file with the project's memory and thread limits.

    Raises:
        LockedError: Another process has it open for writing.
        EnvironmentFault: The file cannot be opened.
    """
    settings = project.settings
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        "temp_directory": str(project.work / "tmp"),
        "preserve_insertion_order": True,
        "autoinstall_known_extensions": False,
    }
    try:
        connection = duckdb.connect(str(path), read_only=read_only, config=config)
        connection.execute(f"set global TimeZone = '{settings.timezone}'")  # not known before icu is there
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise LockedError(
                "another process is using the working warehouse",
                where=str(path),
                remedy="wait for the load that is running, or end it",
            ) from error
        raise EnvironmentFault(
            "the warehouse cannot be opened: " + str(error).splitlines()[0],
            where=str(path),
            remedy="move the file away and run again; it is rebuilt from the landed files",
        ) from error
    except duckdb.Error as error:
        raise EnvironmentFault(
            "the warehouse cannot be opened: " + str(error).splitlines()[0], where=str(path)
        ) from error
    return connection


class Threads:
    """The threads that statements run on: one, and all of them for those that read many rows.

    Args:
        connection: The warehouse; the setting holds for all of its cursors.
    """

    WORTH_SHARING = 300_000
    """Rows from which on two threads take less time than one, although they take more processor time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        row = connection.execute("select current_setting('threads')").fetchone()
        self._all = self._now = int(row[0]) if row else 1

    def for_rows(self, rows: int) -> None:
        """Takes as many threads as a statement over so many rows is worth."""
        self.take(self._all if rows >= self.WORTH_SHARING else 1)

    def take(self, threads: int | None = None) -> None:
        """Takes so many threads; all by default."""
        wanted = threads or self._all
        if wanted != self._now:  # changing it takes some ten milliseconds
            self._connection.execute(f"set threads = {wanted}")
            self._now = wanted


@contextmanager
def on_one_thread(connection: duckdb.DuckDBPyConnection) -> Iterator[Threads]:
    """Runs small statements on one thread; over a few thousand rows, sharing the work costs more than doing it.

    Three hundred statements over marts take half the processor time that they take on two threads, and less time.

    Yields:
        The threads, for whoever has some larger statements among them.
    """
    threads = Threads(connection)
    threads.take(1)
    try:
        yield threads
    finally:
        threads.take()
