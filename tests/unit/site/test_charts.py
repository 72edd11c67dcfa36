"""The path that a chart shows is the one that the judgement uses, also in the years to come."""

from __future__ import annotations

import pytest

REACH = (
    "update plan.status set kind = 'reach', target_value = 95, deadline = 2025, baseline_value = {base}, "
    "path_value = case reference_year when 2022 then {first} else {second} end; "
    "update plan.targets set kind = 'reach', target_value = 95, deadline = 2025"
)


@pytest.mark.parametrize(
    ("base", "first", "second", "path"),
    [(80, 80, 85, [80.0, 85.0, 90.0, 95.0]), (97, 95, 95, [95.0, 95.0, 95.0, 95.0])],
    ids=["from the baseline to the target", "the target itself where the baseline is beyond it"],
)
def test_a_path_goes_on_to_the_deadline(make_site, base, first, second, path):
    site = make_site(change=REACH.format(base=base, first=first, second=second))
    site.write()
    part = site.data("indicator/HLT-03.html", "chart-data")["parts"][0]
    assert part["years"] == ["2022-23", "2023-24", "2024-25", "2025-26"]
    assert part["city"] == [80.0, 90.0, None, None]
    assert part["targets"][0]["path"] == pytest.approx(path)
    assert part["targets"][0]["goal"] == [3, 95.0]


def test_a_level_that_is_always_asked_for_has_no_goal(site):
    target = site.data("indicator/HLT-03.html", "chart-data")["parts"][0]["targets"][0]
    assert (target["level"], target["goal"]) == (100.0, None)
