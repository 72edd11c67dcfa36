"""The machine lacks something: one clear line, the exit code for it, and the last release stays."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from eduplan.errors import ExitCode
from tests.faults.conftest import PROJECT, PUPILS, Bureau

MORE = PUPILS + "9901010002,丁,990101201504040041,女,2\n"
HOLD = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.readline()
"""


def test_a_warehouse_that_another_process_holds(bureau: Bureau) -> None:
    before = bureau.released
    bureau.send("pupils/2024-25/city.csv", MORE)
    (held,) = (bureau.data / "work").glob("*.duckdb")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, held], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        night = bureau.eduplan("run")
        asked = bureau.eduplan("sql", "select 1", "--read", "work")
        assert bureau.released == before, "readers of the release do not notice"
        holder.communicate("\n")
    for ended in (night, asked):
        assert ended.code == ExitCode.LOCKED
        (line,) = ended.errors
        assert "another process is using the working warehouse (wait for the load" in line
    assert bureau.eduplan("run").code == 0
    assert bureau.released != before


def test_a_reader_of_the_release_does_not_stop_the_night(bureau: Bureau) -> None:
    bureau.send("pupils/2024-25/city.csv", MORE)
    hold = HOLD.replace("connect(sys.argv[1])", "connect(sys.argv[1], read_only=True)")
    with subprocess.Popen(
        [sys.executable, "-c", hold, bureau.data / "marts" / "marts.duckdb"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert bureau.eduplan("run").code == 0
        holder.communicate("\n")


def test_a_warehouse_that_is_gone_is_made_again_from_what_arrived(bureau: Bureau) -> None:
    before = bureau.released
    (held,) = (bureau.data / "work").glob("*.duckdb")
    held.unlink()
    asked = bureau.eduplan("quarantine")
    assert asked.code == ExitCode.ENVIRONMENT
    assert "there is no working warehouse yet (run: eduplan run)" in asked.errors[0]
    assert bureau.eduplan("run").code == 0
    assert bureau.released == before


def test_a_warehouse_that_is_no_database(bureau: Bureau) -> None:
    before = bureau.released
    (held,) = (bureau.data / "work").glob("*.duckdb")
    held.write_bytes(b"this is not a database" * 1000)
    night = bureau.eduplan("run")
    assert night.code == ExitCode.ENVIRONMENT
    (line,) = night.errors
    assert str(held) in line
    assert "move the file away" in line
    assert bureau.released == before


@pytest.mark.parametrize("command", [["status"], ["sql", "select 1"], ["explain", "ENR-01.girls"]])
def test_nothing_was_released_yet(bureau: Bureau, command: list[str]) -> None:
    shutil.rmtree(bureau.data / "marts")
    asked = bureau.eduplan(*command)
    assert asked.code == ExitCode.ENVIRONMENT
    (line,) = asked.errors
    assert "nothing was released yet (run: eduplan run)" in line


def test_a_project_without_contracts(bureau: Bureau, tmp_path_factory: pytest.TempPathFactory) -> None:
    empty = tmp_path_factory.mktemp("empty") / "bureau"
    empty.mkdir()
    shutil.copy(PROJECT / "eduplan.yml", empty)
    night = bureau.eduplan("run", project=empty)
    assert night.code == ExitCode.DECLARATION
    assert "no contract declares a source" in night.errors[0]


def test_a_data_folder_that_does_not_exist_is_not_made(bureau: Bureau, tmp_path: Path) -> None:
    misspelt = Bureau(tmp_path / "dat", bureau.key)
    night = misspelt.eduplan("run")
    assert night.code == ExitCode.ENVIRONMENT
    assert not misspelt.data.exists()


def test_a_release_that_is_spoilt_is_not_called_locked(bureau: Bureau) -> None:
    database = (bureau.data / "marts" / "marts.duckdb").resolve()
    database.chmod(0o644)
    database.write_bytes(b"garbage!" + database.read_bytes()[8:])
    asked = bureau.eduplan("status")
    assert asked.code == ExitCode.ENVIRONMENT
    assert "move the file away" in asked.errors[0]
    assert bureau.eduplan("run").code == 0
    assert bureau.released


def test_a_folder_of_extracts_that_does_not_exist(bureau: Bureau) -> None:
    before = bureau.released
    night = bureau.eduplan("run", "--raw", str(bureau.data / "nowhere"))
    assert night.code == ExitCode.ENVIRONMENT
    (line,) = night.errors
    assert "nowhere" in line
    assert bureau.released == before


@pytest.mark.parametrize("kilobytes", [4, 64, 300])
def test_a_full_disk_leaves_the_last_release(bureau: Bureau, kilobytes: int) -> None:
    before = bureau.released
    rows = "".join(f"9901010002,戊,{990101201600000000 + number},女,2\n" for number in range(2000))
    bureau.send("pupils/2024-25/city.csv", MORE + rows)
    limit = kilobytes * 1024

    def no_more_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    night = bureau.eduplan("run", before=no_more_room)
    assert night.code == ExitCode.ENVIRONMENT, night.err
    assert night.errors
    assert all("disk" in line or "space" in line for line in night.errors[-1:]), night.errors
    assert bureau.released == before
    assert not list((bureau.data / "marts" / "releases").glob(".building*"))
    assert bureau.eduplan("run").code == 0, "with room again, the night goes on"
    assert bureau.released != before


def test_a_key_that_is_missing(bureau: Bureau) -> None:
    before = bureau.released
    bureau.key.unlink()
    bureau.send("pupils/2024-25/city.csv", MORE)
    night = bureau.eduplan("run")
    assert night.code == ExitCode.ENVIRONMENT
    (line,) = night.errors
    assert str(bureau.key) in line
    assert "eduplan key create" in line
    assert bureau.released == before


def test_a_key_that_others_may_read(bureau: Bureau) -> None:
    bureau.key.chmod(0o644)
    bureau.send("pupils/2024-25/city.csv", MORE)
    night = bureau.eduplan("run")
    assert night.code == ExitCode.ENVIRONMENT
    (line,) = night.errors
    assert str(bureau.key) in line
    assert "0600" in line or "600" in line


def test_a_source_that_no_contract_declares(bureau: Bureau) -> None:
    night = bureau.eduplan("run", "--source", "teachers")
    assert night.code == ExitCode.USAGE
    assert "there is: pupils, schools" in night.errors[0]


def test_declarations_that_are_not_valid(bureau: Bureau, tmp_path_factory: pytest.TempPathFactory) -> None:
    broken = tmp_path_factory.mktemp("broken") / "bureau"
    shutil.copytree(PROJECT, broken)
    contract = broken / "contracts" / "pupils.yml"
    contract.write_text(contract.read_text(encoding="utf-8").replace("type: code", "type: codes"), encoding="utf-8")
    night = bureau.eduplan("run", project=broken)
    assert night.code == ExitCode.DECLARATION
    (line,) = night.errors
    assert f"{contract}:12: columns.3.type" in line


def test_interrupting_a_night_ends_with_130(bureau: Bureau) -> None:
    code = (
        "import eduplan.night as night, eduplan.cli.app as app, sys\n"
        "def stop(*_, **__): raise KeyboardInterrupt\n"
        "night.build = stop\n"
        "app.main()\n"
    )
    bureau.send("pupils/2024-25/city.csv", MORE)
    before = bureau.released
    done = subprocess.run(
        [sys.executable, "-c", code, "run", "--project", str(PROJECT), "--data", bureau.data],
        capture_output=True,
        text=True,
        env={**os.environ, "EDUPLAN_KEY_FILE": str(bureau.key)},
    )
    assert done.returncode == 130, done.stderr
    assert "the last release stands" in done.stderr
    assert bureau.released == before
