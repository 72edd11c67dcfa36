"""The districts' registers of off-campus training bodies: fewer for academic subjects from 2022 on, and better kept.

Belongs here: which bodies there are, their licences and open violations. Does not belong here: any rate.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo import labels
from eduplan.demo.arrays import noise
from eduplan.demo.calendar import day_of, day_texts
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, constant, dotted_date, full_width
from eduplan.demo.records.writing import Form, write_by_district
from eduplan.demo.records.year import CityYear
from eduplan.demo.truth.facts import coded

SOURCE = "training_bodies"
CATEGORIES = ("academic", "sports", "arts", "technology")
_LABELS = pl.Series(["学科类", "体育类", "文化艺术类", "科技类"])
_SHARES = np.array([0.45, 0.62, 0.92, 1.0])
_BODIES = 2600
_ACADEMIC_LEFT = {2020: 1.0, 2021: 0.9, 2022: 0.35, 2023: 0.2}
_VIOLATIONS = ("fund", "fee", "content", "time")

_FORM = Form(
    source=SOURCE,
    title="校外培训机构名录",
    headers={
        "body_code": "统一社会信用代码", "body_name": "机构名称", "division_code": "区划代码",
        "training_category": "培训类别", "licence_number": "办学许可证号", "licensed_until": "许可证有效期至",
        "is_fund_supervised": "是否资金监管", "open_fund_violations": "未整改资金问题数",
        "open_fee_violations": "未整改收费问题数", "open_content_violations": "未整改内容问题数",
        "open_time_violations": "未整改时间问题数",
    },
    keep_out=(
        Defect("code_short", "pattern", "body_code", "quarantine", constant("5299010100")),
        Defect("category_unknown", "code", "training_category", "quarantine", constant("托管")),
        Defect("violations_unreadable", "number", "open_fee_violations", "quarantine", constant("若干")),
    ),
    repaired=(
        Defect("full_width", "width", "body_code", "repair", full_width),
        Defect("dotted_date", "", "licensed_until", "repair", dotted_date),
    ),
    per_thousand=4.0,
)  # fmt: skip


def write(city: CityYear) -> None:
    """Writes the registers of a year and keeps their rows."""
    table = _bodies(city)
    staged = write_by_district(city, _FORM, city.period, _texts(city, table), table["district"].to_numpy())
    kept = table.filter(pl.Series(staged))
    city.facts.records[SOURCE, city.year] = kept.with_columns(item=coded(CATEGORIES, kept["category"].to_numpy()))


def _bodies(city: CityYear) -> pl.DataFrame:
    counts = np.array([max(6, round(_BODIES * city.scale * each.weight)) for each in DISTRICTS])
    district = np.repeat(np.arange(len(DISTRICTS)), counts)
    place = np.arange(len(district)) - np.repeat(np.cumsum(counts) - counts, counts)
    key = district * 100_000 + place
    category = np.searchsorted(_SHARES, noise(key, "training category", city.seed), side="right")
    left = _ACADEMIC_LEFT.get(city.year, min(_ACADEMIC_LEFT.values()))
    here = (category != 0) | (noise(key, "training stays", city.seed) < left)
    district, key, category = district[here], key[here], category[here]
    wealth = np.array([each.wealth for each in DISTRICTS])[district]
    order = 0.86 + 0.022 * city.passed + 0.05 * (wealth - 0.5)
    has_licence = noise(key, "licence", city.seed) < order
    expired = noise(key, f"licence expired {city.year}", city.seed) < 0.05 - 0.008 * city.passed
    ends = np.where(expired, day_of(city.year, 5, 31), day_of(city.year + 2, 5, 31))
    violations = {
        name: np.where(
            noise(key, f"{name} {city.year}", city.seed) < 0.035 - 0.0055 * city.passed,
            1 + (noise(key, f"{name} many", city.seed) < 0.3),
            0,
        )
        for name in _VIOLATIONS
    }
    return pl.DataFrame(
        {
            "body": key, "district": district, "category": category, "has_licence": has_licence,
            "ends": np.where(has_licence, ends, -1), "is_expired": expired, **violations,
            "is_supervised": noise(key, "supervised", city.seed) < 0.9,
        }
    )  # fmt: skip


def _texts(city: CityYear, table: pl.DataFrame) -> pl.DataFrame:
    district = table["district"].to_numpy()
    first_codes = pl.Series([each.code for each in DISTRICTS]).gather(district)
    codes = pl.Series([each.code_in(city.year) for each in DISTRICTS]).gather(district)
    number = table["body"].cast(pl.String).str.zfill(10)
    licence = "教民" + first_codes + number
    return pl.DataFrame(
        {
            "body_code": "52" + first_codes + number,
            "body_name": "示范" + number.str.slice(5) + "号培训中心",
            "division_code": codes,
            "training_category": _LABELS.gather(table["category"].to_numpy()),
            "licence_number": pl.select(pl.when(table["has_licence"]).then(licence)).to_series(),
            "licensed_until": day_texts(table["ends"].to_numpy()),
            "is_fund_supervised": labels.flags(table["is_supervised"].to_numpy()),
            **{f"open_{name}_violations": table[name].cast(pl.String) for name in _VIOLATIONS},
        }
    )
