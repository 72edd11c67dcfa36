"""TEA-06, TEA-07 and PRE-13: pay against the pay of another group, and the allowance of rural teachers.

Belongs here: means of pay, in calendar years. Does not belong here: wages as a line of an account (``finance``).
"""

from __future__ import annotations

from fractions import Fraction

import polars as pl

from eduplan.demo.truth.answers import Answers
from eduplan.demo.truth.facts import Facts

_STAGES = {0: "primary", 1: "junior", 2: "senior_general"}
_ESTABLISHED, _OTHERS, _CIVIL_SERVANTS = 3, 4, 5
_MICRO = 10**6


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a calendar year."""
    if ("payroll", year) not in facts.records:
        return
    paid = _paid(facts.records["payroll", year])
    teachers = [(place, group) for place, group in paid if group in _STAGES and (place, _CIVIL_SERVANTS) in paid]
    table = pl.DataFrame(
        [
            {
                "district": place, "stage": _STAGES[group],
                "num": paid[place, group][1], "months": paid[place, group][0],
                "den": _at_mean(paid[place, group][0], *paid[place, _CIVIL_SERVANTS]),
            }
            for place, group in teachers
        ]
    )  # fmt: skip
    answers.ratio("TEA-06", year, table, scale=1, by=("stage",), decimals=(2, 6), calendar=True)
    compulsory = table.filter(pl.col("stage") != "senior_general")
    answers.ratio("TEA-06.compulsory", year, compulsory, scale=1, decimals=(2, 6), calendar=True)
    means = table.with_columns(den="months")
    answers.ratio("TEA-06.pay", year, means, scale=12, by=("stage",), decimals=(2, 0), calendar=True)
    _growth(answers, year)
    kindergartens = [
        {"district": place, "num": pay, "den": _at_mean(months, *paid[place, _ESTABLISHED])}
        for (place, group), (months, pay) in paid.items()
        if group == _OTHERS and (place, _ESTABLISHED) in paid
    ]
    answers.ratio("PRE-13", year, pl.DataFrame(kindergartens), decimals=(2, 6), calendar=True)
    allowance = facts.records["rural_allowance", year]
    covered = allowance.with_columns(num="teachers_paid", den="rural_teachers")
    answers.ratio("TEA-07.coverage", year, covered, calendar=True)
    each = allowance.with_columns(num="allowance", den="teachers_paid")
    answers.ratio("TEA-07.amount", year, each, scale=1, decimals=(2, 0), calendar=True)


def _paid(payroll: pl.DataFrame) -> dict[tuple[int, int], tuple[int, int]]:
    """Headcount-months and pay in fen, by district and group."""
    pay = pl.sum_horizontal("base_pay_yuan", "allowances_yuan", "performance_pay_yuan", "year_end_awards_yuan")
    rows = payroll.select("district", "group", "months", pay=pay)
    return {(district, group): (months, fen) for district, group, months, fen in rows.iter_rows()}


def _at_mean(months: int, other_months: int, other_fen: int) -> int:
    """Millionths of a yuan that the months would have cost at the mean of the others, rounded up."""
    return -(-months * other_fen * (_MICRO // 100) // other_months)


def _growth(answers: Answers, year: int) -> None:
    """TEA-06.growth, from the means of two years that the answers already have."""
    means = {
        (row["time_period"], row["ref_area"], row["stage"]): Fraction(str(row["numerator"])) / row["denominator"]
        for row in answers.rows["TEA-06.pay"]
        if row["denominator"]
    }
    places = {code: place for place, code in enumerate(answers.area_codes)}
    for (period, area, stage), now in list(means.items()):
        then = means.get((str(year - 1), area, stage))
        if period == str(year) and then is not None:
            dimensions = {} if stage == "_T" else {"stage": stage}
            value = float(100 * (now - then) / then)
            answers.calendar_value("TEA-06.growth", year, places.get(area), value, **dimensions)
