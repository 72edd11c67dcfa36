"""The warehouse lands on the demo city's truth, which was computed another way: every figure, to the last pupil."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pytest

DIMENSIONS = ("time_period", "ref_area_level", "ref_area", "stage", "urban_class", "ownership", "sex", "grade", "item")


@pytest.fixture(scope="module")
def truth(demo_city) -> dict[str, Any]:
    return demo_city.truth


@pytest.fixture(scope="module")
def values(demo_city) -> dict[str, dict[tuple[str, ...], dict[str, Any]]]:
    """All values by indicator and dimensions, also those that a release does not tell."""
    with duckdb.connect(str(demo_city.data / "work" / "working.duckdb"), read_only=True) as warehouse:
        cursor = warehouse.execute("select * from plan.indicator_values")
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    published: dict[str, dict[tuple[str, ...], dict[str, Any]]] = {}
    for row in rows:
        published.setdefault(row["indicator"], {})[tuple(row[name] for name in DIMENSIONS)] = row
    return published


def differences(true_rows: list[dict[str, Any]], published: dict[tuple[str, ...], dict[str, Any]]) -> Iterator[str]:
    for true in true_rows:
        key = tuple(true.get(name, "_T") for name in DIMENSIONS)
        found = published.get(key)
        place = " ".join(part for part in key if part != "_T")
        if found is None:
            if true["value"] is not None:
                yield f"{place}: true {true['numerator']}/{true['denominator']}, not published"
            continue
        for part in ("numerator", "denominator"):
            if true[part] is not None and Decimal(str(true[part])) != found[part]:
                yield f"{place}: {part} is {found[part]}, true {true[part]}"
        same_value = (true["value"] is None) == (found["obs_value"] is None) and (
            true["value"] is None or math.isclose(true["value"], found["obs_value"], rel_tol=1e-9, abs_tol=1e-12)
        )
        if not same_value:
            yield f"{place}: value is {found['obs_value']}, true {true['value']}"


def test_every_published_indicator_has_a_known_answer(truth, values) -> None:
    assert sorted(values) == sorted(truth["indicators"])


def test_every_figure_is_the_true_one(truth, values) -> None:
    wrong = {
        code: list(found)[:5]
        for code, rows in truth["indicators"].items()
        if (found := list(differences(rows, values.get(code, {}))))
    }
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


def test_every_published_figure_has_a_known_answer(truth, values) -> None:
    """Of the city all of them, of districts those that are not broken down; what is nowhere (_U) or nothing is left."""
    parts = DIMENSIONS[3:]
    unknown = {}
    for code, published in values.items():
        known = {tuple(row.get(name, "_T") for name in DIMENSIONS) for row in truth["indicators"][code]}
        found = {key: row for key, row in published.items() if row["obs_value"] and "_U" not in key}
        fewest = min((sum(row[name] != "_T" for name in parts) for row in published.values()), default=0)
        asked = {
            key
            for key, row in found.items()
            if row["ref_area_level"] == "city"
            or (row["ref_area_level"] == "district" and sum(row[name] != "_T" for name in parts) == fewest)
        }
        if asked - known:
            unknown[code] = [" ".join(part for part in key if part != "_T") for key in sorted(asked - known)[:5]]
    assert not unknown, json.dumps(unknown, indent=1, ensure_ascii=False)


ADDITIVE = "('ratio', 'mean', 'count', 'cohort')"
SUMS = "coalesce(sum(numerator), 0) as numerator, coalesce(sum(denominator), 0) as denominator"


@pytest.mark.parametrize("level", ["school", "district"])
def test_areas_add_up_to_the_city(demo_city, level) -> None:
    """The schools, and the districts, of every sum and ratio of sums are together what the city has."""
    parts = ", ".join(DIMENSIONS[3:])
    assert not _unequal(
        demo_city,
        f"select indicator, reference_year, {parts}, {SUMS} from found where ref_area_level = '{level}' group by all",
        f"select indicator, reference_year, {parts}, {SUMS} from found where ref_area_level = 'city' group by all",
    )


@pytest.mark.parametrize("part", DIMENSIONS[3:])
def test_breakdowns_add_up_to_the_area(demo_city, part) -> None:
    """A breakdown of the city, and of each district, has everybody once."""
    others = ", ".join(name for name in ("ref_area_level", "ref_area", *DIMENSIONS[3:]) if name != part)
    assert not _unequal(
        demo_city,
        f"select indicator, reference_year, {others}, {SUMS} from found where {part} <> '_T' group by all",
        f"select indicator, reference_year, {others}, {SUMS} from found where {part} = '_T' group by all",
    )


def _unequal(demo_city, parts: str, wholes: str) -> list[tuple[str, int]]:
    """Indicators with cells where the parts are not the whole, of those cells that have both."""
    with duckdb.connect(str(demo_city.data / "work" / "working.duckdb"), read_only=True) as warehouse:
        keys = [column[0] for column in warehouse.execute(f"{_FOUND} {wholes} limit 0").description][:-2]
        return warehouse.execute(f"""
            {_FOUND} select indicator, count(*) from ({parts}) as part
            inner join ({wholes}) as whole using ({", ".join(keys)})
            where (part.numerator, part.denominator) is distinct from (whole.numerator, whole.denominator)
            group by indicator
        """).fetchall()


_FOUND = f"""
    with found as (
        select found.* from plan.indicator_values as found
        inner join plan.indicators as known on found.indicator = known.indicator
        where known.kind in {ADDITIVE}
    )
"""


def test_the_truth_says_something_about_every_indicator(truth) -> None:
    silent = [code for code, rows in truth["indicators"].items() if not any(row["value"] is not None for row in rows)]
    assert not silent


def test_city_and_every_district_are_covered(truth) -> None:
    areas = {row["ref_area"] for row in truth["indicators"]["ENR-01.pupils"]}
    assert len(areas) == 13


def test_every_file_balances_as_it_was_written(truth, demo_city) -> None:
    parts = ("staged", "quarantined", "duplicate", "dropped")
    columns = ", ".join(f"rows_{part}" for part in parts)
    with duckdb.connect(str(demo_city.data / "marts" / "marts.duckdb"), read_only=True) as release:
        rows = release.execute(f"select source, period, file_name, rows_read, {columns} from about.batches").fetchall()
    landed = {tuple(row[:3]): row[3:] for row in rows}
    written = {
        (file["source"], file["period"], file["file"]): (
            file["rows"],
            *(file["duplicates" if part == "duplicate" else part] for part in parts),
        )
        for file in truth["accounting"]
    }
    wrong = {
        key: {"landed": landed.get(key), "written": rows} for key, rows in written.items() if landed.get(key) != rows
    }
    assert not wrong, dict(list(wrong.items())[:5])


def test_what_cannot_be_typed_waits_in_quarantine_and_says_so(demo_city) -> None:
    shown = demo_city.run("quarantine", "--json")
    assert {row["source"] for row in json.loads(shown)} >= {"pupil_roll", "staff_roll", "health_screening"}
