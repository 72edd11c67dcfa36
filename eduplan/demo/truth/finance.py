"""FIN-01 to FIN-04, TEA-05, SPE-09, HLT-22 and PRE-12: public money, in calendar years.

Belongs here: the indicators over budgets, final accounts and running costs. Does not belong here: pay.
"""

from __future__ import annotations

from fractions import Fraction

import polars as pl

from eduplan.demo.truth.answers import Answers, share
from eduplan.demo.truth.compulsory import in_nine_grades
from eduplan.demo.truth.enrolment import vocational_pupils
from eduplan.demo.truth.facts import Facts

_STAGES = ("preschool", "primary", "junior", "senior_general", "senior_vocational", "special")
_ORDINARY = ("primary", "junior", "senior_general")
_SMALL_IN_MONTHS = 100 * 12


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a calendar year."""
    account = facts.records["finance", year]
    _training(answers, account.filter(pl.col("account") == "budget"), year, "TEA-05.budget")
    final = account.filter(pl.col("account") == "final")
    if not final.height:
        return
    _training(answers, final, year, "TEA-05")
    by_running = final.with_columns(num="teacher_training_fund", den="school_running_costs")
    answers.ratio("TEA-05.running_costs", year, by_running, calendar=True)
    answers.count("FIN-01.amount", year, final.with_columns(num="education_spending"), calendar=True)
    in_budget = final.with_columns(num="education_spending", den="general_budget_spending")
    answers.ratio("FIN-03", year, in_budget, calendar=True)
    if year - 1 in facts.pupils:
        _against_year_before(answers, facts, final, year)
        _for_each_pupil(answers, facts, final, year)
        _running_costs(answers, facts, year)


def _training(answers: Answers, account: pl.DataFrame, year: int, code: str) -> None:
    table = account.with_columns(num="teacher_training_fund", den="school_staff_wages")
    answers.ratio(code, year, table, calendar=True)


def _against_year_before(answers: Answers, facts: Facts, final: pl.DataFrame, year: int) -> None:
    before = facts.records["finance", year - 1].filter(pl.col("account") == "final")
    both = final.join(before, on="district", how="inner", suffix="_before")
    change = both.with_columns(num=pl.col("education_spending") - pl.col("education_spending_before"))
    answers.count("FIN-01", year, change, calendar=True)
    for district in (None, *range(len(answers.area_codes))):
        rows = [
            table if district is None else table.filter(pl.col("district") == district) for table in (final, before)
        ]
        now, then = (
            Fraction(int(table["education_spending"].sum()), int(table["general_budget_spending"].sum()))
            for table in rows
        )
        answers.calendar_value("FIN-03.change", year, district, float(100 * (now - then)))


def pupil_months(facts: Facts, year: int) -> pl.DataFrame:
    """Pupil-months of a calendar year by school and stage: eight of the autumn before, four of this autumn."""
    parts = []
    for census, months in ((year - 1, 8), (year, 4)):
        rolls = facts.pupils[census].group_by("school", pl.col("stage").cast(pl.String)).agg(pl.len().cast(pl.Int64))
        others = vocational_pupils(facts, census).group_by("school", "stage").agg(pl.col("weight").sum().alias("len"))
        parts += [table.with_columns(months=pl.col("len") * months).drop("len") for table in (rolls, others)]
    return facts.with_schools(pl.concat(parts).group_by("school", "stage").agg(pl.col("months").sum()))


def _disability_months(facts: Facts, year: int) -> pl.DataFrame:
    placed = pl.col("is_disabled") & (pl.col("placement") != "none") & in_nine_grades()
    parts = [
        facts.pupils[census].filter(placed).select("school", den=pl.lit(months, dtype=pl.Int64))
        for census, months in ((year - 1, 8), (year, 4))
    ]
    return facts.with_schools(pl.concat(parts)).select("district", "den", num=pl.lit(0, dtype=pl.Int64))


def _for_each_pupil(answers: Answers, facts: Facts, final: pl.DataFrame, year: int) -> None:
    months = pupil_months(facts, year)
    spent = final.select("district", *(f"{stage}_spending" for stage in _STAGES)).unpivot(index="district")
    spent = spent.select(
        "district", stage=pl.col("variable").str.strip_suffix("_spending"), num="value", den=pl.lit(0, dtype=pl.Int64)
    )
    taught = months.select("district", "stage", num=pl.lit(0, dtype=pl.Int64), den="months")
    known = taught.select("district", "stage").unique()
    table = pl.concat([spent.join(known, on=["district", "stage"], how="semi"), taught])
    answers.ratio("FIN-02.amount", year, table, scale=12, by=("stage",), calendar=True)
    change_for_each_pupil(answers, year)
    disabled = pl.concat([_line(final, "special_running_costs"), _disability_months(facts, year)])
    answers.ratio("SPE-09", year, disabled, scale=12, calendar=True)
    in_schools = taught.filter(pl.col("stage").is_in(_ORDINARY)).drop("stage")
    mental = pl.concat([_line(final, "mental_health_spending"), in_schools.select("district", "den", "num")])
    answers.ratio("HLT-22", year, mental, scale=12, calendar=True)


def _line(final: pl.DataFrame, name: str) -> pl.DataFrame:
    return final.select("district", den=pl.lit(0, dtype=pl.Int64), num=name)


def change_for_each_pupil(answers: Answers, year: int) -> None:
    """FIN-02, from the amounts of two years that the answers already have; null where the year before has none."""
    rows = answers.rows["FIN-02.amount"]
    keys = ("ref_area_level", "ref_area", "stage")
    exact = {
        (row["time_period"], *(row[key] for key in keys)): Fraction(12 * row["numerator"], row["denominator"])
        for row in rows
        if row["denominator"]
    }
    codes = {code: place for place, code in enumerate(answers.area_codes)}
    for row in [row for row in rows if row["time_period"] == str(year)]:
        cell = tuple(row[key] for key in keys)
        now, then = exact.get((str(year), *cell)), exact.get((str(year - 1), *cell))
        stage = {} if row["stage"] == "_T" else {"stage": row["stage"]}
        change = None if now is None or then is None else float(now - then)
        answers.calendar_value("FIN-02", year, codes.get(row["ref_area"]), change, **stage)


def _standard(stage: str, year: int) -> int | None:
    """Yuan a pupil that the national base standard asks for."""
    match stage:
        case "primary":
            return 650 if year < 2023 else 720
        case "junior":
            return 850 if year < 2023 else 940
        case "senior_general":
            return 1000
        case "special":
            return 6000 if year < 2025 else 7000
        case _:
            return None


def _running_costs(answers: Answers, facts: Facts, year: int) -> None:
    received = facts.records["school_finance", year]
    parts = pupil_months(facts, year).filter(pl.col("months") > 0)
    parts = parts.with_columns(
        school_months=pl.col("months").sum().over("school"),
        standard=pl.col("stage").map_elements(lambda stage: _standard(stage, year), return_dtype=pl.Int64),
    ).join(received, on=["school", "stage"], how="inner")
    costs = 12 * pl.col("running_costs")
    enough = (
        pl.when(pl.col("school_months") < _SMALL_IN_MONTHS)
        .then(costs * pl.col("school_months") >= 100 * pl.col("standard") * _SMALL_IN_MONTHS * pl.col("months"))
        .otherwise(costs >= 100 * pl.col("standard") * pl.col("months"))
    )
    judged = parts.filter((pl.col("ownership") == "public") & pl.col("standard").is_not_null())
    answers.ratio("FIN-04", year, share(judged, enough), by=("stage", "urban_class"), calendar=True)
    flags = facts.register[year].select("school", "is_public_kindergarten", "is_inclusive_kindergarten")
    children = parts.filter(pl.col("stage") == "preschool").join(flags, on="school", how="left")
    public = children.filter("is_public_kindergarten").with_columns(num="running_costs", den="months")
    inclusive = children.filter(
        ~pl.col("is_public_kindergarten") & pl.col("is_inclusive_kindergarten") & (pl.col("ownership") == "private")
    ).with_columns(num="subsidy", den="months")
    for code, table in (("PRE-12.public", public), ("PRE-12.inclusive", inclusive)):
        answers.ratio(code, year, table, scale=12, by=("urban_class",), decimals=(2, 0), calendar=True)
