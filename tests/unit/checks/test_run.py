"""What is run, what is skipped, and what a result says."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from eduplan.checks.check import CheckReport, CheckResult
from eduplan.checks.run import run_checks


def checked(world) -> CheckReport:
    return run_checks(world.connection, world.project, world.models, world.contracts)


def of(report: CheckReport, check_id: str) -> CheckResult:
    return next(result for result in report.results if result.check.check_id == check_id)


@pytest.fixture
def batches(monkeypatch) -> Iterator[list[str]]:
    """The batches that Great Expectations is given."""
    from eduplan.checks.engine import ExpectationEngine

    seen: list[str] = []
    original = ExpectationEngine.validate

    def watched(self, batch, checks):
        seen.append(batch)
        return original(self, batch, checks)

    monkeypatch.setattr(ExpectationEngine, "validate", watched)
    return seen


def test_everything_holds_in_a_sound_warehouse(world):
    report = checked(world)
    assert [result.check.check_id for result in report.failed] == []
    assert report.ran == len(report.results) > 15
    assert {result.check.table for result in report.results} == {
        "staging.pupil_roll",
        "core.pupil",
        "ch4_system.enrolment",
    }


def test_each_kind_of_failure_is_found_counted_and_shown(world):
    world.connection.execute(
        "update staging.pupil_roll set sex = 'unknown' where person_key < 2 and period = '2020-21'"
    )
    world.connection.execute("update staging.pupil_roll set area = 11 where person_key = 3 and period = '2020-21'")
    world.connection.execute("update staging.pupil_roll set acuity = 2.9 where person_key = 4 and period = '2020-21'")
    world.connection.execute(
        "update staging.pupil_roll set school_code = null where person_key = 5 and period = '2020-21'"
    )
    world.connection.execute("insert into core.pupil select * from core.pupil where person_key = 7")
    world.connection.execute("update ch4_system.enrolment set boys = 200, pupils = 150 where school_code = 'S1'")
    report = checked(world)
    found = {result.check.check_id: result.rows_unexpected for result in report.failed}
    assert found == {
        "staging.pupil_roll.codes.sex": 2,
        "staging.pupil_roll.range.area": 1,
        "staging.pupil_roll.range.acuity": 1,
        "staging.pupil_roll.not_null": 1,
        "core.pupil.key": 2,
        "ch4_system.enrolment.greater.pupils.boys": 2,
        "ch4_system.enrolment.large_school": 2,
        "cross.roll_total": 2,
    }
    for result in report.failed:
        assert len(world.connection.execute(result.query).fetchall()) == result.rows_unexpected
    assert {result.check.check_id for result in report.blocking} == {
        "staging.pupil_roll.codes.sex",
        "staging.pupil_roll.not_null",
        "core.pupil.key",
        "ch4_system.enrolment.greater.pupils.boys",
    }
    assert report.failed_by_severity() == {"critical": 4, "error": 3, "warning": 1}


def test_columns_and_types_are_those_of_the_contract(world):
    world.connection.execute("alter table staging.pupil_roll alter acuity type double")
    world.connection.execute("alter table staging.pupil_roll add column surprise integer")
    failed = of(checked(world), "staging.pupil_roll.columns")
    assert failed.rows_unexpected == 2
    assert sorted(world.connection.execute(failed.query).fetchall()) == [
        ("acuity", "DECIMAL(3,1)", "DOUBLE"),
        ("surprise", None, "INTEGER"),
    ]


def test_a_source_that_sent_files_has_rows(world):
    world.connection.execute("delete from staging.pupil_roll")
    assert of(checked(world), "staging.pupil_roll.rows").blocks


def test_a_table_that_does_not_exist_blocks(world):
    world.connection.execute("drop table ch4_system.enrolment")
    report = checked(world)
    assert of(report, "ch4_system.enrolment.key").blocks
    assert of(report, "ch4_system.enrolment.key").message == "the table ch4_system.enrolment does not exist"


def test_an_expectation_that_cannot_be_run_says_so_and_is_run_again(world):
    world.connection.execute("alter table ch4_system.enrolment rename column boys to lads")
    first = of(checked(world), "ch4_system.enrolment.greater.pupils.boys")
    assert (first.success, first.rows_unexpected) == (False, None)
    assert first.message is not None
    assert "boys" in first.message
    world.connection.execute("alter table ch4_system.enrolment rename column lads to boys")
    assert of(checked(world), "ch4_system.enrolment.greater.pupils.boys").success


def test_nothing_is_run_when_nothing_changed(world, batches):
    first = checked(world)
    batches.clear()
    second = checked(world)
    assert second.ran == 0
    assert batches == []
    assert [(r.check.check_id, r.success, r.checked_at) for r in second.results] == [
        (r.check.check_id, r.success, r.checked_at) for r in first.results
    ]


def test_only_the_changed_slice_is_judged_again(world, batches):
    checked(world)
    batches.clear()
    world.arrive("2021-22", "b3", range(0, 25))
    world.build("2021-22")
    report = checked(world)
    assert report.failed == ()
    assert "(select * from staging.pupil_roll where period in ('2021-22'))" in batches
    assert "(select * from core.pupil where school_year in ('2021-22'))" in batches
    assert of(report, "core.pupil.key").rows_total == 55


def test_a_check_that_failed_is_run_over_the_whole_table(world):
    world.connection.execute("update staging.pupil_roll set sex = 'unknown' where period = '2020-21'")
    assert of(checked(world), "staging.pupil_roll.codes.sex").rows_unexpected == 30
    world.arrive("2021-22", "b3", range(0, 25), sex="unknown")
    assert of(checked(world), "staging.pupil_roll.codes.sex").rows_unexpected == 55


def test_a_slice_that_went_away_leaves_the_rest_as_it_was(world):
    checked(world)
    world.connection.execute("delete from staging.pupil_roll where period = '2021-22'")
    world.connection.execute("delete from landing.batches where period = '2021-22'")
    assert of(checked(world), "staging.pupil_roll.key").success


def test_a_changed_suite_is_run_again(world):
    checked(world)
    path: Path = world.project.expectations / "ch4_system/enrolment.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("pupils > 100", "pupils > 5"), encoding="utf-8")
    report = checked(world)
    assert report.ran == 1
    assert of(report, "ch4_system.enrolment.large_school").rows_unexpected == 6


def test_the_texts_of_a_suite_change_without_a_run(world):
    checked(world)
    path: Path = world.project.expectations / "ch4_system/enrolment.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("Ask the school.", "Visit the school."), encoding="utf-8")
    report = checked(world)
    assert report.ran == 0
    assert of(report, "ch4_system.enrolment.large_school").check.remedy.en == "Visit the school."


def test_results_are_kept_in_the_warehouse(world):
    world.connection.execute("update ch4_system.enrolment set boys = 200 where school_code = 'S1'")
    checked(world)
    row = world.connection.execute(
        "select severity, rule, success, rows_unexpected, rows_total, why_en, remedy_zh from checks.results "
        "where check_id = 'ch4_system.enrolment.greater.pupils.boys'"
    ).fetchone()
    assert row == ("critical", "V31", False, 2, 6, "A share above one.", "检查模型。")


RUN_AGAIN = """
import sys
from eduplan.checks.run import run_checks
from eduplan.declarations.contracts import load_contracts
from eduplan.declarations.models import load_models
from eduplan.project import Project
from eduplan.warehouse.connection import open_warehouse

project = Project.load(sys.argv[1])
models, contracts = load_models(project.sql), load_contracts(project.contracts)
report = run_checks(open_warehouse(project), project, models, contracts)
assert report.ran == 0 and report.results
assert "great_expectations" not in sys.modules
"""


def test_great_expectations_is_imported_only_where_there_is_something_to_run(world):
    checked(world)
    world.connection.close()
    subprocess.run([sys.executable, "-c", RUN_AGAIN, str(world.project.root)], check=True)


def test_checks_of_the_plan_wait_for_its_tables(world, batches):
    path = world.project.expectations / "plan" / "status.yml"
    path.parent.mkdir()
    path.write_text(
        """
table: plan.status
expectations:
  - name: judged
    type: unexpected_rows_expectation
    kwargs: {unexpected_rows_query: "select * from {batch} where status is null"}
    severity: error
    title: {en: every value is judged, zh: 均已判定}
    why: {en: Nobody knows., zh: 无从得知。}
    remedy: {en: Judge again., zh: 重新判定。}
""",
        encoding="utf-8",
    )
    before = []

    def write_plan() -> None:
        before.extend(batches)
        world.connection.execute("create table plan.status as select null::varchar as status")

    report = run_checks(world.connection, world.project, world.models, world.contracts, plan_is_written=write_plan)
    assert set(before) == {"staging.pupil_roll", "core.pupil", "ch4_system.enrolment"}
    assert of(report, "plan.status.judged").rows_unexpected == 1


def test_a_plan_that_is_not_written_leaves_no_results(world):
    def stop() -> None:
        raise KeyError("status")

    with pytest.raises(KeyError):
        run_checks(world.connection, world.project, world.models, world.contracts, plan_is_written=stop)
    assert world.connection.execute("select count(*) from checks.results").fetchone() == (0,)
