"""What schools report of their mental-health work: one row a school with pupils of grades 4 to 12.

Belongs here: consents, files, crises and calls, and the file. Does not belong here: the screening of single pupils.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import Ints
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, constant, full_width
from eduplan.demo.records.writing import Form, write_by_district
from eduplan.demo.records.year import CityYear
from eduplan.demo.truth.vision import scope

_FORM = Form(
    source="mental_health_return",
    title="学校心理健康工作情况表",
    headers={
        "school_code": "学校标识码", "school_name": "学校名称", "consented_pupils": "监护人知情同意人数",
        "files_kept": "心理健康档案数", "files_reviewed": "本年更新档案数", "flagged_pupils": "预警学生数",
        "flagged_followed_up": "30日内跟踪人数", "crisis_cases": "危机个案数", "crisis_referred": "转介医疗机构人数",
        "crisis_answered": "7日内接诊人数", "crisis_with_plan": "返校跟踪方案人数", "hotline_calls": "心理热线求助次数",
    },
    keep_out=(
        Defect("reviewed_above_kept", "V31", "files_reviewed", "quarantine", constant("99999")),
        Defect("cases_as_words", "type", "crisis_cases", "quarantine", constant("若干")),
    ),
    repaired=(Defect("full_width", "width", "files_kept", "repair", full_width),),
    per_thousand=5.0,
)  # fmt: skip


def write(city: CityYear) -> None:
    """Makes and writes the return; a few schools send none."""
    older = scope(city.facts, city.year).filter(pl.col("grade_number").is_between(4, 12))
    found = city.facts.screenings[city.year, "autumn"].filter(~pl.col("is_retest")).join(older, on="person")
    warned = found.filter(pl.col("mental_level") > 0)
    size = len(city.schools)
    pupils = np.bincount(older["school"].to_numpy(), minlength=size)
    flagged = np.bincount(warned["school"].to_numpy(), minlength=size)
    followed = np.bincount(warned.filter(pl.col("follow_up") == 1)["school"].to_numpy(), minlength=size)
    school = np.flatnonzero(pupils)
    school = school[city.share(school, "mental return", 0.95, 0.01)]
    table = _table(city, school, pupils[school], flagged[school], followed[school])
    texts = table.select(
        pl.Series("school_code", city.schools.code[school].tolist()),
        pl.Series("school_name", city.schools.name[school].tolist()),
        pl.exclude("school").cast(pl.String),
    )
    staged = write_by_district(city, _FORM, city.period, texts, city.schools.district[school])
    city.facts.records["mental_health_return", city.year] = table.filter(pl.Series(staged))


def _table(city: CityYear, school: Ints, pupils: Ints, flagged: Ints, followed: Ints) -> pl.DataFrame:
    wealth = np.array([each.wealth for each in DISTRICTS])[city.schools.district[school]]
    yearly = school * 16 + city.passed

    def part(whole: Ints, first: float, gain: float, salt: str) -> Ints:
        """A share of each whole that grows with the years and the district's wealth."""
        share = first + gain * city.passed + 0.06 * wealth + 0.06 * (city.draw(yearly, salt) - 0.5)
        return np.floor(whole * np.clip(share, 0, 1)).astype(np.int64)

    kept = part(pupils, 0.86, 0.02, "files")
    cases = np.floor(pupils * 0.0035 + city.draw(yearly, "crisis") * 1.25).astype(np.int64)
    referred = cases - (city.draw(yearly, "crisis referral") > 0.80 + 0.03 * city.passed) * (cases > 0)
    answered = referred - (city.draw(yearly, "crisis answer") > 0.70 + 0.05 * city.passed) * (referred > 0)
    planned = cases - (city.draw(yearly, "crisis plan") > 0.78 + 0.04 * city.passed) * (cases > 0)
    calls = np.floor(pupils * (0.01 + 0.004 * city.passed) * (0.4 + 1.2 * city.draw(yearly, "calls"))).astype(np.int64)
    return pl.DataFrame(
        {
            "school": pl.Series(school, dtype=pl.Int32), "consented_pupils": part(pupils, 0.88, 0.015, "consent"),
            "files_kept": kept, "files_reviewed": part(kept, 0.80, 0.03, "review"), "flagged_pupils": flagged,
            "flagged_followed_up": followed, "crisis_cases": cases, "crisis_referred": referred,
            "crisis_answered": answered, "crisis_with_plan": planned, "hotline_calls": calls,
        }
    )  # fmt: skip
