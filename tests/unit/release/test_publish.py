"""What stands in a release, and when there is one."""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
from pathlib import Path

import duckdb
import pytest

from eduplan.checks.check import Check, CheckReport, CheckResult
from eduplan.declarations.contracts import Severity
from eduplan.declarations.text import Bilingual
from eduplan.errors import CheckFailure, EnvironmentFault
from eduplan.release import publish
from eduplan.release.release import current_release, open_release

TEXT = Bilingual(en="text", zh="文字")


def report_with(severity: Severity, now) -> CheckReport:
    check = Check(
        "core.pupil.key", "core.pupil", "unexpected_rows_expectation", {}, severity, None, TEXT, TEXT, TEXT, ()
    )
    result = CheckResult(check, False, 7, 10, "select 1", None, "f", {}, now)
    return CheckReport(results=(result,), ran=1)


def test_a_release_holds_marts_plan_and_about_and_nothing_else(world):
    release = world.publish()
    assert release.is_new
    assert release.release_id.startswith("2026-11-23T030000-")
    with open_release(world.project) as connection:
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() order by 1"
        ).fetchall()
        assert [row[0] for row in tables] == [
            "about.batches",
            "about.checks",
            "about.release",
            "about.suppression",
            "ch3_development.health",
            "ch4_system.enrolment",
            "plan.dictionary",
            "plan.indicators",
            "plan.lineage",
        ]
        assert connection.execute("select release_id from about.release").fetchall() == [(release.release_id,)]
        assert connection.execute("select file_name, rows_read from about.batches").fetchall() == [("roll.csv", 3)]
        assert connection.execute("select comment from duckdb_tables() where table_name = 'enrolment'").fetchall() == [
            ("Enrolment: it's by school | 在校生",)
        ]
        assert connection.execute("select comment from duckdb_columns() where column_name = 'pupils'").fetchall() == [
            ("Pupils | 学生数",)
        ]
        assert (
            connection.execute("select tags['storage_version'] from duckdb_databases() where not internal")
            .fetchall()[0][0]
            .startswith("v1.0.0")
        )


def test_the_manifest_accounts_for_every_file(world):
    release = world.publish()
    manifest = json.loads((release.folder / "manifest.json").read_text(encoding="utf-8"))
    assert {file["path"] for file in manifest["files"]} == {
        "catalogue.jsonld",
        "datapackage.json",
        "marts.duckdb",
        "parquet/ch3_development/health.parquet",
        "parquet/ch4_system/enrolment.parquet",
        "parquet/plan/indicators.parquet",
        "parquet/plan/lineage.parquet",
    }
    for file in manifest["files"]:
        content = (release.folder / file["path"]).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (file["sha256"], file["bytes"])
    assert release.rows["ch4_system.enrolment"] == 200
    assert manifest["indicators"] == {"ENR-01": "1"}
    assert manifest["batches"][0]["sha256"] == "aa"
    assert set(manifest["definitions"]) == {"contracts", "sql", "plan", "expectations"}
    assert manifest["storage_version"] == "v1.0.0"


def test_files_are_read_only_and_the_database_leads_through_the_link(world):
    release = world.publish()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in release.folder.rglob("*") if path.is_file()}
    assert modes == {0o444}
    assert world.project.release_database.readlink() == Path("current/marts.duckdb")
    assert world.project.release_database.resolve() == release.database


def test_a_published_folder_works_wherever_it_is_copied(world, tmp_path):
    world.publish()
    shutil.copytree(world.project.marts, tmp_path / "elsewhere", symlinks=True)
    shutil.rmtree(world.project.marts)
    with duckdb.connect(str(tmp_path / "elsewhere/marts.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) from ch4_system.enrolment").fetchone() == (200,)


def test_parquet_is_sorted_by_key_and_the_same_bytes_every_time(world):
    first = world.publish()
    path = "parquet/ch4_system/enrolment.parquet"
    codes = [row[0] for row in duckdb.sql(f"select school_code from '{first.folder / path}'").fetchall()]
    assert codes == sorted(codes)
    before = {file["path"]: file["sha256"] for file in first.manifest["files"]}
    shutil.rmtree(world.project.marts)
    world.connection.execute(
        "create or replace table ch4_system.enrolment as from ch4_system.enrolment order by random()"
    )
    second = world.publish()
    after = {file["path"]: file["sha256"] for file in second.manifest["files"]}
    assert {path: sha for path, sha in after.items() if path.endswith("parquet")} == {
        path: sha for path, sha in before.items() if path.endswith("parquet")
    }


def test_a_client_without_extensions_can_read_every_column(world):
    with duckdb.connect(str(world.publish().database), read_only=True) as connection:
        rows = connection.execute("select distinct data_type from duckdb_columns() where not internal").fetchall()
    assert {row[0] for row in rows} <= {
        "VARCHAR",
        "BIGINT",
        "INTEGER",
        "BOOLEAN",
        "TIMESTAMP WITH TIME ZONE",
        "VARCHAR[]",
    }


def test_wide_sums_stay_whole_numbers_in_parquet(world):
    folder = world.publish().folder
    described = duckdb.sql(f"describe from '{folder}/parquet/ch3_development/health.parquet'").fetchall()
    assert dict(row[:2] for row in described)["followed"] == "BIGINT"


def test_the_same_content_makes_no_second_release(world):
    first = world.publish()
    second = world.publish()
    assert (second.release_id, second.is_new) == (first.release_id, False)
    assert world.releases() == [first.release_id]


def test_old_releases_stay_as_they_were(world):
    first = world.publish()
    world.build(2)
    second = world.publish()
    assert world.releases() == [first.release_id, second.release_id]
    assert current_release(world.project).release_id == second.release_id
    with duckdb.connect(str(first.database), read_only=True) as connection:
        assert connection.execute("select distinct pupils from ch4_system.enrolment").fetchall() == [(1,)]


def test_content_that_comes_back_is_a_new_release(world):
    first = world.publish()
    world.build(2)
    world.publish()
    world.build(1)
    third = world.publish()
    assert third.is_new
    assert third.fingerprint == first.fingerprint
    assert current_release(world.project).release_id == third.release_id


def test_a_changed_text_is_a_new_release(world):
    world.publish()
    world.connection.execute("comment on column ch4_system.enrolment.pupils is 'Pupils on the census date | 在校生'")
    assert world.publish().is_new


def test_another_look_is_a_new_release(world, monkeypatch):
    first = world.publish()
    monkeypatch.setattr(publish, "looks", lambda _: "of another template")
    second = world.publish()
    assert second.is_new
    assert second.fingerprint != first.fingerprint


@pytest.mark.parametrize("name", ["marts.duckdb", "manifest.json"])
def test_a_release_that_is_spoilt_does_not_stop_the_next(world, name):
    spoilt = world.publish()
    file = spoilt.folder / name
    file.chmod(0o644)
    file.write_bytes(b"\0" * 64 + file.read_bytes()[64:])
    made = world.publish()
    assert made.is_new
    with open_release(world.project) as connection:
        assert connection.execute("select release_id from about.release").fetchall() == [(made.release_id,)]


def test_a_failed_critical_check_leaves_the_old_release(world):
    first = world.publish()
    world.build(2)
    world.report = report_with(Severity.CRITICAL, world.now)
    with pytest.raises(CheckFailure, match=r"1 critical checks failed.*core\.pupil\.key"):
        world.publish()
    assert world.releases() == [first.release_id]
    assert current_release(world.project).release_id == first.release_id


@pytest.mark.parametrize("severity", [Severity.WARNING, Severity.ERROR])
def test_other_failed_checks_are_told_and_do_not_block(world, severity):
    world.report = report_with(severity, world.now)
    checks = world.publish().manifest["checks"]
    assert checks["failed"][severity.value] == 1
    assert checks["failed_checks"] == [{"check_id": "core.pupil.key", "severity": severity.value, "rows_unexpected": 7}]


def test_a_mart_that_was_not_built_is_not_left_out_silently(world):
    world.connection.execute("drop table ch4_system.enrolment")
    with pytest.raises(EnvironmentFault, match=r"marts were not built: ch4_system\.enrolment"):
        world.publish()


def test_without_a_release_there_is_one_clear_line(world):
    with pytest.raises(EnvironmentFault, match="nothing was released yet"):
        open_release(world.project)


def test_the_dictionary_has_every_column_of_the_release(world):
    world.publish()
    with open_release(world.project) as connection:
        missing = connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns() where not internal "
            "and (schema_name || '.' || table_name, column_name) not in (select (table_name, column_name) "
            "from plan.dictionary)"
        ).fetchall()
        assert missing == []
        assert connection.execute(
            "select data_type, unit, meaning_en, meaning_zh, made_from, sources from plan.dictionary "
            "where table_name = 'ch4_system.enrolment' and column_name = 'pupils'"
        ).fetchone() == ("BIGINT", "persons", "Pupils", "学生数", [], [])


def test_tables_about_the_release_say_what_each_column_means(world):
    world.publish()
    with open_release(world.project) as connection:
        rows = connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns() where not internal "
            "and (schema_name = 'about' or table_name = 'dictionary') and comment not like '% | %'"
        ).fetchall()
    assert rows == []
