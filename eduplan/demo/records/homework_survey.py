"""The homework survey: some schools of each district are drawn every year, and some pupils of each grade band.

Belongs here: who is drawn, who answers and how much homework they have. Does not belong here: the limits.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import Ints, rank_in_group
from eduplan.demo.calendar import day_of, day_texts
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, apostrophe, constant, dotted_date, full_width
from eduplan.demo.grades import NUMBERS, Stage
from eduplan.demo.records.after_school_service import compulsory_schools
from eduplan.demo.records.writing import Form, write_by_district
from eduplan.demo.records.year import CityYear
from eduplan.demo.truth.facts import coded

SOURCE = "homework_survey"
BANDS = ("lower_primary", "upper_primary", "junior")
_LABELS = pl.Series(["小学一二年级", "小学其他年级", "初中"])
_LEAST_SCHOOLS, _SCHOOLS_IN_HUNDRED, _PUPILS = 3, 20, 45

_FORM = Form(
    source=SOURCE,
    title="作业时长抽样调查表",
    headers={
        "school_code": "学校标识码", "school_name": "学校名称", "grade_band": "年级段", "sampled_pupils": "抽样人数",
        "answering_pupils": "有效问卷数", "pupils_within_limit": "时长达标人数", "surveyed_on": "调查日期",
    },
    keep_out=(
        Defect("school_unknown", "V04", "school_code", "quarantine", constant("2199999999")),
        Defect("too_many_hits", "V31", "pupils_within_limit", "quarantine", constant("888")),
    ),
    repaired=(
        Defect("full_width", "width", "answering_pupils", "repair", full_width),
        Defect("apostrophe", "apostrophe", "school_code", "repair", apostrophe),
        Defect("dotted_date", "", "surveyed_on", "repair", dotted_date),
    ),
    per_thousand=4.0,
)  # fmt: skip


def write(city: CityYear) -> None:
    """Writes the survey of a year and keeps its rows."""
    table = _answers(city).sort("district", "school", "band")
    staged = write_by_district(city, _FORM, city.period, _texts(city, table), table["district"].to_numpy())
    kept = table.filter(pl.Series(staged))
    city.facts.records[SOURCE, city.year] = kept.with_columns(item=coded(BANDS, kept["band"].to_numpy()))


def _pupils_by_band(city: CityYear) -> Ints:
    rows = np.flatnonzero(city.roll.is_enrolled)
    stage, number = city.attributes.stage[rows], NUMBERS[city.roll.grade[rows]]
    primary = stage == Stage.PRIMARY
    band = np.select([stage == Stage.JUNIOR, primary & (number <= 2), primary], [2, 0, 1], -1)
    result = np.zeros((len(city.schools), len(BANDS)), dtype=np.int64)
    np.add.at(result, (city.roll.school[rows[band >= 0]], band[band >= 0]), 1)
    return result


def _drawn(city: CityYear, pupils: Ints) -> Ints:
    """The drawn schools: some of each district's primary and of its junior schools."""
    schools = compulsory_schools(city)
    is_junior = pupils[schools, 2] > 0
    order = np.argsort(city.draw(schools, f"homework {city.year}"), kind="stable")
    group = (city.schools.district[schools].astype(np.int64) * 2 + is_junior)[order]
    wanted = np.maximum(_LEAST_SCHOOLS, np.bincount(group) * _SCHOOLS_IN_HUNDRED // 100)
    return np.asarray(schools[order[rank_in_group(group) < wanted[group]]])


def _answers(city: CityYear) -> pl.DataFrame:
    pupils = _pupils_by_band(city)
    drawn = _drawn(city, pupils)
    place, band = np.nonzero(pupils[drawn])
    school = drawn[place]
    key = school * 10 + band
    district = city.schools.district[school].astype(np.int64)
    wealth = np.array([each.wealth for each in DISTRICTS])[district]
    sampled = np.minimum(_PUPILS, pupils[school, band])
    silent = (sampled * 0.16 * city.draw(key, f"silent {city.year}")).astype(np.int64)
    usual = np.array([0.07, 0.11, 0.20])[band] * (1.15 - 0.16 * city.passed) + 0.05 * wealth
    beyond = np.clip(usual * 2 * city.draw(key, f"homework of {city.year}") - 0.02, 0, 1)
    answering = sampled - silent
    return pl.DataFrame(
        {
            "school": school, "band": band, "district": district, "sampled": sampled, "answering": answering,
            "within": answering - (answering * beyond).astype(np.int64),
        }
    )  # fmt: skip


def _texts(city: CityYear, table: pl.DataFrame) -> pl.DataFrame:
    school = table["school"].to_numpy()
    days = day_of(city.year, 10, 15) + (city.draw(school, "survey day") * 20).astype(np.int64)
    return pl.DataFrame(
        {
            "school_code": pl.Series(city.schools.code.tolist()).gather(school),
            "school_name": pl.Series(city.schools.name.tolist()).gather(school),
            "grade_band": _LABELS.gather(table["band"].to_numpy()),
            "sampled_pupils": table["sampled"].cast(pl.String),
            "answering_pupils": table["answering"].cast(pl.String),
            "pupils_within_limit": table["within"].cast(pl.String),
            "surveyed_on": day_texts(days),
        }
    )
