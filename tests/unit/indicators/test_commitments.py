"""What follows for commitments from the statuses of their indicators."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eduplan.declarations.chapters import Chapter
from eduplan.declarations.commitments import Commitment, Office
from eduplan.declarations.loading import parse_yaml_as
from eduplan.declarations.registry import Registry, load_registry
from eduplan.indicators.commitments import write_commitments
from eduplan.indicators.severity import WORST_FIRST
from eduplan.indicators.tables import CELL, create_plan_tables
from eduplan.indicators.texts import load_texts, write_plan_comments

from .conftest import CITY, PlanBench, new_plan_bench

MART = "school_year varchar, division_code varchar, n int, m int, d int"
CHAPTERS = """
- chapter: ch1_context
  number: 1
  title: {en: Context, zh: 环境}
  sections: [{section: 1.1.2, title: {en: Growth, zh: 扩增}}]
"""
OFFICES = "- {office: planning, name: {en: Planning office, zh: 规划科}}\n"
INDICATORS = """
- code: SEN-01
  kind: ratio
  mart: ch4_system.rates
  numerator: n
  denominator: d
  direction: up
  disaggregations: [district]
  commitments: [1.1.2-01, 1.1.2-02]
  targets:
    - {kind: hold, value: 80, evidence: plan}
    - {kind: hold, value: 70, evidence: national}
- code: SEN-02
  kind: ratio
  mart: ch4_system.rates
  numerator: m
  denominator: d
  direction: up
  commitments: [1.1.2-02]
  targets:
    - {kind: hold, value: 50, evidence: own}
- code: SEN-03
  kind: count
  mart: ch4_system.rates
  numerator: d
  direction: context
  commitments: [1.1.2-04, 1.1.2-05]
"""
REGISTERED = """
- code: SEN-04
  name: {en: Later, zh: 以后}
  chapter: ch1_context
  numerator: {en: something, zh: 某数}
  unit: units
  direction: up
  source: {text: own, evidence: own design}
  waits_for: [facilities]
  commitments: [1.1.2-03, 1.1.2-06]
"""
TASK = "\n  task: {en: a file, zh: 材料}"


def commitment(number: int, *, tier: str = "measurable", more: str = "") -> str:
    return f"""
- id: 1.1.2-{number:02d}
  label: {{en: Promise {number}, zh: 承诺}}
  tier: {tier}
  type: mechanism
  office: planning{more}
"""


@pytest.fixture
def registry(plan: PlanBench, tmp_path: Path) -> Registry:
    baselines = "\n  baselines: [{of: SEN-01, year: 2020, value: 75}]"
    files = {
        "chapters.yml": CHAPTERS,
        "offices.yml": OFFICES,
        "headlines.yml": "[SEN-02, SEN-04]",
        "registered/sen.yml": REGISTERED,
        "commitments/ch1.yml": "".join(
            [
                commitment(1, more=baselines),
                commitment(2),
                commitment(3),
                commitment(4),
                commitment(5, tier="evidence", more=TASK),
                commitment(6, tier="programme", more=TASK),
            ]
        ),
    }
    for name, text in files.items():
        path = tmp_path / "plan" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load_registry(tmp_path / "plan", plan.indicators(INDICATORS))


def judged(plan: PlanBench, registry: Registry, n: int, m: int) -> dict[tuple[str, str], tuple[Any, ...]]:
    rows: list[tuple[object, ...]] = [(year, "990101", n, m, 100) for year in ("2020-21", "2021-22")]
    plan.mart("ch4_system.rates", MART, rows)
    plan.judge(INDICATORS)
    write_commitments(plan.connection, registry, city_code=CITY)
    found = plan.connection.execute(
        "select commitment, ref_area, status, reason, indicator, target_number, met, missed from plan.commitment_status"
    ).fetchall()
    return {(row[0], row[1]): row[2:] for row in found}


def test_the_worst_status_decides(plan: PlanBench, registry: Registry) -> None:
    found = judged(plan, registry, 75, 60)
    assert found["1.1.2-01", CITY] == ("missed", "fails_target", "SEN-01", 1, 1, 1)
    assert found["1.1.2-02", CITY] == ("missed", "fails_target", "SEN-01", 1, 2, 1)
    found = judged(plan, registry, 80, 49)
    assert found["1.1.2-01", CITY][:2] == ("met", "meets_target")
    assert found["1.1.2-02", CITY] == ("missed", "fails_target", "SEN-02", 1, 2, 1)


def test_districts_are_judged_by_what_is_judged_there(plan: PlanBench, registry: Registry) -> None:
    found = judged(plan, registry, 80, 49)
    assert found["1.1.2-02", "990101"] == ("met", "meets_target", "SEN-01", 1, 2, 0)


def test_without_a_judgement_a_task_answers_or_nothing_does(plan: PlanBench, registry: Registry) -> None:
    found = judged(plan, registry, 80, 60)
    assert found["1.1.2-03", CITY][:2] == ("insufficient_data", "not_computed")
    assert found["1.1.2-04", CITY][:2] == ("no_judgement", "no_target")
    assert found["1.1.2-05", CITY][:2] == ("task", "answered_by_task")
    assert found["1.1.2-06", CITY][:2] == ("task", "answered_by_task")
    assert {status for status, *_ in found.values()} >= {"met", "task"}


def test_the_tables_say_who_answers(plan: PlanBench, registry: Registry) -> None:
    judged(plan, registry, 80, 60)
    answered = plan.connection.execute("select commitment, answered_by from plan.commitments").fetchall()
    assert dict(answered) == {
        "1.1.2-01": "indicators",
        "1.1.2-02": "indicators",
        "1.1.2-03": "indicators",
        "1.1.2-04": "indicators",
        "1.1.2-05": "indicators and task",
        "1.1.2-06": "indicators and task",
    }
    pairs = plan.connection.execute("select * from plan.commitment_indicators where indicator = 'SEN-04'").fetchall()
    assert pairs == [("1.1.2-03", "SEN-04", False), ("1.1.2-06", "SEN-04", False)]
    baselines = plan.connection.execute("select commitment, indicator, calendar_year from plan.commitment_baselines")
    assert baselines.fetchall() == [("1.1.2-01", "SEN-01", 2020)]


def test_nothing_is_written_twice(plan: PlanBench, registry: Registry) -> None:
    judged(plan, registry, 80, 60)
    assert not write_commitments(plan.connection, registry, city_code=CITY)


def test_every_table_of_the_plan_says_what_it_means(plan: PlanBench) -> None:
    create_plan_tables(plan.connection)
    write_plan_comments(plan.connection)
    silent = plan.connection.execute(
        "select table_name, column_name from duckdb_columns() where schema_name = 'plan' and comment is null"
    ).fetchall()
    assert silent == []
    tables = plan.connection.execute(
        "select 'plan.' || table_name, comment from duckdb_tables() where schema_name = 'plan'"
    ).fetchall()
    assert {table for table, comment in tables if comment} == set(load_texts().tables)
    used = {
        name
        for (name,) in plan.connection.execute(
            "select column_name from duckdb_columns() where schema_name = 'plan'"
        ).fetchall()
    }
    assert used == set(load_texts().columns)


@settings(max_examples=12, deadline=None)
@given(statuses=st.lists(st.sampled_from([*WORST_FIRST, "no_judgement"]), max_size=6))
def test_a_commitment_is_never_better_than_its_worst_judgement(statuses: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plan = new_plan_bench(Path(folder))
        create_plan_tables(plan.connection)
        indicator = plan.indicators(INDICATORS)["SEN-01"]
        registry = Registry(
            chapters=parse_yaml_as(list[Chapter], CHAPTERS, where="test"),
            offices={each.office: each for each in parse_yaml_as(list[Office], OFFICES, where="test")},
            commitments={each.id: each for each in parse_yaml_as(list[Commitment], commitment(1), where="test")},
            indicators={"SEN-01": indicator},
        )
        for number, status in enumerate(statuses, start=1):
            columns = "indicator, target_number, kind, series, sign, start_year, tolerance, evidence, levels"
            plan.connection.execute(
                f"insert into plan.targets ({columns}) values ('SEN-01', ?, 'hold', 'SEN-01', 1, 2020, 1, 'plan', [])",
                [number],
            )
            names = ", ".join(["indicator", "target_number", "kind", *CELL])
            plan.connection.execute(
                f"insert into plan.status ({names}, time_period, reference_year, obs_status, unit, status, reason, "
                f"is_latest) values ('SEN-01', ?, 'hold', 'city', '{CITY}', '_T', '_T', '_T', '_T', '_T', '_T', "
                "'2021-22', 2021, 'A', '%', ?, 'r', true)",
                [number, status],
            )
        write_commitments(plan.connection, registry, city_code=CITY)
        ((found, judged),) = plan.connection.execute("select status, judged from plan.commitment_status").fetchall()
    judging = [status for status in statuses if status != "no_judgement"]
    assert judged == len(judging)
    assert found == (min(judging, key=WORST_FIRST.index) if judging else "no_judgement")


def test_headlines_keep_their_order(plan: PlanBench, registry: Registry) -> None:
    judged(plan, registry, 80, 60)
    found = plan.connection.execute("select headline_number, indicator from plan.headlines order by 1").fetchall()
    assert found == [(1, "SEN-02"), (2, "SEN-04")]
