"""Numbers and words as pages show them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from markupsafe import Markup

from eduplan.site.wording import Units, both, exact, rounded


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [(0.125, 2, "0.13"), (1234567.0, 0, "1,234,567"), (-0.04, 1, "0.0"), (-1.5, 1, "−1.5"), (2.0, 2, "2.00")],
)
def test_numbers_are_rounded_as_people_round(value, decimals, shown):
    assert rounded(value, decimals) == shown


@pytest.mark.parametrize(("value", "shown"), [(Decimal("3571.000000"), "3,571"), (Decimal("1860.044255"), "1,860.044")])
def test_sums_have_no_zeros_that_nobody_reads(value, shown):
    assert exact(value) == shown


def test_units_follow_their_value_in_both_languages():
    units = Units(
        {"%": {"en": "%", "zh": "%"}, "persons": {"en": "persons", "zh": "人"}, "ratio": {"en": "", "zh": ""}}
    )
    row = {"obs_value": 12.5, "obs_status": "A"}
    assert units.value({**row, "unit": "%"}, 1) == "12.5%"
    assert units.value({**row, "unit": "ratio"}, 1) == "12.5"
    assert '<span lang="zh"> 人</span>' in units.value({**row, "unit": "persons"}, 1)
    assert "<b>" not in units.value({**row, "unit": "<b>"}, 1)


def test_a_text_and_html_that_look_alike_are_not_confused():
    assert both(Markup("<i>"), "x") == '<span lang="en"><i></span><span lang="zh">x</span>'
    assert both("<i>", "x") == '<span lang="en">&lt;i&gt;</span><span lang="zh">x</span>'
