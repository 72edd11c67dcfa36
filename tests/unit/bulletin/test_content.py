"""What a bulletin says of a small release whose figures can be counted on fingers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from eduplan.bulletin.content import Bulletin, Line
from eduplan.bulletin.facts import origins
from eduplan.bulletin.figures import figure
from eduplan.bulletin.pages import UNITS_ON_PAPER, pages, parts
from eduplan.bulletin.revisions import revisions
from eduplan.bulletin.write import reference_year
from eduplan.errors import EnvironmentFault
from eduplan.indicators.tables import DIMENSIONS, TOTAL

Make = Callable[..., Bulletin]


def line(bulletin: Bulletin, code: str, name: str = "") -> Line:
    (found,) = [each for each in bulletin.lines if each.code == code and name in each.name]
    return found


def test_an_indicator_counts_once_by_the_worst_of_its_lines(bulletin: Make) -> None:
    # CMP-04 has a met and an insufficient line; it counts as insufficient alone.
    assert bulletin().counts == {"missed": 1, "insufficient_data": 1, "context": 1}
    assert [(chapter.number, dict(chapter.counts)) for chapter in bulletin().chapters] == [
        (3, {"missed": 1}),
        (4, {"insufficient_data": 1, "context": 1}),
    ]


def test_a_line_has_the_value_the_year_before_the_target_and_the_deadline(bulletin: Make) -> None:
    found = line(bulletin(), "HLT-11")
    assert (found.shown, found.before, found.target, found.deadline) == ("96.3%", "90.0%", "all", "2022")
    assert (found.word, found.since, found.coverage, found.period) == ("missed", 2022, 95.0, "2024-25")
    assert found.trend == ((2023, 90.0), (2024, 96.25))


def test_values_are_printed_with_the_decimals_in_which_each_is_told(bulletin: Make, database: Path) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "update plan.indicator_values set decimals = case reference_year when 2023 then 0 else 1 end"
        )
        connection.execute("update plan.status set decimals = case ref_area_level when 'city' then 1 else 0 end")
    made = bulletin()
    found = line(made, "HLT-11")
    assert (found.shown, found.before, found.told_in(2023), found.decimals) == ("96.3%", "90%", 0, 1)
    assert [found.has_fewer_decimals(year) for year in (2023, 2024)] == [True, False]
    assert not line(made, "CMP-04", "primary").has_fewer_decimals(2022)
    assert (made.side_by_side[0][0].shown, made.side_by_side[0][0].has_fewer_decimals) == ("100%", True)


@pytest.mark.parametrize(("lang", "missing", "inapplicable"), [("en", "missing", "n/a"), ("zh", "缺", "不适用")])
def test_nought_missing_inapplicable_and_suppressed_stay_apart(
    bulletin: Make, lang: str, missing: str, inapplicable: str
) -> None:
    made = bulletin(lang)
    primary, junior = [each for each in made.lines if each.code == "CMP-04"]
    if "junior" in primary.name:
        primary, junior = junior, primary
    assert (primary.shown, primary.before, junior.shown) == ("0.00%", missing, inapplicable)
    assert made.side_by_side[0][1].shown == {"en": "suppressed", "zh": "不公布"}[lang]
    assert made.side_by_side[0][1].value is None


def test_districts_that_ended_are_not_compared(bulletin: Make) -> None:
    made = bulletin()
    assert list(made.districts.values()) == ["East", "West"]
    assert [cell.status for cell in made.side_by_side[0]] == ["met", "missed"]


def test_districts_and_schools_that_are_the_reason_are_named_and_counted(bulletin: Make) -> None:
    made = bulletin()
    (reason,) = made.chapters[0].reasons
    assert list(reason.districts) == ["West"]
    assert (reason.units[0], reason.units_in_all) == ("第8小学", 9)
    (told,) = pages(made)["chapters"][0]["reasons"]
    assert told["districts"] == "West"
    assert told["units"] == f"第8小学, 第7小学, 第6小学, 第5小学, 第4小学, 第3小学 and {9 - UNITS_ON_PAPER} more"


def test_an_earlier_period_has_its_own_values_and_nothing_later(bulletin: Make) -> None:
    made = bulletin(year=2023)
    assert made.material.period == "2023-24"
    assert line(made, "HLT-11").shown == "90.0%"
    assert {each.code for each in made.lines} == {"HLT-11", "ENR-01"}
    assert list(made.districts.values()) == ["Gone"]


def test_a_period_without_values_is_refused(bulletin: Make) -> None:
    with pytest.raises(EnvironmentFault, match="no values of 2019"):
        bulletin(year=2019)


def test_thousands_are_set_apart_and_years_never_are(bulletin: Make) -> None:
    assert line(bulletin(), "ENR-01").shown == "12,400"
    assert line(bulletin(), "HLT-11").deadline == "2022"
    assert (figure(-1234.565, 2), figure(999, 0), figure(0.005, 2, "%")) == ("-1,234.57", "999", "0.01%")


def test_origins_are_counted(bulletin: Make) -> None:
    assert origins(bulletin())["found"] == 3


def revised(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    names = ["indicator", "time_period", "ref_area_level", "ref_area", "stage", "old_value", "new_value"]
    names += ["old_status", "new_status", "cause", "batches"]
    frame = pl.DataFrame(rows, schema=names, schema_overrides={"ref_area_level": pl.String}, orient="row")
    return frame.with_columns(pl.lit(TOTAL).alias(name) for name in DIMENSIONS if name not in names)


def test_revised_values_are_named_with_their_cause_and_the_city_comes_first(bulletin: Make) -> None:
    rows: list[tuple[object, ...]] = [
        ("HLT-11", "2023-24", "district", "990101", "_T", 70.0, 90.0, "A", "A", "definition", []),
        ("HLT-11", "2023-24", "city", "990100", "_T", 89.0, 90.0, "A", "A", "batches", ["health 2023-24"]),
        ("ENR-01", "2023-24", "city", "990100", "_T", 10000.0, None, "A", "Q", "disclosure", []),
    ]
    made = bulletin(previous_id="2026-11-22T030000-aaaaaaaa", revised=revised(rows))
    found = [(each.code, each.area, each.old, each.new, each.cause) for each in revisions(made)]
    assert found == [
        ("ENR-01", "City", "10,000", "suppressed", "withheld, or told with fewer decimals, in one of the releases"),
        ("HLT-11", "City", "89.0%", "90.0%", "other files: Health returns"),
        ("HLT-11", "East", "70.0%", "90.0%", "another version of the definition"),
    ]


def test_the_part_that_was_revised_is_named_in_the_language_of_the_bulletin(bulletin: Make) -> None:
    row = ("HLT-11", "2023-24", "city", "990100", TOTAL, 89.0, 90.0, "A", "A", "rows", [])
    of_towns = revised([row]).with_columns(urban_class=pl.lit("town"))
    parts = {lang: revisions(bulletin(lang, revised=of_towns))[0].part for lang in ("en", "zh")}
    assert parts == {"en": "town", "zh": "镇区"}


def test_a_page_says_whether_anything_could_be_compared(bulletin: Make) -> None:
    assert "This is the first release" in pages(bulletin())["changes"]["says"][0]
    unchanged = pages(bulletin(previous_id="2026-11-22T030000-aaaaaaaa", revised=revised([])))
    assert unchanged["changes"] == {
        "says": ["No value that the release 2026-11-22T030000-aaaaaaaa published was revised."],
        "rows": [],
    }


def test_the_summary_counts_each_indicator_once(bulletin: Make) -> None:
    assert pages(bulletin())["summary"] == [
        "Of 2 indicators with a target, 0 are met or on track (0 %), 0 at risk, 1 off track or missed; "
        "for 1 there is not enough data."
    ]


@pytest.mark.parametrize(
    ("number", "sizes"), [(0, []), (1, [1]), (14, [14]), (15, [8, 7]), (29, [10, 10, 9]), (42, [14, 14, 14])]
)
def test_districts_are_shared_out_among_tables_of_about_equal_width(number: int, sizes: list[int]) -> None:
    assert [len(range(number)[part]) for part in parts(number, 14)] == sizes


@pytest.mark.parametrize(("text", "year"), [("2024-25", 2024), ("2024", 2024), ("1999-00", 1999)])
def test_a_period_is_a_school_year_or_a_year(text: str, year: int) -> None:
    assert reference_year(text) == year


@pytest.mark.parametrize("text", ["2024-26", "24-25", "2024-2025", "latest", ""])
def test_other_periods_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="school year"):
        reference_year(text)
