"""The pages of the site in a browser: nothing fails, nobody else is asked, and what a reader chooses stays chosen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import AXE, Notes, Site

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
PAGES = (
    "index.html",
    "commitments.html",
    "districts.html",
    "district/990106.html",
    "map.html",
    "map.html?by=value",
    "indicator/HLT-13.html",
    "indicator/CMP-14.html",
    "chapter/ch4_system.html",
    "dictionary/ch3_development.html",
    "quality.html",
)


def address(site: Site, page: str, **asked: str) -> str:
    joined = "&".join(f"{name}={value}" for name, value in asked.items())
    return site.url(page + ("&" if "?" in page else "?") + joined)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_asks_nobody_else(page: Any, notes: Notes, site: Site, name: str, theme: str) -> None:
    page.goto(address(site, name, theme=theme, lang="en"))
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(f"axe.run(document, {{runOnly: {RULES}}})")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert notes.errors == []
    assert notes.hosts == {site.host}


def test_language_and_colours_stay_chosen_and_charts_follow(page: Any, site: Site) -> None:
    page.goto(site.url("indicator/HLT-13.html"))
    page.wait_for_selector("#districts svg")
    assert page.evaluate("document.documentElement.lang") == "en"
    paint = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paint)
    page.click("#language")
    page.click("#theme")
    assert "全市" in "".join(page.locator("#districts svg text").all_text_contents())
    assert page.evaluate(paint) != light
    page.goto(site.url("quality.html"))
    assert page.evaluate("document.documentElement.lang") == "zh"
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.title().startswith("数据质量")


def test_mark_lines_of_city_and_target_are_drawn(page: Any, site: Site) -> None:
    page.goto(address(site, "indicator/HLT-13.html", lang="en"))
    page.wait_for_selector("#districts svg")
    texts = page.locator("#districts svg text").all_text_contents()
    assert "City" in texts
    assert "Target" in texts


def test_filters_and_search_find_what_is_asked_for(page: Any, site: Site) -> None:
    page.goto(address(site, "index.html", lang="en"))
    everything = page.locator("tr[data-row]:visible").count()
    page.select_option("select[name=status]", "missed")
    shown = page.locator("tr[data-row]:visible")
    assert 0 < shown.count() < everything
    assert {row.get_attribute("data-status") for row in shown.all()} == {"missed"}
    page.fill("#search", "HLT-13")
    page.wait_for_selector("#found li[role=option]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/indicator/HLT-13.html")


def test_the_site_works_from_the_file_system(page: Any, notes: Notes, site: Site) -> None:
    page.goto((site.folder / "site" / "indicator" / "HLT-13.html").as_uri() + "?lang=en")
    page.wait_for_selector("#trend svg")
    page.fill("#search", "Minglan")
    page.wait_for_selector("#found li[role=option]")
    page.goto((site.folder / "site" / "map.html").as_uri())
    assert page.locator("[data-tile] .reading").first.text_content()
    assert notes.errors == []
    assert notes.hosts == set()


def test_a_page_fits_a_phone(page: Any, site: Site) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for name in ("index.html", "indicator/HLT-13.html", "district/990106.html", "map.html"):
        page.goto(site.url(name))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
