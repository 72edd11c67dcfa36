"""The models keep the law of slices: built one school year at a time they give what one whole build gives."""

from __future__ import annotations

import duckdb
import pytest

from eduplan.progress import Silent
from eduplan.warehouse import build
from eduplan.warehouse.catalogue import create_catalogue

from .warehouse import MODELS, ORDER

YEARS = range(2020, 2023)
GRADES = "['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'j1', 'j2', 'j3']"

# Nine schools in two districts, one of which changes its code, and 540 pupils who move on by a grade a year.
_YEAR = """
insert into staging.division
    (calendar_year, division_code, division_name, division_level, parent_code, predecessor_code)
select {year}, case when {year} >= 2021 and d = 2 then '990112' else '99010' || d end, 'District', 'district', '990100',
    case when {year} = 2021 and d = 2 then '990102' end
from range(1, 3) as t(d);
insert into staging.school_register
    (school_year, school_code, school_name, school_type, founder, division_code, urban_rural_code, school_system,
    teaching_area_m2, sports_area_m2, equipment_value_yuan, multimedia_rooms)
select '{school_year}', 'S' || s, 'School', '312', 'education',
    case when s % 2 = 0 then '990101' when {year} >= 2021 then '990112' else '990102' end, '220',
    case when s = 1 then '5-4' else '6-3' end, 400.25 + s, 900.5, 150000.75, 2
from range(9) as t(s);
insert into staging.pupil_roll
    (school_year, person_key, school_code, sex, birth_month, grade, class_name, roll_status, roll_change, entered_on)
select '{school_year}', i, 'S' || (i % 9), case when i % 2 = 0 then 'male' else 'female' end,
    make_date({year} - 6 - cast((i + {year}) % 9 as integer), 1 + cast(i % 12 as integer), 1),
    ({grades})[1 + (i + {year}) % 9], '1', case when i % 50 = {year} % 50 then 'left' else 'active' end,
    case when i % 100 = {year} % 100 then 'death' when i % 50 = {year} % 50 then 'drop_out' else 'none' end,
    date '2019-09-01'
from range(540) as t(i);
insert into staging.pupil_roll
    (school_year, person_key, school_code, sex, birth_month, grade, class_name, roll_status, entered_on)
select school_year, person_key, 'S0', sex, birth_month, grade, '2', 'active', date '2020-09-01'
from staging.pupil_roll
where school_year = '{school_year}' and person_key % 40 = 7 and school_code <> 'S0' and roll_status = 'active';
insert into staging.staff_roll
    (school_year, person_key, school_code, sex, birth_month, staff_category, staff_status, stage_taught,
    education_level)
select '{school_year}', 10000 + i, 'S' || (i % 9), 'female', date '1980-01-01', 'full_time_teacher',
    case when i % 20 = {year} % 20 then 'left' else 'active' end, case when i % 2 = 0 then 'primary' else 'junior' end,
    'bachelor'
from range(60) as t(i);
insert into staging.health_screening
    (school_year, season, person_key, school_code, sex, grade, screened_on, is_valid, lens_type, age_half_years,
    naked_acuity_right, naked_acuity_left, sphere_right, sphere_left, cylinder_right, cylinder_left, height_cm,
    weight_kg)
select school_year, 'autumn', person_key, school_code, sex, grade, make_date({year}, 10, 8), true, 'none', 20,
    4.5 + (person_key + {year}) % 8 * 0.1, 5.0, -1 * ((person_key + {year}) % 5), 0, 0, 0, 140, 30 + person_key % 40
from staging.pupil_roll
where school_year = '{school_year}' and roll_status = 'active';
insert into staging.population (calendar_year, division_code, age, sex, persons)
select {year}, case when {year} >= 2021 and d = 2 then '990112' else '99010' || d end, a, 'male', 20 + a
from range(1, 3) as t(d), range(3, 18) as u(a);
insert into staging.entrant_history (division_code, school_year, sex, entrants)
select '99010' || d, '{before}', 'male', 30 from range(1, 3) as t(d);
"""


@pytest.fixture(scope="module")
def city(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A copy of the empty warehouse with four years of arrivals, and the models built a slice at a time."""
    connection = duckdb.connect()
    create_catalogue(connection)
    for schema, table, statement in empty.execute(
        "select schema_name, table_name, sql from duckdb_tables() "
        "where schema_name in ('staging', 'codes', 'reference')"
    ).fetchall():
        connection.execute(statement)
        if schema != "staging":
            connection.register("given", empty.execute(f"select * from {schema}.{table}").to_arrow_table())
            connection.execute(f"insert into {schema}.{table} select * from given")
    for year in YEARS:
        texts = {"year": year, "school_year": f"{year}-{(year + 1) % 100}", "before": f"{year - 8}-{year - 2007}"}
        connection.execute(_YEAR.format(grades=GRADES, **texts))
        for source in ("pupil_roll", "school_register", "staff_roll", "health_screening", "population", "division"):
            period = {"population": f"{year}", "division": f"{year}"}.get(source, texts["school_year"])
            connection.execute(
                "insert into landing.batches select ?, ?, ?, 'city', 'f', 'h', 1, 1, 'current', null, null, null, "
                "1, 1, 0, 0, 0, 1, 0, 'c', 'r', now(), null",
                [f"{source}-{year}", source, period],
            )
    return connection


@pytest.fixture(scope="module")
def by_slice(city: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "ROWS_TOGETHER", 1)
        build.build_models(city, MODELS, progress=Silent())
    return city


@pytest.mark.parametrize("table", [model.table for model in ORDER])
def test_slices_give_the_whole(by_slice: duckdb.DuckDBPyConnection, table: str) -> None:
    whole = f"({MODELS[table].sql})"
    for one, other in ((table, whole), (whole, table)):
        assert by_slice.execute(f"select * from {one} except all select * from {other}").fetchall() == []


def test_the_city_says_something_in_every_table_that_it_reaches(by_slice: duckdb.DuckDBPyConnection) -> None:
    silent = {
        model.table for model in ORDER if not by_slice.execute(f"select count(*) from {model.table}").fetchone()[0]
    }
    assert silent == {"ch4_system.kindergartens", "ch4_system.towns", "ch4_system.resource_rooms"}
