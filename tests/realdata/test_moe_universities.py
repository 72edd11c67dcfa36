"""The ministry's list of universities: two BIFF8 workbooks with province headings between the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.realdata.conftest import Warehouse

EXAMPLE = "moe_universities"


def test_headings_are_dropped_and_counted(warehouse: Warehouse) -> None:
    assert warehouse.batches() == [
        ("adult_institution", 278, 248, 0, 0, 30),
        ("ordinary_institution", 2_950, 2_919, 0, 0, 31),
    ]


def test_counts_of_the_notice(warehouse: Warehouse) -> None:
    counts = [warehouse.indicator(f"HED-01.{kind}")[0] for kind in ("ordinary", "undergraduate", "vocational", "adult")]
    assert counts == [2_919, 1_365, 1_554, 248]


def test_headings_fill_all_31_provinces(warehouse: Warehouse) -> None:
    assert warehouse.rows(
        "select count(*), sum(heading_count) from ch4_system.institutions_by_province where list_name = 'ordinary'"
    ) == [(31, 2_918)]


def test_contradicting_heading_is_reported_and_its_rows_kept(warehouse: Warehouse) -> None:
    assert warehouse.offending("cross.heading_count") == 1
    assert warehouse.rows(
        "select division_code, heading_count, institutions from ch4_system.institutions_by_province "
        "where heading_count <> institutions"
    ) == [("46", 27, 28)]


def test_numbers_and_texts_of_the_code_column_become_one_text(warehouse: Warehouse) -> None:
    assert warehouse.rows(
        "select count(*), count(distinct institution_code), min(length(institution_code)), "
        "max(length(institution_code)) from ch4_system.institutions"
    ) == [(3_167, 3_167, 10, 10)]


def test_trailing_space_of_a_name_is_gone(warehouse: Warehouse) -> None:
    assert warehouse.rows(
        "select count(*) from ch4_system.institutions where institution_name = '渤海船舶职业学院'"
    ) == [(1,)]


def test_code_shows_the_province_but_for_two_that_moved(warehouse: Warehouse) -> None:
    assert warehouse.offending("cross.code_province") == 2
    assert warehouse.rows(
        "select institution_name, division_code, code_province from ch4_system.institutions "
        "where code_province <> division_code order by institution_code"
    ) == [("吉利学院", "51", "11"), ("海关管理干部学院", "13", "31")]
