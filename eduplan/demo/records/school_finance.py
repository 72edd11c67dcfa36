"""Running costs and subsidies that schools received in a calendar year, one row a school and stage.

Belongs here: the amounts and their file. Does not belong here: lines of a district's account (``finance``).
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
    source="school_finance",
    title="学校公用经费拨付表",
    headers={
        "school_code": "学校标识码", "school_name": "学校名称", "stage": "学段", "running_costs_yuan": "公用经费拨款",
        "inclusive_subsidy_yuan": "普惠性民办园补助",
    },
    keep_out=(
        Defect("unknown_stage", "code", "stage", "quarantine", constant("其它")),
        Defect("amount_in_words", "number", "running_costs_yuan", "quarantine", constant("见附表")),
    ),
    repaired=(Defect("full_width", "width", "school_code", "repair", full_width),),
    per_thousand=4.0,
)  # fmt: skip
_EACH = np.array([560.0, 760.0, 980.0, 1_150.0, 1_600.0, 6_900.0])
"""Yuan a pupil of each stage that a district of middling wealth gives in the first year."""
_SMALL = 100


def write(city: CityYear) -> None:
    """Writes what schools received, unless the year is the last one and its accounts are not closed yet."""
    if city.year == city.last_year:
        return
    school, stage = np.nonzero(city.pupils)
    pupils = city.pupils[school, stage]
    total = city.pupils.sum(axis=1)[school]
    wealth = np.array([district.wealth for district in DISTRICTS])[city.schools.district[school]]
    public = ~city.schools.is_private[school]
    # Small schools are meant to get what a hundred pupils would; a few districts forget.
    forgets = city.draw(school, "forgets") > 0.75 + 0.2 * wealth + 0.03 * city.passed
    is_raised = (total < _SMALL) & ~forgets & (stage != Stage.PRESCHOOL)
    counted = np.where(is_raised, pupils * _SMALL / total, pupils)
    luck = 0.90 + 0.28 * city.draw(school * 8 + stage, "running costs")
    each = _EACH[stage] * (0.92 + 0.14 * wealth) * (1 + 0.035 * city.passed) * luck
    running = np.where(public, np.round(counted * each * 100), 0).astype(np.int64)
    inclusive = (stage == Stage.PRESCHOOL) & ~public & (city.schools.inclusive_from[school] <= city.year)
    subsidy = (380 + 150 * wealth + 40 * city.passed) * (0.85 + 0.3 * city.draw(school, "subsidy"))
    table = pl.DataFrame(
        {
            "school": pl.Series(school, dtype=pl.Int32),
            "stage": pl.Series([STAGES[place] for place in stage.tolist()]),
            "running_costs": running,
            "subsidy": np.where(inclusive, np.round(pupils * subsidy * 100), 0).astype(np.int64),
        }
    )
    texts = table.select(
        pl.Series("school_code", city.schools.code[school].tolist()),
        pl.Series("school_name", city.schools.name[school].tolist()),
        pick(STAGE, stage).alias("stage"),
        hundredths(pl.col("running_costs")).alias("running_costs_yuan"),
        hundredths(pl.col("subsidy")).alias("inclusive_subsidy_yuan"),
    )
    staged = write_by_district(city, _FORM, str(city.year), texts, city.schools.district[school])
    city.facts.records["school_finance", city.year] = table.filter(pl.Series(staged))
