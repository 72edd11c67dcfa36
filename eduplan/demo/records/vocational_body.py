"""The city's list of vocational bodies and recognised units.

Belongs here: groups, colleges, enterprises, stations, bases and recognised units, and the file. Does not belong here:
schools and their programmes.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import Ints
from eduplan.demo.calendar import day_of, day_texts
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, constant, dotted_date
from eduplan.demo.records.writing import Form, write_for_city
from eduplan.demo.records.year import CityYear

_FORM = Form(
    source="vocational_body",
    title="职业教育载体与认定项目台账",
    headers={
        "body_code": "载体编号", "body_name": "载体名称", "body_kind": "类别", "recognition_level": "认定级别",
        "division_code": "所在区划代码", "document_number": "认定文号", "recognised_on": "认定日期",
        "valid_until": "有效期至", "evidence_on": "最近运行佐证日期",
    },
    keep_out=(Defect("kind_unknown", "code", "body_kind", "quarantine", constant("其他")),),
    repaired=(Defect("dotted_date", "", "recognised_on", "repair", dotted_date),),
    per_thousand=4.0,
)  # fmt: skip
KINDS = ("group", "industry_college", "enterprise", "station", "base", "school", "programme", "course")
LABELS = (
    "职教集团",
    "产业学院",
    "产教融合型企业",
    "企业实践流动站",
    "实训基地",
    "高水平学校",
    "高水平专业",
    "精品课程资源库",
)
_LETTERS = ("JT", "CY", "QY", "LD", "SX", "XX", "ZY", "KC")
_AT_THE_START = np.array([4, 3, 8, 6, 10, 2, 6, 12])
_NEW_A_YEAR = np.array([1, 2, 4, 3, 2, 1, 3, 6])
_TERM_YEARS = 5
NONE = -1


def write(city: CityYear) -> None:
    """Makes and writes the list of a year: everything that was ever recognised stays on it."""
    kind, number, since = _ever(city)
    keys = kind * 1000 + number
    recognised = _days(since, 6, 18)
    # A third is recognised for good; of the others some are renewed when their term ends.
    renewed = np.where(city.draw(keys, "renewed") < 0.75, (city.year - since) // _TERM_YEARS, 0)
    is_for_good = city.draw(keys, "for good") < 0.33
    until = np.where(is_for_good, NONE, _days(since + _TERM_YEARS * (1 + renewed), 6, 17))
    asleep = city.draw(keys, "asleep") < 0.14
    lately = city.year - (city.draw(keys + 10_000 * city.year, "seen") < 0.3)
    seen = np.where(asleep, np.minimum(since, city.year - 3), lately)
    evidence = np.where(seen < since, NONE, _days(seen, 7, 5))
    district = (city.draw(keys, "seat") * len(DISTRICTS)).astype(np.int64)
    level = np.digitize(city.draw(keys, "level"), (0.6, 0.92))
    table = pl.DataFrame({"kind": kind, "recognised": recognised, "until": until, "evidence": evidence})
    codes = [f"{_LETTERS[k]}{n + 1:04d}" for k, n in zip(kind.tolist(), number.tolist(), strict=True)]
    papers = [f"示教职〔{y}〕{n % 40 + 1}号" for y, n in zip(since.tolist(), keys.tolist(), strict=True)]
    texts = pl.DataFrame(
        {
            "body_code": codes,
            "body_name": [f"示范{LABELS[k]}{n + 1}" for k, n in zip(kind.tolist(), number.tolist(), strict=True)],
            "body_kind": [LABELS[k] for k in kind.tolist()],
            "recognition_level": pl.Series(["市级", "省级", "国家级"], dtype=pl.String).gather(level),
            "division_code": pl.Series([each.code_in(city.year) for each in DISTRICTS]).gather(district),
            "document_number": papers,
            "recognised_on": day_texts(recognised),
            "valid_until": day_texts(until),
            "evidence_on": day_texts(evidence),
        }
    )
    staged = write_for_city(city, _FORM, city.period, texts)
    city.facts.records["vocational_body", city.year] = table.filter(pl.Series(staged))


def _ever(city: CityYear) -> tuple[Ints, Ints, Ints]:
    """Kind, number within the kind, and year of recognition of everything up to the year."""
    number_of = _AT_THE_START + _NEW_A_YEAR * city.passed
    kind = np.repeat(np.arange(len(LABELS)), number_of)
    number = np.arange(len(kind)) - np.repeat(np.cumsum(number_of) - number_of, number_of)
    earlier = number < _AT_THE_START[kind]
    old = city.first_year - 1 - (city.draw(kind * 1000 + number, "age") * 5).astype(np.int64)
    later = city.first_year + 1 + (number - _AT_THE_START[kind]) // _NEW_A_YEAR[kind]
    return kind.astype(np.int64), number.astype(np.int64), np.where(earlier, old, later).astype(np.int64)


def _days(years: Ints, month: int, day: int) -> Ints:
    """The same day of each year."""
    first = int(years.min())
    table = [day_of(year, month, day) for year in range(first, int(years.max()) + 1)]
    return np.asarray(np.array(table)[years - first], dtype=np.int64)
