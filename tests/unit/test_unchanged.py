"""What a release depends on changes its mark."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from eduplan.project import Project
from eduplan.unchanged import State

ROOT = Path(__file__).resolve().parents[2]
BATCHES = """
create schema landing;
create table landing.batches (
    batch_id varchar, contract_fingerprint varchar, references_fingerprint varchar, rows_read bigint,
    rows_staged bigint, rows_quarantined bigint, status varchar
)
"""


def test_outlines_of_the_data_folder_are_part_of_the_mark(tmp_path: Path) -> None:
    project = Project.load(ROOT, data=tmp_path)
    with duckdb.connect() as connection:
        connection.execute(BATCHES)
        marks = [State.of(connection, project).mark]
        for text in ("{}", '{"features": []}'):
            (tmp_path / "areas.geojson").write_text(text, encoding="utf-8")
            marks.append(State.of(connection, project).mark)
        (tmp_path / "areas.geojson").unlink()
        assert State.of(connection, project).mark == marks[0]
    assert len(set(marks)) == 3


def test_a_changed_template_changes_the_mark(tmp_path: Path) -> None:
    sources = tmp_path / "project" / "site" / "templates"
    sources.mkdir(parents=True)
    shutil.copy(ROOT / "eduplan.yml", tmp_path / "project")
    (sources / "base.html").write_text("one", encoding="utf-8")
    project = Project.load(tmp_path / "project", data=tmp_path)
    with duckdb.connect() as connection:
        connection.execute(BATCHES)
        before = State.of(connection, project).mark
        (sources / "base.html").write_text("another", encoding="utf-8")
        assert State.of(connection, project).mark != before
        (sources / "base.html").write_text("one", encoding="utf-8")
        assert State.of(connection, project).mark == before
