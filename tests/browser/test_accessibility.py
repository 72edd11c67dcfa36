"""Everybody can read the pages: axe-core finds nothing, and the keyboard reaches everything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import MAIN, Site

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
LOOKS = ("?lang=en&theme=light", "?lang=zh&theme=dark")
# Of long tables and lists the first entries are looked at, as the others are made alike.
SHORTEN = """
() => {
    const keep = (nodes, count) => [...nodes].slice(count).forEach(node => node.remove());
    keep(document.querySelectorAll('main > section[id]'), 3);
    document.querySelectorAll('table').forEach(table => keep(table.tBodies, 3));
    document.querySelectorAll('tbody').forEach(body => keep(body.rows, 12));
    document.querySelectorAll('optgroup').forEach(group => keep(group.children, 3));
    document.querySelectorAll('#sql-tables details').forEach((each, place) => place > 5 && each.remove());
}
"""
RUN = """
async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const places = nodes => nodes.slice(0, 3).map(node => node.target.join(' ')).join(', ');
    return (await axe.run({runOnly: tags})).violations.map(each => each.id + ': ' + places(each.nodes));
}
"""


@pytest.mark.parametrize("place", range(len(MAIN)), ids=MAIN)
def test_a_main_page_is_accessible_in_both_looks(page: Any, site: Site, place: int) -> None:
    assert_accessible(page, site.url(MAIN[place]))


def test_a_page_of_every_other_sort_is_accessible_in_both_looks(page: Any, site: Site, samples: list[str]) -> None:
    for name in [*samples, "indicator/CMP-14.html"]:
        assert_accessible(page, site.url(name))


def test_the_map_by_value_is_accessible(page: Any, site: Site) -> None:
    assert_accessible(page, site.url("map.html"), "&by=value&indicator=HLT-01")


def assert_accessible(page: Any, url: str, asked: str = "") -> None:
    for look in LOOKS:
        page.goto(url + look + asked)
        page.wait_for_load_state("networkidle")
        page.evaluate(SHORTEN)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        assert page.evaluate(RUN) == [], url + look


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
