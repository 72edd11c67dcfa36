"""The files beside the pages have the values, exactly and for every program."""

from __future__ import annotations

import zipfile

import fastexcel
import polars as pl
import pytest

from eduplan.site import downloads as downloads_module
from eduplan.site.downloads import downloads_meanwhile, unchanged_since
from eduplan.site.workbook import Sheets, write_workbook


def test_all_three_files_have_the_same_rows(site):
    folder = site.folder / "download"
    csv = pl.read_csv(folder / "HLT-03.csv", schema_overrides={"ref_area": pl.String})
    parquet = pl.read_parquet(folder / "HLT-03.parquet")
    sheet = fastexcel.read_excel(folder / "HLT-03.xlsx").load_sheet(0).to_polars()
    assert csv.height == parquet.height == sheet.height == 8
    assert csv.columns == parquet.columns == sheet.columns
    for frame in (csv, parquet, sheet):
        assert frame["obs_status"].to_list() == parquet["obs_status"].to_list()
        assert frame["obs_value"].to_list() == pytest.approx(parquet["obs_value"].to_list(), nan_ok=True)
    assert parquet.schema["numerator"] == pl.Decimal(38, 6)


def test_a_spreadsheet_sees_that_the_file_is_utf_8(site):
    assert (site.folder / "download" / "HLT-03.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_suppressed_and_zero_differ_in_a_file(site):
    csv = pl.read_csv(site.folder / "download" / "HLT-03.csv", schema_overrides={"ref_area": pl.String})
    told = {row["ref_area"]: (row["obs_value"], row["obs_status"]) for row in csv.iter_rows(named=True)}
    assert told["990101"] == (0.0, "A")
    assert told["990102"] == (None, "Q")


def test_failing_units_have_a_file_of_their_own(site):
    failing = pl.read_csv(site.folder / "download" / "HLT-03.failing.csv")
    assert failing["missing"].to_list() == [25.0, 24.0]


def test_a_workbook_keeps_numbers_texts_and_nothing_apart(tmp_path):
    frame = pl.DataFrame(
        {
            "name": ['a<b>&"c"', "=1+1", None, " 北区 \x07"],
            "count": [1, None, 3, -4],
            "share": [0.5, float("nan"), 2.0, None],
        }
    )
    write_workbook(frame, tmp_path / "a.xlsx", sheet="A")
    read = fastexcel.read_excel(tmp_path / "a.xlsx").load_sheet(0).to_polars()
    assert read["name"].to_list() == ['a<b>&"c"', "=1+1", None, " 北区 "]
    assert read["count"].to_list() == [1, None, 3, -4]
    assert read["share"].to_list() == [0.5, None, 2.0, None]
    assert zipfile.ZipFile(tmp_path / "a.xlsx").testzip() is None


def test_each_table_gets_its_own_rows_however_many_bytes_they_take(tmp_path):
    names = ["东区", "x", "北区第一小学", None, "é", "末"]
    sheets = Sheets(pl.DataFrame({"name": names, "count": range(6)}))
    for first, rows in ((0, 2), (2, 3), (5, 1), (6, 0)):
        sheets.write(tmp_path / "a.xlsx", first, rows, name="A")
        read = fastexcel.read_excel(tmp_path / "a.xlsx").load_sheet(0).to_polars()
        assert read["name"].to_list() == names[first : first + rows]
        assert read["count"].to_list() == list(range(first, first + rows))


def with_parquet(site) -> None:
    """Writes the tables of the plan of a release as Parquet files."""
    folder = site.release / "parquet" / "plan"
    folder.mkdir(parents=True)
    for name in ("indicators", "indicator_values", "areas", "failing_units"):
        site.connection.execute(f"copy plan.{name} to '{folder / name}.parquet' (format parquet)")


def test_files_written_meanwhile_are_those_of_the_database(make_site):
    one, two = make_site(name="one"), make_site(name="two")
    one.write()
    with_parquet(two)
    with downloads_meanwhile(two.project, two.release, None) as downloads:
        downloads.start()
        downloads.wait()
    written = sorted(path.name for path in (two.folder / "download").iterdir())
    assert written == sorted(path.name for path in (one.folder / "download").iterdir())
    for name in written:
        assert (one.folder / "download" / name).read_bytes() == (two.folder / "download" / name).read_bytes()


def test_a_release_without_values_has_no_files(make_site):
    site = make_site()
    with downloads_meanwhile(site.project, site.release, None) as downloads:
        downloads.start()
        downloads.wait()
    assert not site.folder.exists()


def test_a_disk_that_is_full_when_files_are_written_stops_the_site(make_site, monkeypatch):
    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    site = make_site()
    with_parquet(site)
    monkeypatch.setattr(downloads_module, "write_downloads", fail)
    with downloads_meanwhile(site.project, site.release, None) as downloads:
        downloads.start()
        with pytest.raises(OSError, match="No space left"):
            downloads.wait()


def test_files_of_unchanged_indicators_are_those_of_the_release_before(make_site):
    first = make_site(name="first")
    first.write()
    second = make_site(name="second")
    second.write(first.release / "marts.duckdb")
    assert unchanged_since(first.release / "marts.duckdb", second.connection) >= {"HLT-03"}
    for ending in ("csv", "xlsx", "parquet"):
        one, two = (each.folder / "download" / f"HLT-03.{ending}" for each in (first, second))
        assert one.samefile(two)


@pytest.mark.parametrize(
    "change",
    [
        "update plan.indicator_values set obs_value = 51 where ref_area = '990103' and indicator = 'HLT-03'",
        "update plan.areas set name_en = 'Renamed' where ref_area = '990103'",
        "",
    ],
)
def test_files_of_changed_indicators_are_written_anew(make_site, change):
    first = make_site(name="first", change="" if change else "update about.release set eduplan_version = '99'")
    first.write()
    second = make_site(name="second", change=change)
    second.write(first.release / "marts.duckdb")
    one, two = (each.folder / "download" / "HLT-03.csv" for each in (first, second))
    assert not one.samefile(two)
    assert two.is_file()


def test_a_release_without_a_site_before_it_has_files_of_its_own(make_site):
    first = make_site(name="first")
    second = make_site(name="second")
    second.write(first.release / "marts.duckdb")
    assert (second.folder / "download" / "HLT-03.xlsx").stat().st_nlink == 1
