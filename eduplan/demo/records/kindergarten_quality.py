"""The return on kindergarten classes and quality evaluation: one row a kindergarten and school year.

Belongs here: the figures and their file. Does not belong here: children or teachers of a kindergarten.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import Ints
from eduplan.demo.calendar import day_of, day_texts
from eduplan.demo.defects import Defect, constant, dotted_date
from eduplan.demo.grades import Stage
from eduplan.demo.records.writing import Form, write_by_district
from eduplan.demo.records.year import CityYear

_FORM = Form(
    source="kindergarten_quality",
    title="幼儿园班级配备与质量评估表",
    headers={
        "school_code": "学校标识码", "school_name": "幼儿园名称", "full_day_classes": "全日制班级数",
        "staffed_classes": "两教一保班级数", "evaluated_on": "最近一次质量评估日期", "evaluation_result": "评估结果",
    },
    keep_out=(
        Defect("staffed_above_classes", "V31", "staffed_classes", "quarantine", constant("88")),
        Defect("unknown_result", "code", "evaluation_result", "quarantine", constant("未定")),
    ),
    repaired=(Defect("dotted_date", "", "evaluated_on", "repair", dotted_date),),
    per_thousand=4.0,
)  # fmt: skip
NEVER = -1
RESULTS = ("优秀", "良好", "合格", "不合格")


def write(city: CityYear) -> None:
    """Makes and writes the return of every active kindergarten."""
    school = city.active[city.schools.school_type[city.active] == 111]
    children = city.pupils[school, Stage.PRESCHOOL]
    classes = np.maximum(1, -(-children // 29))
    short = ~city.share(school, "two and one", 0.55, 0.07, wealth=0.3)
    lacking = np.where(short, 1 + (city.draw(school, "lacking") * classes * 0.6).astype(np.int64), 0)
    evaluated_on = _evaluated_on(city, school)
    draw = city.draw(school + 7 * np.maximum(evaluated_on, 0), "result")
    result = np.where(evaluated_on < 0, NEVER, np.digitize(draw, (0.15, 0.55, 0.94)))
    table = pl.DataFrame(
        {
            "school": pl.Series(school, dtype=pl.Int32),
            "full_day_classes": classes,
            "staffed_classes": classes - np.minimum(lacking, classes),
            "evaluated_on": evaluated_on,
            "result": result,
        }
    )
    texts = table.select(
        pl.Series("school_code", city.schools.code[school].tolist()),
        pl.Series("school_name", city.schools.name[school].tolist()),
        pl.col("full_day_classes", "staffed_classes").cast(pl.String),
        day_texts(evaluated_on).alias("evaluated_on"),
        pl.Series("evaluation_result", [*RESULTS, None], dtype=pl.String).gather(result % 5).alias("evaluation_result"),
    )
    staged = write_by_district(city, _FORM, city.period, texts, city.schools.district[school])
    city.facts.records["kindergarten_quality", city.year] = table.filter(pl.Series(staged))


def _evaluated_on(city: CityYear, school: Ints) -> Ints:
    """The last round before the census: each kindergarten has its turn in a cycle of five years; some start late."""
    turn = (city.draw(school, "turn") * 5).astype(np.int64)
    late = 2018 + (city.draw(school, "first round") * 6).astype(np.int64)
    last_round = city.year - 1 - (city.year - 1 - turn) % 5
    spring = np.array([day_of(year, 5, 12) for year in range(2010, city.year + 1)], dtype=np.int64)
    return np.where(last_round >= late, spring[last_round - 2010], NEVER)
