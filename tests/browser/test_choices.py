"""What a reader chooses stays chosen, and paper is light whatever was chosen."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.conftest import Site

PAINT = "getComputedStyle(document.body).backgroundColor"
SPOKEN = "document.documentElement.lang"


def test_language_and_look_are_remembered_and_charts_follow(page: Any, site: Site) -> None:
    page.goto(site.url("indicator/HLT-13.html"))
    page.wait_for_selector("#districts svg text")
    assert page.evaluate(SPOKEN) == "en"
    light = page.evaluate(PAINT)
    ink = "getComputedStyle(document.querySelector('#districts svg text')).fill"
    before = page.evaluate(ink)
    page.click("#language")
    page.click("#theme")
    assert "全市" in page.locator("#districts svg text").all_text_contents()
    assert page.evaluate(ink) != before
    dark = page.evaluate(PAINT)
    assert dark != light
    for name in ("quality.html", "index.html", "sql.html"):
        page.goto(site.url(name))
        page.reload()
        assert page.evaluate(SPOKEN) == "zh"
        assert page.evaluate(PAINT) == dark
        assert re.search(r"[\u4e00-\u9fff]", page.locator("h1").inner_text())
    page.click("#theme")
    page.click("#language")
    page.reload()
    assert (page.evaluate(SPOKEN), page.evaluate(PAINT)) == ("en", light)


@pytest.mark.parametrize(("locale", "lang"), [("zh-CN", "zh"), ("en-GB", "en"), ("fr-FR", "en")])
def test_a_reader_starts_in_the_language_of_the_browser(browser: Any, site: Site, locale: str, lang: str) -> None:
    context = browser.new_context(locale=locale)
    page = context.new_page()
    page.goto(site.url("index.html"))
    assert page.evaluate(SPOKEN) == lang
    context.close()


def test_a_reader_starts_in_the_look_of_the_machine(browser: Any, site: Site) -> None:
    paints = []
    for look in ("light", "dark"):
        context = browser.new_context(color_scheme=look)
        page = context.new_page()
        page.goto(site.url("index.html"))
        paints.append(page.evaluate(PAINT))
        context.close()
    assert paints[0] != paints[1]


def test_a_dark_page_is_printed_light_and_whole(page: Any, site: Site) -> None:
    page.goto(site.url("indicator/HLT-13.html") + "?lang=en&theme=dark")
    page.wait_for_selector("#districts svg text")
    ink = "getComputedStyle(document.querySelector('#districts svg text')).fill"
    dark = page.evaluate(ink)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.evaluate(PAINT) == "rgb(255, 255, 255)"
    assert page.evaluate(ink) != dark
    assert page.locator("#trend-table").is_visible()
    assert not page.locator("nav").is_visible()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate(ink) == dark


def test_tables_fit_on_paper(page: Any, site: Site) -> None:
    page.set_viewport_size({"width": 690, "height": 980})  # what margins leave of A4
    page.emulate_media(media="print")
    for name in ("index.html", "commitments.html", "districts.html", "quality.html", "indicator/HLT-13.html"):
        page.goto(site.url(name) + "?lang=en")
        assert page.evaluate("document.documentElement.scrollWidth") <= 690, name
