"""What schools report after a vision warning: one row a school and warning tier of the autumn screening.

Belongs here: who is told, referred and comes back with a result; the file. Does not belong here: the warning itself.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, constant, full_width
from eduplan.demo.records.writing import Form, write_by_district
from eduplan.demo.records.year import CityYear
from eduplan.demo.truth.vision import screened
from eduplan.demo.truth.vision_system import tiers

_FORM = Form(
    source="vision_referral",
    title="近视预警转诊情况表",
    headers={
        "school_code": "学校标识码", "school_name": "学校名称", "warning_tier": "预警等级",
        "notified_pupils": "告知家长人数", "referred_pupils": "转诊人数", "results_in_time": "60日内复查反馈人数",
        "results_late": "60日后复查反馈人数",
    },
    keep_out=(
        Defect("tier_unknown", "code", "warning_tier", "quarantine", constant("四级")),
        Defect("results_above_referred", "V31", "results_in_time", "quarantine", constant("99999")),
        Defect("school_unknown", "V04", "school_code", "quarantine", constant("3199999999")),
    ),
    repaired=(Defect("full_width", "width", "referred_pupils", "repair", full_width),),
    per_thousand=3.0,
)  # fmt: skip


def write(city: CityYear) -> None:
    """Makes and writes the autumn's return; a few schools send none."""
    warned = (
        tiers(screened(city.facts, city.year).filter(pl.col("valid")))
        .filter(pl.col("tier") >= 1)
        .group_by("school", "tier")
        .agg(pl.len().alias("warned"))
        .sort("school", "tier")
    )
    school, tier = warned["school"].to_numpy().astype(np.int64), warned["tier"].to_numpy().astype(np.int64)
    sends = city.share(school, "referral return", 0.94, 0.012)
    school, tier, number = school[sends], tier[sends], warned["warned"].to_numpy()[sends].astype(np.int64)
    wealth = np.array([each.wealth for each in DISTRICTS])[city.schools.district[school]]
    wobble = city.draw(school * 4 + tier, "referral") - 0.5
    returning = np.clip(0.60 + 0.26 * wealth + 0.028 * city.passed + 0.02 * tier + 0.08 * wobble, 0.3, 0.985)
    in_time = np.floor(number * returning).astype(np.int64)
    late = np.floor((number - in_time) * 0.35).astype(np.int64)
    referred = np.minimum(number, in_time + late + np.floor(number * 0.05).astype(np.int64))
    notified = np.maximum(referred, np.floor(number * 0.97).astype(np.int64))
    table = pl.DataFrame(
        {
            "school": pl.Series(school, dtype=pl.Int32), "tier": tier, "notified_pupils": notified,
            "referred_pupils": referred, "results_in_time": in_time, "results_late": late,
        }
    )  # fmt: skip
    texts = table.select(
        pl.Series("school_code", city.schools.code[school].tolist()),
        pl.Series("school_name", city.schools.name[school].tolist()),
        pl.Series("warning_tier", ["", "一级", "二级", "三级"], dtype=pl.String).gather(tier).alias("warning_tier"),
        pl.col("notified_pupils", "referred_pupils", "results_in_time", "results_late").cast(pl.String),
    )
    staged = write_by_district(city, _FORM, f"{city.period}-autumn", texts, city.schools.district[school])
    city.facts.records["vision_referral", city.year] = table.filter(pl.Series(staged))
