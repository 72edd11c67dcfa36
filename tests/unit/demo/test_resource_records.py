"""Labels of the files on pay and kindergartens, and the exact arithmetic of pay beside pay."""

from __future__ import annotations

from pathlib import Path

import pytest

from eduplan.declarations.contracts import load_code_lists
from eduplan.demo.records import kindergarten_quality, payroll
from eduplan.demo.truth import pay

LISTS = load_code_lists(Path(__file__).parents[3] / "contracts" / "codes")


@pytest.mark.parametrize(
    ("code_list", "texts", "codes"),
    [
        (
            "pay_group",
            payroll.GROUPS,
            [
                "primary_teachers", "junior_teachers", "senior_teachers", "established_kindergarten",
                "other_kindergarten", "civil_servants",
            ],
        ),
        ("allowance_tier", payroll.TIERS, ["township", "village", "remote"]),
        ("evaluation_result", kindergarten_quality.RESULTS, ["excellent", "good", "pass", "fail"]),
    ],
)  # fmt: skip
def test_labels_stand_in_the_order_of_the_codes(code_list: str, texts: tuple[str, ...], codes: list[str]) -> None:
    meaning = {label: value.code for value in LISTS[code_list].values for label in [value.zh, *value.labels]}
    assert [meaning[text] for text in texts] == codes


def test_pay_at_the_mean_is_rounded_up_to_a_millionth() -> None:
    assert pay._at_mean(12, 7, 70_000_00) == 120_000_000_000, "exactly the mean"
    assert pay._at_mean(2, 3, 100_00) == 66_666_667, "66.666666... is rounded up"
