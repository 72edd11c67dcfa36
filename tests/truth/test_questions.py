"""What the documentation asks a release is answered by one: questions, notebook, dictionary and data package."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = dict(
    re.findall(
        r"^### (\d+\. [^\n]*)\n\n```sql\n(.*?)\n```$",
        (ROOT / "docs" / "questions.md").read_text(encoding="utf-8"),
        re.DOTALL | re.MULTILINE,
    )
)


@pytest.fixture(scope="module")
def release(demo_city) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(demo_city.data / "marts" / "marts.duckdb"), read_only=True) as connection:
        yield connection


def test_there_are_twenty_questions_each_in_both_languages() -> None:
    assert [int(title.split(".")[0]) for title in QUESTIONS] == list(range(1, 21))
    assert [title for title in QUESTIONS if not re.search(r"[\u4e00-\u9fff]", title)] == []


@pytest.mark.parametrize("title", QUESTIONS)
def test_a_question_is_answered(release: duckdb.DuckDBPyConnection, title: str) -> None:
    relation = release.sql(QUESTIONS[title])
    names, rows = relation.columns, relation.fetchall()
    assert rows
    empty = [name for place, name in enumerate(names) if all(row[place] is None for row in rows)]
    assert empty == []


def test_the_notebook_runs_and_shows_a_table_for_each_question(demo_city, monkeypatch: pytest.MonkeyPatch) -> None:
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    monkeypatch.setenv("EDUPLAN_RELEASE", str(demo_city.data / "marts" / "marts.duckdb"))
    notebook = nbformat.read(ROOT / "docs" / "notebooks" / "first-look.ipynb", as_version=4)
    assert [cell for cell in notebook.cells if cell.get("outputs")] == []  # kept without figures that grow old
    nbclient.NotebookClient(notebook, timeout=120).execute()
    shown = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    assert all(outputs and outputs[0].output_type == "execute_result" for outputs in shown[:-1])
    assert "shape: (0" not in str(shown)


def test_every_table_and_column_of_a_release_says_what_it_is_in_both_languages(release) -> None:
    tables = release.sql(
        "select schema_name || '.' || table_name from duckdb_tables() "
        r"where comment is null or not regexp_matches(comment, '^.+ [|] .*[\x{4e00}-\x{9fff}]')"
    ).fetchall()
    columns = release.sql(
        "select schema_name || '.' || table_name || '.' || column_name from duckdb_columns() where not internal "
        r"and (comment is null or not regexp_matches(comment, '^.+ [|] .+'))"
    ).fetchall()
    assert (tables, columns) == ([], [])


def test_the_dictionary_has_the_columns_that_there_are(release) -> None:
    assert (
        release.sql(
            "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() where not internal "
            "except select table_name, column_name, data_type from plan.dictionary"
        ).fetchall()
        == []
    )
    assert (
        release.sql(
            "select table_name, column_name from plan.dictionary where meaning_en = '' or meaning_zh = '' "
            "or starts_with(table_name, 'ch') and (made_from = [] or sources = [])"
        ).fetchall()
        == []
    )


def test_frictionless_finds_the_data_package_of_the_release_valid(demo_city, release) -> None:
    frictionless = pytest.importorskip("frictionless")
    folder = (demo_city.data / "marts" / "current").resolve()
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert list(frictionless.Package.metadata_validate(package)) == []
    assert {entry["name"] for entry in package["sources"]} == {
        source for (source,) in release.sql("select distinct source from about.batches").fetchall()
    }
    for resource in package["resources"]:
        if resource["bytes"] > 50_000:  # frictionless reads row by row
            continue
        relation = duckdb.sql(f"from '{folder / resource['path']}' limit 200")
        rows = [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
        if rows:
            report = frictionless.Resource(data=rows, schema=frictionless.Schema(resource["schema"])).validate()
            assert report.valid, (resource["name"], report.flatten(["type", "message"])[:3])
