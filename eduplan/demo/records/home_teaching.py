"""The return of teaching at home: pupils, weeks, visits and hours by school and kind of disability.

Belongs here: how often teachers come. Does not belong here: who is taught at home, which the roll says.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo import labels
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, apostrophe, constant, full_width
from eduplan.demo.records.special_pupils import rows_with_disability
from eduplan.demo.records.writing import Form, write_by_district
from eduplan.demo.records.year import CityYear
from eduplan.demo.roll import Placement

SOURCE = "home_teaching"
_WEEKS = 40

_FORM = Form(
    source=SOURCE,
    title="送教上门情况表",
    headers={
        "school_code": "学校标识码", "school_name": "学校名称", "disability_type": "残疾类型",
        "pupils_taught_at_home": "送教学生数", "pupil_weeks": "应送教周数", "visits": "送教次数",
        "teaching_hours": "送教学时",
    },
    keep_out=(
        Defect("school_unknown", "V04", "school_code", "quarantine", constant("2199999999")),
        Defect("visits_unreadable", "number", "visits", "quarantine", constant("约四十")),
    ),
    repaired=(
        Defect("full_width", "width", "visits", "repair", full_width),
        Defect("apostrophe", "apostrophe", "school_code", "repair", apostrophe),
    ),
    per_thousand=4.0,
)  # fmt: skip


def write(city: CityYear) -> None:
    """Writes the return of a year and keeps its rows."""
    rows = rows_with_disability(city)
    rows = rows[city.roll.placement[rows] == Placement.HOME_DELIVERED]
    pupils = pl.DataFrame(
        {
            "school": city.roll.school[rows].astype(np.int64),
            "disability": city.attributes.disability[rows].astype(np.int64),
            "weeks": _WEEKS - (city.people.noise(city.roll.person[rows], "weeks at home") ** 6 * 25).astype(np.int64),
        }
    )
    table = pupils.group_by("school", "disability").agg(
        pupils=pl.len().cast(pl.Int64), pupil_weeks=pl.col("weeks").sum()
    )
    table = table.sort("school", "disability")
    school = table["school"].to_numpy()
    district = city.schools.district[school].astype(np.int64)
    wealth = np.array([each.wealth for each in DISTRICTS])[district]
    diligence = city.draw(school * 10 + table["disability"].to_numpy(), "visits a week")
    frequency = 0.66 + 0.22 * wealth + 0.045 * city.passed + 0.25 * diligence
    visits = (table["pupil_weeks"].to_numpy() * frequency).astype(np.int64)
    half_hours = (visits * (2.4 + 1.2 * diligence)).astype(np.int64)
    table = table.with_columns(
        visits=pl.Series(visits), half_hours=pl.Series(half_hours), district=pl.Series(district)
    ).sort("district", maintain_order=True)
    staged = write_by_district(city, _FORM, city.period, _texts(city, table), table["district"].to_numpy())
    city.facts.records[SOURCE, city.year] = table.filter(pl.Series(staged))


def _texts(city: CityYear, table: pl.DataFrame) -> pl.DataFrame:
    school = table["school"].to_numpy()
    return pl.DataFrame(
        {
            "school_code": pl.Series(city.schools.code.tolist()).gather(school),
            "school_name": pl.Series(city.schools.name.tolist()).gather(school),
            "disability_type": labels.pick(labels.DISABILITY, table["disability"].to_numpy()),
            "pupils_taught_at_home": table["pupils"].cast(pl.String),
            "pupil_weeks": table["pupil_weeks"].cast(pl.String),
            "visits": table["visits"].cast(pl.String),
            "teaching_hours": (table["half_hours"] / 2).round(1).cast(pl.String),
        }
    )
