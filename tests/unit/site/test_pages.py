"""What the pages of an invented release say."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from eduplan.site.build import write_site
from tests.unit.site.conftest import CITY, EAST, NORTH, SCRIPT, SOUTH, WEST, Site

ADDRESS = re.compile(r"(?:https?:)?//[a-z0-9][a-z0-9.-]*\.[a-z]{2,}", re.IGNORECASE)
NOT_REQUESTED = ("http://www.w3.org",)  # names of formats, which nobody opens


class Page(HTMLParser):
    """The text, the links and the structure of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.headings: list[int] = []
        self.language: str | None = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        if tag == "html":
            self.language = given.get("lang")
        if given.get("id"):
            self.ids.append(given["id"])
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.links += [(tag, given[name]) for name in ("href", "src") if given.get(name)]


def plain(html: str, language: str) -> str:
    """The text of a piece of HTML as the reader of a language sees it."""
    other = "zh" if language == "en" else "en"
    shown = re.sub(rf'<span lang="{other}">.*?</span>', "", html)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown)).strip()


def row(text: str, first: str) -> str:
    """The table row that names something."""
    return next(each for each in re.findall(r"<tr.*?</tr>", text, re.DOTALL) if first in each)


def pages(site: Site) -> list[Path]:
    return sorted(site.folder.rglob("*.html"))


def test_the_scorecard_tells_value_target_and_status_in_both_languages(site):
    line = row(site.text("index.html"), "indicator/HLT-03.html")
    assert "HLT-03 Screening coverage 90.00% 2023-24 all" in plain(line, "en")
    assert "HLT-03 筛查覆盖率 90.00% 2023-24 全覆盖" in plain(line, "zh")
    assert "✘ missed" in plain(line, "en")
    assert "✘ 未达成" in plain(line, "zh")


def test_an_indicator_shows_the_division_behind_its_value(site):
    text = site.text("indicator/HLT-03.html")
    assert '<span class="fraction"><span>1,125</span><span>1,250</span></span> × 100 = <b>90.00%</b>' in text
    assert "1,125 of 1,250, 125 missing; does not reach the target" in plain(text, "en")
    assert "应有 1,250，已有 1,125，缺 125" in plain(text, "zh")
    assert "Pupils who were screened" in text
    assert "(persons)" not in text


@pytest.mark.parametrize(
    ("area", "said_en", "said_zh"),
    [(NORTH, "0.00%", "0.00%"), (SOUTH, "suppressed", "不公布"), (EAST, "missing", "缺"), (WEST, "n/a", "不适用")],
)
def test_zero_suppressed_missing_and_inapplicable_are_told_apart(site, area, said_en, said_zh):
    line = row(site.text("indicator/HLT-03.html").split('id="districts-table"')[1], f"district/{area}.html")
    told = [said for said in ("0.00%", "suppressed", "missing", "n/a") if said in plain(line, "en")]
    assert told == [said_en]
    assert said_zh in plain(line, "zh")


def test_charts_keep_absent_values_apart_from_zero(site):
    part = site.data("indicator/HLT-03.html", "chart-data")["parts"][0]
    assert {each["code"]: each["value"] for each in part["districts"]} == {NORTH: 0.0, SOUTH: "Q", EAST: "M", WEST: "N"}
    assert part["city"] == [80.0, 90.0]
    assert part["targets"][0]["level"] == 100.0
    entry = site.data("map.html", "map-data")["entries"][0]
    assert entry["values"] == [0.0, "Q", "M", "N"]
    assert entry["statuses"] == ["missed", "missed", None, None]


def test_a_suppressed_breakdown_tells_no_number(site):
    text = site.text("indicator/HLT-03.html").split('id="by-1"')[1]
    female = row(text, ">female<") if ">female<" in text else row(text, "female")
    assert "suppressed" in plain(female, "en")
    assert not re.search(r"\d", plain(female.split("</th>")[1], "en"))


def test_a_verdict_on_a_suppressed_value_tells_no_sum(make_site):
    site = make_site(
        change="update plan.status set obs_value = null, numerator = null, denominator = null, obs_status = 'Q' "
        f"where ref_area = '{CITY}'; update plan.indicator_values set obs_value = null, numerator = null, "
        f"denominator = null, obs_status = 'Q' where ref_area = '{CITY}' and reference_year = 2023"
    )
    site.write()
    text = site.text("indicator/HLT-03.html")
    assert "on which side of the target it lies" in text
    assert "1125" not in text
    assert "1,125" not in text


def test_every_page_with_values_explains_what_is_absent(site):
    for page in ("index.html", "indicator/HLT-03.html", f"district/{NORTH}.html", "map.html", "quality.html"):
        legend = site.text(page).split('id="absences"')[1]
        for word in ("suppressed", "不公布", "missing", "缺", "n/a", "不适用", "<b>0</b>"):
            assert word in legend, (page, word)


def test_a_school_cannot_bring_a_script_into_a_page(site):
    text = site.text("indicator/HLT-03.html")
    assert "&lt;script&gt;alert(&#39;pwned&#39;)&lt;/script&gt;" in text
    for page in pages(site):
        assert SCRIPT not in page.read_text(encoding="utf-8"), page
    assert SCRIPT not in (site.folder / "assets" / "search-index.js").read_text(encoding="utf-8")


def test_a_name_cannot_end_the_data_of_a_chart(make_site):
    site = make_site(change=f"update plan.areas set name_en = '</script>{SCRIPT.replace(chr(39), chr(34))}'")
    site.write()
    for page in pages(site):
        assert "</script><script>alert" not in page.read_text(encoding="utf-8"), page
    assert site.data("map.html", "map-data")["names"][0][0].startswith("</script><script>")


def test_failing_units_stand_by_name_those_that_lack_most_first(site):
    text = site.text("indicator/HLT-03.html").split('id="failing"')[1]
    assert "2 units do not reach full coverage in 2023-24." in plain(text, "en")
    assert text.index("alert") < text.index("南区第一小学")


def test_no_page_leads_or_asks_outside(site):
    checked = [path for path in site.folder.rglob("*") if path.suffix in (".html", ".css", ".svg")]
    checked += (site.folder / "assets").glob("*.js")
    assert len(checked) > 10
    for path in checked:
        text = path.read_text(encoding="utf-8")
        found = [address for address in ADDRESS.findall(text) if not address.startswith(NOT_REQUESTED)]
        assert found == [], path


def test_every_link_leads_somewhere(site):
    for page in pages(site):
        for _, link in Page(page.read_text(encoding="utf-8")).links:
            parts = urlsplit(link)
            if not parts.path:
                continue
            target = (page.parent / unquote(parts.path)).resolve()
            if target.is_relative_to(site.folder):
                assert target.is_file(), f"{page.name}: {link}"
                if parts.fragment and target.suffix == ".html":
                    assert unquote(parts.fragment) in Page(target.read_text(encoding="utf-8")).ids, (
                        f"{page.name}: {link}"
                    )


def test_every_page_can_be_read_aloud(site):
    for page in pages(site):
        text = page.read_text(encoding="utf-8")
        parsed = Page(text)
        assert parsed.language in ("zh", "en"), page
        assert parsed.tags.count("h1") == 1, page
        assert parsed.tags.count("main") == 1, page
        assert all(after - before <= 1 for before, after in zip(parsed.headings, parsed.headings[1:], strict=False)), (
            page
        )
        assert len(parsed.ids) == len(set(parsed.ids)), page
        assert 'class="skip" href="#content"' in text, page
        assert 'data-title-en="' in text, page


def test_a_chart_has_a_table_that_says_the_same(site):
    text = site.text("indicator/HLT-03.html")
    for chart, table in (("trend", "trend-table"), ("districts", "districts-table")):
        described = re.search(rf'id="{chart}" role="img"[^>]*aria-describedby="([^"]+)"', text)
        assert described is not None
        assert described[1] == table
        assert f'<table id="{table}"' in text


def test_a_chapter_lists_its_sections_and_indicators(site):
    text = site.text("chapter/ch3_development.html")
    assert "Health &amp; growth" in text
    assert "3.3-01 All pupils screened" in plain(row(text, 'id="c-3.3-01"'), "en")
    assert "HLT-03" in text


def test_a_district_stands_beside_the_city(site):
    line = row(site.text(f"district/{NORTH}.html"), 'data-verdict="worse"')
    assert "0.00% 90.00 −90.00 worse 1 / 1 2023-24" in plain(line, "en")


def test_a_target_of_districts_stands_on_their_pages_and_on_that_of_the_indicator(make_site):
    """One district has a value of its own; of two targets each says whose it is."""
    more = "insert into plan.targets select * replace (2 as target_number, 'national' as evidence) from plan.targets"
    for area, target, status in ((NORTH, 30, "missed"), (SOUTH, 50, "met"), (EAST, 50, "met")):
        more += (
            "; insert into plan.status select * replace (2 as target_number, 'hold' as kind, "
            f"{target} as target_value, '{status}' as status, '{area}' as ref_area) "
            f"from plan.status where ref_area = '{NORTH}' and target_number = 1"
        )
    site = make_site(change=more)
    site.write()
    told = plain(site.text("indicator/HLT-03.html"), "en")
    assert "≥ 50% ( national ) For districts. ✘ missed 1 ✔ met 2 With a value of their own, ≥ 30% : North" in told
    page = plain(site.text(f"district/{NORTH}.html"), "en")
    assert "all (plan)" in page
    assert "≥ 30% (national)" in page


def test_the_dictionary_leads_down_to_the_columns_that_senders_fill_in(site):
    text = site.text("dictionary/ch3_development.html")
    assert 'href="sources.html#screening"' in text
    assert "Pupils to be screened" in text
    assert "学校代码" in site.text("dictionary/sources.html")


def test_data_quality_tells_accounts_checks_and_suppression(site):
    text = plain(site.text("quality.html"), "en")
    assert "every file balances" in text
    assert "Screening 1 12 9 2 16.67% 1 0 0" in text
    assert "0 / 1 checks held" in text
    assert "never empty V01 critical 3 why do" in text
    assert "ch3_development.vision screened_pupils 40 3 7" in text


def test_a_commitment_names_what_decides_it(site):
    line = plain(row(site.text("commitments.html"), 'id="c-3.3-01"'), "en")
    assert "All pupils screened ✘ missed by HLT-03" in line


def test_a_revised_value_is_told_with_its_cause(make_site, tmp_path):
    before = make_site(
        name="before",
        change="update plan.indicator_values set obs_value = 88, numerator = 1100 "
        f"where ref_area = '{CITY}' and reference_year = 2023 and sex = '_T'",
    )
    now = make_site(name="now")
    now.write(previous=before.release / "marts.duckdb")
    text = plain(now.text("indicator/HLT-03.html").split('id="revisions"')[1], "en")
    assert "1 values differ from the release before" in text
    assert "Demo City 2023-24 88.00% 90.00% it is counted otherwise" in text
    line = plain(row(now.text("changes.html"), 'href="indicator/HLT-03.html#revisions"'), "en")
    assert "1 Demo City 2023-24: 88.00% → 90.00% it is counted otherwise" in line


FEWER = (
    "insert into plan.indicator_values by name select * replace ('{area}' as ref_area, 'district' as ref_area_level, "
    "{value} as obs_value, {decimals} as decimals) from plan.indicator_values "
    "where ref_area_level = 'city' and reference_year = 2023 and sex = '_T';"
)


def test_a_value_with_fewer_decimals_is_printed_so_and_never_said_to_differ_by_less(make_site):
    # The city has 90.30: a whole 90 may be more or less, a whole 89 is less.
    change = "update plan.indicator_values set decimals = 2; "
    change += "update plan.indicator_values set obs_value = 90.3 where ref_area_level = 'city' and obs_value = 90; "
    change += FEWER.format(area="990105", value=90.0, decimals=0) + FEWER.format(area="990106", value=89.0, decimals=0)
    areas = "('district', '990105', '中区', 'Middle', null), ('district', '990106', '远区', 'Far', null)"
    site = make_site(change=f"{change} insert into plan.areas values {areas}")
    site.write()
    page = site.text("indicator/HLT-03.html").split('id="districts-table"')[1]
    middle, far = (row(page, f'href="../district/{code}.html"') for code in ("990105", "990106"))
    assert plain(middle, "en").startswith("Middle 2023-24 90 % 0 1,125")
    assert plain(far, "zh").startswith("远区 2023-24 89 % −1 劣 1,125")
    assert middle.count('class="fewer"') == 2  # its value and the difference
    assert '<span class="fewer">' not in row(page, 'href="../district/990101.html"')
    own = row(site.text("district/990106.html"), 'href="../indicator/HLT-03.html"')
    assert "89 % 90.30 −1 worse 2 / 3" in plain(own, "en")
    told = {
        each["code"]: each["told"] for each in site.data("indicator/HLT-03.html", "chart-data")["parts"][0]["districts"]
    }
    assert (told["990105"], told["990101"]) == (0, 2)


def test_pages_say_once_why_values_have_fewer_decimals(site):
    for page in ("indicator/HLT-03.html", "district/990101.html", "map.html", "index.html"):
        assert site.text(page).count('data-note="fewer"') == 1


def test_a_value_told_with_fewer_decimals_than_before_is_a_matter_of_disclosure(make_site):
    before = make_site(
        name="before", change="update plan.indicator_values set decimals = 2, obs_value = obs_value + 0.2"
    )
    now = make_site(name="now", change="update plan.indicator_values set decimals = 0")
    now.write(previous=before.release / "marts.duckdb")
    text = plain(now.text("indicator/HLT-03.html").split('id="revisions"')[1], "en")
    assert "Demo City 2023-24 90.20% 90 % it is told now, or no longer, or with other decimals" in text


def test_a_release_that_revises_nothing_says_so(make_site):
    before, now = make_site(name="before"), make_site(name="now")
    now.write(previous=before.release / "marts.duckdb")
    assert "No value of the city or a district differs" in now.text("changes.html")
    assert "No value of the city or a district differs" in now.text("indicator/HLT-03.html")


def test_the_page_for_what_is_not_there_leads_back_from_any_depth(site):
    text = site.text("404.html")
    assert 'href="/site/index.html"' in text
    assert 'href="/site/assets/site.css"' in text
    assert "There is no such page" in text


def test_a_figure_leads_down_to_the_headers_that_senders_use(site):
    text = plain(site.text("indicator/HLT-03.html"), "en")
    assert "Columns, by the header that senders use" in text


def test_without_a_release_before_there_is_nothing_to_compare(site):
    assert "There was no release before this one" in site.text("indicator/HLT-03.html")
    assert "There was no release before this one" in site.text("changes.html")


def test_a_release_without_indicators_has_no_site(make_site):
    site = make_site(change="delete from plan.indicators")
    assert site.write() is None
    assert not site.folder.exists()


def test_equal_releases_give_equal_sites(make_site):
    one, two = make_site(name="one"), make_site(name="two")
    one.write()
    two.write()
    for path in (path for path in one.folder.rglob("*") if path.is_file()):
        assert path.read_bytes() == (two.folder / path.relative_to(one.folder)).read_bytes(), path


def test_progress_is_told(make_site):
    from contextlib import contextmanager

    site, steps = make_site(), []

    class Counting:
        @contextmanager
        def task(self, title, total):
            steps.append((title, total))
            yield lambda done: steps.append(done)

        def say(self, line):
            raise AssertionError(line)

    write_site(site.connection, site.project, site.release, models={}, contracts={}, progress=Counting())
    assert steps[0] == ("Writing the site", 2)
    assert sum(steps[1:]) == 2
