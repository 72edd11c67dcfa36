"""The whole city: the same bytes from the same seed, files as a bureau gets them, and accounts that balance."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from eduplan.declarations.contracts import load_contracts
from eduplan.declarations.indicators import load_indicators
from eduplan.demo import DemoSummary, generate
from eduplan.landing.arrivals import find_arrivals
from eduplan.progress import Silent
from eduplan.project import Project

from .conftest import TINY

ROOT = Path(__file__).parents[3]


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_gives_the_same_bytes(tiny_city: DemoSummary, tmp_path: Path) -> None:
    generate(tmp_path / "raw", **TINY, progress=Silent())
    assert digests(tmp_path / "raw") == digests(tiny_city.folder)


def test_another_seed_gives_another_city(tiny_city: DemoSummary, tmp_path: Path) -> None:
    other = generate(tmp_path / "raw", scale=0.002, seed=12, years=(2021, 2021), progress=Silent())
    roll = "pupil_roll/2021-22/990101_学籍名册.csv"
    assert (other.folder / roll).read_bytes() != (tiny_city.folder / roll).read_bytes()


def test_every_file_is_recognised(tiny_city: DemoSummary) -> None:
    project = Project.load(ROOT, raw=tiny_city.folder)
    arrivals = find_arrivals(project, load_contracts(project.contracts))
    assert not arrivals.problems
    assert len(arrivals.arrivals) == tiny_city.files


def test_files_that_do_not_arrive(raw: Path) -> None:
    late = {path.name for path in (raw / "staff_roll").glob("*/990109*")}
    assert late, "the other years of the late district are there"
    assert not list((raw / "staff_roll" / "2023-24").glob("990109*"))
    assert not (raw / "health_screening" / "2023-24-spring").exists()
    assert (raw / "health_screening" / "2022-23-spring").is_dir()


def test_a_district_changes_its_code(raw: Path) -> None:
    assert list((raw / "pupil_roll" / "2022-23").glob("990112*"))
    assert not list((raw / "pupil_roll" / "2023-24").glob("990112*"))
    divisions = pl.read_csv(raw / "division" / "2023" / "行政区划表.csv", encoding="gb18030", infer_schema=False)
    renamed = divisions.filter(pl.col("行政区划代码") == "990113")
    assert renamed["原代码"].to_list() == ["990112"]


def test_accounts_balance(tiny_truth: dict[str, Any]) -> None:
    for account in tiny_truth["accounting"]:
        parts = account["staged"] + account["quarantined"] + account["duplicates"] + account["dropped"]
        assert account["rows"] == parts, account["file"]
    assert sum(account["quarantined"] for account in tiny_truth["accounting"]) > 0


def test_every_indicator_of_the_plan_has_an_answer(tiny_truth: dict[str, Any]) -> None:
    """But those that need the weights of 2020, which three years do not have."""
    needs_more_years = {"HLT-01.standardised", "HLT-02.standardised"}
    assert set(load_indicators(ROOT / "plan")) - set(tiny_truth["indicators"]) == needs_more_years
    assert set(tiny_truth["indicators"]) <= set(load_indicators(ROOT / "plan"))


def test_series_are_published_under_the_latest_codes(tiny_truth: dict[str, Any]) -> None:
    areas = {row["ref_area"] for rows in tiny_truth["indicators"].values() for row in rows}
    assert len(areas) == 13
    assert "990113" in areas
    assert "990112" not in areas


def test_districts_add_up_to_the_city(tiny_truth: dict[str, Any]) -> None:
    for code in ("ENR-01.pupils", "PRE-02", "CMP-04", "HLT-04", "TEA-03.qualified", "CMP-11"):
        sums: dict[tuple[str, str, str], list[float]] = {}
        for row in tiny_truth["indicators"][code]:
            plain = all(row[name] == "_T" for name in ("urban_class", "ownership", "sex", "grade", "item"))
            if plain and (row["stage"] == "_T" or code == "CMP-11"):
                key = (row["time_period"], row["stage"], row["ref_area_level"])
                sums.setdefault(key, []).append(float(row["numerator"] or 0))
        for (period, stage, level), numbers in sums.items():
            if level == "district":
                assert sum(numbers) == pytest.approx(sum(sums[period, stage, "city"]))


def test_summary(tiny_city: DemoSummary) -> None:
    assert sorted(tiny_city.pupils) == [2021, 2022, 2023]
    assert all(1500 < number < 2500 for number in tiny_city.pupils.values())
