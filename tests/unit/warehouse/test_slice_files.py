"""Models that are kept in Parquet: their files, the view over them, and what happens when something fails."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from eduplan.errors import DeclarationError, EduplanError

from .conftest import Bench

KEPT = "partition: school_year\nkept_in: parquet"
SELECT = "select school_year, person_key, school_code, cast(1.50 as decimal(4, 2)) as amount from staging.roll"
TOTALS = "select school_year, count(*) as pupils from core.pupil group by school_year"


@pytest.fixture
def city(bench: Bench) -> Bench:
    """Persons of two years in Parquet, and a mart that reads them."""
    bench.source("roll", "person_key bigint, school_code varchar, school_year varchar")
    for year in ("2020-21", "2021-22"):
        bench.arrive("roll", year, [(1, "S1", year), (2, "S2", year)])
    bench.model("core.pupil", SELECT, key="school_year, person_key", more=KEPT)
    bench.model("ch1_context.totals", TOTALS, key="school_year", more="partition: school_year")
    return bench


def files(city: Bench) -> list[str]:
    return sorted(path.name[:7] for path in (city.folder / "slices" / "core" / "pupil").glob("*.parquet"))


def comment(city: Bench) -> object:
    return city.connection.execute("select comment from duckdb_views() where view_name = 'pupil'").fetchone()


def test_there_is_one_file_a_slice_and_a_view_with_the_types_of_the_select(city: Bench) -> None:
    city.build()
    assert files(city) == ["2020-21", "2021-22"]
    types = {name: kind for name, kind, *_ in city.connection.execute("describe core.pupil").fetchall()}
    assert types == {
        "school_year": "VARCHAR", "person_key": "BIGINT", "school_code": "VARCHAR", "amount": "DECIMAL(4,2)"
    }  # fmt: skip
    assert city.rows("ch1_context.totals") == [("2020-21", 2), ("2021-22", 2)]
    assert city.build().builds == []


def test_a_changed_period_writes_its_file_alone_and_removes_the_old_one(city: Bench) -> None:
    city.build()
    folder = city.folder / "slices" / "core" / "pupil"
    before = {path.name for path in folder.iterdir()}
    city.arrive("roll", "2021-22", [(1, "S1", "2021-22")])
    assert city.slices_built(city.build())["core.pupil"] == ("2021-22",)
    after = {path.name for path in folder.iterdir()}
    assert len(before & after) == 1
    assert len(after) == 2
    assert city.rows("ch1_context.totals") == [("2020-21", 2), ("2021-22", 1)]
    assert comment(city) == ("Title of pupil. one row each. what it means. | 标题。一行。含义。",)


def test_a_period_that_vanishes_takes_its_file_along_and_the_last_leaves_typed_columns(city: Bench) -> None:
    city.build()
    city.connection.execute("update landing.batches set status = 'replaced' where period = '2020-21'")
    city.build()
    assert files(city) == ["2021-22"]
    city.connection.execute("update landing.batches set status = 'replaced'")
    city.build()
    assert (files(city), city.rows("core.pupil")) == ([], [])


def test_a_file_that_was_lost_is_written_again(city: Bench) -> None:
    city.build()
    next((city.folder / "slices" / "core" / "pupil").glob("2020-21*")).unlink()
    assert city.slices_built(city.build())["core.pupil"] == ("2020-21",)
    assert len(city.rows("core.pupil")) == 4


def test_a_failure_leaves_the_view_and_its_rows(city: Bench) -> None:
    city.build()
    before = city.rows("core.pupil")
    city.model("core.pupil", SELECT.replace("1.50", "school_code"), key="school_year, person_key", more=KEPT)
    with pytest.raises(EduplanError):
        city.build()
    assert city.rows("core.pupil") == before
    city.model("core.pupil", SELECT, key="school_year, person_key", more=KEPT)
    assert city.build().builds == []


def test_a_model_may_move_from_a_table_into_files_and_back(city: Bench) -> None:
    for more in ("partition: school_year", KEPT, "partition: school_year"):
        city.model("core.pupil", SELECT, key="school_year, person_key", more=more)
        city.build()
        assert len(city.rows("core.pupil")) == 4
    assert city.connection.execute("select count(*) from duckdb_views() where view_name = 'pupil'").fetchone() == (0,)


def test_a_moved_data_folder_is_followed_without_building(city: Bench, tmp_path: Path) -> None:
    city.build()
    moved = tmp_path / "elsewhere"
    shutil.move(city.folder / "slices", moved / "slices")
    shutil.copytree(city.folder, moved, dirs_exist_ok=True, ignore=shutil.ignore_patterns("elsewhere"))
    there = Bench(city.connection, moved)
    assert there.build().builds == []
    assert len(there.rows("core.pupil")) == 4
    assert comment(there) == ("Title of pupil. one row each. what it means. | 标题。一行。含义。",)


def test_a_type_that_parquet_does_not_keep_is_refused(city: Bench) -> None:
    wide = SELECT.replace("cast(1.50 as decimal(4, 2))", "cast(1 as hugeint)")
    city.model("core.pupil", wide, key="school_year, person_key", more=KEPT)
    with pytest.raises(DeclarationError, match="Parquet does not keep the type of amount"):
        city.build()
    with pytest.raises(duckdb.CatalogException):
        city.rows("core.pupil")


def test_files_need_a_partition(city: Bench) -> None:
    city.model("core.pupil", SELECT, key="school_year, person_key", more="kept_in: parquet")
    with pytest.raises(DeclarationError, match="kept_in: parquet needs a partition"):
        city.build()
