"""Every page of the site can be reached, and every link of every page leads somewhere."""

from __future__ import annotations

import http.client
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from tests.browser.conftest import Site


class Links(HTMLParser):
    """What a page links to and loads, and the places in it that others can link to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.targets.add(value)
            elif name == "id" and value:
                self.anchors.add(value)


@dataclass
class Crawl:
    """What a reader who follows every link sees."""

    statuses: dict[str, int] = field(default_factory=dict)
    anchors: dict[str, set[str]] = field(default_factory=dict)
    links: list[tuple[str, str, str]] = field(default_factory=list)  # page, target, place in it
    texts: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def crawl(site: Site) -> Crawl:
    """Follows every link from the first page on, within the server."""
    found, waiting = Crawl(), ["/site/index.html"]
    connection = http.client.HTTPConnection(site.host, timeout=60)
    while waiting:
        path = waiting.pop()
        if path in found.statuses:
            continue
        is_page = path.endswith((".html", "/"))
        connection.request("GET" if is_page else "HEAD", path)
        answer = connection.getresponse()
        found.statuses[path] = answer.status
        text = answer.read().decode("utf-8")
        if answer.status != 200 or not is_page:
            continue
        links = Links(text)
        found.texts[path], found.anchors[path] = text, links.anchors
        for target in links.targets:
            parts = urlsplit(urljoin(f"http://{site.host}{path}", target))
            if parts.scheme in ("http", "https") and parts.netloc == site.host:
                waiting.append(parts.path)
                found.links.append((path, parts.path, unquote(parts.fragment)))
            elif parts.scheme not in ("data", "mailto", "javascript"):
                found.links.append((path, target, ""))
    connection.close()
    return found


def test_every_link_leads_somewhere(crawl: Crawl) -> None:
    broken = {path: status for path, status in crawl.statuses.items() if status != 200}
    from_pages = [f"{page} -> {target}: {broken[target]}" for page, target, _ in crawl.links if target in broken]
    assert broken == {}, sorted(from_pages)[:20]


def test_every_link_into_a_page_finds_its_place(crawl: Crawl) -> None:
    lost = [
        f"{page} -> {target}#{place}"
        for page, target, place in crawl.links
        if place and target in crawl.anchors and place not in crawl.anchors[target]
    ]
    assert lost == []


def test_no_page_is_left_out(crawl: Crawl, site: Site) -> None:
    reached = {unquote(path.removeprefix("/site/")) for path in crawl.statuses}
    assert [page for page in site.pages if page not in reached] == ["404.html"]  # which a server shows by itself


def test_no_page_loads_anything_from_another_host(crawl: Crawl) -> None:
    elsewhere = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*\b(?:src|href)=[\"']?(?:https?:)?//")
    assert [path for path, text in crawl.texts.items() if elsewhere.search(text)] == []


def test_every_page_has_one_main_heading_and_a_title_in_both_languages(crawl: Crawl) -> None:
    wrong = [
        path
        for path, text in crawl.texts.items()
        if text.count("<h1") != 1 or not re.search(r'data-title-en="[^"]+" data-title-zh="[^"]+"', text)
    ]
    assert wrong == []
