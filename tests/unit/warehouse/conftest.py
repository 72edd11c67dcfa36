"""A small warehouse whose staging views are plain tables, and models written as files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from eduplan.declarations.models import SqlModel, load_models
from eduplan.progress import Silent
from eduplan.warehouse.build import BuildReport, build_models
from eduplan.warehouse.catalogue import create_catalogue

HEADER = """/*
title: {{en: Title of {name}, zh: 标题}}
grain: {{en: one row each, zh: 一行}}
meaning: {{en: what it means, zh: 含义}}
key: [{key}]
{more}
*/
"""


@dataclass
class Bench:
    """The parts that a build test needs."""

    connection: duckdb.DuckDBPyConnection
    folder: Path
    arrivals: dict[tuple[str, str], int] = field(default_factory=dict)

    def model(self, table: str, sql: str, *, key: str, more: str = "") -> Path:
        schema, name = table.split(".")
        parent = self.folder / "core" if schema == "core" else self.folder / "marts" / schema
        parent.mkdir(parents=True, exist_ok=True)
        path = parent / f"{name}.sql"
        path.write_text(HEADER.format(name=name, key=key, more=more) + sql + "\n", encoding="utf-8")
        return path

    def macros(self, sql: str) -> None:
        (self.folder / "macros").mkdir(exist_ok=True)
        (self.folder / "macros" / "test.sql").write_text(sql, encoding="utf-8")

    def source(self, name: str, columns: str) -> None:
        self.connection.execute(f"create table staging.{name} ({columns})")

    def arrive(self, source: str, period: str, rows: list[tuple[object, ...]]) -> None:
        """A sender sends a period anew: its rows replace the earlier ones."""
        number = self.arrivals.get((source, period), 0) + 1
        self.arrivals[(source, period)] = number
        column = "school_year" if "-" in period else "calendar_year"
        if number > 1:
            self.connection.execute(
                "update landing.batches set status = 'replaced' where source = ? and period = ?", [source, period]
            )
            self.connection.execute(f"delete from staging.{source} where {column} = '{period[:7]}'")
        self.connection.execute(
            "insert into landing.batches (batch_id, source, period, sender, path, sha256, bytes, modified_ns, status, "
            "rows_read, rows_staged, rows_quarantined, rows_duplicate, rows_dropped, records_staged, cells_repaired, "
            "contract_fingerprint, references_fingerprint, landed_at) "
            "values (?, ?, ?, 'bureau', 'a/b.csv', 'x', 1, 1, 'current', ?, ?, 0, 0, 0, ?, 0, 'c', 'r', now())",
            [f"{source}-{period}-{number}", source, period, len(rows), len(rows), len(rows)],
        )
        if rows:
            marks = ", ".join("?" for _ in rows[0])
            self.connection.executemany(f"insert into staging.{source} values ({marks})", rows)

    @property
    def models(self) -> dict[str, SqlModel]:
        return load_models(self.folder)

    def build(self, only: set[str] | None = None) -> BuildReport:
        folder = self.folder / "slices"
        return build_models(self.connection, self.models, progress=Silent(), folder=folder, only=only)

    def rows(self, table: str) -> list[tuple[object, ...]]:
        return self.connection.execute(f"select * from {table} order by all").fetchall()

    def slices_built(self, report: BuildReport) -> dict[str, tuple[str, ...]]:
        return {build.table: build.slices for build in report.builds}


def new_bench(folder: Path) -> Bench:
    connection = duckdb.connect()
    create_catalogue(connection)
    return Bench(connection, folder)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return new_bench(tmp_path)
