"""The data catalogue of the district bureaus: what was loaded into the lake by when, and what was used.

Belongs here: catalogue items and their file. Does not belong here: information systems.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import stream
from eduplan.demo.calendar import day_of, day_texts
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, constant, dotted_date
from eduplan.demo.labels import pick
from eduplan.demo.records.cells import numbers
from eduplan.demo.records.writing import Form, write_for_city
from eduplan.demo.records.year import CityYear

FORM = Form(
    source="data_catalogue",
    title="教育数据资源目录",
    headers={
        "item_number": "目录编号", "division_code": "区划代码", "bureau_name": "责任单位", "data_domain": "数据域",
        "due_on": "应入湖日期", "loaded_on": "实际入湖日期", "interface_calls": "接口调用次数",
    },
    keep_out=(
        Defect("domain_unknown", "code", "data_domain", "quarantine", constant("综合")),
        Defect("date_unreadable", "date", "due_on", "quarantine", constant("每季度末")),
    ),
    repaired=(Defect("dotted_date", "", "due_on", "repair", dotted_date),),
    per_thousand=5.0,
)  # fmt: skip

DOMAINS = ("pupils", "staff", "schools", "teaching", "finance", "administration")
DOMAIN_LABELS = ("学生", "教职工", "学校与资产", "教学资源", "财务", "政务管理")
_EASE = np.array([0.16, 0.10, 0.04, -0.04, -0.16, -0.08])
"""How much more of a domain than of others is loaded."""


def write(city: CityYear) -> None:
    """Writes the catalogue of a year: twenty to fifty items a district."""
    rng = stream(city.seed, "data catalogue", city.year)
    each = np.array([20 + int(30 * district.wealth) + 2 * city.passed for district in DISTRICTS])
    district = np.repeat(np.arange(len(DISTRICTS)), each)
    count = len(district)
    wealth = np.array([place.wealth for place in DISTRICTS])[district]
    domain = np.arange(count) % len(DOMAINS)
    due = day_of(city.year, 9, 30) + 30 * rng.integers(0, 9, count)
    on_time = rng.random(count) < 0.36 + 0.09 * city.passed + 0.18 * wealth + _EASE[domain]
    never = ~on_time & (rng.random(count) < 0.6)
    loaded = np.where(on_time, due - rng.integers(0, 20, count), due + rng.integers(1, 60, count))
    loaded = np.where(never, -1, loaded)
    used = (loaded >= 0) & (rng.random(count) < 0.35 + 0.06 * city.passed)
    calls = np.where(used, 1 + rng.poisson(400, count), 0)
    table = pl.DataFrame(
        {
            "district": district.astype(np.int64), "item": [DOMAINS[place] for place in domain.tolist()], "due_on": due,
            "loaded_on": loaded, "calls": calls,
        }
    )  # fmt: skip
    texts = pl.DataFrame(
        {
            "item_number": [f"ML{place + 1:05d}" for place in range(count)],
            "division_code": [DISTRICTS[place].code_in(city.year) for place in district.tolist()],
            "bureau_name": [f"{DISTRICTS[place].name_in(city.year)[0]}教育局" for place in district.tolist()],
            "data_domain": pick(DOMAIN_LABELS, domain),
            "due_on": day_texts(due),
            "loaded_on": day_texts(loaded),
            "interface_calls": numbers(calls),
        }
    )
    staged = write_for_city(city, FORM, city.period, texts)
    city.facts.records["data_catalogue", city.year] = table.filter(pl.Series(staged))
