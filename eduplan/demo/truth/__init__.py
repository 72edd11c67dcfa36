"""The true value of every indicator, computed from the simulated persons in its own way.

Belongs here: one module a family of indicators,
written from their definitions. Does not belong here: the project's SQL;
nothing here reads it.
"""

from __future__ import annotations

from eduplan.demo.truth import (
    after_school,
    aid,
    balance,
    cohorts,
    compulsory,
    digital,
    enrolment,
    equity,
    facilities,
    finance,
    health,
    health_returns,
    higher,
    inclusion,
    pay,
    preschool,
    programmes,
    safety,
    school_work,
    senior,
    special,
    teachers,
    teaching_posts,
    vision,
    vision_system,
    vocational,
)
from eduplan.demo.truth.answers import Answers, Row
from eduplan.demo.truth.facts import Facts

__all__ = ["known_answers"]

_FAMILIES = (
    enrolment,
    preschool,
    compulsory,
    balance,
    cohorts,
    senior,
    special,
    vision,
    health,
    teachers,
    facilities,
    vision_system,
    inclusion,
    safety,
    finance,
    aid,
    teaching_posts,
    health_returns,
    after_school,
    digital,
    pay,
    programmes,
    school_work,
    vocational,
    higher,
    equity,
)


def known_answers(facts: Facts) -> dict[str, list[Row]]:
    """The true values of all indicators, for all years, by indicator."""
    answers = Answers(facts.area_codes)
    for year in facts.years:
        for family in _FAMILIES:
            family.answer(answers, facts, year)
    return dict(sorted(answers.rows.items()))
