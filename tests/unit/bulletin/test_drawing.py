"""Shapes and scales of charts on paper."""

from __future__ import annotations

import math

import pytest

from eduplan.bulletin.drawing import Scale, broken, line, text, tick_text, ticks


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 100, [0, 50, 100]),
        (44.3, 53.1, [46, 48, 50, 52]),
        (0, 7, [0, 2, 4, 6]),
        (-3.6e6, 3.1e6, [-2e6, 0, 2e6]),
        (0.51, 0.524, [0.51, 0.515, 0.52]),
        (5, 5, [5]),
    ],
)
def test_ticks_are_round_and_few(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(expected)


@pytest.mark.parametrize("high", [0.003, 1, 9, 19, 51, 99, 1234, 5e9])
def test_there_are_always_ticks_within_the_range(high: float) -> None:
    found = ticks(0, high)
    assert 2 <= len(found) <= 4
    assert found[0] == 0
    assert found[-1] <= high


def test_a_missing_value_leaves_a_gap() -> None:
    drawn = line([(0, 1), (1, math.nan), (2, 3), (3, 4)], colour="#000")
    assert 'd="M0.0 1.0M2.0 3.0L3.0 4.0"' in drawn


def test_values_that_are_all_one_stand_in_the_middle() -> None:
    assert Scale(5, 5, 0, 10)(5) == 5
    assert Scale(0, 10, 100, 0)(2.5) == 75


def test_names_cannot_break_a_drawing() -> None:
    assert ">a &lt; b &amp; c</text>" in text((0, 0), "a < b & c")


@pytest.mark.parametrize(("value", "shown"), [(1500.0, "1,500"), (-0.25, "−0.25"), (0.0, "0"), (2e6, "2,000,000")])
def test_values_on_an_axis_are_short(value: float, shown: str) -> None:
    assert tick_text(value) == shown


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ("Large classes", ["Large classes"]),
        ("Full-time mental-health teachers", ["Full-time", "mental-health teachers"]),
        ("Inter-school coefficient of variation of teachers", ["Inter-school", "coefficient of…"]),
        ("生均一般公共预算教育支出", ["生均一般公共预算教育支", "出"]),
        ("第一二三四五六七八九十一二三四五六七八九十一二三四", ["第一二三四五六七八九十", "一二三四五六七八九十…"]),
        ("外来人员识别预警覆盖率（出入口）", ["外来人员识别预警覆盖率", "（出入口）"]),
        ("校际差异系数五六七八九：体育", ["校际差异系数五六七八", "九：体育"]),
        ("", [""]),
    ],
)
def test_a_name_stands_on_two_lines_at_most(said: str, lines: list[str]) -> None:
    assert broken(said, width=92, size=8) == lines
