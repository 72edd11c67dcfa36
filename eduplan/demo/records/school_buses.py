"""The list of school buses: permit, inspection and attendant.

Belongs here: buses and their file. Does not belong here: pupils who ride in them.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import Ints, rank_in_group
from eduplan.demo.calendar import day_of, day_texts
from eduplan.demo.defects import Defect, constant, dotted_date, full_width
from eduplan.demo.labels import flags
from eduplan.demo.records.cells import numbers, own_schools, school_cells
from eduplan.demo.records.writing import Form, write_by_district
from eduplan.demo.records.year import CityYear

FORM = Form(
    source="school_bus",
    title="校车台账",
    headers={
        "bus_number": "校车编号", "school_code": "服务学校代码", "school_name": "服务学校", "seats": "核定载客数",
        "permit_valid_to": "使用许可有效期至", "inspection_valid_to": "检验有效期至", "has_attendant": "随车照管人员",
    },
    keep_out=(
        Defect("attendant_unknown", "flag", "has_attendant", "quarantine", constant("兼职")),
        Defect("school_unknown", "V04", "school_code", "quarantine", constant("2199999996")),
    ),
    repaired=(
        Defect("full_width", "width", "school_code", "repair", full_width),
        Defect("dotted_date", "", "permit_valid_to", "repair", dotted_date),
    ),
    per_thousand=6.0,
)  # fmt: skip


def buses_of(city: CityYear) -> Ints:
    """How many buses each school has in a year: rural and private schools run them."""
    keys = own_schools(city)
    likely = 0.04 + 0.16 * (city.schools.urban_class[keys] == "rural") + 0.12 * city.schools.is_private[keys]
    result = np.zeros(len(city.schools), dtype=np.int64)
    some = 1 + np.floor(3 * city.draw(keys, "buses")).astype(np.int64)
    result[keys] = np.where(city.draw(keys, "runs buses") < likely, some, 0)
    return result


def write(city: CityYear) -> None:
    """Writes the list of a year."""
    counts = buses_of(city)
    school = np.repeat(np.arange(len(counts)), counts)
    key = school * 10 + rank_in_group(school) + 1
    census = day_of(city.year, 9, 1)
    gain = 0.009 * city.passed
    permit = census + np.where(city.draw(key, f"permit {city.year}") < 0.93 + gain, 30 + key % 300, -20)
    inspection = census + np.where(city.draw(key, f"inspection {city.year}") < 0.91 + gain, 10 + key % 170, -5)
    attendant = city.draw(key, "attendant") < 0.92 + gain
    table = pl.DataFrame(
        {
            "school": pl.Series(school, dtype=pl.Int32), "permit_valid_to": permit, "inspection_valid_to": inspection,
            "has_attendant": attendant,
        }
    )  # fmt: skip
    texts = pl.DataFrame(school_cells(city.schools, school)).with_columns(
        pl.format("XC{}", pl.Series(key).cast(pl.String).str.zfill(6)).alias("bus_number"),
        numbers(19 + 10 * (key % 3)).alias("seats"),
        day_texts(permit).alias("permit_valid_to"),
        day_texts(inspection).alias("inspection_valid_to"),
        flags(attendant).alias("has_attendant"),
    )
    staged = write_by_district(city, FORM, city.period, texts, city.schools.district[school])
    city.facts.records["school_bus", city.year] = table.filter(pl.Series(staged))
