"""``eduplan releases``, ``diff``, ``freeze`` and ``--as-of``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from typer.testing import Result

from eduplan.errors import ExitCode
from eduplan.indicators.tables import create_plan_tables

OLD, NEW = "2026-11-23T020000-aaaaaaaa", "2026-11-25T020000-bbbbbbbb"


def write_release(folder: Path, value: float, previous: str | None) -> None:
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "marts.duckdb")) as connection:
        connection.execute("create schema plan; create schema about")
        create_plan_tables(connection)
        connection.execute(
            "create table about.batches as select 'roll' as source, '2025-26' as period, '990101' as sender, "
            "'roll.csv' as file_name, 'aa' as sha256, 1 as rows_staged"
        )
        connection.execute(
            f"create table about.release as select '{folder.name}' as release_id, "
            f"'{folder.name[:10]}T02:00:00+08:00' as created_at"
        )
        connection.execute(
            "insert into plan.indicator_values by name select 'ENR-01' as indicator, 1 as definition_version, "
            "'school_year' as period_kind, '2025-26' as time_period, 2025 as reference_year, 'city' as ref_area_level, "
            "'990100' as ref_area, '_T' as stage, '_T' as urban_class, '_T' as ownership, '_T' as sex, "
            "'_T' as grade, '_T' as item, ? as obs_value, 'A' as obs_status, '%' as unit",
            [value],
        )
    manifest = {
        "release_id": folder.name,
        "created_at": f"{folder.name[:10]}T02:00:00+08:00",
        "fingerprint": folder.name[-8:],
        "previous": previous,
        "indicators": {"ENR-01": "1"},
        "tables": [{"table": "plan.indicator_values", "rows": 1}],
        "files": [{"path": "marts.duckdb", "bytes": 2_500_000}],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


@pytest.fixture
def released(project_folder: Path) -> Path:
    marts = project_folder / "data" / "marts"
    write_release(marts / "releases" / OLD, 80.0, None)
    write_release(marts / "releases" / NEW, 81.5, OLD)
    (marts / "current").symlink_to(f"releases/{NEW}")
    (marts / "marts.duckdb").symlink_to("current/marts.duckdb")
    return project_folder


def test_the_list_says_which_is_in_force_and_which_is_official(released: Path, run: Callable[..., Result]) -> None:
    assert run("freeze", "previous", "--reason", "annual bulletin").exit_code == 0
    rows = json.loads(run("releases", "--json").stdout)
    assert [(row["release_id"], row["in_force"], row["bytes"]) for row in rows] == [
        (NEW, True, 2_500_000),
        (OLD, False, 2_500_000),
    ]
    assert rows[0]["official"] is None
    assert rows[1]["official"]["reason"] == "annual bulletin"
    shown = run("releases").stdout
    assert "annual bulletin" in " ".join(shown.split())
    assert "in force" in shown
    assert "2.5" in shown


def test_a_difference_is_shown_and_told_as_data(released: Path, run: Callable[..., Result]) -> None:
    shown = run("diff").stdout
    assert f"{OLD} → {NEW}" in shown
    assert "81.5" in shown
    assert "Revised values: 1 (1 by declarations or program)" in shown
    found = json.loads(run("diff", "2026-11-23", "bbbb", "--json").stdout)
    assert (found["old"], found["new"]) == (OLD, NEW)
    assert [(row["old_value"], row["new_value"]) for row in found["values"]] == [(80, 81.5)]
    assert "Nothing differs." in run("diff", "current", "current").stdout
    assert "修订数值: 1" in run("diff", "--lang", "zh").stdout


def test_the_release_of_a_day_is_asked(released: Path, run: Callable[..., Result]) -> None:
    def value(*options: str) -> float:
        return json.loads(run("sql", "select obs_value from plan.indicator_values", "--json", *options).stdout)[0][
            "obs_value"
        ]

    assert (value(), value("--as-of", "2026-11-24"), value("--as-of", "previous")) == (81.5, 80, 80)
    assert value("--as-of", "2026-11-25") == 81.5


def test_an_earlier_release_is_exported_as_sdmx(released: Path, run: Callable[..., Result], tmp_path: Path) -> None:
    pytest.importorskip("pysdmx")
    done = run("export", "sdmx", "--output", str(tmp_path / "out"), "--level", "city", "--as-of", "previous")
    assert done.exit_code == 0, done.stderr
    assert [Path(line).name for line in done.stdout.split()] == ["data.csv", "data.xml", "structure.xml"]
    header, row = (tmp_path / "out" / "data.csv").read_text(encoding="utf-8").splitlines()
    assert dict(zip(header.split(","), row.split(","), strict=True))["OBS_VALUE"] == "80.0"


def test_an_official_value_is_not_revised_without_a_reason(released: Path, run: Callable[..., Result]) -> None:
    assert run("freeze", OLD, "--reason", "bulletin").exit_code == 0
    refused = run("freeze", "current", "--reason", "bulletin")
    assert refused.exit_code == ExitCode.USAGE
    assert "revises 1 values of the official release" in refused.stderr
    assert "--revision-reason" in refused.stderr
    done = run("freeze", "current", "--reason", "bulletin", "--revision-reason", "late return", "--json")
    assert json.loads(done.stdout)["revision_reason"] == "late return"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["diff", "nowhere"], ExitCode.USAGE, "nowhere: there is no such release"),
        (["diff", "2026-11-22"], ExitCode.USAGE, "nothing had been released by then"),
        (["sql", "select 1", "--as-of", "2026"], ExitCode.USAGE, "2 releases are called that"),
        (["sql", "select 1", "--as-of", "current", "--read", "work"], ExitCode.USAGE, "--as-of asks a release"),
        (["freeze", "current"], ExitCode.USAGE, "reason"),
    ],
)
def test_a_wrong_name_is_one_clear_line(
    released: Path, run: Callable[..., Result], arguments: list[str], code: int, said: str
) -> None:
    shown = run(*arguments)
    assert shown.exit_code == code
    assert said in shown.stderr


@pytest.mark.parametrize("arguments", [["releases"], ["diff"], ["freeze", "current", "--reason", "x"]])
def test_nothing_was_released_yet(run: Callable[..., Result], arguments: list[str]) -> None:
    shown = run(*arguments)
    assert shown.exit_code == ExitCode.ENVIRONMENT
    assert "nothing was released yet (run: eduplan run)" in shown.stderr
