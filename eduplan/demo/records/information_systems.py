"""The list of information systems of the district bureaus: level, filing, assessment and incidents.

Belongs here: systems and their file. Does not belong here: the data in them.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import stream
from eduplan.demo.calendar import day_of, day_texts
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, constant, dotted_date
from eduplan.demo.labels import flags
from eduplan.demo.records.cells import numbers
from eduplan.demo.records.writing import Form, write_for_city
from eduplan.demo.records.year import CityYear

FORM = Form(
    source="information_system",
    title="信息系统台账",
    headers={
        "system_number": "系统编号", "division_code": "区划代码", "system_name": "系统名称",
        "protection_level": "等保级别", "is_filed": "是否备案", "assessed_on": "最近测评日期",
        "security_incidents": "网络安全事件数",
    },
    keep_out=(
        Defect("level_as_words", "number", "protection_level", "quarantine", constant("待定级")),
        Defect("level_out_of_range", "range", "protection_level", "quarantine", constant("6")),
    ),
    repaired=(Defect("dotted_date", "", "assessed_on", "repair", dotted_date),),
    per_thousand=5.0,
)  # fmt: skip


def write(city: CityYear) -> None:
    """Writes the list of a year: some ten systems a district."""
    rng = stream(city.seed, "information systems", city.year)
    district = np.repeat(np.arange(len(DISTRICTS)), [6 + int(10 * each.wealth) for each in DISTRICTS])
    count = len(district)
    rank = np.arange(count)
    level = 1 + (rank % 5 > 0) + (rank % 5 == 2)
    wealth = np.array([each.wealth for each in DISTRICTS])[district]
    filed = city.draw(rank, "filed system") < 0.70 + 0.055 * city.passed + 0.1 * wealth
    cycle = np.where(level >= 3, 365, 730)
    kept = rng.random(count) < 0.72 + 0.045 * city.passed
    age = np.where(kept, rng.integers(10, cycle - 5), cycle + rng.integers(10, 200, count))
    assessed = np.where(filed, day_of(city.year, 9, 1) - age, -1)
    incidents = rng.poisson(0.22 * 0.85**city.passed, count)
    table = pl.DataFrame(
        {
            "district": district.astype(np.int64), "level": level, "is_filed": filed, "assessed_on": assessed,
            "incidents": incidents,
        }
    )  # fmt: skip
    texts = pl.DataFrame(
        {
            "system_number": [f"XT{place + 1:04d}" for place in rank.tolist()],
            "division_code": [DISTRICTS[place].code_in(city.year) for place in district.tolist()],
            "system_name": [f"教育业务系统{place + 1}" for place in rank.tolist()],
            "protection_level": numbers(level),
            "is_filed": flags(filed),
            "assessed_on": day_texts(assessed),
            "security_incidents": numbers(incidents),
        }
    )
    staged = write_for_city(city, FORM, city.period, texts)
    city.facts.records["information_system", city.year] = table.filter(pl.Series(staged))
