"""A very small demo city, generated once, and hand-made schools and facts for the tests of the truth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from eduplan.demo import DemoSummary, generate
from eduplan.demo.schools import NEVER, Schools
from eduplan.demo.truth.facts import Facts
from eduplan.progress import Silent

TINY = {"scale": 0.002, "seed": 11, "years": (2021, 2023)}


@pytest.fixture(scope="session")
def tiny_city(tmp_path_factory: pytest.TempPathFactory) -> DemoSummary:
    """Two thousand pupils over three years, the year in which a district changes its code among them."""
    return generate(tmp_path_factory.mktemp("city") / "raw", **TINY, progress=Silent())


@pytest.fixture(scope="session")
def tiny_truth(tiny_city: DemoSummary) -> dict[str, Any]:
    return json.loads((tiny_city.folder / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture
def raw(tiny_city: DemoSummary) -> Path:
    return tiny_city.folder


def make_schools(types: list[int], *, districts: list[int] | None = None, rural: bool = False) -> Schools:
    """Schools of the given types, by default all in the first district, public and in a city."""
    size = len(types)
    return Schools(
        code=np.array([f"3199{place:06d}" for place in range(size)]),
        name=np.array([f"school {place}" for place in range(size)]),
        school_type=np.array(types),
        district=np.array(districts or [0] * size),
        town=np.zeros(size, dtype=np.int64),
        sector=np.zeros(size, dtype=np.int64),
        founder=np.array(["education"] * size),
        urban_rural=np.full(size, 220 if rural else 111),
        opened=np.full(size, 1990),
        founded_on=np.full(size, 20_000),
        closed=np.full(size, NEVER),
        closed_on=np.full(size, -1),
        attraction=np.ones(size),
        inclusive_from=np.full(size, NEVER),
        is_public_kindergarten=np.array(types) == 111,
        town_centre_from=np.full(size, NEVER),
        quality=np.zeros(size),
    )


_PUPIL = {
    "person": pl.Int32, "school": pl.Int32, "stage": pl.String, "grade": pl.String, "grade_number": pl.Int8,
    "class_number": pl.Int16, "sex": pl.String, "age": pl.Int16, "is_migrant": pl.Boolean, "is_left_behind": pl.Boolean,
    "has_care_record": pl.Boolean, "is_bought_place": pl.Boolean, "entry_mode": pl.String, "is_disabled": pl.Boolean,
    "placement": pl.String, "is_five_four": pl.Boolean,
}  # fmt: skip


def pupil(person: int, **values: object) -> dict[str, object]:
    """One pupil of grade four in the first school, unless told otherwise."""
    usual: dict[str, object] = {
        "person": person, "school": 0, "stage": "primary", "grade": "p4", "grade_number": 4, "class_number": 1,
        "sex": "female", "age": 9, "is_migrant": False, "is_left_behind": False, "has_care_record": False,
        "is_bought_place": False, "entry_mode": "zone", "is_disabled": False, "placement": "none",
        "is_five_four": False,
    }  # fmt: skip
    return usual | values


def pupil_table(rows: list[dict[str, object]]) -> pl.DataFrame:
    """Pupils as the facts keep them."""
    return pl.DataFrame(rows, schema=_PUPIL)


def facts_of(schools: Schools, years: dict[int, list[dict[str, object]]]) -> Facts:
    """Facts with pupils alone."""
    facts = Facts(schools)
    for year, rows in years.items():
        facts.pupils[year] = pupil_table(rows)
        facts.has_roll[year] = np.ones(len(schools), dtype=bool)
        facts.has_staff[year] = np.ones(len(schools), dtype=bool)
    return facts


def city_row(rows: list[dict[str, Any]], **dimensions: str) -> dict[str, Any]:
    """The city's value with the given dimensions, and no others."""
    names = ("stage", "urban_class", "ownership", "sex", "grade", "item")
    wanted = {name: dimensions.get(name, "_T") for name in names}
    (found,) = [
        row
        for row in rows
        if row["ref_area_level"] == "city" and all(row[name] == text for name, text in wanted.items())
    ]
    return found
