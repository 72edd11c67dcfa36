"""The truth of safety and of digital education in hand-made cases, worked out on paper."""

from __future__ import annotations

import polars as pl

from eduplan.demo.calendar import day_of
from eduplan.demo.truth import digital, safety
from eduplan.demo.truth.answers import Answers

from .conftest import city_row, facts_of, make_schools, pupil

AREAS = ["990101", "990102"]


def test_hazards_are_judged_once_removed_or_due() -> None:
    facts = facts_of(make_schools([211, 211], districts=[0, 1]), {})
    september, august = day_of(2024, 9, 20), day_of(2025, 8, 31)
    facts.records["hazard", 2024] = pl.DataFrame(
        {
            "school": pl.Series([0, 0, 0, 0, 1], dtype=pl.Int32),
            "is_major": [0, 0, 1, 0, 0],
            "due_on": [september, september, september, august + 1, august],
            "closed_on": [september, september + 1, september - 1, -1, -1],
        }
    )
    answers = Answers(AREAS)
    safety.hazards(answers, facts, 2024)
    rows = answers.rows["SAF-06"]
    assert (city_row(rows)["numerator"], city_row(rows)["denominator"]) == (2, 4)
    assert (city_row(rows, item="general")["numerator"], city_row(rows, item="general")["denominator"]) == (1, 3)
    assert city_row(answers.rows["SAF-06.major"])["value"] == 100.0


def test_class_months_are_those_of_the_log() -> None:
    grades = [("p3", 3, 1), ("p3", 3, 1), ("p3", 3, 2), ("p2", 2, 1)]
    rows = [
        pupil(person, school=school, grade=grade, grade_number=number, class_number=place)
        for school in (0, 1)
        for person, (grade, number, place) in enumerate(grades)
    ]
    facts = facts_of(make_schools([211, 211]), {2024: rows})
    facts.records["smart_homework", 2024] = pl.DataFrame(
        {
            "school": pl.Series([0, 0], dtype=pl.Int32), "stage": ["primary", "primary"], "grade": ["p3", "p4"],
            "classes": [2, 1], "pupils": [3, 1], "month": [9, 3], "active_classes": [1, 1], "active_pupils": [2, 1],
        }
    )  # fmt: skip
    answers = Answers(AREAS)
    digital.homework(answers, facts, 2024)
    classes, pupils = answers.rows["DIG-05"], answers.rows["DIG-05.pupils"]
    assert (city_row(classes)["numerator"], city_row(classes)["denominator"]) == (1, 4), "two classes in two months"
    assert (city_row(pupils)["numerator"], city_row(pupils)["denominator"]) == (2, 6)
    assert city_row(classes, item="2025-03")["value"] == 0.0
