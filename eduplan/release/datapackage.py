"""``datapackage.json``: a release described as a Frictionless data package, for machines that have never heard of us.

Belongs here: the descriptor. Does not belong here: the catalogue entry (``eduplan.release.catalogue``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from eduplan.declarations.contracts import Contract
from eduplan.declarations.text import Bilingual
from eduplan.project import Project
from eduplan.release.dictionary import DICTIONARY, SEPARATOR

DATAPACKAGE = "datapackage.json"
PARQUET = "application/vnd.apache.parquet"

_TYPES = {
    "VARCHAR": "string",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "SMALLINT": "integer",
    "TINYINT": "integer",
    "DOUBLE": "number",
    "FLOAT": "number",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "TIMESTAMP WITH TIME ZONE": "datetime",
}
_MISSING = "A null is a value that is not told; obs_status or the column suppressed says why"
_MISSING_ZH = "空值表示未提供数值，原因见 obs_status 或 suppressed 列"


def datapackage(
    published: duckdb.DuckDBPyConnection,
    project: Project,
    folder: Path,
    *,
    keys: Mapping[str, Sequence[str]],
    contracts: Mapping[str, Contract],
) -> dict[str, Any]:
    """Describes the Parquet files of a release.

    Texts in Chinese stand beside the English ones in properties that end in ``@zh``.

    Args:
        published: The published database.
        project: For the city and the licence.
        folder: The folder of the release.
        keys: Key columns of the tables that declare one.
        contracts: Contracts by source, for the names of the sources.
    """
    release_id, created_at = _release(published)
    city = project.settings.city_name
    package: dict[str, Any] = {
        "profile": "data-package",
        "name": f"eduplan-{project.settings.city_code}".lower(),
        "id": f"urn:eduplan:{project.settings.city_code}:{release_id}",
        "version": release_id,
        "created": created_at,
        "languages": ["en", "zh"],
        **_both("title", Bilingual(en=f"Education plan indicators, {city.en}", zh=f"{city.zh}教育规划监测数据")),
        **_both("description", Bilingual(en=_MISSING, zh=_MISSING_ZH)),
        "contributors": [{**_both("title", city), "role": "publisher"}],
    }
    if licence := project.settings.licence:
        named = {"name": licence.name, **({"path": licence.path} if licence.path else {})}
        package["licenses"] = [{**named, **_both("title", licence.title)}]
    if sources := _sources(published, contracts):
        package["sources"] = sources
    return package | {"resources": _resources(published, folder, keys)}


def _release(published: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    row = published.execute("select release_id, created_at from about.release").fetchone()
    if row is None:
        raise ValueError("about.release has one row")
    return str(row[0]), str(row[1])


def _both(name: str, text: Bilingual) -> dict[str, str]:
    return {name: text.en, f"{name}@zh": text.zh}


def _sources(published: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]) -> list[dict[str, Any]]:
    """The sources with files behind this release, and who owns them."""
    rows = published.execute("select source, count(*) from about.batches group by source order by source").fetchall()
    return [
        {
            "name": source,
            **_both("title", contracts[source].title),
            **_both("owner", contracts[source].owner),
            "files": files,
        }
        for source, files in rows
        if source in contracts
    ]


def _resources(
    published: duckdb.DuckDBPyConnection, folder: Path, keys: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    comments = dict(
        published.execute("select schema_name || '.' || table_name, comment from duckdb_tables()").fetchall()
    )
    fields: dict[str, list[dict[str, Any]]] = {}
    rows = published.execute(
        f"select table_name, column_name, data_type, unit, meaning_en, meaning_zh from {DICTIONARY} "
        "order by table_name, column_number"
    ).fetchall()
    for table, name, data_type, unit, meaning_en, meaning_zh in rows:
        field = {"name": name, "type": _field_type(data_type)}
        if meaning_en or meaning_zh:
            field |= _both("title", Bilingual(en=meaning_en or "", zh=meaning_zh or ""))
        fields.setdefault(table, []).append(field | ({"unit": unit} if unit else {}))
    return [_resource(path, folder, fields, comments, keys) for path in sorted((folder / "parquet").rglob("*.parquet"))]


def _resource(
    path: Path,
    folder: Path,
    fields: Mapping[str, list[dict[str, Any]]],
    comments: Mapping[str, str | None],
    keys: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    table = f"{path.parent.name}.{path.stem}"
    english, _, chinese = (comments.get(table) or "").partition(SEPARATOR)
    schema: dict[str, Any] = {"fields": fields[table]}
    if table in keys:
        schema["primaryKey"] = list(keys[table])
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    texts = _both("description", Bilingual(en=english, zh=chinese)) if english else {}
    return {
        "name": re.sub(r"[^a-z0-9._-]", "-", table),
        "path": path.relative_to(folder).as_posix(),
        "type": "table",
        "format": "parquet",
        "mediatype": PARQUET,
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256}",
        **texts,
        "schema": schema,
    }


def _field_type(data_type: str) -> str:
    """The Table Schema type of a DuckDB type."""
    if data_type.endswith("]"):
        return "array"
    return "number" if data_type.startswith("DECIMAL") else _TYPES.get(data_type, "any")
