"""Safety incidents: numbers by district and stage, without schools and without persons.

Belongs here: how often things happen, and the file. Does not belong here: rates.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo import labels
from eduplan.demo.arrays import stream
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, full_width
from eduplan.demo.grades import STAGES
from eduplan.demo.records.cells import numbers
from eduplan.demo.records.writing import Form, write_by_district
from eduplan.demo.records.year import CityYear

FORM = Form(
    source="incident",
    title="学生安全事件统计表",
    headers={
        "division_code": "区划代码", "division_name": "区县", "stage": "学段", "bullying_events": "学生欺凌",
        "drowning_events": "溺水", "traffic_events": "交通事故", "injury_events": "意外伤害", "deaths": "非正常死亡",
    },
    repaired=(Defect("full_width", "width", "division_code", "repair", full_width),),
    repairs_per_thousand=20.0,
)  # fmt: skip

EVENTS = ("bullying_events", "drowning_events", "traffic_events", "injury_events", "deaths")
_RATES = (
    (0.0, 0.5, 2.0, 60.0, 0.5),
    (8.0, 1.5, 3.0, 45.0, 1.2),
    (26.0, 2.0, 4.0, 40.0, 2.0),
    (16.0, 1.0, 4.0, 30.0, 2.5),
    (18.0, 1.0, 5.0, 30.0, 2.5),
    (0.0, 0.0, 0.0, 50.0, 2.0),
)
"""Events of each type among 100,000 pupils of a stage, in the first year."""
_FALL = 0.06
_RURAL_WATERS = np.array([1.0 + 2.0 * district.urban[2] for district in DISTRICTS])


def write(city: CityYear) -> None:
    """Writes the numbers of a year; a district sends a row a stage that it has pupils in, zeros included."""
    rng = stream(city.seed, "incidents", city.year)
    by_district = np.zeros((len(DISTRICTS), len(STAGES)), dtype=np.int64)
    np.add.at(by_district, city.schools.district, city.pupils)
    expected = by_district[:, :, None] * np.array(_RATES) / 100_000 * (1 - _FALL) ** city.passed
    expected[:, :, 1] *= _RURAL_WATERS[:, None]
    events = rng.poisson(expected)
    district, stage = np.nonzero(by_district)
    table = pl.DataFrame(
        {
            "district": pl.Series(district, dtype=pl.Int64),
            "stage": pl.Series([STAGES[place] for place in stage.tolist()], dtype=pl.String),
            **{name: events[district, stage, place] for place, name in enumerate(EVENTS)},
        }
    )
    texts = pl.DataFrame(
        {
            "division_code": [DISTRICTS[place].code_in(city.year) for place in district.tolist()],
            "division_name": [DISTRICTS[place].name_in(city.year)[0] for place in district.tolist()],
            "stage": labels.pick(labels.STAGE, stage),
            **{name: numbers(table[name].to_numpy()) for name in EVENTS},
        }
    )
    staged = write_by_district(city, FORM, city.period, texts, district)
    city.facts.records["incident", city.year] = table.filter(pl.Series(staged))
