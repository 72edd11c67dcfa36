"""Search, filters, and what a reader is told who asks for something that is not there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import Site


def test_search_finds_an_indicator_by_either_language(page: Any, site: Site) -> None:
    page.goto(site.url("index.html") + "?lang=en")
    for words in ("overall myopia", "总体近视率", "hlt-01"):
        page.fill("#search", words)
        page.wait_for_selector("#found li a")
        assert "HLT-01" in page.locator("#found li").first.inner_text()
    page.press("#search", "Enter")
    page.wait_for_url("**/indicator/HLT-01.html")


@pytest.mark.parametrize(
    ("words", "leads"), [("Minglan", "district/990101.html"), ("3.3-12", "commitments.html#c-3.3-12")]
)
def test_search_finds_districts_and_commitments(page: Any, site: Site, words: str, leads: str) -> None:
    page.goto(site.url("quality.html") + "?lang=en")
    page.fill("#search", words)
    page.wait_for_selector("#found li a")
    assert page.locator("#found li a").first.get_attribute("href") == leads


def test_an_unknown_indicator_is_told_by_the_search_and_by_the_server(page: Any, site: Site) -> None:
    page.goto(site.url("index.html") + "?lang=en")
    page.fill("#search", "XXX-99")
    page.wait_for_selector("#found .none")
    assert page.locator("#found").inner_text() == "Nothing found"
    for name in ("indicator/XXX-99.html", "XXX-99.html"):
        answer = page.goto(site.url(name))
        assert answer.status == 404
        assert page.locator("h1").inner_text() == "There is no such page"
        assert "XXX-99" in page.locator("main").inner_text()
    page.click("main a")
    page.wait_for_url("**/site/index.html")


def test_filters_show_what_is_asked_for_and_can_be_linked_to(page: Any, site: Site) -> None:
    page.goto(site.url("index.html") + "?lang=en")
    everything = page.locator("tr[data-row]:visible").count()
    page.select_option("select[name=status]", "missed")
    shown = page.locator("tr[data-row]:visible")
    count = shown.count()
    assert 0 < count < everything
    assert set(shown.evaluate_all("rows => rows.map(row => row.dataset.status)")) == {"missed"}
    assert page.locator("form.filter output").inner_text() == f"{count} / {everything}"
    page.reload()
    assert page.locator("tr[data-row]:visible").count() == count
