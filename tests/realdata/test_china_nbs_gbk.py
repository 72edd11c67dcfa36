"""A GBK browser export: preamble above the header, note and source line below the data, a column a year."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.realdata.conftest import Warehouse

EXAMPLE = "china_nbs_gbk"


def test_footers_are_dropped_and_counted(warehouse: Warehouse) -> None:
    assert warehouse.batches() == [("provincial_product", 33, 31, 0, 0, 2)]


def test_wide_years_become_rows(warehouse: Warehouse) -> None:
    assert warehouse.rows(
        "select count(*), count(distinct division_code), min(calendar_year), max(calendar_year) "
        "from ch1_context.provincial_product"
    ) == [(775, 31, 1993, 2017)]


def test_values_are_those_of_the_file(warehouse: Warehouse) -> None:
    assert warehouse.rows(
        "select product from ch1_context.provincial_product "
        "where (division_code, calendar_year) in (('11', 2017), ('65', 1993)) order by calendar_year desc"
    ) == [(28014.94,), (495.25,)]


def test_encoding_was_found(warehouse: Warehouse) -> None:
    ((encoding,),) = warehouse.rows("select encoding from landing.batches", read="work")
    assert encoding.lower() in ("gbk", "gb18030")


def test_total_is_the_sum_of_the_provinces(warehouse: Warehouse) -> None:
    value = warehouse.indicator("ECO-01", time_period="2017")[0]
    assert warehouse.rows("select sum(product) from ch1_context.provincial_product where calendar_year = 2017") == [
        (value,)
    ]
