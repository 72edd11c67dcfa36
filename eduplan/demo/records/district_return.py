"""The yearly return of the districts, and the bureau's trainees: public venues, ethics cases, duties beside teaching.

Belongs here: figures of districts and subjects. Does not belong here: what schools report.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo import labels
from eduplan.demo.arrays import Ints
from eduplan.demo.city import DISTRICTS
from eduplan.demo.records.writing import Form, write_for_city
from eduplan.demo.records.year import CityYear
from eduplan.demo.staff import ACTIVE, TEACHER
from eduplan.demo.staff_files import LATE_DISTRICT

SOURCE, TRAINEES = "district_return", "commissioned_trainees"
SUBJECTS = ("chinese", "mathematics", "english", "physics", "chemistry", "music", "art", "preschool", "special")
SUBJECT_LABELS = ("语文", "数学", "英语", "物理", "化学", "音乐", "美术", "学前教育", "特殊教育")
_FIRST_ENTRANTS = np.array([40, 40, 26, 14, 10, 12, 12, 60, 16])

_FORM = Form(
    source=SOURCE,
    title="区（市）教育工作年报表",
    headers={
        "division_code": "区划代码", "division_name": "区（市）", "venues": "公益场馆数",
        "free_venues": "免费开放场馆数", "venue_visits": "学生参观人次", "ethics_cases": "师德失范案件数",
        "ethics_cases_handled": "按期办结并通报案件数",
        "duty_items": "非教学事项白名单数", "surveyed_teachers": "调查教师数", "duty_hours": "每周非教学事项工时合计",
        "is_assessed_on_myopia": "近视防控考核",
    },
)  # fmt: skip
_TRAINEES_FORM = Form(
    source=TRAINEES,
    title="委托培养师范生情况表",
    headers={
        "subject": "培养学科",
        "entrants": "招收人数",
        "graduates": "毕业人数",
        "placed_graduates": "到岗任教人数",
    },
)


def write(city: CityYear) -> None:
    """Writes both returns of a year and keeps their rows."""
    rows = _districts(city)
    texts = rows.select(
        division_code=pl.Series([each.code_in(city.year) for each in DISTRICTS]).gather(rows["district"]),
        division_name=pl.Series([each.name_in(city.year)[0] for each in DISTRICTS]).gather(rows["district"]),
        **{
            name: rows[name].cast(pl.String)
            for name in _FORM.headers
            if name in rows.columns and name not in ("duty_hours", "is_assessed_on_myopia")
        },
        duty_hours=pl.format("{}.{}", rows["duty_hours"] // 10, rows["duty_hours"] % 10),
        is_assessed_on_myopia=labels.flags(rows["is_assessed_on_myopia"].to_numpy()),
    )
    city.facts.records[SOURCE, city.year] = rows.filter(pl.Series(write_for_city(city, _FORM, city.period, texts)))
    trainees = _trainees(city)
    named = trainees.with_columns(subject=labels.pick(SUBJECT_LABELS, np.arange(len(SUBJECTS))))
    staged = write_for_city(city, _TRAINEES_FORM, city.period, named.cast(pl.String))
    city.facts.records[TRAINEES, city.year] = trainees.filter(pl.Series(staged))


def _districts(city: CityYear) -> pl.DataFrame:
    late = city.year == city.last_year
    keys = np.array(
        [place for place, each in enumerate(DISTRICTS) if not (late and each.code == LATE_DISTRICT)], dtype=np.int64
    )
    wealth = np.array([each.wealth for each in DISTRICTS])[keys]
    teachers = _teachers(city)[keys]
    t = city.passed
    venues = 2 + np.floor(6 * wealth + 30 * city.scale * city.draw(keys, "venues")).astype(np.int64)
    closed = np.floor(venues * np.clip(0.42 - 0.3 * wealth - 0.05 * t, 0, 1) + 0.5).astype(np.int64)
    risk = 0.0014 * (1 - 0.09 * t) * (0.5 + city.draw(keys, f"ethics {city.year}"))
    cases = np.floor(teachers * risk + city.draw(keys, f"one more case {city.year}")).astype(np.int64)
    cases[0] += not cases.any()
    open_cases = (city.draw(keys, f"open cases {city.year}") < 0.3 - 0.05 * t).astype(np.int64)
    surveyed = np.maximum(teachers // 10, 5)
    hours = 62 - 5 * t - np.floor(16 * wealth).astype(np.int64) + (12 * city.draw(keys, "hours")).astype(np.int64)
    return pl.DataFrame(
        {
            "district": keys, "venues": venues, "free_venues": venues - closed,
            "venue_visits": np.floor((venues - closed) * (900 + 150 * t) * (0.5 + city.draw(keys, "visits"))).astype(
                np.int64
            ),
            "ethics_cases": cases, "ethics_cases_handled": cases - np.minimum(open_cases, cases),
            "duty_items": 15 - t + np.floor(6 * city.draw(keys, "duties")).astype(np.int64),
            "surveyed_teachers": surveyed, "duty_hours": surveyed * hours,
            "is_assessed_on_myopia": city.draw(keys, "myopia assessed") < 0.6 + 0.1 * t,
        }
    )  # fmt: skip


def _teachers(city: CityYear) -> Ints:
    rows = city.staff_rows
    wanted = (rows.status == ACTIVE) & (rows.category == TEACHER)
    return np.bincount(city.schools.district[rows.school[wanted]], minlength=len(DISTRICTS))


def _trainees(city: CityYear) -> pl.DataFrame:
    keys = np.arange(len(SUBJECTS))
    entrants = np.maximum(
        np.round(_FIRST_ENTRANTS * (1 + 0.08 * city.passed) * city.scale), 1 + city.passed // 2
    ).astype(np.int64)
    graduates = np.maximum(
        np.round(_FIRST_ENTRANTS * (0.7 + 0.05 * city.passed) * city.scale), 1 + city.passed // 2
    ).astype(np.int64)
    lost = np.floor(graduates * 0.15 * city.draw(keys, f"lost trainees {city.year}")).astype(np.int64)
    return pl.DataFrame(
        {"subject": SUBJECTS, "entrants": entrants, "graduates": graduates, "placed_graduates": graduates - lost}
    )
