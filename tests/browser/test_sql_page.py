"""The SQL page: DuckDB in the browser answers as DuckDB on this machine does, and asks nobody else."""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import duckdb
import pytest

from tests.browser.conftest import Notes, Site, new_context

LARGEST = """
select schema_name || '.' || table_name from duckdb_tables()
where database_name = current_database() order by estimated_size desc limit 1
"""
TYPES = """
select
    -0.05::decimal(9, 2) as small, 12345678901234567890123::hugeint as huge, -7::bigint as whole,
    0.1 + 0.2::double as real,
    date '2024-02-29' as day, timestamp '2024-02-29 10:11:12' as moment, true as yes, null as nothing, '' as empty,
    ['a', null] as several, {'k': 1.50} as pair, 'x,"y"
z' as text
"""
Ask = Callable[[str], Any]


@pytest.fixture(scope="module")
def started(browser: Any, site: Site) -> Iterator[tuple[Any, Notes]]:
    """The page with DuckDB started, once for all tests: starting takes longer than asking."""
    context, notes = new_context(browser), Notes()
    page = context.new_page()
    notes.watch(page)
    page.goto(site.url("sql.html?lang=en"))
    page.wait_for_selector("#sql-page[data-state=ready]")
    yield page, notes
    context.close()


@pytest.fixture
def page(started: tuple[Any, Notes]) -> Iterator[Any]:
    page, _ = started
    yield page
    if page.evaluate("document.documentElement.lang") != "en":
        page.click("#language")
    page.fill("#sql-filter", "")


@pytest.fixture
def notes(started: tuple[Any, Notes]) -> Notes:
    _, notes = started
    notes.errors.clear()
    return notes


@pytest.fixture
def ask(page: Any) -> Ask:
    """Runs a query on the page and waits until it is through."""

    def run(sql: str) -> Any:
        page.fill("#sql", sql)
        page.click("#sql-run")
        settle(page)
        return page.locator("#sql-result")

    return run


def settle(page: Any) -> None:
    page.wait_for_selector("#sql-page[aria-busy=false]")
    page.wait_for_selector("#sql-run:enabled")


def shown(result: Any) -> list[list[str]]:
    """The cells of the answer."""
    return [row.split("\t") for row in result.locator("tbody").inner_text().splitlines()]


def downloaded(page: Any, folder: Path) -> list[list[str]]:
    with page.expect_download() as waiting:
        page.click("#sql-save")
    file = folder / "answer.csv"
    waiting.value.save_as(file)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines))


@pytest.fixture
def marts(site: Site) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(site.folder / "marts.duckdb"), read_only=True)


def test_it_answers_as_duckdb_does_and_asks_nobody_else(
    ask: Ask, page: Any, notes: Notes, site: Site, marts: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    query = """
        select indicator, time_period, sum(numerator) as numerator, count(*) as figures
        from plan.indicator_values where ref_area_level = 'district' group by all order by all
    """
    expected = marts.execute(query).fetchall()
    assert len(expected) > 100
    ask(query)
    assert page.locator("#sql-status").inner_text().startswith(f"{len(expected):,} rows in ")
    rows = downloaded(page, tmp_path)
    assert rows[0] == ["indicator", "time_period", "numerator", "figures"]
    assert [
        (indicator, period, Decimal(numerator) if numerator else None, int(figures))
        for indicator, period, numerator, figures in rows[1:]
    ] == expected
    assert notes.hosts == {site.host}
    assert notes.errors == []


def test_values_of_every_kind_are_told_exactly(ask: Ask, page: Any, tmp_path: Path) -> None:
    ask(TYPES)
    names, cells = downloaded(page, tmp_path)
    assert dict(zip(names, cells, strict=True)) == {
        "small": "-0.05",
        "huge": "12345678901234567890123",
        "whole": "-7",
        "real": "0.30000000000000004",
        "day": "2024-02-29",
        "moment": "2024-02-29 10:11:12",
        "yes": "true",
        "nothing": "",
        "empty": "",
        "several": "[a, NULL]",
        "pair": "{'k': 1.50}",
        "text": 'x,"y"\nz',
    }


def test_a_group_by_over_the_largest_table_takes_less_than_a_second(
    ask: Ask, page: Any, marts: duckdb.DuckDBPyConnection
) -> None:
    (table,) = marts.execute(LARGEST).fetchone() or ("",)
    query = f"select indicator, ref_area_level, time_period, count(*), sum(numerator) from {table} group by all"
    ask(query)
    started = time.monotonic()
    result = ask(query)
    assert result.locator("tbody tr").count() > 100
    took = re.search(r"in ([\d.]+) s", page.locator("#sql-status").inner_text())
    assert took is not None
    assert float(took[1]) < 1
    assert time.monotonic() - started < 5


def test_the_database_comes_in_pieces_of_one_release(page: Any, ask: Ask, site: Site) -> None:
    asked: list[tuple[str, str | None]] = []
    page.context.on("request", lambda request: asked.append((request.url, request.headers.get("range"))))
    ask("select count(distinct school_code) from ch1_context.enrolment")
    of_database = [(url, part) for url, part in asked if "marts.duckdb" in url]
    assert all(url.endswith(f"?release={site.folder.name}") and part for url, part in of_database)
    ask("select count(distinct school_code) from ch1_context.enrolment")
    assert len(asked) == len(of_database), "what was read once is not read again"


def test_every_example_has_an_answer(page: Any, notes: Notes) -> None:
    examples = page.locator("[data-sql]")
    assert examples.count() >= 8
    for place in range(examples.count()):
        examples.nth(place).click()
        settle(page)
        status = page.locator("#sql-status")
        assert status.get_attribute("class") == "done", f"{examples.nth(place).inner_text()}: {status.inner_text()}"
        assert page.locator("#sql-result tbody tr").count() > 0, examples.nth(place).inner_text()
    assert notes.errors == []


def test_tables_are_listed_with_their_meaning_in_both_languages(
    page: Any, marts: duckdb.DuckDBPyConnection, ask: Ask
) -> None:
    (tables,) = marts.execute(
        "select count(*) from duckdb_tables() where database_name = current_database()"
    ).fetchone()
    assert page.locator("#sql-tables details").count() == tables
    page.fill("#sql-filter", "failing_units")
    entry = page.locator("#sql-tables details:visible", has_text="failing_units").first
    entry.locator("summary").click()
    (comment,) = marts.execute("select comment from duckdb_tables() where table_name = 'failing_units'").fetchone()
    english, chinese = comment.split(" | ")
    entry.locator("ul").wait_for()  # the browser tells that it was opened a moment later
    assert english in entry.inner_text()
    page.click("#language")
    assert chinese in entry.inner_text()
    entry.locator("button.quiet").click()
    settle(page)
    assert page.locator("#sql").input_value() == "select *\nfrom plan.failing_units\nlimit 100"
    assert page.locator("#sql-result tbody tr").count() == 100


@pytest.mark.parametrize(
    ("query", "says", "zh"),
    [
        ("selec 1", "This is not SQL that DuckDB understands:", "DuckDB 无法理解此 SQL："),
        ("from plan.nosuch", "There is no such table", "没有这个表"),
        ("select nosuch from plan.status", "A name in the query does not fit:", "查询中的名称不符："),
        ("delete from plan.status", "A release can be read and never changed:", "发布的数据只能读取，不能修改："),
        ("select json_extract('{}', '$')", 'needs DuckDB\'s extension "json"', "需要 DuckDB 扩展“json”"),
        (
            "from read_csv('http://127.0.0.1:1/x.csv')",
            "This page reads the released database",
            "只能读取已发布的数据库",
        ),
        ("set lock_configuration = false", "Settings cannot be changed here:", "此处不能更改设置："),
        (" ", "There is no query to run.", "没有可运行的查询。"),
    ],
)
def test_errors_are_told_plainly(ask: Ask, page: Any, query: str, says: str, zh: str) -> None:
    ask(query)
    status = page.locator("#sql-status")
    assert says in status.inner_text()
    assert "duckdb-eh.worker.js" not in status.inner_text()
    assert "exception_type" not in status.inner_text()
    page.click("#language")
    assert zh in status.inner_text()
    assert shown(ask("select 42 as answer")) == [["42"]], "the page goes on after an error"


@pytest.mark.parametrize(
    "query",
    [
        "select count(*) from range(100000000000)",
        # One step of this takes minutes, and DuckDB listens only between steps.
        "select count(*) from range(1000000) a, range(1000000) b where a.range + b.range = -1",
    ],
)
def test_a_query_that_would_never_end_can_be_stopped(page: Any, ask: Ask, query: str) -> None:
    page.fill("#sql", query)
    page.click("#sql-run")
    page.click("#sql-stop")
    settle(page)
    assert page.locator("#sql-status").inner_text() == "Stopped."
    assert shown(ask("select 42 as answer")) == [["42"]]


def test_a_link_holds_the_query(ask: Ask, page: Any, context: Any, site: Site) -> None:
    query = "select 'a & b + 中文 #1' as text\n-- 100 %"
    ask(query)
    page.click("#sql-copy")
    assert urlsplit(page.url).fragment == "q=" + quote(query, safe="!'()*~")
    other = context.new_page()
    other.goto(page.url)
    other.wait_for_selector("#sql-result table")
    assert other.locator("#sql").input_value() == query
    assert shown(other.locator("#sql-result")) == [["a & b + 中文 #1"]]


def test_the_editor_can_be_used_and_left_with_the_keyboard(page: Any) -> None:
    page.fill("#sql", "select")
    page.press("#sql", "End")
    page.keyboard.press("Tab")
    assert page.locator("#sql").input_value() == "select    "
    page.keyboard.type("7 as seven")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#sql-result table")
    assert shown(page.locator("#sql-result")) == [["7"]]
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "sql-run"


def test_a_browser_without_webassembly_is_told(context: Any, site: Site) -> None:
    context.add_init_script("delete window.WebAssembly")
    page = context.new_page()
    page.goto(site.url("sql.html?lang=en"))
    page.wait_for_selector("#sql-status.trouble")
    assert "cannot run WebAssembly" in page.locator("#sql-status").inner_text()
    assert page.locator("#sql-run").is_disabled()


def test_a_page_from_the_file_system_says_what_to_do(context: Any, site: Site) -> None:
    page, notes = context.new_page(), Notes()
    notes.watch(page)
    page.goto((site.folder / "site" / "sql.html").as_uri() + "?lang=en")
    page.wait_for_selector("#sql-status.trouble")
    assert "eduplan serve" in page.locator("#sql-status").inner_text()
    assert notes.errors == []


def test_a_release_that_is_gone_is_told(context: Any, site: Site) -> None:
    page = context.new_page()
    page.route("**/marts.duckdb*", lambda route: route.fulfill(status=404, body=""))
    page.goto(site.url("sql.html?lang=en"))
    page.wait_for_selector("#sql-status.trouble")
    assert "Load the page again" in page.locator("#sql-status").inner_text()


def test_a_server_without_ranges_is_told(context: Any, site: Site) -> None:
    page = context.new_page()
    page.route("**/marts.duckdb*", lambda route: route.fulfill(status=200, body="whole"))
    page.goto(site.url("sql.html?lang=en"))
    page.wait_for_selector("#sql-status.trouble")
    assert "HTTP Range" in page.locator("#sql-status").inner_text()
