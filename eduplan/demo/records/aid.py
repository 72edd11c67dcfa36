"""Aid to pupils of needy families and nutrition meals of a school year, one row a school and stage.

Belongs here: the figures and their file. Does not belong here: which pupil is needy.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, constant, full_width
from eduplan.demo.grades import STAGES, Stage
from eduplan.demo.labels import STAGE, pick
from eduplan.demo.records.writing import Form, write_by_district
from eduplan.demo.records.year import CityYear
from eduplan.demo.register_files import hundredths

_FORM = Form(
    source="aid",
    title="学生资助与营养改善统计表",
    headers={
        "school_code": "学校标识码", "school_name": "学校名称", "stage": "学段", "eligible_pupils": "认定资助对象人数",
        "aided_pupils": "实际资助人数", "aid_payments": "资助人次", "aid_amount_yuan": "资助金额",
        "pupils_in_meal_scope": "营养改善计划应享受人数", "pupils_with_meals": "营养改善计划受益人数",
    },
    keep_out=(
        Defect("more_aided_than_eligible", "V31", "aided_pupils", "quarantine", constant("8888")),
        Defect("eligible_in_words", "number", "eligible_pupils", "quarantine", constant("正在认定")),
    ),
    repaired=(Defect("full_width", "width", "eligible_pupils", "repair", full_width),),
    per_thousand=4.0,
)  # fmt: skip
_NEEDY = np.array([0.10, 0.15, 0.17, 0.20, 0.30, 0.70])
_EACH_TERM = np.array([500, 500, 625, 1_000, 1_000, 800])


def write(city: CityYear) -> None:
    """Writes the return of a whole school year, which the last year does not have yet."""
    if city.year == city.last_year:
        return
    school, stage = np.nonzero(city.pupils)
    pupils = city.pupils[school, stage]
    key = school * 8 + stage
    wealth = np.array([district.wealth for district in DISTRICTS])[city.schools.district[school]]
    needy = _NEEDY[stage] * (1.5 - wealth) * (0.7 + 0.6 * city.draw(key, "needy"))
    eligible = np.minimum(pupils, np.round(pupils * needy)).astype(np.int64)
    misses = ~city.share(school, "aid", 0.80, 0.03, wealth=0.2)
    aided = np.where(misses, eligible - np.minimum(eligible, 1 + eligible // 40), eligible)
    payments = aided + np.floor(aided * (0.86 + 0.12 * city.draw(key, "second term"))).astype(np.int64)
    rural = (city.schools.urban_class[school] == "rural") & np.isin(stage, (Stage.PRIMARY, Stage.JUNIOR))
    in_scope = np.where(rural, pupils, 0)
    without = ~city.share(school, "meals", 0.62, 0.07, wealth=0.3)
    with_meals = np.where(without, np.floor(in_scope * 0.9), in_scope).astype(np.int64)
    table = pl.DataFrame(
        {
            "school": pl.Series(school, dtype=pl.Int32),
            "stage": pl.Series([STAGES[place] for place in stage.tolist()]),
            "eligible_pupils": eligible,
            "aided_pupils": aided,
            "aid_payments": payments,
            "amount": payments * _EACH_TERM[stage] * 100,
            "pupils_in_meal_scope": in_scope,
            "pupils_with_meals": with_meals,
        }
    )
    texts = table.select(
        pl.Series("school_code", city.schools.code[school].tolist()),
        pl.Series("school_name", city.schools.name[school].tolist()),
        pick(STAGE, stage).alias("stage"),
        hundredths(pl.col("amount")).alias("aid_amount_yuan"),
        pl.col("eligible_pupils", "aided_pupils", "aid_payments", "pupils_in_meal_scope", "pupils_with_meals").cast(
            pl.String
        ),
    )
    staged = write_by_district(city, _FORM, city.period, texts, city.schools.district[school])
    city.facts.records["aid", city.year] = table.filter(pl.Series(staged))
