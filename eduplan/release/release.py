"""Where releases lie, and how a reader opens the one in force.

Belongs here: paths, the manifest as a reader sees it, opening. Does not belong here: making a release.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from eduplan.errors import EnvironmentFault
from eduplan.project import Project
from eduplan.warehouse.connection import connect

DATABASE = "marts.duckdb"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Release:
    """One published release.

    Attributes:
        release_id: ``2026-11-23T020000-1a2b3c4d``: when it was made, and a part of its fingerprint.
        folder: Its folder, which never changes.
        manifest: What ``manifest.json`` says.
        is_new: Whether the call that gave it made it.
        notices: What that call had to leave out of it, one line each.
    """

    release_id: str
    folder: Path
    manifest: dict[str, Any]
    is_new: bool = False
    notices: tuple[str, ...] = ()

    @property
    def database(self) -> Path:
        """The published DuckDB file."""
        return self.folder / DATABASE

    @property
    def fingerprint(self) -> str:
        """Fingerprint of its content."""
        return str(self.manifest["fingerprint"])

    @property
    def rows(self) -> dict[str, int]:
        """Rows by table."""
        return {entry["table"]: entry["rows"] for entry in self.manifest["tables"]}


def releases_folder(project: Project) -> Path:
    """Folder with one folder a release."""
    return project.marts / "releases"


def current_link(project: Project) -> Path:
    """The link to the release in force; replacing it is what publishes."""
    return project.marts / "current"


def read_release(folder: Path) -> Release:
    """Reads a release from its folder.

    Raises:
        EnvironmentFault: Its manifest cannot be read.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EnvironmentFault(
            "the manifest of the release cannot be read", where=str(path), remedy="publish again: eduplan run"
        ) from error
    return Release(release_id=str(manifest["release_id"]), folder=folder, manifest=manifest)


def current_release(project: Project) -> Release | None:
    """The release in force, if there is one."""
    link = current_link(project)
    return read_release(link.resolve()) if link.exists() else None


def readable_release(project: Project) -> Release | None:
    """The release in force, if there is one that can be read; a spoilt one must not stop the next from being made."""
    try:
        release = current_release(project)
        if release is not None:
            duckdb.connect(str(release.database), read_only=True).close()
    except (EnvironmentFault, duckdb.Error):
        return None
    return release


def open_release(project: Project) -> duckdb.DuckDBPyConnection:
    """Opens the release in force for reading.

    The link is followed once, so that whatever is read comes from one release, also while the next one is published.

    Raises:
        EnvironmentFault: Nothing was released yet.
    """
    release = current_release(project)
    if release is None:
        raise EnvironmentFault("nothing was released yet", where=str(project.marts), remedy="run: eduplan run")
    return connect(release.database, project, read_only=True)
