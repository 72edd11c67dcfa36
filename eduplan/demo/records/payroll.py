"""Pay of teachers, kindergarten teachers and civil servants, and the allowance of rural teachers: sums a district.

Belongs here: the amounts and their two files of a calendar year. Does not belong here: any person.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import Floats, Ints
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, constant, full_width
from eduplan.demo.grades import Stage
from eduplan.demo.records.writing import Form, write_by_district, write_for_city
from eduplan.demo.records.year import CityYear
from eduplan.demo.register_files import hundredths
from eduplan.demo.staff import ACTIVE, TEACHER

_PAY = Form(
    source="payroll",
    title="分类人员工资汇总表",
    headers={
        "division_code": "行政区划代码", "division_name": "地区", "pay_group": "人员类别",
        "headcount_months": "在册人月数", "base_pay_yuan": "基本工资", "allowances_yuan": "津贴补贴",
        "performance_pay_yuan": "绩效工资", "year_end_awards_yuan": "年终奖励",
    },
    keep_out=(Defect("pay_in_words", "number", "year_end_awards_yuan", "quarantine", constant("未核定")),),
    repaired=(Defect("full_width", "width", "headcount_months", "repair", full_width),),
    per_thousand=8.0,
    repairs_per_thousand=30.0,
)  # fmt: skip
_ALLOWANCE = Form(
    source="rural_allowance",
    title="乡村教师补贴发放表",
    headers={
        "division_code": "行政区划代码", "division_name": "地区", "allowance_tier": "补贴档次",
        "rural_teachers": "乡村教师数", "teachers_paid": "享受补贴教师数", "allowance_yuan": "全年补贴金额",
    },
    keep_out=(Defect("more_paid_than_there_are", "V31", "teachers_paid", "quarantine", constant("9999")),),
    repaired=(Defect("full_width", "width", "rural_teachers", "repair", full_width),),
    per_thousand=10.0,
    repairs_per_thousand=30.0,
)  # fmt: skip
GROUPS = ("小学教师", "初中教师", "普通高中教师", "公办园在编教师", "公办园非在编教师", "公务员")
TIERS = ("乡镇驻地", "村小", "偏远")
COMPONENTS = ("base_pay_yuan", "allowances_yuan", "performance_pay_yuan", "year_end_awards_yuan")
_SHARES = np.array([0.42, 0.24, 0.22, 0.12])
_CIVIL_SERVANTS = 5
_YEARLY_ALLOWANCE = np.array([3_600, 5_400, 8_400])


def write(city: CityYear) -> None:
    """Writes both files, unless the year is the last one and its accounts are not closed yet."""
    if city.year < city.last_year:
        _write_pay(city)
        _write_allowance(city)


def _write_pay(city: CityYear) -> None:
    district, group = (part.ravel() for part in np.indices((len(DISTRICTS), len(GROUPS))))
    months = _months(city)[district, group]
    monthly = _monthly_pay(city, district, group)
    parts = _SHARES + 0.02 * (city.draw(district * 10 + group, "components")[:, None] - 0.5) * np.array([1, -1, 1, -1])
    fen = np.round(months[:, None] * monthly[:, None] * parts * 100).astype(np.int64)
    table = pl.DataFrame(
        {
            "district": district, "group": group, "months": months,
            **{name: fen[:, place] for place, name in enumerate(COMPONENTS)},
        }
    ).filter(pl.Series(months > 0))  # fmt: skip
    texts = table.select(
        *_places(city, table),
        pl.Series("pay_group", GROUPS, dtype=pl.String).gather(table["group"]).alias("pay_group"),
        pl.col("months").cast(pl.String).alias("headcount_months"),
        *(hundredths(pl.col(name)).alias(name) for name in COMPONENTS),
    )
    staged = write_by_district(city, _PAY, str(city.year), texts, table["district"].to_numpy())
    city.facts.records["payroll", city.year] = table.filter(pl.Series(staged))


def _places(city: CityYear, table: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    places = [DISTRICTS[place] for place in table["district"].to_list()]
    return (
        pl.Series("division_code", [district.code_in(city.year) for district in places]),
        pl.Series("division_name", [district.name_in(city.year)[0] for district in places]),
    )


def _months(city: CityYear) -> Ints:
    """Headcount-months by district and group: twelve for everybody who works, fewer for those who came in the year."""
    rows, qualities = city.staff_rows, city.qualities
    teaches = (rows.status == ACTIVE) & (rows.category == TEACHER) & ~city.schools.is_private[rows.school]
    established = qualities.is_established
    wanted = (
        rows.stage == Stage.PRIMARY,
        rows.stage == Stage.JUNIOR,
        rows.stage == Stage.SENIOR_GENERAL,
        (rows.stage == Stage.PRESCHOOL) & established,
        (rows.stage == Stage.PRESCHOOL) & ~established,
    )
    months = np.where(city.draw(rows.person.astype(np.int64), "months") < 0.9, 12, 4 + city.year % 5)
    result = np.zeros((len(DISTRICTS), len(GROUPS)), dtype=np.int64)
    for group, chosen in enumerate(wanted):
        np.add.at(result[:, group], city.schools.district[rows.school[teaches & chosen]], months[teaches & chosen])
    result[:, _CIVIL_SERVANTS] = np.maximum(12, result[:, :3].sum(axis=1) // 2 + np.arange(len(DISTRICTS)) % 7)
    return result


def _monthly_pay(city: CityYear, district: Ints, group: Ints) -> Floats:
    """Teachers earn somewhat less than civil servants in some districts at first, and catch up over the years."""
    wealth = np.array([each.wealth for each in DISTRICTS])[district]
    civil = (7_200 + 4_300 * wealth) * 1.045**city.passed
    closeness = 0.955 + 0.075 * city.draw(district, "pay") + 0.011 * city.passed
    by_group = np.array([0.985, 1.0, 1.045, 0.93, 0.93, 1.0])[group]
    off_posts = 0.62 + 0.16 * city.draw(district, "off posts") + 0.025 * city.passed
    pay = civil * by_group * np.where(group == _CIVIL_SERVANTS, 1.0, closeness)
    return np.asarray(np.where(group == _CIVIL_SERVANTS - 1, pay * np.minimum(off_posts, 1.0), pay))


def _write_allowance(city: CityYear) -> None:
    rows = city.staff_rows
    places = city.schools.urban_rural[rows.school]
    teaches = (rows.status == ACTIVE) & (rows.category == TEACHER) & (places >= 200)
    is_point = city.schools.school_type[rows.school] == 218
    tier = np.select([is_point, places == 220], [2, 1], 0)
    counts = np.zeros((len(DISTRICTS), len(TIERS)), dtype=np.int64)
    np.add.at(counts, (city.schools.district[rows.school[teaches]], tier[teaches]), 1)
    district, level = np.nonzero(counts)
    teachers = counts[district, level]
    share = 0.80 + 0.15 * city.draw(district * 4 + level, "allowance") + 0.03 * city.passed
    paid = np.minimum(teachers, np.ceil(teachers * share)).astype(np.int64)
    wealth = np.array([each.wealth for each in DISTRICTS])[district]
    each = np.round(_YEARLY_ALLOWANCE[level] * (0.85 + 0.4 * wealth) * (1 + 0.05 * city.passed))
    table = pl.DataFrame(
        {
            "district": district, "tier": level, "rural_teachers": teachers, "teachers_paid": paid,
            "allowance": (paid * each * 100).astype(np.int64),
        }
    )  # fmt: skip
    texts = table.select(
        *_places(city, table),
        pl.Series("allowance_tier", TIERS, dtype=pl.String).gather(level).alias("allowance_tier"),
        pl.col("rural_teachers", "teachers_paid").cast(pl.String),
        hundredths(pl.col("allowance")).alias("allowance_yuan"),
    )
    staged = write_for_city(city, _ALLOWANCE, str(city.year), texts)
    city.facts.records["rural_allowance", city.year] = table.filter(pl.Series(staged))
