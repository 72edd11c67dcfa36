"""Every breakdown that a definition asks for is there, or is left out for a reason that is written down."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from eduplan.declarations.indicators import Dimension, Indicator, load_indicators

PLAN = Path(__file__).resolve().parents[2] / "plan"
LIST = yaml.safe_load(Path(__file__).with_name("breakdowns.yml").read_text(encoding="utf-8"))
LEFT_OUT: dict[str, set[Any]] = {
    code: {part for group in LIST["left_out"] for part in group["breakdowns"].get(code, [])}
    for group in LIST["left_out"]
    for code in group["breakdowns"]
}


@pytest.fixture(scope="module")
def indicators() -> dict[str, Indicator]:
    return load_indicators(PLAN)


def has(indicator: Indicator) -> set[str]:
    parts = (*indicator.disaggregations, *indicator.city_breakdowns, *indicator.always_by)
    return {str(part) for part in parts}


def test_the_list_names_breakdowns_that_there_are() -> None:
    known = {str(dimension) for dimension in Dimension}
    assert {part for parts in LIST["asked"].values() for part in parts} <= known
    assert all(group["why"] for group in LIST["left_out"])


def test_every_code_of_the_plan_is_in_the_list(indicators) -> None:
    codes = {re.match(r"[A-Z]+-\d+", code).group() for code in indicators}
    assert codes == set(LIST["asked"])


def test_what_is_asked_for_is_there_or_left_out_for_a_reason(indicators) -> None:
    missing = {
        code: sorted(absent)
        for code, indicator in indicators.items()
        if (absent := {*LIST["asked"][code.split(".")[0]]} - has(indicator) - LEFT_OUT.get(code, set()))
    }
    assert not missing


def test_nothing_is_left_out_that_is_there_or_was_never_asked_for(indicators) -> None:
    idle = {
        code: sorted(parts - ({*LIST["asked"][code.split(".")[0]]} - has(indicators[code])))
        for code, parts in LEFT_OUT.items()
    }
    assert not {code: parts for code, parts in idle.items() if parts}
