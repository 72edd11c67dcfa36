"""The graph does what the command line does, to the byte, and stops where the command line stops."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from dagster import (
    AssetCheckEvaluation,
    AssetKey,
    AssetRecordsFilter,
    DagsterInstance,
    ExecuteInProcessResult,
    build_sensor_context,
)

from assets.checks import GATE
from assets.naming import RELEASE_KEY, STATUS_KEY, raw_key, table_key
from assets.released import ROWS_PUBLISHED
from assets.sources import FILES_READ, YEARS
from eduplan.demo.generation import generate
from eduplan.errors import ExitCode
from eduplan.night import Declarations, run_night
from eduplan.progress import Silent
from eduplan.project import Project
from eduplan.release.release import current_release
from eduplan.staging.pseudonyms import create_key
from pipelines.definitions import build_definitions
from pipelines.schedules import every_year

ROOT = Path(__file__).resolve().parents[2]
BUREAU = ROOT / "tests" / "faults" / "bureau"
PUPILS = "学校代码,姓名,身份证件号,性别,年级\n9901010001,甲,990101201501010015,男,1\n"
SCHOOLS = "学校代码,学校名称\n9901010001,第一小学\n"


def night(project: Project, instance: DagsterInstance, **options: Any) -> ExecuteInProcessResult:
    """Runs the job ``night`` of a project in this process."""
    job = build_definitions(project).resolve_job_def("night")
    if not options:
        options["tags"] = every_year(instance, project, Declarations(project).contracts)
    return job.execute_in_process(instance=instance, raise_on_error=False, **options)


def released_bytes(project: Project) -> dict[str, bytes]:
    """Every Parquet file of the release in force."""
    release = current_release(project)
    assert release is not None
    folder = release.folder / "parquet"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


@pytest.fixture(scope="module")
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = create_key(tmp_path_factory.mktemp("key") / "person.key")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EDUPLAN_KEY_FILE", str(path))
        yield path


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory, key: Path) -> tuple[Project, Project]:
    """The same tiny demo city twice: for the command line's night, and for the graph."""
    folder = tmp_path_factory.mktemp("cities")
    generate(folder / "raw", scale=0.002, seed=3, years=(2024, 2025), progress=Silent())
    one, other = (Project.load(ROOT, data=folder / name, raw=folder / "raw") for name in ("line", "graph"))
    return one, other


@pytest.fixture(scope="module")
def graph_night(cities: tuple[Project, Project], instance: DagsterInstance) -> ExecuteInProcessResult:
    return night(cities[1], instance)


def test_both_ways_give_the_same_bytes(cities: tuple[Project, Project], graph_night: ExecuteInProcessResult) -> None:
    line, graph = cities
    report = run_night(line, now=datetime(2026, 1, 1, 18, tzinfo=UTC))
    assert report.is_new_release, report.problems
    assert graph_night.success
    expected, found = released_bytes(line), released_bytes(graph)
    assert sorted(found) == sorted(expected)
    assert [name for name in expected if found[name] != expected[name]] == []


def test_assets_report_rows_columns_and_years(
    cities: tuple[Project, Project], graph_night: ExecuteInProcessResult, instance: DagsterInstance
) -> None:
    event = instance.get_latest_materialization_event(table_key("core.school_year"))
    assert event is not None
    assert event.asset_materialization is not None
    metadata = event.asset_materialization.metadata
    assert int(str(metadata["dagster/row_count"].value)) > 0
    (column,) = [each for each in metadata["dagster/column_schema"].schema.columns if each.name == "school_code"]
    assert column.type == "VARCHAR"
    assert "·" in (column.description or "")
    assert set(instance.get_dynamic_partitions(str(YEARS.name))) >= {"2024", "2025"}
    for key in (table_key("staging.pupil_roll"), raw_key("pupil_roll")):
        assert instance.get_materialized_partitions(key) == {"2024", "2025"}


def test_every_check_has_its_result(graph_night: ExecuteInProcessResult, cities: tuple[Project, Project]) -> None:
    graph = build_definitions(cities[1]).resolve_asset_graph()
    results = {evaluation.asset_check_key: evaluation for evaluation in graph_night.get_asset_check_evaluations()}
    assert set(results) == set(graph.asset_check_keys)
    assert all("query" in result.metadata for key, result in results.items() if key.name not in (GATE, FILES_READ))


def test_one_year_of_one_source_is_loaded_again(
    cities: tuple[Project, Project], graph_night: ExecuteInProcessResult, instance: DagsterInstance
) -> None:
    before = released_bytes(cities[1])
    result = night(cities[1], instance, asset_selection=[table_key("staging.pupil_roll")], partition_key="2024")
    assert result.success
    told = {(event.asset_key, event.partition) for event in result.get_asset_materialization_events()}
    assert told == {(table_key("staging.pupil_roll"), "2024"), (raw_key("pupil_roll"), "2024")}
    assert released_bytes(cities[1]) == before


def test_a_night_on_the_command_line_is_shown_as_if_the_graph_had_made_it(
    cities: tuple[Project, Project], graph_night: ExecuteInProcessResult, instance: DagsterInstance
) -> None:
    run_night(cities[0])
    with DagsterInstance.ephemeral() as outside:
        shown = tell_of_nights_outside(cities[0], outside)
        assert shown.dynamic_partitions_requests[0].partition_keys == ["2024", "2025"]
        outside.add_dynamic_partitions(str(YEARS.name), ["2024", "2025"])
        for event in shown.asset_events:
            outside.report_runless_asset_event(event)
        made = {event.asset_key for event in graph_night.get_asset_materialization_events()}
        assert {event.asset_key for event in shown.asset_events} >= made
        for key in (table_key("staging.pupil_roll"), raw_key("pupil_roll")):
            assert outside.get_materialized_partitions(key) == instance.get_materialized_partitions(key)
        for year in ("2024", "2025"):
            roll = table_key("staging.pupil_roll")
            assert row_count_shown(outside, roll, year) == row_count_shown(instance, roll, year)
        for name in ("staging.division", "plan.indicator_values"):
            assert row_count_shown(outside, table_key(name)) == row_count_shown(instance, table_key(name)), name
        released = current_release(cities[1])
        assert released is not None
        mart = outside.get_latest_materialization_event(table_key("ch1_context.enrolment"))
        assert mart is not None
        assert mart.asset_materialization is not None
        assert mart.asset_materialization.metadata[ROWS_PUBLISHED].value == released.rows["ch1_context.enrolment"]
        checks = {each.asset_check_key: each.passed for each in graph_night.get_asset_check_evaluations()}
        told = {e.asset_check_key: e.passed for e in shown.asset_events if isinstance(e, AssetCheckEvaluation)}
        assert told == {key: checks[key] for key in told}
        assert len(told) > len(checks) / 2
        assert not tell_of_nights_outside(cities[0], outside).asset_events


def test_a_night_of_the_graph_is_not_told_twice(
    cities: tuple[Project, Project], graph_night: ExecuteInProcessResult, instance: DagsterInstance
) -> None:
    assert graph_night.success
    assert not tell_of_nights_outside(cities[1], instance).asset_events


def tell_of_nights_outside(project: Project, instance: DagsterInstance) -> Any:
    """What the sensor of nights outside the graph has to tell; Dagster has no public name for it."""
    sensor = build_definitions(project).resolve_sensor_def("nights_outside")
    return sensor.evaluate_tick(build_sensor_context(instance=instance))


def row_count_shown(instance: DagsterInstance, key: AssetKey, year: str | None = None) -> object:
    """The rows of a table as the graph shows them."""
    wanted = AssetRecordsFilter(asset_key=key, asset_partitions=[year] if year else None)
    materialization = instance.fetch_materializations(wanted, limit=1).records[0].asset_materialization
    assert materialization is not None
    return materialization.metadata["dagster/row_count"].value


@pytest.fixture
def bureau(tmp_path: Path, key: Path) -> Project:
    """The bureau of the fault tests, which a test may change."""
    shutil.copytree(BUREAU, tmp_path / "bureau")
    project = Project.load(tmp_path / "bureau", data=tmp_path / "data")
    for name, content in (("schools", SCHOOLS), ("pupils", PUPILS)):
        file = project.raw / name / "2024-25" / "city.csv"
        file.parent.mkdir(parents=True)
        file.write_text(content, encoding="utf-8")
    return project


def test_a_critical_check_stops_before_the_release(bureau: Project, instance: DagsterInstance) -> None:
    assert night(bureau, instance).success
    before = current_release(bureau)
    assert before is not None
    suite = bureau.expectations / "ch4_system" / "pupils.yml"
    suite.parent.mkdir(parents=True)
    suite.write_text(
        """\
table: ch4_system.pupils
expectations:
  - name: too_many
    type: expect_column_values_to_be_between
    kwargs: {column: pupils, max_value: 0}
    severity: critical
    title: {en: No pupils, zh: 没有学生}
    why: {en: A test, zh: 测试}
    remedy: {en: None, zh: 无}
""",
        encoding="utf-8",
    )
    failed = night(bureau, instance)
    assert not failed.success
    done = {event.asset_key for event in failed.get_asset_materialization_events()}
    assert STATUS_KEY in done
    assert RELEASE_KEY not in done
    assert current_release(bureau) == before
    report = run_night(bureau)
    assert report.exit_code is ExitCode.CHECKS
    assert "too_many" in report.problems[-1].line
    assert current_release(bureau) == before


def test_a_file_that_cannot_be_read_is_told_and_the_night_goes_on(
    bureau: Project, instance: DagsterInstance, webhook: tuple[str, list[dict[str, Any]]]
) -> None:
    url, posted = webhook
    watched = replace(bureau, settings=bureau.settings.model_copy(update={"webhook_url": url}))
    (watched.raw / "pupils" / "2024-25" / "late.csv").write_bytes(b"")
    result = night(watched, instance)
    assert result.success
    assert current_release(watched) is not None
    (read,) = [
        evaluation
        for evaluation in result.get_asset_check_evaluations()
        if evaluation.check_name == FILES_READ and evaluation.asset_key == table_key("staging.pupils")
    ]
    assert not read.passed
    (alert,) = posted
    assert "late.csv" in alert["text"]
