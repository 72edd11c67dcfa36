"""The SDMX export: a rename of our columns that the library reads back and finds valid."""

from __future__ import annotations

import builtins
from csv import DictReader
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from eduplan.errors import EduplanError, EnvironmentFault
from eduplan.exports.sdmx import read_values, sdmx_id, write_sdmx_files
from eduplan.exports.version import MessageVersion
from eduplan.indicators.tables import create_plan_tables
from eduplan.project import Project

pytest.importorskip("pysdmx")

ROWS = [
    ("SAF-03.alarm", "2024-25", "city", "990100", "primary", 2, 4, 50.0, "A"),
    ("SAF-03.alarm", "2025-26", "city", "990100", "primary", 0, 4, 0.0, "A"),
    ("SAF-03.alarm", "2025-26", "district", "990101", "primary", None, None, None, "Q"),
    ("SAF-03.alarm", "2025-26", "district", "990102", "_T", None, None, None, "M"),
    ("SAF-03.alarm", "2025-26", "district", "990103", "_T", 0, 0, None, "N"),
    ("SAF-03.alarm", "2025-26", "school", "990101-S1", "_T", 1, 1, 100.0, "A"),
]


@pytest.fixture
def published() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("create schema plan; create schema about")
    create_plan_tables(connection)
    connection.execute(
        "create table about.release as select '2026-11-23T020000-1a2b3c4d' as release_id, "
        "'2026-11-23T02:00:00+08:00' as created_at"
    )
    connection.execute(
        "insert into plan.areas by name select '990101' as ref_area, 'district' as ref_area_level, "
        "'东区' as name_zh, 'East' as name_en, '990100' as parent"
    )
    for indicator, period, level, area, stage, numerator, denominator, value, status in ROWS:
        connection.execute(
            "insert into plan.indicator_values by name select ? as indicator, 1 as definition_version, "
            "'school_year' as period_kind, ? as time_period, ? as reference_year, ? as ref_area_level, "
            "? as ref_area, ? as stage, '_T' as urban_class, '_T' as ownership, '_T' as sex, '_T' as grade, "
            "'_T' as item, ? as numerator, ? as denominator, ? as obs_value, ? as obs_status, '%' as unit",
            [indicator, period, int(period[:4]), level, area, stage, numerator, denominator, value, status],
        )
    return connection


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "eduplan.yml").write_text('city_code: "990100"\ncity_name: {en: Demo City, zh: 示范市}\n')
    codes = tmp_path / "contracts" / "codes"
    codes.mkdir(parents=True)
    (codes / "stage.yml").write_text(
        "code_list: stage\ntitle: {en: Stage, zh: 学段}\nvalues:\n  - {code: primary, en: Primary, zh: 小学}\n"
    )
    return Project.load(tmp_path)


@pytest.mark.parametrize("version", list(MessageVersion))
def test_the_library_reads_the_files_back_and_finds_them_valid(published, project, tmp_path, version):
    from pysdmx.io import get_datasets, read_sdmx

    csv, data, structure = write_sdmx_files(
        published, project, tmp_path / "out", levels=["city", "district"], version=version
    )
    assert read_sdmx(structure, validate=True).structures
    for file in (csv, data):
        (dataset,) = get_datasets(file, structure, validate=True)
        rows = dataset.data.assign(OBS_VALUE=pd.to_numeric(dataset.data["OBS_VALUE"]).fillna(-1.0))
        found = rows[["INDICATOR", "REF_AREA", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS"]].astype(str).values.tolist()
        assert sorted(found) == [
            ["SAF-03_alarm", "990100", "2024", "50.0", "A"],
            ["SAF-03_alarm", "990100", "2025", "0.0", "A"],
            ["SAF-03_alarm", "990101", "2025", "-1.0", "Q"],
            ["SAF-03_alarm", "990102", "2025", "-1.0", "M"],
            ["SAF-03_alarm", "990103", "2025", "-1.0", "N"],
        ]


def test_a_value_says_in_how_many_decimals_it_is_told(published, project, tmp_path):
    published.execute("update plan.indicator_values set decimals = 1 where obs_value is not null")
    csv, data, structure = write_sdmx_files(published, project, tmp_path / "out", levels=["city", "district"])
    assert 'id="DECIMALS"' in structure.read_text(encoding="utf-8")
    assert data.read_text(encoding="utf-8").count('DECIMALS="1"') == 2
    with csv.open(encoding="utf-8", newline="") as lines:
        told = {(row["REF_AREA"], row["TIME_PERIOD"]): row["DECIMALS"] for row in DictReader(lines)}
    assert told["990100", "2024"] == "1"
    assert told["990101", "2025"] == ""  # not told at all


def test_a_release_of_before_decimals_were_told_can_be_exported(published, project):
    published.execute("alter table plan.indicator_values drop decimals; alter table plan.status drop decimals")
    assert read_values(published, ["city"])["DECIMALS"].isna().all()


def test_codes_have_the_names_of_the_release_and_of_the_contracts(published, project, tmp_path):
    from pysdmx.io import read_sdmx

    *_, structure = write_sdmx_files(published, project, tmp_path / "out", levels=["district", "city"])
    lists = {found.id: {code.id: code for code in found.items} for found in read_sdmx(structure).get_codelists()}
    assert (lists["CL_REF_AREA"]["990101"].name, lists["CL_REF_AREA"]["990101"].description) == ("East", "东区")
    assert lists["CL_STAGE"]["primary"].description == "小学"
    assert set(lists["CL_OBS_STATUS"]) == {"A", "M", "N", "Q"}
    assert "Suppressed" in lists["CL_OBS_STATUS"]["Q"].name


def test_the_same_release_gives_the_same_bytes(published, project, tmp_path):
    first = write_sdmx_files(published, project, tmp_path / "a", levels=["city"])
    second = write_sdmx_files(published, project, tmp_path / "b", levels=["city"])
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_a_point_is_no_character_of_an_id():
    assert sdmx_id("SAF-03.alarm") == "SAF-03_alarm"
    assert sdmx_id("CMP-01") == "CMP-01"


def test_no_values_of_a_level_are_told(published):
    with pytest.raises(EduplanError, match="town: the release has no values of these levels"):
        read_values(published, ["town"])


def test_two_periods_of_a_year_are_refused_and_not_mixed(published):
    published.execute(
        "insert into plan.indicator_values select * replace ('2025-26-2' as time_period) "
        "from plan.indicator_values where time_period = '2025-26'"
    )
    with pytest.raises(EduplanError, match="two values have the same year"):
        read_values(published, ["city"])


def test_without_the_extra_there_is_one_clear_line(published, project, tmp_path, monkeypatch):
    real = builtins.__import__

    def without(name, *arguments, **options):
        if name.startswith("pysdmx"):
            raise ModuleNotFoundError("No module named 'pysdmx'", name="pysdmx")
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(EnvironmentFault, match=r"pip install 'eduplan\[sdmx\]'"):
        write_sdmx_files(published, project, tmp_path, levels=["city"])
