"""The map: districts with outlines on a ground, others on tiles, and all of them in a table."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from eduplan.project import Project
from eduplan.site.assets import copy_assets, site_sources
from eduplan.site.district_map import write_map
from eduplan.site.lines import lines_of
from eduplan.site.pages import make_renderer
from eduplan.site.reading import ReleaseReader
from eduplan.warehouse.connection import connect
from tests.browser.conftest import Notes, Site
from tests.conftest import ROOT

FILLS = "areas => areas.map(area => getComputedStyle(area.querySelector('path')).fill)"


@pytest.fixture
def codes(site: Site) -> set[str]:
    with duckdb.connect(str(site.folder / "marts.duckdb"), read_only=True) as marts:
        rows = marts.execute(
            "select distinct ref_area from plan.status where ref_area_level = 'district' and ref_area <> '_U'"
        ).fetchall()
    return {code for (code,) in rows}


def test_every_district_has_an_outline_that_says_its_value(page: Any, site: Site, codes: set[str]) -> None:
    page.goto(site.url("map.html?indicator=HLT-01&by=value&lang=en"))
    areas = page.locator("svg a[data-area]")
    assert {areas.nth(place).get_attribute("data-area") for place in range(areas.count())} == codes
    sizes = areas.evaluate_all("areas => areas.map(area => area.getBBox()).map(box => Math.min(box.width, box.height))")
    assert min(sizes) > 20
    names = areas.evaluate_all("areas => areas.map(area => area.getAttribute('aria-label'))")
    assert all(re.fullmatch(r"[A-Z]\w+, ([\d.]+%|suppressed)", name) for name in names), names
    assert any(name.endswith("%") for name in names)
    assert len(set(areas.evaluate_all(FILLS))) > 2
    by_value = areas.evaluate_all(FILLS)
    page.select_option("#map-indicator", "HLT-13")
    page.select_option("#map-mode", "status")
    assert areas.evaluate_all(FILLS) != by_value
    page.click("#language")
    assert all(
        re.search(r"[\u4e00-\u9fff]", label)
        for label in areas.evaluate_all("areas => areas.map(area => area.getAttribute('aria-label'))")
    )


def test_the_table_says_the_same_as_the_map(page: Any, site: Site, codes: set[str]) -> None:
    page.goto(site.url("map.html?indicator=HLT-13&by=status&lang=en"))
    labels = page.locator("svg a[data-area]").evaluate_all(
        "areas => Object.fromEntries(areas.map(area => [area.dataset.area, area.getAttribute('aria-label')]))"
    )
    rows = page.locator("#map-table tbody tr")
    assert rows.count() == len(codes)
    for place in range(rows.count()):
        row = rows.nth(place)
        name, value, status = row.locator("th, td").all_inner_texts()
        said = labels[row.get_attribute("data-line")]
        assert said == ", ".join(part for part in (name, value, re.sub(r"^\S+ ", "", status)) if part)


def test_the_keyboard_walks_over_the_districts_and_opens_one(page: Any, site: Site, codes: set[str]) -> None:
    page.goto(site.url("map.html?lang=en"))
    page.locator("#map-page").focus()
    walked = []
    for _ in codes:
        page.keyboard.press("Tab")
        walked.append(page.evaluate("document.activeElement.dataset.area"))
    assert set(walked) == codes
    assert page.locator(f"tr[data-line='{walked[-1]}']").evaluate("row => row.classList.contains('marked')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/district/{walked[-1]}.html")


def test_an_indicator_leads_to_its_map_and_back(page: Any, site: Site) -> None:
    page.goto(site.url("indicator/HLT-13.html?lang=en"))
    page.click("text=On the map")
    page.wait_for_url("**/map.html?indicator=HLT-13*")
    assert page.locator("#map-indicator").input_value() == "HLT-13"
    assert page.locator("#map-unknown").is_hidden()
    page.click("#map-page")
    page.wait_for_url("**/indicator/HLT-13.html")


def test_an_unknown_indicator_is_told(page: Any, notes: Notes, site: Site) -> None:
    page.goto(site.url("map.html?indicator=XXX-99&lang=en"))
    assert "XXX-99" in page.locator("#map-unknown").inner_text()
    page.select_option("#map-indicator", "HLT-13")
    assert page.locator("#map-unknown").is_hidden()
    assert notes.errors == []


@pytest.mark.parametrize("outlined", [0, 1])
def test_districts_without_an_outline_are_tiles(
    page: Any, notes: Notes, site: Site, codes: set[str], tmp_path: Path, outlined: int
) -> None:
    square = [[[120, 29], [121, 29], [121, 30], [120, 30], [120, 29]]]
    features = [
        {"properties": {"division_code": code}, "geometry": {"type": "Polygon", "coordinates": square}}
        for code in sorted(codes)[:outlined]
    ]
    if features:
        (tmp_path / "areas.geojson").write_text(json.dumps({"features": features}), encoding="utf-8")
    project = Project.load(ROOT, data=tmp_path)
    sources, folder = site_sources(project), tmp_path / "site"
    folder.mkdir()
    copy_assets(sources, folder)
    with connect(site.folder / "marts.duckdb", project, read_only=True) as marts:
        reader = ReleaseReader(marts, project)
        assert list(write_map(reader, make_renderer(reader, sources, folder), project, lines_of(reader))) == []
    page.goto((folder / "map.html").as_uri() + "?lang=en")
    tiles = page.locator("[data-tile]")
    assert tiles.count() == len(codes) - outlined
    assert page.locator("svg a[data-area]").count() == outlined
    page.select_option("#map-mode", "value")
    assert all(re.search(r"\d|n/a|suppressed|missing|no value", text) for text in tiles.all_inner_texts())
    assert notes.errors == []
