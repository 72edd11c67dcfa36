"""Opens the working warehouse, with one clear line when that cannot be done.

Belongs here: connections and their settings. Does not belong here: any table.
"""

from __future__ import annotations

import re
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
        if re.search(r"\block\b", str(error), re.IGNORECASE):  # a corrupt block is none
            raise LockedError(
                "another process is using the working warehouse",
                where=str(path),
                remedy="wait for the load that is running, or end it",
            ) from error
        if "Permission denied" in str(error):
            raise EnvironmentFault(
                "no permission", where=str(path), remedy="run as the user that owns the file, or change its mode"
            ) from error
        raise EnvironmentFault(
            "the warehouse cannot be opened: " + str(error).splitlines()[0],
            where=str(path),
            remedy="move the file away and run again; it is made anew from the landed files",
        ) from error
    except duckdb.Error as error:
        raise EnvironmentFault(
            "the warehouse cannot be opened: " + str(error).splitlines()[0], where=str(path)
        ) from error
    return connection
