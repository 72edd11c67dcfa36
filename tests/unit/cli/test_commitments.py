"""Commitments on the terminal, from a release of two indicators and four promises."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from typer.testing import Result

from eduplan.declarations.commitments import CommitmentType, Tier
from eduplan.declarations.indicators import Indicator
from eduplan.declarations.loading import parse_yaml_as
from eduplan.declarations.models import load_models
from eduplan.declarations.registry import load_registry
from eduplan.errors import ExitCode
from eduplan.indicators.commitments import write_commitments
from eduplan.indicators.compute import compute_indicators
from eduplan.indicators.status import compute_status
from eduplan.progress import Silent
from eduplan.project import Project
from eduplan.warehouse.catalogue import create_catalogue
from eduplan.words.sums import REASONS, sum_text
from eduplan.words.terms import COMMITMENT_TYPES, TIERS

INDICATORS = """
- code: HLT-11
  name: {en: Schools with a teacher, zh: 教师配备率}
  definition: {en: d, zh: d}
  chapter: ch3_development
  kind: ratio
  mart: ch3_development.rates
  numerator: n
  denominator: d
  direction: up
  source: {text: own, evidence: own design}
  commitments: [3.3-17, 3.3-18]
  disaggregations: [school]
  targets: [{kind: full_coverage, deadline: 2022, levels: [city, school], evidence: plan}]
- code: HLT-02
  name: {en: Rate, zh: 率}
  definition: {en: d, zh: d}
  chapter: ch3_development
  kind: ratio
  mart: ch3_development.rates
  numerator: m
  denominator: d
  direction: down
  source: {text: own, evidence: own design}
  commitments: [3.3-12]
  targets: [{kind: step, value: 1, evidence: plan}]
"""
PLAN = {
    "plan/chapters.yml": """
- chapter: ch3_development
  number: 3
  title: {en: All-round development, zh: 全面发展}
  sections: [{section: '3.3', title: {en: Health, zh: 健康}}]
""",
    "plan/offices.yml": "- {office: health, name: {en: Health office, zh: 体卫科}}\n",
    "plan/registered/hlt.yml": """
- code: HLT-22
  name: {en: Spending, zh: 经费}
  chapter: ch3_development
  numerator: {en: money spent, zh: 支出}
  unit: yuan
  direction: up
  source: {text: own, evidence: own design}
  waits_for: [finance]
  commitments: [3.3-18]
""",
    "plan/awaited_sources.yml": "- {source: finance, title: {en: accounts of the bureau, zh: 经费决算}}\n",
    "plan/commitments/ch3.yml": """
- id: 3.3-01
  label: {en: Health education as a system, zh: 健康教育体系}
  tier: evidence
  type: system
  office: health
  task: {en: 'Evidence file: the document', zh: 佐证材料：文件}
- id: 3.3-12
  label: {en: The rate falls, zh: 率下降}
  tier: measurable
  type: quantified_target
  office: health
  is_yearly: true
  target: {en: one point a year, zh: 每年一个百分点}
  baselines: [{of: HLT-02, year: 2020, value: 50.5, is_doubtful: true}]
- id: 3.3-17
  label: {en: A teacher in every school, zh: 每校一名}
  tier: measurable
  type: coverage_target
  office: health
  deadline: 2022
- id: 3.3-18
  label: {en: And money for it, zh: 与经费}
  tier: measurable
  type: mechanism
  office: health
""",
}


@pytest.fixture
def released(project_folder: Path) -> Path:
    for name, text in PLAN.items():
        path = project_folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    path = project_folder / "data" / "marts" / "marts.duckdb"
    path.parent.mkdir(parents=True)
    project = Project.load(project_folder)
    indicators = {each.code: each for each in parse_yaml_as(list[Indicator], INDICATORS, where="test")}
    registry = load_registry(project.plan, indicators)
    with duckdb.connect(str(path)) as connection:
        create_catalogue(connection)
        connection.execute("create schema ch3_development; create schema about")
        connection.execute("create table about.release as select '2026-01-02T020000-aaaa' as release_id")
        connection.execute(
            "create table ch3_development.rates as select * from (values ('2020-21', 's1', 1, 500, 1000), "
            "('2021-22', 's1', 3, 485, 1000), ('2022-23', 's1', 999, 483, 1000), ('2023-24', 's1', 1000, 460, 1000)) "
            "as rows(school_year, school_code, n, m, d)"
        )
        compute_indicators(connection, project, indicators, load_models(project.sql), progress=Silent())
        compute_status(connection, project, indicators)
        connection.execute("insert into plan.areas values ('school', 's1', '一校', null, null)")
        write_commitments(connection, registry, city_code=project.settings.city_code)
    return project_folder


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def test_chapters_count_their_commitments(released: Path, run: Callable[..., Result]) -> None:
    shown = run("status", "--commitments")
    assert shown.exit_code == 0, shown.stderr
    assert "Commitments of the plan · Demo City · 2026-01-02T020000-aaaa" in shown.stdout
    assert "3 All-round development" in shown.stdout
    assert "4 commitments   ✔" not in shown.stdout
    assert "● 1 on track" in shown.stdout
    assert "✘ 2 missed" in shown.stdout
    assert "◇ 1 by task" in shown.stdout


def test_a_section_lists_them_one_by_one(released: Path, run: Callable[..., Result]) -> None:
    shown = " ".join(run("status", "3.3", "--commitments").stdout.split())
    assert "3.3 Health" in shown
    assert "3.3-12 The rate falls every year ● on track HLT-02 Rate (2023-24)" in shown
    assert "3.3-01 Health education as a system ◇ by task Health office" in shown
    chinese = " ".join(run("status", "3.3-17", "--commitments", "--lang", "zh").stdout.split())
    assert "3.3-17 每校一名 2022 年 ✘ 未达成 HLT-11 教师配备率" in chinese
    assert "3.3-12" not in chinese


def test_the_commitments_as_json(released: Path, run: Callable[..., Result]) -> None:
    rows = json.loads(run("status", "ch3", "--commitments", "--json").stdout)
    assert [(row["commitment"], row["status"], row["answered_by"]) for row in rows] == [
        ("3.3-01", "task", "task"),
        ("3.3-12", "on_track", "indicators"),
        ("3.3-17", "missed", "indicators"),
        ("3.3-18", "missed", "indicators"),
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["status", "9", "--commitments"], "9: no commitments for that"),
        (["status", "HLT", "--commitments"], "HLT: names no commitments (try 3, 3.3 or 3.3-12)"),
        (["status", "--commitments", "--period", "2022-23"], "2022-23: commitments have their latest status alone"),
        (["explain", "3.3-99"], "commitment 3.3-99: there is no such commitment (there is 3.3-01 to 3.3-18)"),
    ],
)
def test_a_wrong_question_is_answered(
    released: Path, run: Callable[..., Result], arguments: list[str], said: str
) -> None:
    shown = run(*arguments)
    assert shown.exit_code != ExitCode.OK
    assert said in shown.stderr


def test_a_commitment_is_explained_with_its_sum(released: Path, run: Callable[..., Result]) -> None:
    shown = " ".join(run("explain", "3.3-12").stdout.split())
    assert "3.3-12 The rate falls · Demo City" in shown
    assert "quantified target · measurable · Due: every year · Health office" in shown
    assert "Promised: one point a year" in shown
    assert "Stated by the plan: HLT-02 50.5% (2020 · doubtful); counted here 50.00%" in shown
    assert "Status: ● on track · Decided by HLT-02 (plan)" in shown
    assert "−2.30 since last year, passed; −4.00 since 2020, at least −3.00 asked, passed; both tests passed" in shown


def test_a_past_deadline_shows_the_sum_of_its_year(released: Path, run: Callable[..., Result]) -> None:
    shown = " ".join(run("explain", "3.3-17").stdout.split())
    assert "100.00%" in shown
    assert "the verdict of 2022 stands: 999 of 1,000, 1 missing; does not reach the target" in shown
    chinese = " ".join(run("explain", "3.3-17", "--lang", "zh").stdout.split())
    assert "以 2022 年的判定为准：应有 1,000，已有 999，缺 1；未达到目标" in chinese


def test_a_school_has_the_worst_of_what_is_judged_of_it(released: Path, run: Callable[..., Result]) -> None:
    shown = " ".join(run("explain", "3.3-17", "--area", "一校").stdout.split())
    assert "3.3-17 A teacher in every school · 一校" in shown
    assert "Status: ✘ missed · Decided by HLT-11 (plan)" in shown
    listed = run("status", "--commitments", "--area", "s1")
    assert listed.exit_code == ExitCode.USAGE
    assert "commitments have a status for the city and its districts" in listed.stderr


def test_what_waits_for_its_source_says_so(released: Path, run: Callable[..., Result]) -> None:
    assert "? HLT-22 Spending: Not computed yet; waits for accounts of the bureau" in run("explain", "3.3-18").stdout
    assert "尚未计算，待经费决算" in run("explain", "HLT-22", "--lang", "zh").stdout
    shown = run("explain", "HLT-22").stdout
    assert "Numerator: money spent" in shown
    assert "Answers for: 3.3-18 And money for it" in shown


def test_an_indicator_names_its_commitments_and_who_it_lacks(released: Path, run: Callable[..., Result]) -> None:
    shown = run("explain", "HLT-11", "--period", "2022-23").stdout
    assert "Answers for: 3.3-17 A teacher in every school" in shown
    assert "all by 2022 (plan): 999 of 1,000, 1 missing; does not reach the target → ✘ missed" in shown


def test_every_word_of_the_model_has_both_languages() -> None:
    assert set(COMMITMENT_TYPES) == {str(each) for each in CommitmentType}
    assert set(TIERS) == {str(each) for each in Tier}
    assert all(set(texts) == {"en", "zh"} for texts in (*COMMITMENT_TYPES.values(), *TIERS.values(), *REASONS.values()))


STATUS = {
    "deadline": None,
    "reference_year": 2023,
    "numerator": 470,
    "denominator": 500,
    "scale": 100,
    "indicator_decimals": 2,
    "obs_value": 94.0,
    "indicator_kind": "ratio",
    "sign": 1,
    "target_value": 94.0,
    "target_upper": None,
    "path_value": None,
    "baseline_value": 90.0,
    "baseline_year": 2020,
}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            {"kind": "hold", "status": "met", "reason": "meets_target"},
            "470 × 100 / 500 = 94.00 ≥ 94; reaches the target",
        ),
        (
            {"kind": "hold", "status": "missed", "reason": "fails_target", "sign": -1, "target_value": 5.0},
            "470 × 100 / 500 = 94.00 > 5; does not reach the target",
        ),
        (
            {"kind": "reach", "status": "at_risk", "reason": "near_path", "target_value": 99.0, "path_value": 94.5},
            "470 × 100 / 500 = 94.00 < 99, path of the year 94.50; off the path, within the tolerance",
        ),
        (
            {"kind": "range", "status": "met", "reason": "meets_target", "target_value": 90.0, "target_upper": 95.5},
            "470 × 100 / 500 = 94.00 ∈ [90, 95.5]; reaches the target",
        ),
        (
            {"kind": "direction", "status": "on_track", "reason": "improved"},
            "94.00 after 90.00 in 2020; better than at the start",
        ),
        (
            {"kind": "milestone", "status": "met", "reason": "meets_target", "indicator_kind": "distinct"},
            "94.00 ≥ 94; reaches the target",
        ),
        ({"kind": "hold", "status": "insufficient_data", "reason": "low_coverage"}, "too few units reported"),
        # Told in fewer decimals than its indicator has: what was judged is not what is printed.
        (
            {"kind": "hold", "status": "missed", "reason": "fails_target", "decimals": 0, "denominator": None},
            "≈ 94 < 94; does not reach the target",
        ),
        (
            {
                "kind": "reach",
                "status": "at_risk",
                "reason": "near_path",
                "target_value": 99.0,
                "path_value": 94.5,
                "decimals": 2,
                "compared_decimals": 1,
            },
            "470 × 100 / 500 = 94.00 < 99, path of the year 94.5; off the path, within the tolerance",
        ),
        (
            {"kind": "direction", "status": "on_track", "reason": "improved", "decimals": 1, "compared_decimals": 0},
            "94.0 after 90 in 2020; better than at the start",
        ),
        (
            {
                "kind": "step",
                "status": "on_track",
                "reason": "both_tests_passed",
                "target_value": 0.5,
                "path_value": 92.0,
                "yearly_change": 1.0,
                "yearly_test": True,
                "cumulative_change": 4.0,
                "cumulative_test": True,
                "compared_decimals": 0,
            },
            "+1 since last year, passed; +4 since 2020, at least +1.50 asked, passed; both tests passed",
        ),
    ],
)
def test_sums_of_every_kind(row: dict[str, object], said: str) -> None:
    assert sum_text({**STATUS, **row}, "en") == said
