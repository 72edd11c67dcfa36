"""The published worked example of dispersion, through the engine."""

from __future__ import annotations

import pytest

from .conftest import PlanBench

SCHOOLS = [(45, 279), (37, 137), (89, 935), (76, 160), (55, 402)]
DISPERSION = """
- code: CMP-14
  kind: dispersion
  mart: ch4_system.items
  numerator: books
  denominator: pupils
  scale: 1
  unit: ratio
  direction: down
  dispersion: {{method: {method}, weight: pupils}}
"""


@pytest.mark.parametrize(
    ("method", "expected"),
    [("coefficient_of_variation", 0.5153), ("theil_t", 0.1436), ("theil_l", 0.1710), ("gini", 0.2884)],
)
def test_the_worked_example_of_books_per_pupil(plan: PlanBench, method: str, expected: float) -> None:
    rows: list[tuple[object, ...]] = [("2020-21", f"S{n}", *school) for n, school in enumerate(SCHOOLS)]
    plan.mart("ch4_system.items", "school_year varchar, school_code varchar, pupils int, books int", rows)
    plan.compute(DISPERSION.format(method=method))
    assert round(plan.value("CMP-14"), 4) == expected
    ((_, _, numerator, denominator, value, _),) = plan.values("CMP-14")
    assert denominator == 302
    assert float(numerator / denominator) == pytest.approx(value, abs=1e-8)


def test_a_school_without_books_leaves_the_mean_log_deviation_undefined(plan: PlanBench) -> None:
    rows: list[tuple[object, ...]] = [("2020-21", "A", 10, 0), ("2020-21", "B", 10, 20)]
    plan.mart("ch4_system.items", "school_year varchar, school_code varchar, pupils int, books int", rows)
    plan.compute(DISPERSION.format(method="theil_l"))
    assert plan.values("CMP-14")[0][4:] == (None, "N")
    plan.compute(DISPERSION.format(method="theil_t"))
    assert plan.value("CMP-14") == pytest.approx(0.693147, abs=1e-6)


@pytest.mark.parametrize(
    ("schools", "expected"),
    [
        # One of two equal schools has everything: half of the pupils would have to have what they lack.
        ([(10, 0), (10, 20)], 0.5),
        ([(10, 30), (30, 90)], 0.0),
        # Values 1, 2 and 3 of one pupil each: mean difference (1 + 1 + 2) x 2 / 9 over twice the mean 2.
        ([(1, 1), (1, 3), (1, 2)], 2 / 9),
    ],
)
def test_gini_of_a_few_schools_by_hand(plan: PlanBench, schools: list[tuple[int, int]], expected: float) -> None:
    rows: list[tuple[object, ...]] = [("2020-21", f"S{n}", *school) for n, school in enumerate(schools)]
    plan.mart("ch4_system.items", "school_year varchar, school_code varchar, pupils int, books int", rows)
    plan.compute(DISPERSION.format(method="gini"))
    assert plan.value("CMP-14") == pytest.approx(expected, abs=1e-12)


def test_nothing_to_share_has_no_gini(plan: PlanBench) -> None:
    rows: list[tuple[object, ...]] = [("2020-21", "A", 10, 0), ("2020-21", "B", 10, 0)]
    plan.mart("ch4_system.items", "school_year varchar, school_code varchar, pupils int, books int", rows)
    plan.compute(DISPERSION.format(method="gini"))
    assert plan.values("CMP-14")[0][4:] == (None, "N")


@pytest.mark.parametrize(
    ("schools", "expected"),
    [
        # Shares of the group 0.8 and 0.2, of the others 0.2 and 0.8.
        ([(10, 8), (10, 2)], 0.6),
        # The same mix everywhere; and two groups that never meet.
        ([(10, 3), (20, 6)], 0.0),
        ([(10, 10), (20, 0)], 1.0),
        # A missing count leaves its school out: shares 0.5 and 0.5 against 0.25 and 0.75.
        ([(2, 1), (4, 1), (50, None)], 0.25),
        # Nobody belongs to the group, so that nothing can be said.
        ([(10, 0), (20, 0)], None),
    ],
)
def test_dissimilarity_of_a_group_and_the_others_by_hand(
    plan: PlanBench, schools: list[tuple[int, int | None]], expected: float | None
) -> None:
    rows: list[tuple[object, ...]] = [("2020-21", f"S{n}", *school) for n, school in enumerate(schools)]
    plan.mart("ch4_system.items", "school_year varchar, school_code varchar, pupils int, books int", rows)
    plan.compute(DISPERSION.format(method="dissimilarity"))
    found = plan.value("CMP-14")
    assert found is None if expected is None else found == pytest.approx(expected, abs=1e-12)
