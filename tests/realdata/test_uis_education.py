"""UNESCO bulk data: ratios made from their parts against the ratios that were published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.realdata.conftest import Warehouse

EXAMPLE = "uis_education"


def test_every_observation_is_staged(warehouse: Warehouse) -> None:
    batches = warehouse.batches()
    assert sum(staged for _, _, staged, *_ in batches) == 8_160
    assert all(read == staged for _, read, staged, *_ in batches)
    assert len(batches) == 7


@pytest.mark.parametrize(
    ("parts", "published", "compared"),
    [
        ("cast(pupils as double) / population * 100", "published_gross_enrolment", 1_122),
        ("cast(pupils as double) / teachers", "published_pupils_per_teacher", 1_022),
    ],
)
def test_ratio_of_the_parts_is_the_published_ratio(
    warehouse: Warehouse, parts: str, published: str, compared: int
) -> None:
    tables = " union all by name ".join(f"from ch4_system.primary_by_{kind}" for kind in ("country", "region"))
    ((rows, largest_error),) = warehouse.rows(
        f"select count({parts} - {published}), max(abs({parts} - {published})) from ({tables})"
    )
    assert rows == compared
    assert largest_error < 5e-6 + 1e-12
    assert warehouse.offending("cross.published_ratios") == 0


def test_indicator_of_every_country_is_the_published_ratio(warehouse: Warehouse) -> None:
    assert warehouse.rows(
        """
        select count(*), max(abs(v.obs_value - m.published_gross_enrolment)) < 5.1e-6
        from plan.indicator_values v
        join ch4_system.primary_by_country m
            on v.ref_area = m.division_code and v.time_period = cast(m.calendar_year as varchar)
        where v.indicator = 'GER-01' and v.ref_area_level = 'district' and m.published_gross_enrolment is not null
        """
    ) == [(906, True)]


def test_china_2017(warehouse: Warehouse) -> None:
    where = {"ref_area_level": "district", "ref_area": "chn", "time_period": "2017"}
    value, numerator, denominator = warehouse.indicator("GER-01", **where)
    assert (round(value, 5), numerator, denominator) == (102.05287, 100_321_027, 98_302_992)
    value, numerator, denominator = warehouse.indicator("TEA-01", **where)
    assert (round(value, 5), numerator, denominator) == (16.59383, 100_321_027, 6_045_682)


def test_regional_aggregates_are_not_added_to_countries(warehouse: Warehouse) -> None:
    assert warehouse.rows(
        "select count(*) from ch4_system.primary_by_country where regexp_matches(division_code, '[0-9]')"
    ) == [(0,)]
    ((countries, indicator),) = warehouse.rows(
        """
        select sum(m.pupils_with_population), any_value(v.numerator)
        from ch4_system.primary_by_country m
        join plan.indicator_values v
            on v.time_period = cast(m.calendar_year as varchar) and v.indicator = 'GER-01' and v.ref_area_level = 'city'
        where m.calendar_year = 2017
        """
    )
    assert countries == pytest.approx(indicator)
