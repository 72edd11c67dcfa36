"""Intervals of sampled ratios: Wilson's formula and the design effect, against sums worked by hand."""

from __future__ import annotations

import pytest

from eduplan.errors import DeclarationError

from .conftest import CITY, PlanBench

SURVEY = "school_year varchar, division_code varchar, school_code varchar, item varchar, hits int, answers int"
SAMPLED = """
- code: CMP-27
  kind: ratio
  mart: ch4_system.survey
  numerator: hits
  denominator: answers
  direction: up
  disaggregations: [district, school, item]
  sample: {cluster: school_code}
"""


def interval(plan: PlanBench, area: str = CITY, item: str = "_T") -> tuple[float, float]:
    row = plan.connection.execute(
        "select interval_low, interval_high from plan.indicator_values where ref_area = ? and item = ?", [area, item]
    ).fetchone()
    assert row is not None
    return row


def test_one_school_gives_the_plain_interval_of_wilson(plan: PlanBench) -> None:
    """81 of 263, of which Newcombe (1998) prints 0.2553 to 0.3662."""
    plan.mart("ch4_system.survey", SURVEY, [("2024-25", "990101", "A", "x", 81, 263)])
    plan.compute(SAMPLED)
    assert interval(plan) == pytest.approx((25.53, 36.62), abs=5e-3)
    assert interval(plan, "A") == interval(plan)


def test_schools_that_differ_widen_the_interval_by_their_design_effect(plan: PlanBench) -> None:
    """Two schools with 90 and 50 of 100: p = 0.7, each off by 20; variance 2 × (400 + 400) / 200² = 0.04.

    One answer in 200 would have 0.21 / 200 = 0.00105, so the effect is 38.095 and 200 answers weigh as 5.25.
    Wilson: (0.7 + 0.365853 ∓ 1.959964 √(0.04 + 0.034843)) / 1.731707 = (1.065853 ∓ 0.536196) / 1.731707.
    """
    rows = [("2024-25", "990101", "A", "x", 90, 100), ("2024-25", "990101", "B", "x", 50, 100)]
    plan.mart("ch4_system.survey", SURVEY, rows)
    plan.compute(SAMPLED)
    assert interval(plan) == pytest.approx((30.5857, 92.5126), abs=1e-3)


def test_schools_that_agree_do_not_narrow_it(plan: PlanBench) -> None:
    """Both schools have 80 of 100, so that their variance is 0; the effect is 1 all the same: 160 of 200 alone."""
    rows = [("2024-25", "990101", "A", "x", 80, 100), ("2024-25", "990101", "B", "x", 80, 100)]
    plan.mart("ch4_system.survey", SURVEY, rows)
    plan.compute(SAMPLED)
    low, high = interval(plan)
    assert (low, high) == pytest.approx((73.9145, 84.9548), abs=1e-3)


def test_everybody_and_nobody_leave_room_for_the_unasked(plan: PlanBench) -> None:
    """30 of 30: low = 30 / (30 + z²) = 88.65 %, high = 100 %; the other way round for 0 of 30."""
    rows = [("2024-25", "990101", "A", "all", 30, 30), ("2024-25", "990102", "B", "none", 0, 30)]
    plan.mart("ch4_system.survey", SURVEY, rows)
    plan.compute(SAMPLED)
    assert interval(plan, item="all") == pytest.approx((88.6486, 100.0), abs=1e-3)
    assert interval(plan, item="none") == pytest.approx((0.0, 11.3514), abs=1e-3)


def test_nothing_asked_and_nothing_sampled_have_no_interval(plan: PlanBench) -> None:
    plan.mart("ch4_system.survey", SURVEY, [("2024-25", "990101", "A", "x", 0, 0)])
    plan.compute(SAMPLED)
    assert interval(plan) == (None, None)
    plan.mart("ch4_system.survey", SURVEY, [("2024-25", "990101", "A", "x", 1, 2)])
    plan.compute(SAMPLED.replace("  sample: {cluster: school_code}\n", ""))
    assert interval(plan) == (None, None)


def test_only_a_ratio_may_be_sampled(plan: PlanBench) -> None:
    with pytest.raises(DeclarationError, match="only a ratio"):
        plan.indicators(SAMPLED.replace("kind: ratio", "kind: cohort"))
