"""A year whose slices did not change is not computed again; two indicators of one mart are computed by one query."""

from __future__ import annotations

from pathlib import Path

import pytest

from eduplan.declarations.models import ModelHeader, SqlModel
from eduplan.declarations.text import Bilingual
from eduplan.indicators.compute import compute_indicators
from eduplan.indicators.marts import Marts
from eduplan.indicators.together import together
from eduplan.progress import Silent

from .conftest import CITY, PlanBench
from .test_values import CLASSES, RATIO

MART = "ch4_system.classes"
TWO = (
    RATIO
    + """
- code: CMP-07
  kind: count
  mart: ch4_system.classes
  numerator: {column: good, where: "sex = 'male'"}
  where: "stage = 'junior'"
  direction: up
  disaggregations: [district]
"""
)


def compute(plan: PlanBench, indicators: str = TWO) -> tuple[str, ...]:
    text = Bilingual(en="Classes", zh="班级")
    header = ModelHeader(title=text, grain=text, meaning=text, key=["school_year"], partition="school_year")
    model = SqlModel(schema="ch4_system", name="classes", header=header, sql="select 1", path=Path("classes.sql"))
    declared = plan.indicators(indicators)
    return compute_indicators(plan.connection, plan.project, declared, {MART: model}, progress=Silent()).computed


def send(plan: PlanBench, years: dict[str, tuple[int, str]]) -> None:
    """A mart with so many good classes of ten in each year, built from slices with these fingerprints."""
    rows: list[tuple[object, ...]] = [
        (year, "990101", "A", stage, "male", good, 10) for year, (good, _) in years.items() for stage in ("junior", "x")
    ]
    plan.mart(MART, CLASSES, rows)
    plan.connection.execute("delete from warehouse.builds where model = ?", [MART])
    for name, mark in {"": "shape", **{year: mark for year, (_, mark) in years.items()}}.items():
        plan.connection.execute("insert into warehouse.builds values (?, ?, ?, 1, 0, now())", [MART, name, mark])


@pytest.fixture
def loaded(plan: PlanBench) -> PlanBench:
    send(plan, {"2020-21": (1, "a"), "2021-22": (2, "a")})
    assert compute(plan) == ("CMP-06", "CMP-07")
    return plan


def city(plan: PlanBench, code: str) -> list[tuple[int, int]]:
    return [(year, int(n)) for area, year, n, *_ in plan.values(code) if area == CITY]


def test_indicators_of_one_mart_go_together_and_keep_their_own_scope(loaded: PlanBench) -> None:
    groups = together(loaded.indicators(TWO).values(), Marts.of(loaded.connection))
    assert [[indicator.code for indicator in group] for group in groups] == [["CMP-06", "CMP-07"]]
    assert city(loaded, "CMP-06") == [(2020, 2), (2021, 4)]
    assert city(loaded, "CMP-07") == [(2020, 1), (2021, 2)]


def test_only_the_year_that_changed_is_computed_again(loaded: PlanBench) -> None:
    loaded.connection.execute("update plan.indicator_values set numerator = 77 where reference_year = 2020")
    send(loaded, {"2020-21": (1, "a"), "2021-22": (5, "b")})
    assert compute(loaded) == ("CMP-06", "CMP-07")
    assert city(loaded, "CMP-06") == [(2020, 77), (2021, 10)]
    assert city(loaded, "CMP-07") == [(2020, 77), (2021, 5)]


def test_a_year_that_is_no_more_goes_and_a_new_one_comes(loaded: PlanBench) -> None:
    send(loaded, {"2021-22": (2, "a"), "2022-23": (3, "a")})
    compute(loaded)
    assert city(loaded, "CMP-06") == [(2021, 4), (2022, 6)]


def test_another_formula_is_computed_for_all_years(loaded: PlanBench) -> None:
    loaded.connection.execute("update plan.indicator_values set numerator = 77")
    assert compute(loaded, TWO.replace("numerator: good", "numerator: all_of")) == ("CMP-06",)
    assert city(loaded, "CMP-06") == [(2020, 20), (2021, 20)]
    assert city(loaded, "CMP-07") == [(2020, 77), (2021, 77)]


def test_an_indicator_that_comes_back_does_not_find_what_it_left(loaded: PlanBench) -> None:
    compute(loaded, "[]")
    assert city(loaded, "CMP-06") == []
    compute(loaded)
    assert city(loaded, "CMP-06") == [(2020, 2), (2021, 4)]
