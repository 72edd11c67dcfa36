"""US survey files, a row a person: vision 2005-08 against its code books, body mass 2015-16 against published rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.realdata.conftest import Warehouse

EXAMPLE = "nhanes_screening"


def test_every_row_is_staged(warehouse: Warehouse) -> None:
    assert [(source, read, staged) for source, read, staged, *_ in warehouse.batches()] == [
        ("body_measures", 9_544, 9_544),
        ("demographics", 10_348, 10_348),
        ("demographics", 10_149, 10_149),
        ("demographics", 9_971, 9_971),
        ("vision_exam", 6_980, 6_980),
        ("vision_exam", 6_917, 6_917),
    ]


@pytest.mark.parametrize(
    ("cycle", "printed"),
    [
        (2005, {20: 2885, 25: 1632, 30: 621, 40: 281, 50: 623, 60: 87, 80: 121, 200: 164, 666: 72, -1: 494}),
        (2007, {20: 2583, 25: 1730, 30: 656, 40: 319, 50: 704, 60: 89, 80: 115, 200: 188, 666: 57, -1: 476}),
    ],
)
def test_acuity_of_the_right_eye_is_as_the_code_book_prints_it(
    warehouse: Warehouse, cycle: int, printed: dict[int, int]
) -> None:
    counted = warehouse.rows(
        "select acuity, persons from ch3_development.acuity_distribution "
        f"where eye = 'right' and calendar_year = {cycle}"
    )
    assert dict(counted) == printed


@pytest.mark.parametrize(
    ("cycle", "printed"),
    [
        (2005, {"measured": 6_324, "could_not_obtain": 203, "missing": 453}),
        (2007, {"measured": 6_239, "could_not_obtain": 267, "missing": 411}),
    ],
)
def test_could_not_obtain_is_neither_a_reading_nor_missing(
    warehouse: Warehouse, cycle: int, printed: dict[str, int]
) -> None:
    counted = warehouse.rows(
        "select refraction_result, persons from ch3_development.refraction_results "
        f"where eye = 'right' and calendar_year = {cycle}"
    )
    assert dict(counted) == printed


def test_low_acuity_and_myopia_at_ages_12_to_19(warehouse: Warehouse) -> None:
    assert warehouse.indicator("HLT-04", time_period="2005")[1:] == (1_326, 2_079)
    assert warehouse.indicator("HLT-01", time_period="2005")[1:] == (922, 2_071)
    assert round(warehouse.indicator("HLT-01", time_period="2005")[0], 2) == 44.52


def test_weighted_body_mass_lands_on_the_published_rates(warehouse: Warehouse) -> None:
    assert warehouse.rows("select sum(children) from ch3_development.body_mass") == [(3_340,)]
    assert round(warehouse.indicator("HLT-17.obese")[0], 3) == 18.467
    assert round(warehouse.indicator("HLT-17.overweight")[0], 3) == 16.633
    assert round(warehouse.indicator("HLT-17.obese", item="02-05")[0], 2) == 13.85
    assert round(warehouse.indicator("HLT-17.obese", item="06-11")[0], 2) == 18.35


def test_release_holds_no_person(warehouse: Warehouse) -> None:
    assert warehouse.rows("select count(*) from duckdb_columns() where column_name = 'respondent'") == [(0,)]
