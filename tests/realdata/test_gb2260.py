"""Division codes at the end of four years: geography that changes slowly."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.realdata.conftest import Warehouse

EXAMPLE = "gb2260"


def test_every_code_is_staged(warehouse: Warehouse) -> None:
    assert [batch[1:3] for batch in warehouse.batches()] == [(rows, rows) for rows in (3_220, 3_219, 3_220, 3_219)]


def test_changes_between_neighbouring_lists(warehouse: Warehouse) -> None:
    assert warehouse.rows(
        "select calendar_year, dropped, added, renamed, recoded from ch1_context.division_change_counts order by 1"
    ) == [(2015, 185, 184, 6, 66), (2016, 55, 56, 3, 16), (2017, 26, 25, 1, 10)]


def test_changes_between_first_and_last_list(warehouse: Warehouse) -> None:
    assert warehouse.rows(
        """
        with
        before as (select * from ch1_context.divisions where calendar_year = 2010),
        after as (select * from ch1_context.divisions where calendar_year = 2017)
        select
            count(*) filter (where after.division_code is null),
            count(*) filter (where before.division_code is null),
            count(*) filter (where before.division_name <> after.division_name)
        from before full join after using (division_code)
        """
    ) == [(265, 264, 8)]


def test_recoded_division_names_its_old_code(warehouse: Warehouse) -> None:
    assert warehouse.rows(
        "select calendar_year, code_before, division_code from ch1_context.division_changes where name_after = '儋州市'"
    ) == [(2015, "469003", "460400")]


def test_history_says_from_when_to_when_a_code_had_a_name(warehouse: Warehouse) -> None:
    assert warehouse.rows(
        "select division_name, first_year, last_year, is_current from ch1_context.division_history "
        "where division_code = '500110' order by first_year"
    ) == [("万盛区", 2010, 2010, False), ("綦江区", 2015, 2017, True)]


def test_codes_under_a_new_name_are_reported(warehouse: Warehouse) -> None:
    assert warehouse.offending("cross.reused_codes") == 10


def test_second_night_finds_nothing_to_do(warehouse: Warehouse) -> None:
    night = warehouse.night()
    assert night["nothing_changed"]
    assert not night["is_new_release"]
