"""Whether anything changed since the last release, found without building anything.

Belongs here: the mark of everything that a release depends on. Does not belong here: what is done about a change.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from eduplan.project import SETTINGS_FILE, Project
from eduplan.release.looks import looks
from eduplan.site.outlines import outlines_file

_TABLE = """
create table if not exists warehouse.releases (
    mark varchar not null,
    release_id varchar not null,
    released_at timestamptz not null
)
"""
_BATCHES = """
select batch_id, contract_fingerprint, references_fingerprint, rows_read, rows_staged, rows_quarantined
from landing.batches where status = 'current' order by batch_id
"""
_ENGINE = Path(__file__).parent
_NOT_ENGINE = ("cli", "demo")
"""Parts of the program that no release depends on."""


@dataclass(frozen=True)
class State:
    """Everything that a release depends on, as one mark: declarations, engine, templates and current batches.

    Attributes:
        mark: Fingerprint; equal marks give equal releases.
    """

    mark: str

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection, project: Project) -> State:
        """The state of a working warehouse and its project."""
        digest = hashlib.sha256()
        folders = (project.contracts, project.sql, project.plan, project.expectations)
        files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
        modules = (path for path in _ENGINE.rglob("*.py") if path.relative_to(_ENGINE).parts[0] not in _NOT_ENGINE)
        engine = sorted(modules)
        outlines = outlines_file(project)
        drawn = [outlines] if outlines and outlines.is_relative_to(project.data) else []
        parts = ((project.root, [project.root / SETTINGS_FILE, *files]), (_ENGINE, engine), (project.data, drawn))
        for base, paths in parts:
            for path in paths:
                digest.update(path.relative_to(base).as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(path.read_bytes()).digest())
        digest.update(looks(project).encode())
        digest.update(repr(connection.execute(_BATCHES).fetchall()).encode())
        return cls(digest.hexdigest()[:32])

    def release_made(self, connection: duckdb.DuckDBPyConnection, project: Project) -> str | None:
        """The release that was made of this very state, if it is still the one in force."""
        from eduplan.release.release import readable_release

        connection.execute(_TABLE)
        # Written out: with a parameter DuckDB imports pandas, which takes longer than all the rest of this.
        row = connection.execute(f"select release_id from warehouse.releases where mark = '{self.mark}'").fetchone()
        if row is None:
            return None
        in_force = readable_release(project)
        return in_force.release_id if in_force and in_force.release_id == row[0] else None

    def remember(self, connection: duckdb.DuckDBPyConnection, release_id: str, now: datetime) -> None:
        """Notes that a release was made of this state."""
        connection.execute(_TABLE)
        connection.execute("begin")
        connection.execute("delete from warehouse.releases")
        connection.execute("insert into warehouse.releases values (?, ?, ?)", [self.mark, release_id, now])
        connection.execute("commit")
