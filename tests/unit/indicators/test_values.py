"""Values of every kind of indicator, from marts small enough to count by hand."""

from __future__ import annotations

import pytest

from eduplan.errors import DeclarationError, EduplanError

from .conftest import CITY, PlanBench

CLASSES = (
    "school_year varchar, division_code varchar, school_code varchar, stage varchar, sex varchar, good int, all_of int"
)
RATIO = """
- code: CMP-06
  kind: ratio
  mart: ch4_system.classes
  numerator: good
  denominator: all_of
  direction: up
  disaggregations: [district, school, stage, sex]
"""
ROWS = [
    ("2020-21", "990101", "A", "primary", "male", 1, 2),
    ("2020-21", "990101", "A", "primary", "female", 2, 2),
    ("2020-21", "990101", "B", "junior", "male", 3, 10),
    ("2020-21", "990102", "C", "junior", "female", 0, 6),
]


def test_rates_are_ratios_of_sums_and_never_averaged(plan: PlanBench) -> None:
    plan.mart("ch4_system.classes", CLASSES, ROWS)
    plan.compute(RATIO)
    assert plan.values("CMP-06", ref_area=CITY) == [(CITY, 2020, 6, 20, 30.0, "A")]
    assert plan.value("CMP-06", ref_area="990101") == pytest.approx(600 / 14)
    assert plan.value("CMP-06", ref_area="990101", stage="primary") == 75.0
    assert plan.value("CMP-06", stage="junior") == 18.75
    assert plan.value("CMP-06", sex="male") == pytest.approx(400 / 12)
    assert plan.value("CMP-06", ref_area="A") == 75.0


def test_breakdowns_come_one_at_a_time_and_schools_have_none(plan: PlanBench) -> None:
    plan.mart("ch4_system.classes", CLASSES, ROWS)
    plan.compute(RATIO)
    both = plan.connection.execute("select count(*) from plan.indicator_values where stage <> '_T' and sex <> '_T'")
    assert both.fetchone() == (0,)
    school = plan.connection.execute(
        "select count(*) from plan.indicator_values where ref_area_level = 'school' and (stage <> '_T' or sex <> '_T')"
    )
    assert school.fetchone() == (0,)
    periods = plan.connection.execute("select distinct time_period, period_kind from plan.indicator_values").fetchall()
    assert periods == [("2020-21", "school_year")]


def test_a_breakdown_of_the_city_alone_leaves_the_districts_whole(plan: PlanBench) -> None:
    plan.mart("ch4_system.classes", CLASSES, ROWS)
    plan.compute(RATIO.replace("school, stage, sex]", "sex]\n  city_breakdowns: [stage]"))
    assert plan.value("CMP-06", stage="junior") == 18.75
    assert plan.value("CMP-06", ref_area="990101", sex="male") == pytest.approx(400 / 12)
    of_stages = "select distinct ref_area_level from plan.indicator_values where stage <> '_T'"
    assert plan.connection.execute(of_stages).fetchall() == [("city",)]


def test_always_by_is_never_totalled(plan: PlanBench) -> None:
    plan.mart("ch4_system.classes", CLASSES, ROWS)
    plan.compute(
        RATIO.replace(
            "disaggregations: [district, school, stage, sex]", "always_by: [stage]\n  disaggregations: [district, sex]"
        )
    )
    assert plan.values("CMP-06", ref_area=CITY) == []
    assert plan.value("CMP-06", stage="primary") == 75.0
    assert plan.value("CMP-06", stage="primary", sex="female") == 100.0


def test_zero_missing_and_not_applicable_are_three_things(plan: PlanBench) -> None:
    plan.mart(
        "ch4_system.classes",
        "school_year varchar, division_code varchar, good int, all_of int",
        [("2020-21", "990101", 0, 5), ("2020-21", "990102", 0, 0), ("2020-21", "990103", None, 5)],
    )
    plan.compute(RATIO.replace("[district, school, stage, sex]", "[district]"))
    found = {area: (value, status) for area, _, _, _, value, status in plan.values("CMP-06")}
    assert found == {
        CITY: (0.0, "A"),
        "990101": (0.0, "A"),
        "990102": (None, "N"),
        "990103": (None, "M"),
    }


def test_a_filter_that_meets_no_row_gives_zero(plan: PlanBench) -> None:
    plan.mart("ch4_system.classes", CLASSES, ROWS)
    plan.compute(
        RATIO.replace("numerator: good", "numerator: {column: good, where: stage = 'senior_general'}").replace(
            "[district, school, stage, sex]", "[district]"
        )
    )
    assert plan.value("CMP-06") == 0.0


def test_measures_of_two_marts_meet_on_their_year_and_cell(plan: PlanBench) -> None:
    plan.mart(
        "ch4_system.pupils",
        "school_year varchar, division_code varchar, sex varchar, pupils int",
        [("2020-21", "990101", "male", 90), ("2020-21", "990102", "female", 50), ("2019-20", "990101", "male", 1)],
    )
    plan.mart(
        "ch1_context.population",
        "calendar_year int, division_code varchar, sex varchar, persons int",
        [(2020, "990101", "male", 100), (2020, "990102", "female", 40), (2021, "990101", "male", 7)],
    )
    plan.compute("""
- code: PRE-01
  kind: ratio
  mart: ch4_system.pupils
  numerator: pupils
  denominator: {mart: ch1_context.population, column: persons}
  direction: up
  disaggregations: [district, sex]
""")
    assert plan.values("PRE-01", ref_area=CITY) == [(CITY, 2020, 140, 140, 100.0, "A")]
    assert plan.value("PRE-01", sex="female") == 125.0


def test_a_year_offset_compares_leavers_with_their_entrants(plan: PlanBench) -> None:
    plan.mart("ch4_system.leavers", "school_year varchar, n int", [("2020-21", 99), ("2021-22", 100)])
    plan.mart("ch4_system.entrants", "school_year varchar, n int", [("2012-13", 100), ("2014-15", 5)])
    plan.compute("""
- code: CMP-01.crude
  kind: cohort
  mart: ch4_system.leavers
  numerator: n
  denominator: {mart: ch4_system.entrants, column: n, year_offset: -8}
  direction: up
""")
    assert plan.values("CMP-01.crude") == [(CITY, 2020, 99, 100, 99.0, "A")]


def test_counts_and_distinct_counts(plan: PlanBench) -> None:
    plan.mart(
        "ch7_resources.awards",
        "calendar_year int, division_code varchar, person int",
        [(2021, "990101", 1), (2021, "990102", 2), (2022, "990101", 1), (2022, "990101", 3), (2023, "990102", 2)],
    )
    plan.compute("""
- code: DIG-08
  kind: distinct
  period: calendar_year
  mart: ch7_resources.awards
  numerator: person
  direction: up
  disaggregations: [district]
- code: DIG-09
  kind: count
  period: calendar_year
  mart: ch7_resources.awards
  numerator: person
  direction: up
""")
    assert [row[4] for row in plan.values("DIG-08", ref_area=CITY)] == [2, 3, 3]
    assert [row[4] for row in plan.values("DIG-08", ref_area="990101")] == [1, 2, 2]
    assert [row[4] for row in plan.values("DIG-09", ref_area=CITY)] == [3, 4, 2]


def test_weighted_ratio_gives_each_stratum_its_pupils(plan: PlanBench) -> None:
    """Strata: 100 pupils, 5 of 10 myopic; 300 pupils, 3 of 30; 50 pupils of whom nobody was examined.

    100 * 5/10 + 300 * 3/30 = 50 + 30 = 80 of 400 pupils: 20 %. Unweighted it would be 8 of 40, by chance 20 % too, so
    the female stratum is examined more: 6 of 60 keeps its rate and makes the unweighted 11 of 70.
    """
    plan.mart(
        "ch3_development.vision",
        "school_year varchar, division_code varchar, grade varchar, sex varchar, pupils int, valid int, myopic int",
        [
            ("2020-21", "990101", "p1", "male", 60, 6, 3),
            ("2020-21", "990101", "p1", "male", 40, 4, 2),
            ("2020-21", "990101", "p1", "female", 300, 60, 6),
            ("2020-21", "990102", "p1", "male", 50, 0, 0),
        ],
    )
    plan.compute("""
- code: HLT-01
  kind: weighted_ratio
  mart: ch3_development.vision
  numerator: myopic
  denominator: valid
  strata: [division_code, grade, sex]
  weight: pupils
  direction: down
  disaggregations: [district, sex]
""")
    assert plan.values("HLT-01", ref_area=CITY) == [(CITY, 2020, 80, 400, 20.0, "A")]
    assert plan.value("HLT-01", sex="male") == 50.0
    assert plan.values("HLT-01", ref_area="990102") == [("990102", 2020, None, None, None, "M")]


def test_changes_are_points_or_per_cent_and_never_the_same_column(plan: PlanBench) -> None:
    rows = [(f"{year}-{year - 1999}", myopic, 1000) for year, myopic in ((2020, 527), (2021, 515), (2022, 512))]
    plan.mart("ch3_development.vision", "school_year varchar, m int, n int", rows)
    base = """
- code: HLT-01
  kind: ratio
  mart: ch3_development.vision
  numerator: m
  denominator: n
  direction: down
- code: HLT-02
  kind: change
  change: {of: HLT-01, sign: fall}
  unit: points
  direction: up
- code: HLT-02.relative
  kind: change
  change: {of: HLT-01, measure: per_cent}
  direction: down
"""
    plan.compute(base)
    assert [(row[1], row[4]) for row in plan.values("HLT-02")] == [(2021, 1.2), (2022, 0.3)]
    assert [row[4] for row in plan.values("HLT-02.relative")] == pytest.approx([-120 / 52.7, -30 / 51.5])


def test_coverage_of_the_marts_own_columns(plan: PlanBench) -> None:
    plan.mart(
        "ch4_system.classes",
        "school_year varchar, division_code varchar, good int, all_of int, units_reported int, units_expected int",
        [("2020-21", "990101", 1, 2, 3, 4), ("2020-21", "990102", 1, 2, 5, 5)],
    )
    plan.compute(RATIO.replace("[district, school, stage, sex]", "[district]"))
    found = plan.connection.execute(
        "select ref_area, units_reported, units_expected, coverage_pct from plan.indicator_values order by 1"
    ).fetchall()
    assert found == [("990100", 8, 9, pytest.approx(800 / 9)), ("990101", 3, 4, 75.0), ("990102", 5, 5, 100.0)]


def test_coverage_counted_in_another_mart_counts_a_school_once(plan: PlanBench) -> None:
    plan.mart("ch4_system.classes", CLASSES, ROWS)
    plan.mart(
        "ch1_context.reporting",
        "school_year varchar, division_code varchar, school_code varchar, stage varchar, expected int, reported int",
        [
            ("2020-21", "990101", "A", "primary", 1, 1),
            ("2020-21", "990101", "A", "junior", 1, 1),
            ("2020-21", "990101", "B", "junior", 1, 0),
            ("2020-21", "990102", "C", "junior", 1, 1),
        ],
    )
    plan.compute(RATIO + "  coverage: {mart: ch1_context.reporting, reported: reported, expected: expected}\n")
    found = dict(
        plan.connection.execute(
            "select concat_ws('/', ref_area, stage, sex), units_reported || ' of ' || units_expected "
            "from plan.indicator_values"
        ).fetchall()
    )
    assert found[f"{CITY}/_T/_T"] == "2 of 3"
    assert found[f"{CITY}/junior/_T"] == "2 of 3"
    assert found["990101/primary/_T"] == "1 of 1"
    assert found["990101/_T/male"] == "1 of 2"
    assert found["B/_T/_T"] == "0 of 1"


def test_what_a_mart_lacks_is_said_with_the_indicator(plan: PlanBench) -> None:
    plan.mart("ch4_system.classes", "school_year varchar, good int, all_of int", [("2020-21", 1, 2)])
    with pytest.raises(DeclarationError, match="indicator CMP-06"):
        plan.compute(RATIO)
    with pytest.raises(DeclarationError, match=r"ch4_system\.nothing"):
        plan.compute(RATIO.replace("ch4_system.classes", "ch4_system.nothing"))


def test_an_unknown_school_is_shown_as_unknown(plan: PlanBench) -> None:
    plan.mart("ch4_system.classes", CLASSES, [("2020-21", None, "A", None, "male", 1, 2)])
    plan.compute(RATIO)
    assert plan.value("CMP-06", ref_area="_U") == 50.0
    assert plan.value("CMP-06", stage="_U") == 50.0


def test_two_rows_for_one_cell_stop_the_run(plan: PlanBench) -> None:
    plan.mart(
        "ch4_system.classes",
        CLASSES,
        [*ROWS, ("2020-21", "_U", "A", "primary", "male", 1, 2), ("2020-21", None, "D", "primary", "male", 1, 2)],
    )
    with pytest.raises(EduplanError, match="two values for one cell"):
        plan.compute(RATIO)


def test_nothing_is_computed_twice_while_its_mart_stands(plan: PlanBench) -> None:
    plan.mart("ch4_system.classes", CLASSES, ROWS)
    record = "insert or replace into warehouse.builds values ('ch4_system.classes', '', ?, 1, 0, now())"
    plan.connection.execute(record, ["one"])
    assert plan.compute(RATIO).computed == ("CMP-06",)
    assert plan.compute(RATIO).computed == ()
    assert plan.compute(RATIO.replace("direction: up", "direction: down")).computed == ()
    plan.connection.execute(record, ["two"])
    assert plan.compute(RATIO).computed == ("CMP-06",)
    assert plan.compute(RATIO + "  scale: 1\n").computed == ("CMP-06",)
    assert plan.value("CMP-06") == 0.3
    assert plan.compute("[]").removed == ("CMP-06",)
    assert plan.values("CMP-06") == []


QUOTIENT = """
- code: EQU-04
  kind: quotient
  mart: ch4_system.classes
  numerator: good
  denominator: all_of
  quotient: {group: "sex = 'female'", others: "sex = 'male'"}
  scale: 1
  direction: context
  disaggregations: [district]
"""


def test_a_quotient_is_one_ratio_over_another_exactly(plan: PlanBench) -> None:
    """Girls 2 of 8, boys 4 of 12: 2/8 over 4/12 is 24/32, or 0.75."""
    plan.mart("ch4_system.classes", CLASSES, ROWS)
    plan.compute(QUOTIENT)
    assert plan.values("EQU-04", ref_area=CITY) == [(CITY, 2020, 24, 32, 0.75, "A")]
    assert plan.values("EQU-04", ref_area="990101") == [("990101", 2020, 24, 8, 3.0, "A")]


def test_a_group_that_is_not_there_has_no_quotient(plan: PlanBench) -> None:
    plan.mart("ch4_system.classes", CLASSES, ROWS)
    plan.compute(QUOTIENT)
    assert plan.values("EQU-04", ref_area="990102") == [("990102", 2020, 0, 0, None, "N")]
