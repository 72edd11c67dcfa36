"""What differs between two releases, and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from eduplan.indicators.tables import create_plan_tables
from eduplan.release.comparison import compare, revised_values

FORMULA = {
    "where": None,
    "numerator": {"mart": "ch4_system.pupils", "column": "kept", "where": None, "year_offset": 0},
    "denominator": {"mart": "ch4_system.pupils", "column": "entrants", "where": None, "year_offset": -1},
    "coverage": None,
    "change": None,
}
FILES = {("pupil_roll", "2022-23"): "a", ("pupil_roll", "2023-24"): "b", ("finance", "2023"): "c"}
VALUES = {"2022-23": (80.0, "A"), "2023-24": (90.0, "A"), "2024-25": (None, "Q")}

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Writes a published database whose one indicator reads the pupil roll of its year and of the year before."""

    def write(name: str, *, values=VALUES, files=FILES, version=1, extra="") -> Path:
        path = tmp_path / f"{name}.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute("create schema plan; create schema about; create schema ch4_system")
            create_plan_tables(connection)
            connection.execute("create table if not exists plan.lineage(table_name text, reads text, look_back int)")
            connection.execute("insert into plan.lineage values ('ch4_system.pupils', 'staging.pupil_roll', 0)")
            connection.execute("create table ch4_system.pupils as select 1 as kept, 2 as entrants")
            connection.execute(
                "create table about.batches "
                "(source text, period text, sender text, file_name text, sha256 text, rows_staged bigint)"
            )
            for (source, period), sha256 in files.items():
                connection.execute(
                    "insert into about.batches values (?, ?, '990101', ?, ?, 5)",
                    [source, period, f"{source}.csv", sha256],
                )
            connection.execute(
                "insert into plan.indicators by name select 'CMP-01' as indicator, ? as definition_version, "
                "'ch4_system' as chapter, '' as name_en, '' as name_zh, '' as definition_en, '' as definition_zh, "
                "'ratio' as kind, '%' as unit, 100 as scale, 1 as decimals, 'up' as direction, "
                "'school_year' as period_kind, '' as source_text, 'own design' as evidence, [] as always_by, "
                "[] as disaggregations, [] as commitments, ? as formula, '[]' as targets",
                [version, json.dumps(FORMULA)],
            )
            for period, (value, status) in values.items():
                connection.execute(
                    "insert into plan.indicator_values by name select 'CMP-01' as indicator, ? as definition_version, "
                    "'school_year' as period_kind, ? as time_period, ? as reference_year, 'city' as ref_area_level, "
                    "'990100' as ref_area, '_T' as stage, '_T' as urban_class, '_T' as ownership, '_T' as sex, "
                    "'_T' as grade, '_T' as item, ? as numerator, 100 as denominator, ? as obs_value, "
                    "? as obs_status, '%' as unit",
                    [version, period, int(period[:4]), value, value, status],
                )
            if extra:
                connection.execute(extra)
        return path

    return write


def test_two_equal_releases_do_not_differ(make: Make) -> None:
    old, new = make("old"), make("new")
    assert compare(old, new).is_empty
    assert revised_values(old, new).is_empty()


def test_a_revised_value_names_the_files_it_can_come_from(make: Make) -> None:
    files = FILES | {("pupil_roll", "2022-23"): "other", ("finance", "2023"): "other"}
    new = make("new", values=VALUES | {"2023-24": (91.0, "A")}, files=files)
    (row,) = revised_values(make("old"), new).to_dicts()
    assert (row["indicator"], row["time_period"], row["ref_area"]) == ("CMP-01", "2023-24", "990100")
    assert (row["old_value"], row["new_value"], row["old_status"], row["new_status"]) == (90.0, 91.0, "A", "A")
    assert (row["old_numerator"], row["new_numerator"]) == (90, 91)
    # The roll of the year before is in its denominator; finance is not below it.
    assert (row["cause"], row["batches"]) == ("batches", ["pupil_roll 2022-23"])


def test_files_of_years_that_a_value_does_not_look_at_are_no_cause(make: Make) -> None:
    files = FILES | {("pupil_roll", "2023-24"): "other"}
    new = make("new", values=VALUES | {"2022-23": (81.0, "A")}, files=files)
    (row,) = revised_values(make("old"), new).to_dicts()
    assert (row["cause"], row["batches"]) == ("declarations", [])


def test_another_version_of_the_definition_comes_before_every_other_cause(make: Make) -> None:
    files = FILES | {("pupil_roll", "2022-23"): "other"}
    new = make("new", values=VALUES | {"2022-23": (81.0, "A")}, files=files, version=2)
    difference = compare(make("old"), new)
    assert difference.values["cause"].to_list() == ["definition"]
    assert difference.definitions.to_dicts() == [
        {"indicator": "CMP-01", "old_version": 1, "new_version": 2, "change": "new version"}
    ]


@pytest.mark.parametrize("way", [1, -1])
def test_a_value_told_in_one_release_alone_is_a_matter_of_disclosure(make: Make, way: int) -> None:
    told = make("told", values=VALUES | {"2024-25": (3.0, "A")})
    (row,) = revised_values(*(make("hidden"), told)[::way]).to_dicts()
    assert row["cause"] == "disclosure"
    assert {row["old_status"], row["new_status"]} == {"Q", "A"}


def test_missing_not_applicable_and_suppressed_are_told_apart_though_all_are_null(make: Make) -> None:
    old = make("old", values={"2022-23": (None, "M"), "2023-24": (None, "N")})
    new = make("new", values={"2022-23": (None, "N"), "2023-24": (None, "N")})
    assert revised_values(old, new).select("time_period", "old_status", "new_status").rows() == [("2022-23", "M", "N")]


def test_new_and_withdrawn_values_are_compared_and_are_not_revisions(make: Make) -> None:
    old = make("old", values={"2022-23": (80.0, "A")})
    new = make("new", values={"2023-24": (90.0, "A")})
    assert revised_values(old, new).is_empty()
    changes = compare(old, new).values.select("time_period", "change", "old_value", "new_value").rows()
    assert changes == [("2022-23", "withdrawn", 80.0, None), ("2023-24", "added", None, 90.0)]


def test_columns_rows_and_files_that_differ_are_listed(make: Make) -> None:
    files = {key: value for key, value in FILES.items() if key[0] != "finance"} | {("vision", "2024-25"): "d"}
    extra = "alter table ch4_system.pupils add column left_pupils int; insert into ch4_system.pupils values (1, 1, 1)"
    difference = compare(make("old"), make("new", files=files, extra=extra))
    assert difference.columns.rows() == [("ch4_system.pupils", "left_pupils", None, "INTEGER", "added")]
    assert difference.rows.rows() == [("ch4_system.pupils", 1, 2)]
    assert difference.batches.select("source", "change").rows() == [("finance", "withdrawn"), ("vision", "arrived")]


def test_several_files_of_one_sender_are_not_taken_for_each_other(make: Make) -> None:
    second = "insert into about.batches values ('pupil_roll', '2022-23', '990101', 'second.csv', 'z', 5)"
    mended = second.replace("'z'", "'y'")
    assert compare(make("old", extra=second), make("same", extra=second)).batches.is_empty()
    changed = compare(make("before", extra=second), make("after", extra=mended)).batches
    assert changed.select("old_file", "new_file", "change").rows() == [("second.csv", "second.csv", "replaced")]


def test_a_breakdown_that_the_older_release_did_not_know_is_its_total(make: Make) -> None:
    old = make("old", extra="alter table plan.indicator_values drop column item")
    assert revised_values(old, make("new")).is_empty()
