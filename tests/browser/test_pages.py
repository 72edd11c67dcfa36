"""The pages of the site in a browser: both languages, charts, the reader's choices, the keyboard, and accessibility."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from eduplan.site.navigation import NAVIGATION
from tests.browser.conftest import AXE, Notes, Site

MAIN = [entry.file for entry in NAVIGATION]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
BROKEN = re.compile(r"\bundefined\b|\bNaN\b|\bNone\b(?! of)|\[object \w+\]|\bDecimal\(|\{\{|\}\}")
YEAR_AS_NUMBER = re.compile(r"^2,0[12]\d(-\d\d)?$")
# What a chart has drawn: lines, bars or areas with an extent, and text beside them.
DRAWN = """
charts => charts.map(chart => {
    const shapes = [...chart.querySelectorAll('svg path')].filter(path => {
        const box = path.getBBox();
        return path.getAttribute('d') && box.width + box.height > 4;
    });
    const texts = [...chart.querySelectorAll('svg text')].filter(text => text.textContent.trim());
    return {name: chart.id, shapes: shapes.length, texts: texts.length};
})
"""
SHORTEN = """
() => document.querySelectorAll('tbody').forEach(body => [...body.rows].slice(25).forEach(row => row.remove()))
"""
AXE_RUN = """
async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const places = nodes => nodes.slice(0, 3).map(node => node.target.join(' ')).join(', ');
    return (await axe.run({runOnly: tags})).violations.map(each => each.id + ': ' + places(each.nodes));
}
"""


@pytest.fixture(scope="session")
def samples(site: Site) -> list[str]:
    """One page of every sort besides the main ones: an indicator of each kind, a chapter, a district, a schema, ..."""
    folders: dict[str, str] = {}
    for page in site.pages:
        if page not in MAIN and not page.startswith("indicator/"):
            folders.setdefault(page.rpartition("/")[0] or page, page)
    with duckdb.connect(str(site.folder / "marts.duckdb"), read_only=True) as marts:
        kinds = marts.execute("select kind, min(indicator) from plan.indicators group by kind order by kind").fetchall()
    indicators = [f"indicator/{code}.html" for _, code in kinds]
    assert len(indicators) > 3
    assert set(indicators) <= set(site.pages)
    return [*folders.values(), *indicators]


def in_language(page: Any, lang: str) -> None:
    if page.evaluate("document.documentElement.lang") != lang:
        page.click("#language")


def read(page: Any) -> tuple[str, str, str]:
    """Title, heading and text of a page, as far as they are seen."""
    return page.title(), page.locator("h1").inner_text(), page.locator("main").inner_text()


@pytest.mark.parametrize("place", range(len(MAIN)), ids=MAIN)
def test_a_main_page_opens_in_both_languages(page: Any, notes: Notes, site: Site, place: int) -> None:
    look_at(page, notes, site, MAIN[place])


def test_pages_of_every_other_sort_open_in_both_languages(context: Any, site: Site, samples: list[str]) -> None:
    for sample in samples:
        page, notes = context.new_page(), Notes()
        notes.watch(page)
        look_at(page, notes, site, sample)
        page.close()


def look_at(page: Any, notes: Notes, site: Site, name: str) -> None:
    """Opens a page in English, then turns it to Chinese; everything that a reader could stumble over fails."""
    page.goto(site.url(name) + "?lang=en")
    page.wait_for_load_state("networkidle")
    title, heading, text = read(page)
    assert heading.strip(), name
    in_language(page, "zh")
    title_zh, heading_zh, text_zh = read(page)
    assert title != title_zh, name
    assert CHINESE.search(title_zh), name
    assert CHINESE.search(text_zh), name
    assert len(CHINESE.findall(heading)) <= len(CHINESE.findall(heading_zh)), name
    for said in (text, text_zh):
        if name != "sql.html" and (broken := BROKEN.search(said)):
            pytest.fail(f"{name}: {broken.group()!r} in ...{said[max(0, broken.start() - 60) : broken.end() + 20]!r}")
    labels = page.locator("main th, main caption, main time").all_text_contents()
    assert [label for label in labels if YEAR_AS_NUMBER.match(label.strip())] == [], name
    assert notes.errors == [], name
    assert notes.hosts == {site.host}, name


def test_charts_are_drawn_in_both_looks(page: Any, site: Site, samples: list[str]) -> None:
    seen = 0
    for sample in (sample for sample in samples if sample.startswith("indicator/")):
        page.goto(site.url(sample) + "?lang=en")
        page.wait_for_load_state("networkidle")
        charts = page.locator(".chart")
        for _ in range(2):
            for chart in charts.evaluate_all(DRAWN):
                is_silent = "No value" in page.locator(f"#{chart['name']}").inner_text()
                assert is_silent or (chart["shapes"] >= 2 and chart["texts"] >= 3), f"{sample}: {chart}"
                seen += not is_silent
            page.click("#theme")
    assert seen >= 8


def test_the_chart_tells_the_years_of_the_table(page: Any, site: Site) -> None:
    page.goto(site.url("indicator/HLT-01.html") + "?lang=en")
    page.wait_for_selector("#trend svg text")
    years = page.locator("#trend-table tbody th").all_inner_texts()
    drawn = page.locator("#trend svg text").all_text_contents()
    assert len(years) >= 4
    assert [year for year in years if year not in drawn] == []


def test_the_map_has_every_district_and_its_colour(page: Any, site: Site) -> None:
    page.goto(site.url("map.html") + "?lang=en")
    page.wait_for_load_state("networkidle")
    with duckdb.connect(str(site.folder / "marts.duckdb"), read_only=True) as marts:
        areas = marts.execute(
            "select distinct ref_area from plan.status where ref_area_level = 'district' and is_latest "
            "and ref_area <> '_U'"
        ).fetchall()
    tiles = page.locator("[data-tile]")
    assert {tiles.nth(place).get_attribute("data-tile") for place in range(tiles.count())} == {
        code for (code,) in areas
    }
    assert all(text.strip() for text in page.locator("[data-tile]").all_inner_texts())
    page.select_option("#map-mode", "value")
    assert re.search(r"\d", page.locator("[data-tile]").first.inner_text())


def test_language_and_look_are_remembered(page: Any, site: Site) -> None:
    page.goto(site.url("index.html"))
    in_language(page, "zh")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    after = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert before != after
    for name in ("index.html", "commitments.html", "indicator/HLT-01.html"):
        page.goto(site.url(name))
        page.reload()
        assert page.evaluate("document.documentElement.lang") == "zh"
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == after
        assert CHINESE.search(page.locator("h1").inner_text())


def test_a_reader_starts_in_the_language_of_the_browser(browser: Any, site: Site) -> None:
    for locale, lang in (("zh-CN", "zh"), ("fr-FR", "en")):
        context = browser.new_context(locale=locale)
        page = context.new_page()
        page.goto(site.url("index.html"))
        assert page.evaluate("document.documentElement.lang") == lang
        context.close()


def test_search_finds_an_indicator_by_either_language(page: Any, site: Site) -> None:
    page.goto(site.url("index.html") + "?lang=en")
    for words in ("overall myopia", "总体近视率", "hlt-01"):
        page.fill("#search", words)
        page.wait_for_selector("#found li a")
        assert "HLT-01" in page.locator("#found li").first.inner_text()
    page.press("#search", "Enter")
    page.wait_for_url("**/indicator/HLT-01.html")


def test_the_keyboard_reaches_content_and_navigation(page: Any, site: Site) -> None:
    page.goto(site.url("index.html") + "?lang=en")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("node => node === document.activeElement && node.getBoundingClientRect().top >= 0")
    reached = []
    for _ in range(len(MAIN) + 8):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('href') || document.activeElement.id"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", reached[-1]
    assert set(MAIN) | {"search", "language", "theme"} <= set(reached)
    page.locator("nav a[href='commitments.html']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/commitments.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize("place", range(len(MAIN)), ids=MAIN)
def test_a_main_page_is_accessible_in_both_looks(page: Any, site: Site, place: int) -> None:
    assert_accessible(page, site.url(MAIN[place]))


def assert_accessible(page: Any, url: str) -> None:
    """Finds no violation; of long tables the first rows are looked at, as the others are made alike."""
    for look in ("?lang=en&theme=light", "?lang=zh&theme=dark"):
        page.goto(url + look)
        page.wait_for_load_state("networkidle")
        page.evaluate(SHORTEN)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        assert page.evaluate(AXE_RUN) == [], url + look


@pytest.mark.parametrize("width", [390, 820])
def test_no_page_is_wider_than_a_small_screen(page: Any, site: Site, samples: list[str], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    wide = []
    for name in [*MAIN, *samples[:5], "indicator/HLT-01.html"]:
        page.goto(site.url(name) + "?lang=en")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(name)
    assert wide == []


def test_pages_work_from_the_file_system(context: Any, site: Site, samples: list[str]) -> None:
    folder: Path = site.folder / "site"
    for name in [*MAIN, *samples[:3], samples[-1]]:
        page, notes = context.new_page(), Notes()
        notes.watch(page)
        page.goto((folder / name).as_uri() + "?lang=en")
        page.wait_for_load_state("networkidle")
        assert notes.errors == [], name
        assert notes.hosts <= {""}, name
        page.close()
