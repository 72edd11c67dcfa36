"""The results of the national quality monitoring: two subjects a year, each in grades 4 and 8 of every district.

Belongs here: how well a district does and how far its schools lie apart. Does not belong here: any rate.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import noise
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, constant, full_width
from eduplan.demo.grades import GRADES, Grade
from eduplan.demo.records.writing import Form, write_for_city
from eduplan.demo.records.year import CityYear
from eduplan.demo.truth.facts import coded

SOURCE = "quality_monitoring"
SUBJECTS = ("chinese", "art", "mathematics", "physical_education", "science", "politics")
"""The subjects in the order of a cycle, two a year."""
_LABELS = pl.Series(["语文", "艺术", "数学", "体育", "科学", "道德与法治"])
_FIRST_CYCLE = 2019
_PUPILS = 330

_FORM = Form(
    source=SOURCE,
    title="国家义务教育质量监测结果",
    headers={
        "division_code": "样本县代码", "division_name": "样本县名称", "monitoring_cycle": "监测周期",
        "grade": "监测年级", "subject": "监测学科", "tested_pupils": "实测人数",
        "pupils_at_level_three": "水平Ⅲ及以上人数",
        "between_school_variance": "校间方差", "total_variance": "总方差",
    },
    keep_out=(Defect("variance_unreadable", "number", "between_school_variance", "quarantine", constant("见附表")),),
    repaired=(Defect("full_width", "width", "tested_pupils", "repair", full_width),),
    per_thousand=8.0,
    repairs_per_thousand=20.0,
)  # fmt: skip


def write(city: CityYear) -> None:
    """Writes the results of a year and keeps their rows."""
    table = _results(city)
    staged = write_for_city(city, _FORM, city.period, _texts(city, table))
    kept = table.filter(pl.Series(staged))
    city.facts.records[SOURCE, city.year] = kept.with_columns(
        grade=coded(GRADES, kept["grade_code"].to_numpy()), item=coded(SUBJECTS, kept["subject"].to_numpy())
    )


def _results(city: CityYear) -> pl.DataFrame:
    in_cycle = (city.year - _FIRST_CYCLE) % 3
    district, grade, subject = (
        grid.ravel()
        for grid in np.meshgrid(
            np.arange(len(DISTRICTS)), [int(Grade.P4), int(Grade.J2)], [2 * in_cycle, 2 * in_cycle + 1], indexing="ij"
        )
    )
    enrolled = np.flatnonzero(city.roll.is_enrolled)
    pupils = np.zeros((len(DISTRICTS), len(Grade)), dtype=np.int64)
    np.add.at(pupils, (city.schools.district[city.roll.school[enrolled]], city.roll.grade[enrolled]), 1)
    tested = np.minimum(_PUPILS, pupils[district, grade])
    there = tested > 0
    district, grade, subject, tested = district[there], grade[there], subject[there], tested[there]
    key = (district * 100 + grade) * 10 + subject
    luck = noise(key, f"monitoring {city.year}", city.seed)
    wealth = np.array([each.wealth for each in DISTRICTS])[district]
    at_level = tested * np.minimum(0.70 + 0.15 * wealth + 0.012 * city.passed + 0.05 * luck, 1.0)
    total = 900_000 + (200_000 * noise(key, "variance", city.seed)).astype(np.int64)
    apart = 0.235 - 0.10 * wealth - 0.009 * city.passed + 0.05 * (noise(key, "apart", city.seed) - 0.5)
    return pl.DataFrame(
        {
            "district": district, "grade_code": grade, "subject": subject, "tested": tested,
            "at_level": at_level.astype(np.int64), "total": total, "between": (total * apart).astype(np.int64),
        }
    )  # fmt: skip


def _texts(city: CityYear, table: pl.DataFrame) -> pl.DataFrame:
    district = table["district"].to_numpy()
    first = city.year - (city.year - _FIRST_CYCLE) % 3
    return pl.DataFrame(
        {
            "division_code": pl.Series([each.code_in(city.year) for each in DISTRICTS]).gather(district),
            "division_name": pl.Series([each.name_in(city.year)[0] for each in DISTRICTS]).gather(district),
            "monitoring_cycle": pl.repeat(f"{first}-{first + 2}", len(table), eager=True),
            "grade": pl.select(
                pl.when(table["grade_code"] == int(Grade.P4)).then(pl.lit("四年级")).otherwise(pl.lit("八年级"))
            ).to_series(),
            "subject": _LABELS.gather(table["subject"].to_numpy()),
            "tested_pupils": table["tested"].cast(pl.String),
            "pupils_at_level_three": table["at_level"].cast(pl.String),
            "between_school_variance": (table["between"] / 100).round(2).cast(pl.String),
            "total_variance": (table["total"] / 100).round(2).cast(pl.String),
        }
    )
