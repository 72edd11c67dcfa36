"""The demo city's release behind ``eduplan serve``, and a browser that takes note of everything that goes wrong.

The browser is the system's own Chromium; nothing is downloaded. Where there is none, these tests are skipped.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
import pytest

from eduplan.site.navigation import NAVIGATION
from tests.conftest import EDUPLAN, ROOT, DemoCity

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
MAIN = [entry.file for entry in NAVIGATION]
"""The pages that every page leads to."""
PATIENCE_MS = 60_000
"""The machine may be busy with other tests; what must be quick is measured on its own."""


@dataclass(frozen=True)
class Site:
    """A served release.

    Attributes:
        host: Where the server listens.
        folder: The release that it serves.
    """

    host: str
    folder: Path

    def url(self, page: str) -> str:
        return f"http://{self.host}/site/{page}"

    @property
    def pages(self) -> list[str]:
        """Every page of the site, as a path below its folder."""
        site = self.folder / "site"
        return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


@dataclass
class Notes:
    """What went wrong on a page, and where its requests went."""

    errors: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def watch(self, page: Any) -> None:
        page.on("console", lambda line: self.errors.append(line.text) if line.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("requestfailed", lambda request: self._failed(request.url, request.failure))
        page.on("response", lambda answer: self._answered(answer.url, answer.status))
        page.on("request", lambda request: self._asked(request.url))

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob", "file"):
            self.hosts.add(parts.netloc)

    def _failed(self, url: str, why: str) -> None:
        if why != "net::ERR_ABORTED":  # the test went on to the next page before the icon was there
            self.errors.append(f"{url}: {why}")

    def _answered(self, url: str, status: int) -> None:
        if status >= 400:
            self.errors.append(f"{url}: {status}")


@pytest.fixture(scope="session")
def site(demo_city: DemoCity) -> Iterator[Site]:
    """The demo city's release, served by the program itself."""
    assert demo_city.exit_code == 0, "the night failed, so there is no release to look at"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{probe.getsockname()[1]}"
    port = host.split(":")[1]
    server = subprocess.Popen(
        [EDUPLAN, "serve", "--port", port, "--data", demo_city.data], cwd=ROOT, env=demo_city.environment
    )
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                urllib.request.urlopen(f"http://{host}/manifest.json", timeout=5).close()
                break
            except OSError:
                assert server.poll() is None, "the server ended"
                assert time.monotonic() < deadline, "the server did not answer within 30 s"
                time.sleep(0.1)
        yield Site(host, (demo_city.data / "marts" / "current").resolve())
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split())
        yield started
        started.close()


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


def new_context(browser: Any) -> Any:
    """A reader who was never here before."""
    made = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", accept_downloads=True)
    made.set_default_timeout(PATIENCE_MS)
    return made


@pytest.fixture
def context(browser: Any) -> Iterator[Any]:
    """A reader who was never here before."""
    made = new_context(browser)
    yield made
    made.close()


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def page(context: Any, notes: Notes) -> Any:
    """An empty page; ``notes`` tells what went wrong on it."""
    opened = context.new_page()
    notes.watch(opened)
    return opened
