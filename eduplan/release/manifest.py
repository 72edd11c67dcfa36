"""The manifest of a release, and the fingerprint that says whether a release would be another one.

Belongs here: what ``manifest.json`` says. Does not belong here: writing tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from eduplan import __version__
from eduplan.checks.check import CheckReport
from eduplan.project import Project
from eduplan.release.database import STORAGE_VERSION, PublishedTable
from eduplan.warehouse.fingerprints import digest

_BATCHES = """
select
    batch_id, source, period, sender, regexp_extract(path, '[^/]*$') as file_name, sha256, bytes,
    rows_read, rows_staged, rows_quarantined, rows_duplicate, rows_dropped
from landing.batches
where status = 'current'
order by source, period, sender, batch_id
"""


def content_fingerprint(
    tables: Sequence[PublishedTable],
    states: Mapping[str, str],
    batches: Sequence[Mapping[str, Any]],
    report: CheckReport,
    *,
    looks: str,
    drawn: Path | None = None,
) -> str:
    """Fingerprint of everything that a reader of the release would see.

    Args:
        tables: What is published, with its texts.
        states: Fingerprint of each table's rows.
        batches: The files behind it.
        report: How the checks came out.
        looks: Fingerprint of what pages and bulletins are made with.
        drawn: The file of outlines that the map is drawn from, if there is one.
    """
    parts: list[object] = [STORAGE_VERSION, looks]
    parts += [
        (table.table, states[table.table], table.columns, table.comment, sorted(table.column_comments.items()))
        for table in tables
    ]
    parts += [tuple(batch.values()) for batch in batches]
    parts += [
        (result.check.check_id, result.check.severity.value, result.success, result.rows_unexpected)
        for result in report.results
    ]
    if drawn is not None:
        parts.append(drawn.read_text(encoding="utf-8", errors="replace"))
    return digest(*parts)


def manifest(
    project: Project,
    connection: duckdb.DuckDBPyConnection,
    *,
    release_id: str,
    now: datetime,
    fingerprint: str,
    previous: str | None,
    tables: Sequence[PublishedTable],
    batches: Sequence[Mapping[str, Any]],
    report: CheckReport,
    files: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """What ``manifest.json`` says of a release; the file itself is not among its files."""
    return {
        "release_id": release_id,
        "created_at": now.isoformat(timespec="seconds"),
        "fingerprint": fingerprint,
        "previous": previous,
        "eduplan_version": __version__,
        "storage_version": STORAGE_VERSION,
        "city": {
            "code": project.settings.city_code,
            "en": project.settings.city_name.en,
            "zh": project.settings.city_name.zh,
        },
        "definitions": definition_fingerprints(project),
        "indicators": indicator_versions(connection),
        "batches": list(batches),
        "tables": [
            {
                "table": table.table,
                "rows": table.rows,
                "columns": dict(table.columns),
                "file": table.file,
            }
            for table in tables
        ],
        "checks": {
            "total": len(report.results),
            "held": len(report.results) - len(report.failed),
            "failed": report.failed_by_severity(),
            "failed_checks": [
                {
                    "check_id": result.check.check_id,
                    "severity": result.check.severity.value,
                    "rows_unexpected": result.rows_unexpected,
                }
                for result in report.failed
            ],
        },
        "files": list(files),
    }


def read_batches(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The current batches, as the manifest lists them."""
    result = connection.execute(_BATCHES)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def indicator_versions(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The version of each indicator's definition; empty where no indicators are computed."""
    columns = connection.execute(
        "select column_name from duckdb_columns() where database_name = current_database() "
        "and schema_name = 'plan' and table_name = 'indicators'"
    ).fetchall()
    if not {"indicator", "definition_version"} <= {row[0] for row in columns}:
        return {}
    rows = connection.execute(
        "select indicator, cast(definition_version as varchar) from plan.indicators order by indicator"
    ).fetchall()
    return dict(rows)


def definition_fingerprints(project: Project) -> dict[str, str]:
    """SHA-256 of each folder of declarations: of the paths and bytes of all its files, in order."""
    return {
        folder.name: _folder_fingerprint(folder)
        for folder in (project.contracts, project.sql, project.plan, project.expectations)
    }


def _folder_fingerprint(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole.update(path.relative_to(folder).as_posix().encode() + b"\0")
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()
