"""Budgets and final accounts of the districts: education lines of a calendar year.

Belongs here: the amounts and their file. Does not belong here: what single schools receive (``school_finance``).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import Floats, Ints
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, full_width
from eduplan.demo.grades import STAGES, Stage
from eduplan.demo.records.writing import Form, write_for_city
from eduplan.demo.records.year import CityYear

STAGE_LINES = tuple(f"{stage}_spending" for stage in STAGES)
_OTHER_LINES = (
    "general_budget_spending", "education_spending", "school_staff_wages", "teacher_training_fund",
    "school_running_costs", "special_running_costs", "mental_health_spending",
)  # fmt: skip
LINES = (*_OTHER_LINES[:2], *STAGE_LINES, *_OTHER_LINES[2:])
_FORM = Form(
    source="finance",
    title="教育经费预决算表",
    headers={
        "division_code": "行政区划代码", "division_name": "地区", "account": "预决算类型", "amount_unit": "金额单位",
        "general_budget_spending": "一般公共预算支出", "education_spending": "一般公共预算教育支出",
        "preschool_spending": "学前教育支出", "primary_spending": "小学教育支出", "junior_spending": "初中教育支出",
        "senior_general_spending": "高中教育支出", "senior_vocational_spending": "中等职业教育支出",
        "special_spending": "特殊教育支出", "school_staff_wages": "中小学教职工工资总额",
        "teacher_training_fund": "中小学教师培训专项经费", "school_running_costs": "中小学公用经费",
        "special_running_costs": "特殊教育公用经费", "mental_health_spending": "心理健康教育经费",
    },
    repaired=(Defect("full_width", "width", "division_code", "repair", full_width),),
    repairs_per_thousand=40.0,
)  # fmt: skip
_PER_PUPIL = np.array([9_500, 15_500, 21_500, 22_500, 21_000, 78_000])
"""Yuan a pupil and year of each stage in a district of middling wealth in the first year."""
_BUDGET, _FINAL = "预算", "决算"


def write(city: CityYear) -> None:
    """Writes the budget of a year and, unless the year is the last one and not closed yet, its final account."""
    final = _final_account(city)
    accounts = [_budget(city, final).with_columns(account=pl.lit("budget"))]
    if city.year < city.last_year:
        accounts.append(final.with_columns(account=pl.lit("final")))
    table = pl.concat(accounts)
    district = table["district"].to_numpy()
    in_ten_thousands = district % 3 == 0
    texts = table.select(
        pl.Series("division_code", [DISTRICTS[place].code_in(city.year) for place in district.tolist()]),
        pl.Series("division_name", [DISTRICTS[place].name_in(city.year)[0] for place in district.tolist()]),
        pl.col("account").replace_strict({"budget": _BUDGET, "final": _FINAL}),
        pl.Series("amount_unit", np.where(in_ten_thousands, "万元", "元").tolist()),
        *(_amount(name, in_ten_thousands) for name in LINES),
    )
    staged = write_for_city(city, _FORM, str(city.year), texts)
    city.facts.records["finance", city.year] = table.filter(pl.Series(staged))


def _amount(name: str, in_ten_thousands: np.ndarray) -> pl.Expr:
    """Whole yuan, or ten thousand yuan with four decimals, as text."""
    decimals = pl.format("{}.{}", pl.col(name) // 10_000, (pl.col(name) % 10_000).cast(pl.String).str.zfill(4))
    return pl.when(pl.Series(in_ten_thousands)).then(decimals).otherwise(pl.col(name).cast(pl.String)).alias(name)


def _final_account(city: CityYear) -> pl.DataFrame:
    """The final account in whole yuan, one row a district."""
    places = np.arange(len(DISTRICTS))
    wealth = np.array([district.wealth for district in DISTRICTS])
    by_stage = np.zeros((len(DISTRICTS), len(STAGES)), dtype=np.int64)
    np.add.at(by_stage, city.schools.district, city.pupils)
    level = (0.72 + 0.5 * wealth) * _growth(city, places)
    spending = np.round(np.maximum(by_stage, 1) * _PER_PUPIL * level[:, None]).astype(np.int64)
    spending[by_stage == 0] = 0
    education = np.round(spending.sum(axis=1) * (1.10 + 0.06 * city.draw(places, "other spending"))).astype(np.int64)
    share = 0.165 + 0.05 * city.draw(places, "education share") + 0.01 * (_of_year(city, places, "share") - 0.5)
    schools = spending[:, Stage.PRIMARY : Stage.SENIOR_GENERAL + 1].sum(axis=1)
    wages = np.round(schools * (0.60 + 0.08 * city.draw(places, "wages"))).astype(np.int64)
    running = np.round(schools * (0.13 + 0.07 * wealth)).astype(np.int64)
    training = wages * (0.0245 + 0.007 * city.draw(places, "training") + 0.003 * wealth + 0.0009 * city.passed)
    disabled = _pupils_with_disability(city)
    each = 5_300 + 1_000 * wealth + 230 * city.passed + 300 * _of_year(city, places, "special")
    school_pupils = by_stage[:, Stage.PRIMARY : Stage.SENIOR_GENERAL + 1].sum(axis=1)
    mental = school_pupils * (5 + 14 * wealth) * (1 + 0.12 * city.passed + 0.15 * _of_year(city, places, "mental"))
    columns = {
        "general_budget_spending": np.round(education / share),
        "education_spending": education,
        **{name: spending[:, stage] for stage, name in enumerate(STAGE_LINES)},
        "school_staff_wages": wages,
        "teacher_training_fund": np.round(training),
        "school_running_costs": running,
        "special_running_costs": np.round(disabled * each),
        "mental_health_spending": np.round(mental),
    }
    return pl.DataFrame({"district": places, **{name: column.astype(np.int64) for name, column in columns.items()}})


def _growth(city: CityYear, places: Ints) -> Floats:
    """Spending a pupil grows by some five per cent a year, but now and then a district cuts it."""
    level = np.ones(len(places))
    for year in range(city.first_year + 1, city.year + 1):
        draw = city.draw(places * 10_000 + year, "growth")
        level *= np.where(draw < 0.10, 0.955, 1.03 + 0.045 * draw)
    return level


def _of_year(city: CityYear, places: Ints, salt: str) -> Floats:
    return city.draw(places * 10_000 + city.year, salt)


def _pupils_with_disability(city: CityYear) -> Ints:
    """Pupils with a recorded disability and placement in grades 1 to 9, by district."""
    number = city.attributes.grade_number
    is_placed = (city.attributes.disability > 0) & (city.roll.placement > 0)
    counts = city.roll.is_enrolled & is_placed & (number >= 1) & (number <= 9)
    places = city.schools.district[city.roll.school[counts]]
    return np.bincount(places, minlength=len(DISTRICTS))


def _budget(city: CityYear, final: pl.DataFrame) -> pl.DataFrame:
    """What was planned: a little off what is spent in the end, and the training fund more than other lines."""
    places = final["district"].to_numpy()
    off = 0.96 + 0.06 * _of_year(city, places, "budget")
    training = 0.90 + 0.18 * _of_year(city, places, "training budget")
    return final.with_columns(
        *((pl.col(name) * pl.Series(off)).floor().cast(pl.Int64) for name in LINES if name != "teacher_training_fund"),
        (pl.col("teacher_training_fund") * pl.Series(training)).floor().cast(pl.Int64),
    )
