"""Primary schools of Taiwan, school year ROC 113: one wide file under four contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.realdata.conftest import Warehouse

EXAMPLE = "taiwan_primary"


def test_every_row_is_staged_under_each_contract(warehouse: Warehouse) -> None:
    assert warehouse.batches() == [
        (source, 2668, 2668, 0, 0, 0) for source in ("class_count", "primary_school", "pupil_count", "staff_count")
    ]


def test_republic_era_year_becomes_school_year(warehouse: Warehouse) -> None:
    assert warehouse.rows("select distinct school_year from ch7_resources.primary_schools") == [("2024-25",)]


def test_pupils_by_grade_and_sex(warehouse: Warehouse) -> None:
    assert warehouse.indicator("ENR-01.pupils")[0] == 1_202_761
    assert warehouse.indicator("ENR-01.pupils", sex="M")[0] == 623_204
    assert warehouse.indicator("ENR-01.pupils", sex="F")[0] == 579_557
    by_grade = [warehouse.indicator("ENR-01.pupils", grade=f"p{number}")[0] for number in range(1, 7)]
    assert by_grade == [181_971, 195_906, 206_317, 209_646, 198_119, 210_802]


def test_classes_teachers_and_ratios(warehouse: Warehouse) -> None:
    assert warehouse.rows(
        "select sum(classes), sum(teachers), sum(teachers_male), sum(teachers_female), sum(other_staff) "
        "from ch7_resources.primary_schools"
    ) == [(52_398, 100_374, 27_147, 73_227, 9_505)]
    assert round(warehouse.indicator("TEA-01")[0], 5) == 11.98279
    assert round(warehouse.indicator("CLS-01")[0], 5) == 22.95433


def test_names_repeat_but_codes_do_not(warehouse: Warehouse) -> None:
    assert warehouse.rows(
        "select count(*) - count(distinct school_name), count(*) - count(distinct school_code) "
        "from ch7_resources.primary_schools"
    ) == [(464, 0)]


def test_codes_keep_their_leading_zero(warehouse: Warehouse) -> None:
    assert warehouse.rows(
        "select count(*) from ch7_resources.primary_schools where school_code like '0%' and length(school_code) = 6"
    ) == [(1_337,)]


def test_schools_without_pupils_are_reported_and_kept(warehouse: Warehouse) -> None:
    assert warehouse.offending("cross.schools_without_pupils") == 13
    assert warehouse.indicator("ENR-01.schools")[0] == 2_668


def test_merged_counties_count_once(warehouse: Warehouse) -> None:
    assert warehouse.rows("select count(distinct division_code) from ch4_system.primary_enrolment") == [(22,)]


def test_extrapolations_are_left_out(warehouse: Warehouse) -> None:
    assert warehouse.rows("select count(*) from duckdb_columns() where column_name like '%推估%'") == [(0,)]


def test_class_size_is_judged_for_the_whole_and_every_county(warehouse: Warehouse) -> None:
    assert warehouse.rows(
        "select ref_area_level, status, count(*) from plan.status where indicator = 'CLS-01' group by all order by all"
    ) == [("city", "met", 1), ("district", "met", 22)]
