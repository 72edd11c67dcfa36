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
    [("coefficient_of_variation", 0.5153), ("theil_t", 0.1436), ("theil_l", 0.1710)],
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
