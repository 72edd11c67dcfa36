"""Near names are offered for a name that nothing has."""

from __future__ import annotations

import pytest

from eduplan.near import names_there_are, near_names

SOURCES = ["pupil_roll", "staff_roll", "finance"]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("pupil_rol", ["pupil_roll"]),
        ("Pupil_Roll", ["pupil_roll"]),
        ("fiance", ["finance"]),
        ("rolls", ["pupil_roll", "staff_roll"]),
        ("学籍", []),
    ],
)
def test_near_names(name: str, near: list[str]) -> None:
    assert near_names(name, SOURCES) == near


def test_a_remedy_names_what_is_near_or_what_there_is() -> None:
    assert names_there_are("finances", SOURCES) == "did you mean finance?"
    assert names_there_are("x", SOURCES) == "there is: finance, pupil_roll, staff_roll"
    assert names_there_are("x", []) == "there is: none"
    many = [str(number) for number in range(100)]
    assert names_there_are("x", many, where="list them") == "there are 100: list them"
