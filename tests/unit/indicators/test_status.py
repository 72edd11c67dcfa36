"""Every kind of target, with sums that can be done by hand; ``docs/targets.md`` tells the same stories."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from eduplan.declarations.indicators import load_indicators
from eduplan.errors import DeclarationError

from .conftest import CITY, COMMON, PlanBench

MART = "school_year varchar, division_code varchar, n int, d int, units_reported int, units_expected int"


def rates(
    plan: PlanBench, series: dict[int, tuple[int, int]], *, district: str = "990101", coverage: int = 100
) -> None:
    """A mart with one district whose rate is n / d in each year."""
    rows: list[tuple[object, ...]] = [
        (f"{year}-{year - 1999}", district, n, d, coverage, 100) for year, (n, d) in series.items()
    ]
    plan.mart("ch4_system.rates", MART, rows)


def indicator(target: str, *, direction: str = "up", more: str = "") -> str:
    return f"""
- code: SEN-01
  kind: ratio
  mart: ch4_system.rates
  numerator: n
  denominator: d
  direction: {direction}
  disaggregations: [district]
  {more}
  targets:
    - {target}
"""


def per_cent(*values: float, start: int = 2020) -> dict[int, tuple[int, int]]:
    return {start + place: (round(value * 10), 1000) for place, value in enumerate(values)}


def test_reach_follows_its_path_and_is_judged_exactly_at_the_deadline(plan: PlanBench) -> None:
    """From 80 in 2020 to 90 in 2025 the path rises by 2 a year: 82, 84, 86, 88, 90."""
    rates(plan, per_cent(80, 82, 83.5, 84, 90.1, 89.9))
    plan.judge(indicator("{kind: reach, value: 90, deadline: 2025, tolerance: 1}"))
    assert plan.status("reference_year", "path_value", "status", "reason") == [
        (2020, 80.0, "no_judgement", "baseline_year"),
        (2021, 82.0, "on_track", "on_path"),
        (2022, 84.0, "at_risk", "near_path"),
        (2023, 86.0, "off_track", "off_path"),
        (2024, 88.0, "met", "reached_early"),
        (2025, 90.0, "missed", "fails_target"),
    ]
    assert plan.status("gap")[-1] == pytest.approx(-0.1)


def test_a_hair_below_the_target_is_missed_and_never_rounded_up(plan: PlanBench) -> None:
    rates(plan, {2020: (1, 2), 2025: (899_999_999, 1_000_000_000)})
    plan.judge(indicator("{kind: reach, value: 90, deadline: 2025}"))
    assert plan.status("status") == ["no_judgement", "missed"]
    rates(plan, {2020: (1, 2), 2025: (900_000_000, 1_000_000_000)})
    plan.judge(indicator("{kind: reach, value: 90, deadline: 2025}"))
    assert plan.status("status") == ["no_judgement", "met"]


@pytest.mark.parametrize("kind", ["step", "direction", "reach", "hold"])
def test_amounts_whose_products_have_too_many_digits_are_judged_all_the_same(plan: PlanBench, kind: str) -> None:
    amounts = {2020 + place: (282_079_756_000 * (place + 10), 8_470_709_779_000) for place in range(4)}
    rows = [(f"{year}-{year - 1999}", "990101", n, d, 1, 1) for year, (n, d) in amounts.items()]
    plan.mart("ch4_system.rates", MART.replace(" int", " bigint"), rows)
    more = {"step": "value: 0.1, deadline: 2023", "direction": "deadline: 2023", "reach": "value: 44, deadline: 2023"}
    plan.judge(indicator(f"{{kind: {kind}, {more.get(kind, 'value: 30')}}}"))
    assert (
        plan.status("status")[1:]
        == {
            "step": ["on_track", "on_track", "met"],
            "direction": ["on_track", "on_track", "met"],
            "reach": ["at_risk", "at_risk", "missed"],
            "hold": ["met", "met", "met"],
        }[kind]
    )


def test_after_the_deadline_its_verdict_stands(plan: PlanBench) -> None:
    rates(plan, per_cent(80, 81, 85, 95))
    plan.judge(indicator("{kind: reach, value: 90, deadline: 2022}"))
    assert plan.status("status") == ["no_judgement", "off_track", "missed", "missed"]


def test_the_plans_baseline_is_the_citys_and_a_district_starts_from_its_own(plan: PlanBench) -> None:
    rates(plan, per_cent(70, 81))
    plan.judge(indicator("{kind: reach, value: 90, deadline: 2025, baseline: {year: 2020, value: 80}}"))
    assert plan.status("baseline_value", "baseline_is_working", "path_value")[1] == (80.0, False, 82.0)
    assert plan.status("baseline_value", "baseline_is_working", "path_value", area="990101")[1] == (70.0, True, 74.0)


def test_without_a_baseline_the_first_trusted_year_starts_the_path(plan: PlanBench) -> None:
    rates(plan, per_cent(80, 82, 84, start=2022))
    plan.judge(indicator("{kind: reach, value: 90, deadline: 2025}"))
    assert plan.status("reference_year", "baseline_year", "status", "reason") == [
        (2022, 2022, "insufficient_data", "no_baseline"),
        (2023, 2022, "off_track", "off_path"),
        (2024, 2022, "off_track", "off_path"),
    ]


def test_hold_is_met_or_missed_every_year(plan: PlanBench) -> None:
    rates(plan, per_cent(90, 94, 93.9, 94.1))
    plan.judge(indicator("{kind: hold, value: 94, baseline: {year: 2020, value: 94}}"))
    assert plan.status("status", "reason") == [
        ("no_judgement", "baseline_year"),
        ("met", "meets_target"),
        ("missed", "fails_target"),
        ("met", "meets_target"),
    ]


def test_hold_of_a_share_that_must_stay_low(plan: PlanBench) -> None:
    rates(plan, per_cent(0, 5, 5.1))
    plan.judge(indicator("{kind: hold, value: 5}", direction="down"))
    assert plan.status("status")[1:] == ["met", "missed"]


def test_the_myopia_path_of_the_reference(plan: PlanBench) -> None:
    """From 52.7 in 2020, one point a year: 51.7, 50.7, 49.7. Seen: 51.5, 51.2, 49.6, so falls of 1.2, 0.3, 1.6."""
    rates(plan, per_cent(52.7, 51.5, 51.2, 49.6))
    plan.judge(indicator("{kind: step, value: 1, deadline: 2025, baseline: {year: 2020}}", direction="down"))
    columns = ("reference_year", "path_value", "yearly_test", "cumulative_test", "status")
    found = plan.status(*columns)
    assert [(year, round(path, 6), *rest) for year, path, *rest in found] == [
        (2020, 52.7, None, None, "no_judgement"),
        (2021, 51.7, True, True, "on_track"),
        (2022, 50.7, False, False, "off_track"),
        (2023, 49.7, True, True, "on_track"),
    ]
    assert plan.status("yearly_change")[1:] == pytest.approx([-1.2, -0.3, -1.6])
    assert plan.status("cumulative_change") == pytest.approx([0, -1.2, -1.5, -3.1])


def test_a_step_declared_on_the_change_gives_the_same_judgement(plan: PlanBench) -> None:
    rates(plan, per_cent(52.7, 51.5, 51.2, 49.6))
    plan.judge(
        indicator("{kind: hold, value: 100}", direction="down")
        + """
- code: SEN-02
  kind: change
  change: {of: SEN-01, sign: fall}
  unit: points
  direction: up
  disaggregations: [district]
  targets:
    - {kind: step, value: 1, deadline: 2025}
"""
    )
    found = plan.connection.execute(
        "select reference_year, obs_value, status from plan.status where indicator = 'SEN-02' and ref_area = ? "
        "order by 1",
        [CITY],
    ).fetchall()
    assert found == [
        (2020, None, "no_judgement"), (2021, 1.2, "on_track"), (2022, 0.3, "off_track"), (2023, 1.6, "on_track"),
    ]  # fmt: skip


def test_a_step_at_its_deadline_needs_both_tests(plan: PlanBench) -> None:
    step = "{kind: step, value: 1, deadline: 2022}"
    for values, expected in (
        ((52.7, 51.7, 50.7), ("met", "both_tests_passed")),
        ((52.7, 52.6, 50.7), ("met", "both_tests_passed")),
        ((52.7, 50.0, 49.5), ("missed", "yearly_test_failed")),
        ((52.7, 52.6, 50.8), ("missed", "cumulative_test_failed")),
    ):
        rates(plan, per_cent(*values))
        plan.judge(indicator(step, direction="down"))
        assert plan.status("status", "reason")[-1] == expected


def test_a_step_without_the_year_before_has_insufficient_data(plan: PlanBench) -> None:
    rates(plan, {2020: (527, 1000), 2022: (500, 1000)})
    plan.judge(indicator("{kind: step, value: 1, deadline: 2025}", direction="down"))
    assert plan.status("status", "reason")[-1] == ("insufficient_data", "no_previous_year")


def test_range_is_met_inside_and_approached_from_either_side(plan: PlanBench) -> None:
    rates(plan, per_cent(90, 96, 103, 104))
    plan.judge(indicator("{kind: range, value: 97, upper: 103, deadline: 2023}", direction="context"))
    assert plan.status("status") == ["no_judgement", "on_track", "met", "missed"]
    rates(plan, per_cent(90, 96.9, 97, 103.1))
    plan.judge(indicator("{kind: range, value: 97, upper: 103}", direction="context"))
    assert plan.status("status")[1:] == ["missed", "met", "missed"]


def test_milestone_counts_distinct_persons_from_nothing(plan: PlanBench) -> None:
    """2,000 by 2025 from 0 in 2020 means 400 a year; here in hundreds: 4, 8, 12, 16, 20."""
    people = [(2021, person) for person in range(4)] + [(2022, person) for person in range(2, 7)]
    plan.mart("ch7_resources.awards", "calendar_year int, person int", people)
    plan.judge("""
- code: DIG-08
  kind: distinct
  period: calendar_year
  mart: ch7_resources.awards
  numerator: person
  unit: persons
  direction: up
  targets:
    - {kind: milestone, value: 20, deadline: 2025, tolerance: 1}
""")
    assert plan.status("obs_value", "path_value", "status") == [(4.0, 4.0, "on_track"), (7.0, 8.0, "at_risk")]


def test_full_coverage_lists_who_is_missing(plan: PlanBench) -> None:
    rows: list[tuple[object, ...]] = []
    for year, first, second in (("2020-21", 5, 5), ("2021-22", 10, 9), ("2022-23", 10, 10)):
        rows += [(year, "990101", first, 10, 1, 1), (year, "990102", second, 10, 1, 1)]
    plan.mart("ch4_system.rates", MART, rows)
    plan.judge(indicator("{kind: full_coverage, deadline: 2022}"))
    assert plan.status("status") == ["no_judgement", "on_track", "met"]
    assert plan.status("target_value")[0] == 100.0
    failing = plan.connection.execute("select unit_code, reference_year, missing from plan.failing_units").fetchall()
    assert failing == [("990102", 2021, 1)]


def test_full_coverage_without_a_deadline_is_due_every_year(plan: PlanBench) -> None:
    rates(plan, {2020: (1, 2), 2021: (999_999, 1_000_000), 2022: (5, 5)})
    plan.judge(indicator("{kind: full_coverage}"))
    assert plan.status("status")[1:] == ["missed", "met"]


def test_direction_compares_with_the_baseline_alone(plan: PlanBench) -> None:
    rates(plan, per_cent(40, 41, 40, 39.9))
    plan.judge(indicator("{kind: direction}"))
    assert plan.status("status", "reason")[1:] == [
        ("on_track", "improved"), ("at_risk", "unchanged"), ("off_track", "worse"),
    ]  # fmt: skip


def test_too_little_coverage_is_never_a_good_mark(plan: PlanBench) -> None:
    rates(plan, per_cent(80, 99, 99), coverage=89)
    plan.judge(indicator("{kind: reach, value: 90, deadline: 2022}"))
    assert plan.status("status", "reason")[1:] == [("insufficient_data", "low_coverage")] * 2


def test_a_district_that_sent_nothing_is_seen(plan: PlanBench) -> None:
    plan.mart(
        "ch4_system.rates",
        MART,
        [
            ("2020-21", "990101", 9, 10, 1, 1),
            ("2020-21", "990102", 9, 10, 1, 1),
            ("2021-22", "990101", 9, 10, 1, 1),
        ],
    )
    plan.judge(indicator("{kind: hold, value: 80}"))
    assert plan.status("status", "reason", area="990102")[1] == ("insufficient_data", "no_value")


def test_a_target_whose_mart_is_empty_is_seen(plan: PlanBench) -> None:
    plan.mart("ch4_system.rates", MART, [])
    plan.mart("ch4_system.other", MART, [("2021-22", "990101", 9, 10, 1, 1)])
    plan.judge(
        indicator("{kind: hold, value: 80}")
        + """
- code: SEN-06
  kind: ratio
  mart: ch4_system.other
  numerator: n
  denominator: d
  direction: up
"""
    )
    assert plan.status("reference_year", "status", "reason") == [(2021, "insufficient_data", "no_value")]


def test_targets_of_what_is_never_totalled(plan: PlanBench) -> None:
    plan.mart(
        "ch4_system.rates",
        MART + ", stage varchar",
        [
            ("2021-22", "990101", 50, 100, 1, 1, "primary"),
            ("2021-22", "990101", 50, 100, 1, 1, "junior"),
        ],
    )
    more = "always_by: [stage]"
    plan.judge(
        indicator(
            "{kind: hold, value: 50, by: {stage: primary}}\n    - {kind: hold, value: 45, by: {stage: junior}}",
            direction="down",
            more=more,
        )
    )
    assert plan.status("stage", "status") == [("primary", "met")]
    assert plan.status("stage", "status", number=2) == [("junior", "missed")]


def test_not_applicable_is_no_judgement(plan: PlanBench) -> None:
    rates(plan, {2020: (1, 2), 2021: (0, 0)})
    plan.judge(indicator("{kind: hold, value: 50}"))
    assert plan.status("status", "reason")[1] == ("no_judgement", "not_applicable")


def test_levels_limit_who_is_judged(plan: PlanBench) -> None:
    rates(plan, per_cent(80, 82))
    plan.judge(indicator("{kind: hold, value: 50, levels: [district]}"))
    assert plan.status("status") == []
    assert plan.status("status", area="990101")[1] == "met"


def test_judging_twice_changes_nothing(plan: PlanBench) -> None:
    rates(plan, per_cent(80, 82, 84))
    plan.judge(indicator("{kind: reach, value: 90, deadline: 2025}"))
    first = plan.connection.execute("select * from plan.status").fetchall()
    plan.judge(indicator("{kind: reach, value: 90, deadline: 2025}"))
    assert plan.connection.execute("select * from plan.status").fetchall() == first


def test_a_district_can_have_a_target_of_its_own(plan: PlanBench) -> None:
    rows: list[tuple[object, ...]] = []
    for year in (2020, 2021):
        rows += [(f"{year}-{year - 1999}", "990101", 94, 100, 1, 1), (f"{year}-{year - 1999}", "990102", 94, 100, 1, 1)]
    plan.mart("ch4_system.rates", MART, rows)
    plan.judge(indicator("{kind: hold, value: 94, areas: {'990102': 95}}"))
    assert plan.status("target_value", "status")[1:] == [(94.0, "met")]
    assert plan.status("target_value", "status", area="990101")[1:] == [(94.0, "met")]
    assert plan.status("target_value", "gap", "status", area="990102")[1:] == [(95.0, -1.0, "missed")]


def test_a_path_leads_to_the_districts_own_value(plan: PlanBench) -> None:
    rates(plan, per_cent(80, 82))
    plan.judge(indicator("{kind: reach, value: 90, deadline: 2025, areas: {'990101': 95}}"))
    assert plan.status("path_value", "status")[1:] == [(82.0, "on_track")]
    assert plan.status("path_value", "status", area="990101")[1:] == [(83.0, "at_risk")]


def test_a_step_of_the_districts_own_decides_the_yearly_and_the_cumulative_test(plan: PlanBench) -> None:
    """From 50.0: 0.6 and 1.3 in all are enough for half a point a year, and not for a whole one (1.0 and 2.0)."""
    rows: list[tuple[object, ...]] = [
        (f"{year}-{year - 1999}", district, myopic, 1000, 1, 1)
        for year, myopic in ((2020, 500), (2021, 494), (2022, 487))
        for district in ("990101", "990102")
    ]
    plan.mart("ch4_system.rates", MART, rows)
    step = "{kind: step, value: 0.5, areas: {'990102': 1.0}, levels: [district], deadline: 2022, evidence: national}"
    plan.judge(indicator(step, direction="down"))
    columns = ("target_value", "path_value", "yearly_test", "cumulative_test", "status", "reason")
    assert plan.status(*columns, area="990101")[1:] == [
        (0.5, 49.5, True, True, "on_track", "both_tests_passed"),
        (0.5, 49.0, True, True, "met", "both_tests_passed"),
    ]
    assert plan.status(*columns, area="990102")[1:] == [
        (1.0, 49.0, False, False, "off_track", "both_tests_failed"),
        (1.0, 48.0, False, False, "missed", "cumulative_test_failed"),
    ]
    assert plan.status("status") == []


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("{kind: full_coverage, areas: {'990102': 95}}", "a full_coverage target has no value"),
        ("{kind: range, value: 1, upper: 2, areas: {'990102': 95}}", "a range target has no value"),
        ("{kind: hold, value: 94, levels: [city], areas: {'990102': 95}}", "levels name the city alone"),
    ],
)
def test_values_by_area_need_a_value_and_a_level(plan: PlanBench, target: str, said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        plan.indicators(indicator(target))


def test_full_coverage_names_schools_and_towns_whatever_the_breakdown(plan: PlanBench) -> None:
    columns = "school_year varchar, division_code varchar, {unit} varchar, stage varchar, n int, d int"
    given = [("2021-22", "990101", f"{unit}", "primary", n, 4) for unit, n in ((1, 4), (2, 3), (3, None))]
    for unit in ("school_code", "town_code"):
        plan.mart("ch4_system.rates", columns.format(unit=unit), [*given, ("2020-21", "990101", "1", "primary", 0, 4)])
        plan.judge(indicator("{kind: full_coverage}"))
        failing = plan.connection.execute("select unit_level, unit_code, missing from plan.failing_units").fetchall()
        level = unit.removesuffix("_code")
        assert sorted(failing) == [("district", "990101", 5), (level, "2", 1)]
        plan.connection.execute("delete from warehouse.builds")


def test_full_coverage_of_one_stage_names_its_units_alone(plan: PlanBench) -> None:
    columns = "school_year varchar, division_code varchar, school_code varchar, stage varchar, n int, d int"
    rows: list[tuple[object, ...]] = [
        ("2021-22", "990101", "1", "primary", 1, 2),
        ("2021-22", "990101", "2", "junior", 1, 2),
    ]
    plan.mart("ch4_system.rates", columns, rows)
    text = indicator("{kind: full_coverage, by: {stage: junior}}").replace("[district]", "[district, stage]")
    plan.judge(text)
    failing = plan.connection.execute("select unit_level, unit_code, stage from plan.failing_units").fetchall()
    assert failing == [("district", "990101", "junior"), ("school", "2", "junior")]


REFERENCE = """item,stage,threshold
pe_art,primary,0.9
pe_art,junior,1.1
"""


@pytest.mark.parametrize(
    ("value_from", "said"),
    [
        ("{reference: limits, column: threshold, where: {stage: junior}}", None),
        ("{reference: limits, column: threshold, where: {item: pe_art}}", "2 rows of limits.csv fit"),
        ("{reference: limits, column: limit, where: {stage: junior}}", "limits.csv has no column limit"),
        ("{reference: nothing, column: threshold, where: {stage: junior}}", "the file does not exist"),
    ],
)
def test_a_value_can_stand_in_a_reference_table(tmp_path: Path, value_from: str, said: str | None) -> None:
    text = indicator(f"{{kind: hold, value_from: {value_from}}}").replace("- code: SEN-01", "- code: SEN-01\n" + COMMON)
    for name, content in {"plan/indicators/sen.yml": text, "sql/reference/limits.csv": REFERENCE}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    if said is None:
        (target,) = load_indicators(tmp_path / "plan")["SEN-01"].targets
        assert target.value == Decimal("1.1")
        return
    with pytest.raises(DeclarationError, match=said):
        load_indicators(tmp_path / "plan")
