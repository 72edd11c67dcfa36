"""``eduplan sql`` and the options that work before and after a command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from eduplan.cli.app import app
from eduplan.errors import ExitCode


@pytest.fixture
def released(project_folder: Path) -> Path:
    path = project_folder / "data" / "marts" / "marts.duckdb"
    path.parent.mkdir(parents=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema plan")
        connection.execute("create table plan.pupils as select 2025 as year, 12.50::decimal(9,2) as rate, null as gap")
        connection.execute("insert into plan.pupils select 2024, 1000000, null")
    return project_folder


def test_a_query_as_a_table(released: Path, run: Callable[..., Result]) -> None:
    shown = run("sql", "from plan.pupils")
    assert shown.exit_code == 0
    assert "2025" in shown.stdout
    assert "12.50" in shown.stdout
    assert "NULL" in shown.stdout


def test_a_query_as_json_and_csv(released: Path, run: Callable[..., Result]) -> None:
    rows = json.loads(run("sql", "from plan.pupils order by year", "--json").stdout)
    assert rows == [{"year": 2024, "rate": 1000000, "gap": None}, {"year": 2025, "rate": 12.5, "gap": None}]
    assert run("sql", "from plan.pupils order by year", "--csv").stdout == (
        "year,rate,gap\n2024,1000000.00,\n2025,12.50,\n"
    )


def test_a_query_from_a_file_and_from_standard_input(released: Path, run: Callable[..., Result]) -> None:
    query = released / "q.sql"
    query.write_text("select 7 as seven", encoding="utf-8")
    assert json.loads(run("sql", "-f", str(query), "--json").stdout) == [{"seven": 7}]
    assert json.loads(run("sql", "-", "--json", input_text="select 8 as eight").stdout) == [{"eight": 8}]


def test_a_long_result_is_cut_in_a_table_alone(released: Path, run: Callable[..., Result]) -> None:
    shown = run("sql", "select unnest(range(10)) as n", "--limit", "3")
    assert "3 of 10 rows" in shown.stderr
    assert len(json.loads(run("sql", "select unnest(range(10)) as n", "--limit", "3", "--json").stdout)) == 10


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sql", "select nonsense"], "nonsense"),
        (["sql", "select 1", "--json", "--csv"], "choose one"),
        (["sql", "-f", "nowhere.sql"], "nowhere.sql: the file does not exist"),
        (["sql", "create table x as select 1"], "a release never changes"),
        (["sql", "from plan.pupil"], "(did you mean plan.pupils?)"),
        (["sql", "select yeer from plan.pupils"], "(near it: "),
        (["sql", "from nothing_like_it"], "see the tables with: eduplan sql, then .tables"),
        (["sql", "selct 1"], "(see the query)"),
        (["sql", " "], "the query is empty (give one"),
    ],
)
def test_a_wrong_question_is_a_usage_error(
    released: Path, run: Callable[..., Result], arguments: list[str], said: str
) -> None:
    shown = run(*arguments)
    assert shown.exit_code == ExitCode.USAGE
    assert said in shown.stderr
    assert shown.stderr.count("\n") == 1


def test_a_reader_who_leaves_is_no_fault(released: Path) -> None:
    program = Path(sys.executable).with_name("eduplan")
    query = "select repeat('x', 200) as x from range(20000)"
    asked = subprocess.Popen(
        [program, "sql", query, "--limit", "0", "--project", released], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert asked.stdout is not None
    asked.stdout.read(100)
    asked.stdout.close()
    assert asked.stderr is not None
    assert asked.stderr.read() == b""
    assert asked.wait() == 0


def test_a_terminal_without_chinese_stops_nothing_and_data_are_utf8(released: Path) -> None:
    program = Path(sys.executable).with_name("eduplan")

    def asked(*layout: str) -> bytes:
        return subprocess.run(
            [program, "sql", "select '市' as 名", *layout, "--project", released],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONIOENCODING": "ascii"},
        ).stdout

    assert b"?" in asked()
    assert json.loads(asked("--json")) == [{"名": "市"}]
    assert asked("--csv").decode() == "名\n市\n"


def test_nothing_was_released_yet(run: Callable[..., Result]) -> None:
    shown = run("sql", "select 1")
    assert shown.exit_code == ExitCode.ENVIRONMENT
    assert "nothing was released yet (run: eduplan run)" in shown.stderr


def test_the_working_warehouse_on_request(released: Path, run: Callable[..., Result]) -> None:
    assert "no working warehouse yet" in run("sql", "select 1", "--read", "work").stderr


@pytest.mark.parametrize("before", [True, False])
def test_the_project_is_named_before_or_after_the_command(released: Path, before: bool) -> None:
    option, call = ["--project", str(released)], ["sql", "select 1 as one", "--json"]
    shown = CliRunner().invoke(app, [*option, *call] if before else [*call, *option])
    assert shown.exit_code == 0, shown.stderr
    assert json.loads(shown.stdout) == [{"one": 1}]


def test_the_project_is_named_by_the_environment(released: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDUPLAN_PROJECT", str(released))
    assert CliRunner().invoke(app, ["sql", "select 1"]).exit_code == 0


def test_a_folder_that_is_no_project(tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["sql", "select 1", "--project", str(tmp_path)])
    assert shown.exit_code == ExitCode.ENVIRONMENT
    assert "no eduplan.yml here" in shown.stderr


def test_a_prompt_answers_until_it_is_left(
    released: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    lines = iter([".tables", "select wrong;", "select year", "from plan.pupils;", ".quit"])
    monkeypatch.setattr("builtins.input", lambda _: next(lines))
    monkeypatch.setattr("eduplan.cli.sql._query_text", lambda *_: None)
    shown = run("sql")
    assert shown.exit_code == 0
    assert "pupils" in shown.stdout
    assert "2024" in shown.stdout
    assert "wrong" in shown.stderr
