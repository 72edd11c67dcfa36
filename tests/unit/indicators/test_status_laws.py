"""Laws of the status that hold for any series and any target.

Each example is a mart of several districts with series of their own, judged by the real engine in one go.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from .conftest import PlanBench, new_plan_bench

YEARS = range(2020, 2027)
MART = "school_year varchar, division_code varchar, n int, d int, units_reported int, units_expected int"
DEADLINE = 2025
GOOD = {"met", "on_track"}


@dataclass(frozen=True)
class Case:
    """Rows of a mart and one target, in the unit of a scale."""

    rows: list[tuple[str, str, int, int, int, int]]
    kind: str
    value: int
    tolerance: int
    direction: str
    has_deadline: bool
    areas: dict[str, int] = field(default_factory=dict)

    def judged(self, scale: int) -> dict[tuple[str, int], dict[str, Any]]:
        """Status rows by area and year, with the unit made larger or smaller by the scale."""
        with tempfile.TemporaryDirectory() as folder:
            plan = new_plan_bench(Path(folder))
            plan.mart("ch4_system.rates", MART, list(self.rows))
            plan.judge(self.declaration(scale))
            return rows_of(plan)

    def declaration(self, scale: int) -> str:
        unit = Fraction(scale, 100)
        value = "" if self.kind in ("full_coverage", "direction") else f", value: {float(self.value * unit)}"
        upper = f", upper: {float((self.value + 20) * unit)}" if self.kind == "range" else ""
        deadline = f", deadline: {DEADLINE}" if self.has_deadline else ""
        areas = ", ".join(f"'{area}': {float(value * unit)}" for area, value in self.areas.items())
        own = f", areas: {{{areas}}}" if areas else ""
        target = f"{{kind: {self.kind}{value}{upper}{deadline}{own}, tolerance: {float(self.tolerance * unit)}}}"
        return f"""
- code: SEN-01
  kind: ratio
  mart: ch4_system.rates
  numerator: n
  denominator: d
  scale: {scale}
  direction: {self.direction}
  disaggregations: [district]
  targets:
    - {target}
"""

    def meets(self, value: Fraction) -> bool:
        if self.kind == "full_coverage":
            return value >= 100
        if self.kind == "range":
            return self.value <= value <= self.value + 20
        return value >= self.value if self.direction == "up" else value <= self.value


def rows_of(plan: PlanBench) -> dict[tuple[str, int], dict[str, Any]]:
    found = plan.connection.execute("select * from plan.status")
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {(row["ref_area"], row["reference_year"]): row for row in rows}


@st.composite
def cases(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(("hold", "reach", "step", "range", "milestone", "full_coverage", "direction")))
    rows = []
    for district in range(1, draw(st.integers(2, 8))):
        for year in YEARS:
            if not draw(st.booleans() | st.just(True)):
                continue
            d = draw(st.sampled_from((0, 3, 7, 10, 40, 1000)))
            n = draw(st.integers(0, d))
            reported = draw(st.sampled_from((100, 100, 100, 90, 89)))
            rows.append((f"{year}-{year - 1999}", f"99010{district}", n, d, reported, 100))
    return Case(
        rows=rows,
        kind=kind,
        value=draw(st.integers(1, 5)) if kind == "step" else draw(st.sampled_from((0, 30, 50, 70, 100))),
        tolerance=draw(st.integers(0, 5)),
        direction="up" if kind == "full_coverage" else draw(st.sampled_from(("up", "down"))),
        has_deadline=kind in ("reach", "milestone") or draw(st.booleans()),
    )


BY_VALUE = ("hold", "reach", "milestone", "step")
"""Kinds whose value can differ by area."""


def trusted(row: dict[str, Any]) -> bool:
    return row["obs_status"] == "A" and row["coverage_pct"] >= 90


@settings(max_examples=30, deadline=None)
@given(case=cases())
def test_a_target_that_is_met_is_never_at_risk_and_a_missed_one_never_met(case: Case) -> None:
    judged = case.judged(100)
    for (area, year), row in judged.items():
        status = row["status"]
        if not trusted(row) and not (case.has_deadline and year > DEADLINE):
            assert status in ("insufficient_data", "no_judgement"), (area, year, row)
        if not trusted(row) or row["kind"] in ("step", "direction") or year <= 2020:
            continue
        value = Fraction(row["numerator"] * 100) / Fraction(row["denominator"])
        if case.has_deadline and year >= DEADLINE:
            if year == DEADLINE:
                assert status == ("met" if case.meets(value) else "missed"), (area, year, row)
        elif case.meets(value):
            assert status == "met", (area, year, row)
        else:
            assert status != "met", (area, year, row)


@settings(max_examples=15, deadline=None)
@given(case=cases().filter(lambda case: case.has_deadline))
def test_a_missed_deadline_is_never_anything_but_missed(case: Case) -> None:
    judged = case.judged(100)
    for (area, year), row in judged.items():
        at_deadline = judged.get((area, DEADLINE))
        if year > DEADLINE and at_deadline:
            assert row["status"] == at_deadline["status"]
        if year >= DEADLINE:
            assert row["status"] in ("met", "missed", "insufficient_data", "no_judgement")


@settings(max_examples=15, deadline=None)
@given(case=cases().filter(lambda case: case.kind != "full_coverage"), scale=st.sampled_from((1, 10, 1000)))
def test_rescaling_the_unit_changes_nothing(case: Case, scale: int) -> None:
    first, other = case.judged(100), case.judged(scale)
    assert {key: (row["status"], row["reason"]) for key, row in first.items()} == {
        key: (row["status"], row["reason"]) for key, row in other.items()
    }


@settings(max_examples=15, deadline=None)
@given(case=cases())
def test_thin_coverage_never_gives_a_good_mark(case: Case) -> None:
    thin = replace(case, rows=[(*row[:4], 89, 100) for row in case.rows])
    assert not {row["status"] for row in thin.judged(100).values()} & (GOOD | {"at_risk"})


@settings(max_examples=20, deadline=None)
@given(case=cases().filter(lambda case: case.kind == "reach"))
def test_the_path_is_the_straight_line_from_the_first_trusted_year(case: Case) -> None:
    judged = case.judged(100)
    for (area, year), row in judged.items():
        if not trusted(row) or not 2020 < year < DEADLINE or row["status"] == "met":
            continue
        series = {y: r for (a, y), r in judged.items() if a == area and trusted(r)}
        start = min(series)
        if start >= year:
            assert row["reason"] == "no_baseline"
            continue
        value, base = (Fraction(r["numerator"] * 100) / Fraction(r["denominator"]) for r in (row, series[start]))
        sign = 1 if case.direction == "up" else -1
        beyond = sign * (base - case.value) >= 0
        path = Fraction(case.value) if beyond else base + (case.value - base) * Fraction(year - start, DEADLINE - start)
        distance = sign * (value - path)
        expected = "on_track" if distance >= 0 else "at_risk" if distance >= -case.tolerance else "off_track"
        assert row["status"] == expected, (area, year, row)


@settings(max_examples=15, deadline=None)
@given(case=cases())
def test_without_a_baseline_there_is_no_good_mark(case: Case) -> None:
    judged = case.judged(100)
    for (area, year), row in judged.items():
        earlier = [y for (a, y), r in judged.items() if a == area and y < year and trusted(r)]
        if not earlier and not (case.has_deadline and year > DEADLINE):
            assert row["status"] not in {"on_track", "at_risk", "off_track"}, (area, year, row)
            if case.kind in ("step", "direction"):
                assert row["status"] != "met", (area, year, row)


@settings(max_examples=8, deadline=None)
@given(case=cases().filter(lambda case: case.kind in BY_VALUE), other=st.integers(1, 100))
def test_an_area_with_a_value_of_its_own_is_judged_as_if_everybody_had_it(case: Case, other: int) -> None:
    """And nobody else is judged otherwise than before."""
    area = "990101"
    before, alone = case.judged(100), replace(case, areas={area: other}).judged(100)
    everybody = replace(case, value=other).judged(100)
    for (place, year), row in alone.items():
        expected = (everybody if place == area else before)[place, year]
        assert row == expected, (place, year)
