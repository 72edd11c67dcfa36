"""Measures how long a reader waits for the pages of a release: ``python -m benchmarks.pages --data data``.

Prints, as medians over fresh visits with nothing kept from before: until a page can be used, until the SQL page is
ready, and how long a group-by over the largest published table takes there. Needs Chromium and a release.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

EDUPLAN = Path(sys.executable).with_name("eduplan")
PAGES = (
    "index.html",
    "commitments.html",
    "chapter/ch4_system.html",
    "indicator/HLT-01.html",
    "indicator/CMP-14.html",
    "districts.html",
    "district/990101.html",
    "map.html",
    "bulletin.html",
    "dictionary/ch7_resources.html",
    "dictionary/sources.html",
    "quality.html",
    "checks.html",
)
# Usable: everything is loaded, every script has run, and what they drew was painted.
USABLE = """
() => new Promise(resolve => {
    const painted = () => requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
    if (document.readyState === 'complete') painted(); else addEventListener('load', painted);
})
"""
LARGEST = """
select schema_name || '.' || table_name as mart, estimated_size from duckdb_tables()
where database_name = current_database() and schema_name <> 'about' order by estimated_size desc limit 1
"""


def main() -> None:
    """Measures and prints."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="data folder with a release")
    parser.add_argument("--visits", type=int, default=7, help="visits of each page")
    asked = parser.parse_args()
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("there is no Chromium on this machine")
    with serving(asked.data) as host, sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox"])
        for page in PAGES:
            waits = [wait_for(browser, f"{host}/site/{page}") for _ in range(asked.visits)]
            print(f"{page:32} {statistics.median(waits):7.0f} ms   {min(waits):6.0f} to {max(waits):.0f}")  # noqa: T201
        for line in sql_page(browser, host, asked.data / "marts" / "current" / "marts.duckdb", asked.visits):
            print(line)  # noqa: T201
        browser.close()


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """The release behind ``eduplan serve``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    host = f"http://127.0.0.1:{port}"
    server = subprocess.Popen([EDUPLAN, "serve", "--port", str(port), "--data", data], stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{host}/manifest.json", timeout=5).close()  # noqa: S310 - this machine's own address
                break
            except OSError:
                time.sleep(0.1)
        yield host
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_for(browser: Any, url: str) -> float:
    """Milliseconds from asking for a page until it can be used, by a reader who was never here before."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    page = context.new_page()
    page.goto(url, wait_until="commit")
    waited = float(page.evaluate(USABLE))
    context.close()
    return waited


def sql_page(browser: Any, host: str, database: Path, visits: int) -> Iterator[str]:
    """Until the SQL page is ready, and a group-by over the largest table, the first time and after."""
    with duckdb.connect(str(database), read_only=True) as marts:
        mart, rows = marts.execute(LARGEST).fetchone() or ("", 0)
        columns = [name for name, *_ in marts.execute(f"describe {mart}").fetchall()][:3]
    query = f"select {', '.join(columns)}, count(*) as n from {mart} group by all"  # noqa: S608
    ready, first, again = [], [], []
    for _ in range(visits):
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
        page = context.new_page()
        started = time.perf_counter()
        page.goto(f"{host}/site/sql.html?lang=en")
        page.wait_for_selector("#sql-page[data-state=ready]")
        ready.append(time.perf_counter() - started)
        for took in (first, again):
            page.fill("#sql", query)
            started = time.perf_counter()
            page.click("#sql-run")
            page.wait_for_selector("#sql-page[aria-busy=false]")
            page.wait_for_selector("#sql-result tbody tr")
            took.append(time.perf_counter() - started)
        context.close()
    yield f"{'sql.html, ready':32} {1000 * statistics.median(ready):7.0f} ms"
    yield f"{'group-by, first':32} {1000 * statistics.median(first):7.0f} ms   {mart}, {rows:,} rows"
    yield f"{'group-by, again':32} {1000 * statistics.median(again):7.0f} ms"


if __name__ == "__main__":
    main()
