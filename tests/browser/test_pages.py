"""Every page of the site in a browser, in both languages, and the charts on it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import MAIN, Notes, Site

PARTS = 4
"""The pages are opened in so many parts, so that workers can share them."""

CHINESE = re.compile(r"[\u4e00-\u9fff]")
BROKEN = re.compile(r"\bundefined\b|\bNaN\b|\bNone\b(?! of)|\[object \w+\]|\bDecimal\(|\{\{|\}\}")
YEAR_AS_NUMBER = re.compile(r"^2,0[12]\d(-\d\d)?$")
# What is seen in a language: texts, and of charts the lines, bars and areas with an extent, and the texts beside them.
SEEN = """
() => {
    const seen = () => ({
        title: document.title,
        heading: document.querySelector('h1').innerText.trim(),
        text: document.querySelector('main').innerText,
        labels: [...document.querySelectorAll('main th, main caption, main time')].map(each => each.textContent.trim()),
        charts: [...document.querySelectorAll('.chart')].map(chart => ({
            name: chart.id,
            silent: /No value|No district|无可绘制|无区县/.test(chart.innerText),
            shapes: [...chart.querySelectorAll('svg path')].filter(path => {
                const box = path.getBBox();
                return path.getAttribute('d') && box.width + box.height > 4;
            }).length,
            texts: [...chart.querySelectorAll('svg text')].filter(text => text.textContent.trim()).length,
        })),
    });
    const both = {[document.documentElement.lang]: seen()};
    document.getElementById('language').click();
    both[document.documentElement.lang] = seen();
    return both;
}
"""


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_opens_in_both_languages_with_its_charts(page: Any, notes: Notes, site: Site, part: int) -> None:
    for name in site.pages[part::PARTS]:
        page.goto(site.url(name), wait_until="load")
        found = page.evaluate(SEEN)
        assert set(found) == {"en", "zh"}, name
        assert_told(name, found["en"], found["zh"])
        for chart in [*found["en"]["charts"], *found["zh"]["charts"]]:
            assert chart["silent"] or (chart["shapes"] >= 2 and chart["texts"] >= 3), f"{name}: {chart}"
        assert notes.errors == [], name
    assert notes.hosts == {site.host}


def assert_told(name: str, en: dict[str, Any], zh: dict[str, Any]) -> None:
    """Both languages say something, each in its own, and neither what only a program would say."""
    assert en["heading"], name
    assert zh["heading"], name
    assert en["title"] != zh["title"], name
    assert CHINESE.search(zh["title"]), name
    assert CHINESE.search(zh["text"]), name
    assert len(CHINESE.findall(en["heading"])) <= len(CHINESE.findall(zh["heading"])), name
    for side in (en, zh):
        if name != "sql.html" and (broken := BROKEN.search(side["text"])):
            around = side["text"][max(0, broken.start() - 60) : broken.end() + 20]
            pytest.fail(f"{name}: {broken.group()!r} in ...{around!r}")
    assert [label for label in en["labels"] if YEAR_AS_NUMBER.match(label)] == [], name


def test_most_indicators_have_charts_with_values(page: Any, site: Site, samples: list[str]) -> None:
    drawn = 0
    for name in (sample for sample in samples if sample.startswith("indicator/")):
        page.goto(site.url(name))
        drawn += sum(not chart["silent"] for chart in page.evaluate(SEEN)["zh"]["charts"])
    assert drawn >= 8


def test_the_chart_tells_the_years_of_the_table(page: Any, site: Site) -> None:
    page.goto(site.url("indicator/HLT-01.html") + "?lang=en")
    page.wait_for_selector("#trend svg text")
    years = page.locator("#trend-table tbody th").all_inner_texts()
    drawn = page.locator("#trend svg text").all_text_contents()
    assert len(years) >= 4
    assert [year for year in years if year not in drawn] == []


def test_the_districts_stand_beside_the_city_and_the_target(page: Any, site: Site) -> None:
    page.goto(site.url("indicator/HLT-13.html") + "?lang=en")
    page.wait_for_selector("#districts svg text")
    texts = page.locator("#districts svg text").all_text_contents()
    assert {"City", "Target", "Minglan"} <= set(texts)


def test_amounts_of_districts_are_not_called_worse_than_the_city(page: Any, site: Site) -> None:
    page.goto(site.url("indicator/ENR-01.pupils.html") + "?lang=en")
    page.wait_for_selector("#districts svg text")
    assert "City" not in page.locator("#districts svg text").all_text_contents()
    assert "worse" not in page.locator("#districts-table").inner_text()


def test_figures_left_of_nothing_do_not_cover_the_names(page: Any, site: Site) -> None:
    page.goto(site.url("indicator/FIN-01.html") + "?lang=en")
    page.wait_for_selector("#districts svg text")
    boxes = page.evaluate(
        "[...document.querySelectorAll('#districts svg text')].map(each => each.getBoundingClientRect())"
        ".map(box => [box.left, box.top, box.right, box.bottom])"
    )
    covered = [
        (one, two)
        for place, one in enumerate(boxes)
        for two in boxes[place + 1 :]
        if min(one[2], two[2]) - max(one[0], two[0]) > 2 and min(one[3], two[3]) - max(one[1], two[1]) > 2
    ]
    assert covered == []


@pytest.mark.parametrize("width", [390, 820])
def test_no_page_is_wider_than_a_small_screen(page: Any, site: Site, samples: list[str], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    wide = []
    for name in [*MAIN, *samples, "indicator/HLT-01.html"]:
        page.goto(site.url(name) + "?lang=en")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(name)
    assert wide == []


def test_a_commitment_and_the_status_of_an_indicator_are_seen_on_a_phone(page: Any, site: Site) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    for name in ("commitments.html", "index.html", "district/990106.html"):
        page.goto(site.url(name) + "?lang=en")
        row = page.locator("#lines tr[data-row]").first
        for part in ("th[scope=row]", ".status"):
            box = row.locator(part).first.bounding_box()
            assert box["x"] >= 0, name
            assert box["x"] + box["width"] <= 390, name
    page.goto(site.url("commitments.html") + "?lang=en")
    assert page.locator("#lines tr[data-row] th").first.bounding_box()["width"] > 300


def test_pages_work_from_the_file_system(context: Any, site: Site, samples: list[str]) -> None:
    folder: Path = site.folder / "site"
    for name in [*MAIN, *samples[1:4], samples[-1]]:
        page, notes = context.new_page(), Notes()
        notes.watch(page)
        page.goto((folder / name).as_uri() + "?lang=en")
        page.wait_for_load_state("networkidle")
        assert notes.errors == [], name
        assert notes.hosts <= {""}, name
        page.close()
