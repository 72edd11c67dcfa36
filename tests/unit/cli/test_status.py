"""The scorecard, from a release of a few rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import Result

from eduplan.errors import ExitCode
from eduplan.indicators.tables import create_plan_tables
from eduplan.words.numbers import number
from eduplan.words.targets import target_text
from eduplan.words.terms import weakest

CITY, EAST, WEST, SCHOOL = "990100", "990101", "990102", "1199000001"


def _insert(connection: duckdb.DuckDBPyConnection, table: str, **values: Any) -> None:
    columns = connection.execute(f"describe {table}").fetchall()
    fillers = {"VARCHAR": "_T", "INTEGER": 0, "BOOLEAN": True, "VARCHAR[]": [], "JSON": "{}"}
    row = {name: values.get(name, None if null == "YES" else fillers.get(kind, 0)) for name, kind, null, *_ in columns}
    marks = ", ".join("?" for _ in row)
    connection.execute(f"insert into {table} values ({marks})", list(row.values()))


@pytest.fixture
def released(project_folder: Path) -> Path:
    path = project_folder / "data" / "marts" / "marts.duckdb"
    path.parent.mkdir(parents=True)
    with duckdb.connect(str(path)) as connection:
        create_plan_tables(connection)
        connection.execute("create schema about")
        connection.execute("create table about.release as select '2026-01-02T020000-aaaa' as release_id")
        for code, chapter, name in (
            ("PRE-01", "ch4_system", ("Enrolment ratio", "毛入园率")),
            ("CMP-14", "ch4_system", ("Spread", "差异系数")),
            ("HLT-01", "ch3_development", ("Myopia", "近视率")),
        ):
            _insert(
                connection,
                "plan.indicators",
                indicator=code,
                chapter=chapter,
                name_en=name[0],
                name_zh=name[1],
                decimals=2,
                direction="down" if code == "HLT-01" else "up",
            )
        common = {"unit": "%", "kind": "hold", "target_value": 94.0, "coverage_pct": 100.0, "obs_status": "A"}
        for area, value, status in ((CITY, 95.125, "met"), (EAST, 90.0, "missed"), (WEST, None, "insufficient_data")):
            _insert(
                connection,
                "plan.status",
                indicator="PRE-01",
                ref_area_level="city" if area == CITY else "district",
                ref_area=area,
                time_period="2025-26",
                reference_year=2025,
                obs_value=value,
                status=status,
                **common,
            )
        _insert(
            connection,
            "plan.status",
            indicator="PRE-01",
            ref_area_level="city",
            ref_area=CITY,
            time_period="2024-25",
            reference_year=2024,
            obs_value=93.0,
            status="missed",
            is_latest=False,
            **common,
        )
        for item, status in (("equipment", "off_track"), ("backbone", "met")):
            _insert(
                connection,
                "plan.status",
                indicator="CMP-14",
                ref_area_level="city",
                ref_area=CITY,
                stage="primary",
                item=item,
                time_period="2025-26",
                reference_year=2025,
                obs_value=0.3,
                status=status,
                **common,
            )
        _insert(
            connection,
            "plan.status",
            indicator="HLT-01",
            ref_area_level="city",
            ref_area=CITY,
            time_period="2025-26",
            reference_year=2025,
            obs_value=51.0,
            status="at_risk",
            **{**common, "kind": "step", "target_value": 1.0, "deadline": 2025},
        )
        _insert(connection, "plan.indicators", indicator="ENR-01.pupils", chapter="ch1_context", name_en="Pupils")
        _insert(
            connection,
            "plan.indicator_values",
            indicator="ENR-01.pupils",
            ref_area_level="city",
            ref_area=CITY,
            time_period="2025-26",
            reference_year=2025,
            obs_value=20234.0,
        )
        _insert(
            connection,
            "plan.status",
            indicator="PRE-01",
            ref_area_level="school",
            ref_area=SCHOOL,
            time_period="2025-26",
            reference_year=2025,
            status="missed",
            **{**common, "obs_status": "Q"},
        )
        _insert(
            connection,
            "plan.status",
            indicator="PRE-01",
            target_number=2,
            ref_area_level="district",
            ref_area=EAST,
            time_period="2025-26",
            reference_year=2025,
            obs_value=90.0,
            status="met",
            **{**common, "target_value": 85.0},
        )
        for code, number, evidence in (
            ("PRE-01", 0, "plan"),
            ("PRE-01", 2, "national"),
            ("CMP-14", 0, "national"),
            ("HLT-01", 0, "plan"),
        ):
            _insert(connection, "plan.targets", indicator=code, target_number=number, evidence=evidence)
        _insert(
            connection,
            "plan.indicator_values",
            indicator="PRE-01",
            ref_area_level="city",
            ref_area=CITY,
            time_period="2025-26",
            reference_year=2025,
            obs_value=95.125,
            interval_low=94.004,
            interval_high=96.096,
        )
        for code, name in ((SCHOOL, "第一幼儿园"), ("1199000002", "同名园"), ("1199000003", "同名园")):
            _insert(connection, "plan.areas", ref_area_level="school", ref_area=code, name_zh=name, name_en=None)
        for area, name in ((EAST, "East"), (WEST, "West")):
            _insert(
                connection, "plan.areas", ref_area_level="district", ref_area=area, name_zh=f"{name}区", name_en=name
            )
    return project_folder


def test_the_scorecard_of_the_city(released: Path, run: Callable[..., Result]) -> None:
    shown = run("status")
    assert shown.exit_code == 0, shown.stderr
    assert "Scorecard · Demo City · 2026-01-02T020000-aaaa" in shown.stdout
    assert "95.13%" in shown.stdout
    assert "≥ 94%" in shown.stdout
    assert "✔ met" in shown.stdout
    assert "▲ at risk" in shown.stdout
    assert "2,025" not in shown.stdout


@pytest.mark.parametrize(
    ("lang", "why"), [("en", "Some values have fewer decimals"), ("zh", "部分数值的小数位少于指标规定")]
)
def test_a_value_is_printed_with_the_decimals_in_which_it_is_told(
    released: Path, run: Callable[..., Result], lang: str, why: str
) -> None:
    assert why not in run("status", "--lang", lang).stdout
    with duckdb.connect(str(released / "data" / "marts" / "marts.duckdb")) as connection:
        connection.execute("update plan.status set decimals = 0 where indicator = 'PRE-01'")
    shown = run("status", "--lang", lang).stdout
    assert " 95%" in shown
    assert shown.count(why) == 1


def test_a_release_of_before_decimals_were_told_has_those_of_its_indicators(
    released: Path, run: Callable[..., Result]
) -> None:
    with duckdb.connect(str(released / "data" / "marts" / "marts.duckdb")) as connection:
        for table in ("indicator_values", "status"):
            connection.execute(f"alter table plan.{table} drop decimals")
        connection.execute("alter table plan.status drop compared_decimals")
    shown = run("status")
    assert shown.exit_code == 0, shown.stderr
    assert "95.13%" in shown.stdout


def test_the_scorecard_in_chinese(released: Path, run: Callable[..., Result]) -> None:
    shown = run("status", "--lang", "zh")
    assert "规划实施计分卡 · 示范市" in shown.stdout
    assert "毛入园率" in shown.stdout
    assert "✔ 已达成" in shown.stdout


def test_an_indicator_without_a_target_is_shown_when_asked_for(released: Path, run: Callable[..., Result]) -> None:
    assert "ENR-01.pupils" not in run("status").stdout
    shown = run("status", "ENR").stdout
    assert "20,234" in shown
    assert "context" in shown


def test_items_are_folded_into_the_worst(
    released: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    shown = run("status", "CMP-14").stdout
    assert "worst of 2: equipment" in " ".join(shown.split())
    assert "▼ off track" in shown
    assert "backbone" not in shown


@pytest.mark.parametrize(
    ("subject", "codes"),
    [
        ("ENR-01.pupils", {"ENR-01.pupils"}),
        ("enr-01.pupils", {"ENR-01.pupils"}),
        ("4", {"PRE-01", "CMP-14"}),
        ("ch3", {"HLT-01"}),
        ("HLT", {"HLT-01"}),
        ("pre-01", {"PRE-01"}),
    ],
)
def test_a_chapter_a_family_or_an_indicator(
    released: Path, run: Callable[..., Result], subject: str, codes: set[str]
) -> None:
    rows = json.loads(run("status", subject, "--json").stdout)
    assert {row["indicator"] for row in rows} == codes


def test_a_district_and_another_period(released: Path, run: Callable[..., Result]) -> None:
    for name in (EAST, "east", "East区"):
        shown = run("status", "PRE", "--area", name)
        assert "90.00%" in shown.stdout
        assert "East" in shown.stdout
    assert "93.00%" in run("status", "--period", "2024-25").stdout


def test_a_district_with_a_target_that_the_city_does_not_have(
    released: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of several targets each says whose it is, and the city's value stands beside all of them."""
    monkeypatch.setenv("COLUMNS", "160")
    shown = " ".join(run("status", "PRE-01", "--area", EAST).stdout.split())
    assert "PRE-01 Enrolment ratio 90.00% ≥ 94% (plan) ✘ missed 100% 95.13%" in shown
    assert "PRE-01 Enrolment ratio 90.00% ≥ 85% (national) ✔ met 100% 95.13%" in shown
    assert "national" not in run("status", "PRE-01").stdout


def test_of_parts_that_are_equally_bad_the_one_with_the_least_in_hand_stands_for_all() -> None:
    """Gaps are values minus targets: of two that fall short the one further off, of two that are met the nearer one."""
    met = [{"status": "met", "gap": gap, "direction": "down"} for gap in (-0.39, -0.20, -0.25)]
    assert weakest(met)["gap"] == -0.20
    missed = [{"status": "missed", "gap": gap, "sign": 1} for gap in (-1.0, -3.0, None)]
    assert weakest([*met, *missed])["gap"] == -3.0
    assert weakest([{"status": "met", "gap": None}, {"status": "at_risk", "gap": None}])["status"] == "at_risk"


@pytest.mark.parametrize("named", [SCHOOL, "第一幼儿园"])
def test_a_school_by_code_or_name_beside_the_city(
    released: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    shown = " ".join(run("status", "--area", named).stdout.split())
    assert "第一幼儿园" in shown
    assert "PRE-01 Enrolment ratio suppressed ≥ 94% ✘ missed 100% 95.13%" in shown
    assert "CMP-14" not in shown


def test_a_sampled_rate_is_shown_with_its_interval(released: Path, run: Callable[..., Result]) -> None:
    assert "94.00–96.10%" in run("status", "PRE").stdout


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("columns", ["60", "80", "120", "160"])
def test_no_width_cuts_a_word_off(
    released: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, lang: str, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    shown = run("status", "--lang", lang).stdout
    assert "…" not in shown
    assert "毛入园率" in shown or "Enrolment" in shown


def test_a_strip_of_districts_names_them(
    released: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    shown = run("status").stdout
    assert "Districts from left to right: East, West" in shown
    assert "✘?" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--area", "同名园"], "several areas are called that (give the code: 1199000002, 1199000003)"),
        (["XYZ"], "XYZ: no status for that"),
        (["--area", "nowhere"], "nowhere: no such area (known are 990101, 990102, and towns"),
        (["--period", "1999-00"], "no status for that in 1999-00"),
    ],
)
def test_a_wrong_question_is_a_usage_error(
    released: Path, run: Callable[..., Result], arguments: list[str], said: str
) -> None:
    shown = run("status", *arguments)
    assert shown.exit_code == ExitCode.USAGE
    assert said in shown.stderr


@pytest.mark.parametrize(
    ("value", "decimals", "unit", "shown"),
    [
        (95.125, 2, "%", "95.13%"),
        (12.0, 0, "persons", "12"),
        (0.456, 2, "pp", "0.46"),
        (0.5153, 4, "ratio", "0.5153"),
        (1_000_000.0, 0, "count", "1,000,000"),
        (None, 2, "%", "–"),
        (-0.4, 0, "%", "0%"),
    ],
)
def test_numbers_are_rounded_as_people_round(value: float | None, decimals: int, unit: str, shown: str) -> None:
    assert number(value, decimals, unit) == shown


@pytest.mark.parametrize(
    ("kind", "direction", "value", "upper", "deadline", "en", "zh"),
    [
        ("hold", "up", 94.0, None, 2025, "≥ 94%", "≥ 94%"),
        ("hold", "down", 0.5, None, None, "≤ 0.5%", "≤ 0.5%"),
        ("reach", "up", 92.0, None, 2025, "≥ 92% by 2025", "≥ 92% · 2025 年"),
        ("step", "down", 1.0, None, 2025, "↓ 1/year by 2025", "↓ 1/年 · 2025 年"),
        ("range", "up", 10.0, 20.0, None, "10–20%", "10–20%"),
        ("full_coverage", "up", None, None, 2022, "all by 2022", "全覆盖 · 2022 年"),
        ("direction", "down", None, None, None, "↓ fall", "↓ 下降"),
    ],
)
def test_targets_in_words(
    kind: str, direction: str, value: float | None, upper: float | None, deadline: int | None, en: str, zh: str
) -> None:
    given = {"kind": kind, "direction": direction, "value": value, "upper": upper, "deadline": deadline, "unit": "%"}
    assert target_text(**given, lang="en") == en  # type: ignore[arg-type]
    assert target_text(**given, lang="zh") == zh  # type: ignore[arg-type]
