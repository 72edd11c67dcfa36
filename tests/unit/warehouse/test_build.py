"""The build engine: order, slices, skipping, errors and comments."""

from __future__ import annotations

import time

import pytest

from eduplan.errors import DeclarationError, EduplanError
from eduplan.warehouse.lineage import lineage

from .conftest import Bench

ROLL = "school_code varchar, sex varchar, pupils integer, school_year varchar"
BY_YEAR = "partition: school_year"


@pytest.fixture
def city(bench: Bench) -> Bench:
    """Two sources over three years; a chain of sliced tables, one that looks back and one that is whole."""
    bench.source("pupil_roll", ROLL)
    bench.source("population", "sex varchar, residents integer, calendar_year integer")
    for year, pupils in (("2020-21", 10), ("2021-22", 20), ("2022-23", 30)):
        bench.arrive("pupil_roll", year, [("S1", "male", pupils, year), ("S2", "female", pupils + 1, year)])
    bench.arrive("population", "2020", [("male", 100, 2020)])
    bench.model(
        "core.cells",
        "select school_year, school_code, sex, pupils from staging.pupil_roll as p where p.pupils > 0",
        key="school_year, school_code, sex",
        more=BY_YEAR,
    )
    bench.model(
        "ch1_context.totals",
        "select school_year, cast(sum(pupils) as bigint) as pupils from core.cells group by 1",
        key="school_year",
        more=BY_YEAR,
    )
    bench.model(
        "ch1_context.growth",
        "select n.school_year, n.school_code, n.pupils - b.pupils as more from core.cells n join core.cells as b "
        "on b.school_code = n.school_code and left(n.school_year, 4)::int = left(b.school_year, 4)::int + 1",
        key="school_year, school_code",
        more=BY_YEAR + "\nlook_back: 1",
    )
    bench.model(
        "ch2_goals.all_years",
        "select count(*) as years, (select max(residents) from staging.population) as residents "
        "from ch1_context.totals",
        key="years",
    )
    return bench


def test_builds_in_dependency_order_and_lands_on_the_rows(city: Bench) -> None:
    report = city.build()
    order = [build.table for build in report.builds]
    assert order.index("core.cells") < order.index("ch1_context.totals") < order.index("ch2_goals.all_years")
    assert city.rows("ch1_context.totals") == [("2020-21", 21), ("2021-22", 41), ("2022-23", 61)]
    assert city.rows("ch1_context.growth") == [
        ("2021-22", "S1", 10), ("2021-22", "S2", 10), ("2022-23", "S1", 10), ("2022-23", "S2", 10),
    ]  # fmt: skip
    assert city.rows("ch2_goals.all_years") == [(3, 100)]


def test_nothing_changed_builds_nothing_and_is_quick(city: Bench) -> None:
    city.build()
    models = city.models
    started = time.perf_counter()
    report = city.build()
    assert report.builds == []
    assert len(report.unchanged) == len(models)
    assert time.perf_counter() - started < 0.5


def test_one_changed_period_builds_its_slice_and_what_depends_on_it(city: Bench) -> None:
    city.build()
    city.arrive("pupil_roll", "2021-22", [("S1", "male", 25, "2021-22")])
    built = city.slices_built(city.build())
    assert built == {
        "core.cells": ("2021-22",),
        "ch1_context.totals": ("2021-22",),
        "ch1_context.growth": ("2021-22", "2022-23"),
        "ch2_goals.all_years": ("",),
    }
    assert city.rows("ch1_context.totals") == [("2020-21", 21), ("2021-22", 25), ("2022-23", 61)]
    assert city.rows("ch1_context.growth") == [("2021-22", "S1", 15), ("2022-23", "S1", 5)]


def test_a_source_without_slices_touches_only_its_readers(city: Bench) -> None:
    city.build()
    city.arrive("population", "2021", [("male", 200, 2021)])
    assert city.slices_built(city.build()) == {"ch2_goals.all_years": ("",)}
    assert city.rows("ch2_goals.all_years") == [(3, 200)]


def test_a_period_that_vanishes_takes_its_slice_along(city: Bench) -> None:
    city.build()
    city.connection.execute("update landing.batches set status = 'replaced' where period = '2020-21'")
    city.connection.execute("delete from staging.pupil_roll where school_year = '2020-21'")
    report = city.build()
    cells = next(build for build in report.builds if build.table == "core.cells")
    assert (cells.slices, cells.removed) == ((), ("2020-21",))
    assert city.rows("ch1_context.totals") == [("2021-22", 41), ("2022-23", 61)]
    assert city.build().builds == []


def test_a_changed_select_rebuilds_the_table_and_its_columns(city: Bench) -> None:
    city.build()
    city.model(
        "core.cells", "select school_year, school_code, sex, pupils, pupils * 2 as twice from staging.pupil_roll",
        key="school_year, school_code, sex", more=BY_YEAR,
    )  # fmt: skip
    built = city.slices_built(city.build())
    assert built["core.cells"] == ("2020-21", "2021-22", "2022-23")
    assert "ch1_context.totals" in built
    assert city.rows("core.cells")[0] == ("2020-21", "S1", "male", 10, 20)


def test_a_changed_macro_rebuilds_who_calls_it(city: Bench) -> None:
    city.macros(
        "-- Doubles.\ncreate or replace macro twice(x) as x * 2;\n"
        "create or replace macro four_times(x) as twice(twice(x));"
    )
    city.model(
        "ch3_development.scaled", "select school_year, school_code, four_times(pupils) as pupils from core.cells",
        key="school_year, school_code", more=BY_YEAR,
    )  # fmt: skip
    city.build()
    assert city.rows("ch3_development.scaled")[0] == ("2020-21", "S1", 40)
    city.macros("create or replace macro twice(x) as x * 3;\ncreate or replace macro four_times(x) as twice(twice(x));")
    assert set(city.slices_built(city.build())) == {"ch3_development.scaled"}
    assert city.rows("ch3_development.scaled")[0] == ("2020-21", "S1", 90)


def test_only_builds_the_named_tables(city: Bench) -> None:
    city.build()
    city.arrive("pupil_roll", "2021-22", [("S1", "male", 25, "2021-22")])
    assert city.slices_built(city.build(only={"core.cells"})) == {"core.cells": ("2021-22",)}
    assert city.rows("ch1_context.totals")[1] == ("2021-22", 41)
    assert "ch1_context.totals" in city.slices_built(city.build())


def test_a_model_that_is_gone_takes_its_table_along(city: Bench) -> None:
    city.build()
    (city.folder / "marts" / "ch1_context" / "growth.sql").unlink()
    assert city.build().dropped == ["ch1_context.growth"]
    assert city.connection.execute("select count(*) from duckdb_tables() where table_name = 'growth'").fetchone() == (
        0,
    )


def test_a_table_that_was_lost_is_built_again(city: Bench) -> None:
    city.build()
    city.connection.execute("drop table ch1_context.totals")
    assert city.slices_built(city.build())["ch1_context.totals"] == ("2020-21", "2021-22", "2022-23")


def test_sources_that_sent_nothing_give_empty_typed_tables_once(bench: Bench) -> None:
    bench.source("pupil_roll", ROLL)
    bench.model("core.cells", "select * from staging.pupil_roll", key="school_year, school_code, sex", more=BY_YEAR)
    assert len(bench.build().builds) == 1
    assert bench.rows("core.cells") == []
    assert bench.build().builds == []
    bench.arrive("pupil_roll", "2020-21", [("S1", "male", 1, "2020-21")])
    assert bench.slices_built(bench.build()) == {"core.cells": ("2020-21",)}


def test_a_contract_that_changes_a_type_rebuilds_the_columns(bench: Bench) -> None:
    bench.source("pupil_roll", ROLL)
    bench.arrive("pupil_roll", "2020-21", [("S1", "male", 1, "2020-21")])
    bench.model("core.cells", "select * from staging.pupil_roll", key="school_year, school_code, sex", more=BY_YEAR)
    bench.build()
    bench.connection.execute("alter table staging.pupil_roll alter pupils type decimal(18, 2)")
    bench.build()
    types = {name: kind for name, kind, *_ in bench.connection.execute("describe core.cells").fetchall()}
    assert types["pupils"] == "DECIMAL(18,2)"


def test_a_fixed_period_with_years_in_its_rows_is_read_whole(bench: Bench) -> None:
    bench.source("pupil_roll", ROLL)
    bench.source("entrant_history", "school_year varchar, entrants integer")
    bench.arrive("pupil_roll", "2020-21", [("S1", "male", 1, "2020-21")])
    bench.arrive("entrant_history", "all", [("2012-13", 7)])
    bench.model(
        "core.cells", "select p.*, (select max(entrants) from staging.entrant_history) as before "
        "from staging.pupil_roll p",
        key="school_year", more=BY_YEAR,
    )  # fmt: skip
    bench.build()
    assert bench.rows("core.cells") == [("S1", "male", 1, "2020-21", 7)]


def test_chinese_comments_above_a_table_do_not_move_where_it_is_cut(city: Bench) -> None:
    city.model(
        "core.cells",
        "-- 在校生（含“借读”）𠮷\nselect p.school_year, p.school_code, p.sex, p.pupils, '男生𠮷' as label\n"
        "from staging.pupil_roll p -- 学籍\nwhere p.pupils > 0 and p.school_code in "
        "(select pupil_roll.school_code from staging.pupil_roll where pupils > 10 and school_year = p.school_year)",
        key="school_year, school_code, sex",
        more=BY_YEAR,
    )
    city.build()
    assert len(city.rows("core.cells")) == 5


def test_what_reads_the_quarantine_follows_every_batch(city: Bench) -> None:
    city.connection.execute("create table staging.quarantine (batch_id varchar)")
    city.model("ch8_delivery.refused", "select count(*) as n from staging.quarantine", key="n")
    city.build()
    city.arrive("population", "2022", [("male", 200, 2022)])
    assert "ch8_delivery.refused" in city.slices_built(city.build())


def test_rows_are_written_in_key_order(city: Bench) -> None:
    city.build()
    found = city.connection.execute("select school_year, school_code, sex from core.cells").fetchall()
    assert found == sorted(found)


def test_an_error_names_the_file_and_the_line_and_leaves_the_table(city: Bench) -> None:
    city.build()
    path = city.model(
        "ch1_context.totals", "select\n    school_year,\n    no_such_column as pupils\nfrom core.cells",
        key="school_year", more=BY_YEAR,
    )  # fmt: skip
    with pytest.raises(DeclarationError) as caught:
        city.build()
    lines = path.read_text(encoding="utf-8").splitlines()
    line = 1 + next(number for number, text in enumerate(lines) if "no_such_column" in text)
    assert caught.value.where == f"{path}:{line}"
    assert "no_such_column" in caught.value.what
    assert "\n" not in caught.value.line
    assert city.rows("ch1_context.totals")[0] == ("2020-21", 21)


def test_an_error_in_the_rows_is_one_line_as_well(city: Bench) -> None:
    city.model("ch4_system.wrong", "select cast(school_code as integer) as n from core.cells", key="n")
    with pytest.raises(EduplanError) as caught:
        city.build()
    assert "wrong.sql" in caught.value.where


def test_reading_an_unknown_source_is_said(city: Bench) -> None:
    city.model("ch4_system.wrong", "select * from staging.nothing", key="n")
    with pytest.raises(DeclarationError, match=r"reads staging\.nothing, which does not exist"):
        city.build()


def test_a_partition_that_no_input_has_is_built_whole(city: Bench) -> None:
    city.model(
        "ch4_system.people",
        "select calendar_year || '-x' as school_year, residents from staging.population",
        key="school_year",
        more=BY_YEAR,
    )
    city.model("ch4_system.people_again", "select * from ch4_system.people", key="school_year", more=BY_YEAR)
    city.build()
    city.arrive("population", "2021", [("male", 200, 2021)])
    built = city.slices_built(city.build())
    assert (built["ch4_system.people"], built["ch4_system.people_again"]) == (("",), ("",))
    assert city.rows("ch4_system.people_again") == [("2020-x", 100), ("2021-x", 200)]


def test_comments_are_in_both_languages_and_follow_the_texts(city: Bench) -> None:
    (city.folder / "columns.yml").write_text("pupils: {en: Pupils, zh: 在校生, unit: persons}\n", encoding="utf-8")
    city.build()

    def comment() -> object:
        query = "select comment from duckdb_columns() where table_name = 'totals' and column_name = 'pupils'"
        return city.connection.execute(query).fetchone()

    assert comment() == ("Pupils (persons) | 在校生 (persons)",)
    (city.folder / "columns.yml").write_text("pupils: {en: Pupils on roll, zh: 在校生}\n", encoding="utf-8")
    assert city.build().builds == []
    assert comment() == ("Pupils on roll | 在校生",)
    table = city.connection.execute("select comment from duckdb_tables() where table_name = 'totals'").fetchone()
    assert table == ("Title of totals. one row each. what it means. | 标题。一行。含义。",)


def test_lineage_goes_down_to_the_sources(city: Bench) -> None:
    city.build()
    found = lineage(city.models)["ch2_goals.all_years"]
    assert found.reads == ("ch1_context.totals", "staging.population")
    assert found.sources == ("population", "pupil_roll")
    assert ("ch1_context.totals", "core.cells", 0) in city.rows("plan.lineage")
