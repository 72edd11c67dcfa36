"""Workbooks, web pages, Parquet and compressed files."""

from __future__ import annotations

import datetime
import gzip
import io
import lzma
import os
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter

from eduplan.errors import InputError
from eduplan.reading.table import PART_ROWS, read_table

ROOT = Path(__file__).resolve().parents[3]
PUBLISHED = Path(os.environ.get("EDUPLAN_REALDATA") or ROOT.parent / "shared" / "realdata")
MINISTRY = PUBLISHED / "moe_universities" / "W020250627301230143042.xls"
CSV = "学校标识码,姓名,备注\n9901000001,甲,x\n".encode()


def workbook(fill: Callable[[Any], None]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        fill(book)
    return content.getvalue()


def simple_workbook() -> bytes:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["学校标识码", "姓名"])
        for row in range(1, 200):
            sheet.write_row(row, 0, [9901000000 + row, "甲"])

    return workbook(fill)


def test_cells_come_as_a_person_sees_them(read: Any) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("名册")
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.merge_range(1, 0, 1, 4, "某区名册")
        sheet.write_row(2, 0, ["学校标识码", "姓名", "备注"])
        sheet.merge_range(2, 3, 2, 4, "视力检查")
        sheet.write_row(3, 3, ["裸眼(右)", "裸眼(左)"])
        sheet.write_row(4, 0, [3702000123, "甲", None, 4.9, 5])
        sheet.write_datetime(4, 2, datetime.datetime(2012, 9, 1), date)
        sheet.write_row(6, 0, ["0001", " 乙 "])
        sheet.write_formula(6, 2, "=1/0", None, "#DIV/0!")
        sheet.write_formula(6, 3, "=0.1+0.2", None, 0.1 + 0.2)

    seen = read(workbook(fill))
    assert seen.raw.titles == ("某区名册",)
    assert seen.raw.file_format == "xlsx"
    place = seen.by_column()
    order = [place[name] for name in ("school_code", "pupil", "remark", "acuity_right", "acuity_left")]
    assert order == ["c0", "c1", "c2", "c3", "c4"]
    assert seen.rows == [
        (5, "3702000123", "甲", "2012-09-01", "4.9", "5"),
        (7, "0001", " 乙 ", "#DIV/0!", "0.3", None),
    ]


def test_sheets_are_read_one_after_another(read: Any) -> None:
    def fill(book: Any) -> None:
        one, notes, two, empty = (book.add_worksheet(name) for name in ("一", "说明", "二", "空"))
        two.hide()
        one.write_row(0, 0, ["学校标识码", "姓名", "序号"])
        one.write_row(1, 0, ["1", "甲", "a"])
        notes.write_row(0, 0, ["填表说明"])
        two.write_row(1, 0, ["姓名", "备注", "学校标识码", "序号"])
        two.write_row(2, 0, ["乙", "x", "2", "b"])
        del empty

    seen = read(workbook(fill))
    assert seen.raw.sheets == {0: "一", 2: "二"}
    assert seen.raw.skipped_sheets == ()
    assert [column.header for column in seen.raw.columns] == ["学校标识码", "姓名", "序号", "备注"]
    assert seen.rows == [(2, "1", "甲", "a", None), (2 * PART_ROWS + 3, "2", "乙", "b", "x")]
    only = read(workbook(fill), layout={"sheet": "^二$"})
    assert [row[0] for row in only.rows] == [3]
    with pytest.raises(InputError, match="no sheet"):
        read(workbook(fill), layout={"sheet": "^三$"})


@pytest.mark.skipif(not MINISTRY.exists(), reason=f"no published file {MINISTRY}; set EDUPLAN_REALDATA")
def test_biff8_workbook(read: Any) -> None:
    columns = [
        {"name": "number", "type": "text", "required": True, "aliases": ["序号"]},
        {"name": "name", "type": "text", "required": True, "aliases": ["学校名称"]},
        {"name": "code", "type": "text", "required": True, "aliases": ["学校标识码"]},
    ]
    seen = read(MINISTRY, columns=columns, key=["code"])
    assert seen.raw.file_format == "xls"
    assert sum(row[1].isdecimal() for row in seen.rows) == 248
    assert {len(row[3]) for row in seen.rows if row[1].isdecimal()} == {10}
    headings = [row for row in seen.rows if not row[1].isdecimal()]
    assert all(row[2:] == (None,) * (len(row) - 2) for row in headings)
    with pytest.raises(InputError, match="damaged"):
        read(MINISTRY.read_bytes()[:20_000], columns=columns, key=["code"])


PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><title>t</title></head><body>
<table><tr><td colspan=4>某区名册</td></tr>
<tr><th rowspan=2>学校标识码</th><th rowspan=2>姓名</th><th colspan=2>视力检查</th></tr>
<tr><th>裸眼(右)</th><th>裸眼(左)</th></tr>
<tr><td>9901000001</td><td><b>甲</b>&nbsp;</td><td>5.0</td><td>4.9</td></tr>
<tr><td rowspan="2">9901000002</td><td>乙<table><tr><td>内</td></tr></table></td><td></td><td>4.8</td></tr>
<tr><td>丙</td><td>4.7</td></tr></table></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_web_page_named_xls(read: Any, encoding: str) -> None:
    seen = read(PAGE.encode(encoding))
    assert seen.raw.file_format == "html"
    assert set(seen.by_column()) == {"school_code", "pupil", "acuity_right", "acuity_left"}
    assert seen.rows == [
        (4, "9901000001", "甲", "5.0", "4.9"),
        (5, "9901000002", "乙内", None, "4.8"),
        (6, None, "丙", "4.7", None),
    ]


def test_web_page_without_a_table(read: Any) -> None:
    with pytest.raises(InputError, match="without a table"):
        read(b"<!doctype html><html><body>please log in</body></html>")


def test_parquet(read: Any, tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    duckdb.sql(
        'select 9901000001::bigint as "学校标识码", \'甲\' as "姓名", date \'2012-09-01\' as "备注", null as "姓""x" '
        "union all select null, null, null, null union all select 2, '乙', null, 'y'"
    ).write_parquet(str(path))
    seen = read(path)
    assert seen.raw.file_format == "parquet"
    assert seen.rows == [(1, "9901000001", "甲", "2012-09-01", None), (3, "2", "乙", None, "y")]
    with pytest.raises(InputError, match="damaged"):
        read(path.read_bytes()[:-20])


def zipped(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(name.replace("__", "/"), member)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(gzip.compress(CSV), id="gz"),
        pytest.param(lzma.compress(CSV), id="xz"),
        pytest.param(zipped(a=CSV), id="zip"),
        pytest.param(gzip.compress(zipped(a=CSV)), id="zip in gz"),
        pytest.param(lzma.compress(CSV.decode().encode("gb18030")), id="GB18030 in xz"),
    ],
)
def test_compressed(read: Any, content: bytes) -> None:
    assert read(content).rows == [(2, "9901000001", "甲", "x")]


def test_compressed_workbook(read: Any) -> None:
    assert len(read(zipped(a=simple_workbook())).rows) == 199
    assert len(read(gzip.compress(simple_workbook())).rows) == 199


BOMB = b"\0" * 20_000_000


@pytest.mark.parametrize(
    ("content", "line"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(gzip.compress(b""), "the file is empty", id="empty gz"),
        pytest.param(gzip.compress(CSV * 1000)[:-20], "cut off", id="truncated gz"),
        pytest.param(lzma.compress(CSV * 1000)[:-20], "cut off", id="truncated xz"),
        pytest.param(zipped(a=CSV * 1000)[:-20], "cut off", id="truncated zip"),
        pytest.param(simple_workbook()[:-200], "cut off", id="truncated xlsx"),
        pytest.param(zipped(xl__workbook=b"x"), "damaged", id="broken xlsx"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged", id="broken xls"),
        pytest.param(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "password",
            id="protected xlsx",
        ),
        pytest.param(b"%PDF-1.4 ...", "is a PDF document (ask for the table itself", id="pdf"),
        pytest.param(b"Rar!\x1a\x07\0...", "is a RAR archive", id="rar"),
        pytest.param(b"7z\xbc\xaf\x27\x1c...", "is a 7z archive", id="7z"),
        pytest.param(zipped(word__document=b"x", a=b"y"), "is a Word document", id="docx"),
        pytest.param(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "is a Word document", id="doc"
        ),
        pytest.param(zipped(), "holds 0 files", id="empty zip"),
        pytest.param(zipped(a=CSV, b=CSV), "holds 2 files", id="two in a zip"),
        pytest.param(gzip.compress(gzip.compress(gzip.compress(gzip.compress(CSV)))), "archives within", id="nested"),
        pytest.param(gzip.compress(BOMB), "more than", id="bomb in gz"),
        pytest.param(lzma.compress(BOMB), "more than", id="bomb in xz"),
        pytest.param(zipped(a=BOMB), "more than", id="bomb in zip"),
        pytest.param(zipped(xl__workbook=BOMB), "more than", id="bomb in xlsx"),
    ],
)
def test_bad_files_give_one_clear_line(read: Any, content: bytes, line: str) -> None:
    with pytest.raises(InputError) as caught:
        read(content)
    assert caught.value.line.startswith("名册.csv: V01: ")
    assert line in caught.value.line
    assert "\n" not in caught.value.line


def test_two_threads_read_with_cursors_of_one_connection(contract: Any, tmp_path: Path) -> None:
    path = tmp_path / "landed"
    path.write_bytes(CSV)

    def rows(number: int) -> Any:
        with duckdb_connection.cursor() as cursor:
            raw = read_table(
                cursor,
                path,
                contract(),
                table_name=f"raw_{number}",
                work=tmp_path / "work",
                file_name="a",
                largest_bytes=10_000,
            )
            with raw:
                raw.scan(cursor, f"create or replace temp table seen as select * from {raw.name}")
            return cursor.execute("select * from seen").fetchall()

    with duckdb.connect() as duckdb_connection, ThreadPoolExecutor(2) as pool:
        assert list(pool.map(rows, range(20))) == [[(2, "9901000001", "甲", "x")]] * 20
