"""The graph that Dagster shows: whole, described, scheduled."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from dagster import (
    AssetKey,
    DagsterInstance,
    DefaultScheduleStatus,
    DefaultSensorStatus,
    Definitions,
    build_schedule_context,
    in_process_executor,
)

from assets.checks import GATE
from assets.naming import RELEASE_KEY, STATUS_KEY, raw_key, table_key
from assets.sources import FILES_READ, YEARS, has_years
from eduplan.checks.gather import gather_checks
from eduplan.night import Declarations
from eduplan.project import Project
from pipelines.definitions import build_definitions

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def declared() -> Declarations:
    return Declarations(Project.load(ROOT))


def test_the_definitions_are_valid(definitions: Definitions) -> None:
    Definitions.validate_loadable(definitions)


def test_every_declaration_is_an_asset(definitions: Definitions, declared: Declarations) -> None:
    graph = definitions.resolve_asset_graph()
    expected = {RELEASE_KEY, STATUS_KEY, AssetKey(["plan", "indicator_values"])}
    expected |= {raw_key(source) for source in declared.contracts}
    expected |= {table_key(f"staging.{source}") for source in declared.contracts}
    expected |= {table_key(table) for table in declared.models}
    assert set(graph.get_all_asset_keys()) == expected


def test_assets_say_who_owns_them_and_what_they_are_in_both_languages(definitions: Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.owners, key
        assert node.kinds, key
        assert node.group_name != "default", key
        assert "·" in (node.description or ""), key


def test_what_an_asset_reads_comes_from_the_text_of_its_query(definitions: Definitions, declared: Declarations) -> None:
    graph = definitions.resolve_asset_graph()
    for table, model in declared.models.items():
        read = {key.to_user_string().replace("/", ".") for key in graph.get(table_key(table)).parent_keys}
        assert read == {name for name in model.inputs if name.split(".")[0] not in ("codes", "reference", "landing")}


def test_sources_have_years_as_partitions_and_nothing_else_has(
    definitions: Definitions, declared: Declarations
) -> None:
    graph = definitions.resolve_asset_graph()
    partitioned = {key for key in graph.get_all_asset_keys() if graph.get(key).partitions_def is not None}
    expected = {
        key
        for source, contract in declared.contracts.items()
        if has_years(contract)
        for key in (raw_key(source), table_key(f"staging.{source}"))
    }
    assert partitioned == expected
    assert {graph.get(key).partitions_def for key in partitioned} == {YEARS}


def test_every_check_is_an_asset_check(definitions: Definitions, declared: Declarations) -> None:
    graph = definitions.resolve_asset_graph()
    checks = gather_checks(
        Project.load(ROOT), declared.models, declared.contracts, sources_with_batches=set(declared.contracts)
    )
    assert len(graph.asset_check_keys) == len(checks) + len(declared.contracts) + 1
    assert {key.name for key in graph.asset_check_keys if key.asset_key == STATUS_KEY} >= {GATE}
    assert all(
        any(key.name == FILES_READ for key in graph.asset_check_keys if key.asset_key == table_key(f"staging.{source}"))
        for source in declared.contracts
    )


def test_one_run_takes_everything_in_one_process(definitions: Definitions) -> None:
    assert definitions.executor is in_process_executor
    job = definitions.resolve_job_def("night")
    assert RELEASE_KEY in job.asset_layer.executable_asset_keys


def test_the_night_is_scheduled_at_two_in_shanghai_and_on(definitions: Definitions) -> None:
    schedule = definitions.resolve_schedule_def("nightly")
    assert schedule.cron_schedule == "0 2 * * *"
    assert schedule.execution_timezone == "Asia/Shanghai"
    assert schedule.default_status is DefaultScheduleStatus.RUNNING


@pytest.mark.parametrize("name", ["tell_of_failures", "new_years", "nights_outside"])
def test_the_sensors_are_on(definitions: Definitions, name: str) -> None:
    assert definitions.resolve_sensor_def(name).default_status is DefaultSensorStatus.RUNNING


def test_the_release_and_the_sources_must_be_fresh_in_the_morning(
    definitions: Definitions, declared: Declarations
) -> None:
    graph = definitions.resolve_asset_graph()
    for key in [RELEASE_KEY, *(table_key(f"staging.{source}") for source in declared.contracts)]:
        policy = graph.get(key).freshness_policy
        assert policy is not None, key
        assert policy.deadline_cron == "0 6 * * *"


def test_the_workspace_file_names_the_module_that_loads() -> None:
    (entry,) = yaml.safe_load((ROOT / "workspace.yaml").read_text(encoding="utf-8"))["load_from"]
    code = f"import {entry['python_module']} as module; print(type(module.defs).__name__)"
    shown = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, cwd=ROOT, env={**os.environ}
    )
    assert shown.stdout.strip() == "Definitions", shown.stderr


def test_loading_the_graph_imports_neither_great_expectations_nor_polars() -> None:
    heavy = "{'great_expectations', 'polars', 'pandas'}"
    code = f"import pipelines.definitions, sys; print(sorted({heavy} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert shown.stdout.strip() == "[]", shown.stderr


@pytest.mark.parametrize("example", sorted(path.name for path in (ROOT / "examples").iterdir() if path.is_dir()))
def test_every_example_has_a_graph_too(example: str, tmp_path: Path) -> None:
    Definitions.validate_loadable(build_definitions(Project.load(ROOT / "examples" / example, data=tmp_path)))


@pytest.mark.parametrize(
    "period",
    [
        "{kind: school_year, from: folder}",
        "{kind: none, from: fixed, value: all}",
        "{kind: calendar_year, from: column, column: year}",
    ],
)
def test_the_schedule_starts_a_run_over_what_arrived(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, period: str
) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "eduplan.yml").write_text('city_code: "990100"\ncity_name: {en: Demo, zh: 示范}\n', encoding="utf-8")
    (tmp_path / "contracts" / "towns.yml").write_text(
        f"""\
source: towns
title: {{en: Towns, zh: 镇}}
owner: {{en: Statistics office, zh: 统计科}}
privacy: public
files: [{{folder: towns}}]
period: {period}
columns: [{{name: code, type: text, required: true}}]
key: [code]
""",
        encoding="utf-8",
    )
    project = Project.load(tmp_path)
    schedule = build_definitions(project).resolve_schedule_def("nightly")
    with DagsterInstance.local_temp(str(tmp_path_factory.mktemp("home"))) as instance:

        def evaluate() -> list[dict[str, str]]:
            ticked = schedule.evaluate_tick(build_schedule_context(instance=instance))
            return [dict(request.tags) for request in ticked.run_requests or []]

        has_folder_periods = "folder" in period
        assert len(evaluate()) == (0 if has_folder_periods else 1)
        for year in ("2024-25", "2023-24"):
            (project.raw / "towns" / year).mkdir(parents=True)
            (project.raw / "towns" / year / "a.csv").write_text("code,year\n1,2024\n", encoding="utf-8")
        (tags,) = evaluate()
    ranges = {name: value for name, value in tags.items() if "partition_range" in name}
    assert set(ranges.values()) == ({"2023", "2024"} if has_folder_periods else set())
