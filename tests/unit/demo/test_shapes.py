"""Files have the shape that they are meant to have, and the same bytes every time."""

from __future__ import annotations

import gzip
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from lxml import html

from eduplan.demo.shapes import Shape, write_table

TABLE = pl.DataFrame({"学校标识码": ["1199000001", "1199000002"], "人数": ["5", None], "备注": ["甲,乙", "<&>"]})
SHAPES = {
    "plain": Shape(),
    "bom": Shape(encoding="utf-8-sig"),
    "national": Shape(encoding="gb18030", titles=("名册", "单位：人"), footers=(("填表人：", "审核人："),)),
    "tabs": Shape(encoding="utf-16", separator="\t", suffix=".tsv"),
    "packed": Shape(suffix=".csv.gz"),
    "page": Shape(encoding="gb18030", suffix=".xls", titles=("名册",)),
    "book": Shape(suffix=".xlsx", titles=("名册",), groups=("基本信息", "", "备注"), footers=(("填表人：",),)),
}


@pytest.mark.parametrize("name", SHAPES)
def test_the_same_bytes_every_time(name: str, tmp_path: Path) -> None:
    first = write_table(tmp_path / "one" / "file", TABLE, SHAPES[name])
    second = write_table(tmp_path / "two" / "file", TABLE, SHAPES[name])
    assert first.name == f"file{SHAPES[name].suffix}"
    assert first.read_bytes() == second.read_bytes()


def test_text_files(tmp_path: Path) -> None:
    plain = write_table(tmp_path / "plain", TABLE, SHAPES["plain"]).read_text(encoding="utf-8")
    assert plain.splitlines() == ["学校标识码,人数,备注", '1199000001,5,"甲,乙"', "1199000002,,<&>"]
    assert write_table(tmp_path / "bom", TABLE, SHAPES["bom"]).read_bytes().startswith(b"\xef\xbb\xbf")
    national = write_table(tmp_path / "national", TABLE, SHAPES["national"]).read_bytes().decode("gb18030").splitlines()
    assert national[:3] == ["名册,,", "单位：人,,", "学校标识码,人数,备注"]
    assert national[-1] == "填表人：,审核人：,"
    tabs = write_table(tmp_path / "tabs", TABLE, SHAPES["tabs"]).read_bytes()
    assert tabs[:2] in (b"\xff\xfe", b"\xfe\xff")
    assert tabs.decode("utf-16").splitlines()[0] == "学校标识码\t人数\t备注"
    packed = write_table(tmp_path / "packed", TABLE, SHAPES["packed"]).read_bytes()
    assert gzip.decompress(packed).decode() == plain


def test_page_under_the_name_of_a_workbook(tmp_path: Path) -> None:
    page = html.fromstring(write_table(tmp_path / "page", TABLE, SHAPES["page"]).read_bytes().decode("gb18030"))
    rows = [[cell.text_content() for cell in row] for row in page.iter("tr")]
    assert rows == [["名册"], TABLE.columns, ["1199000001", "5", "甲,乙"], ["1199000002", "", "<&>"]]


def test_workbook_with_merged_header(tmp_path: Path) -> None:
    path = write_table(tmp_path / "book", TABLE, SHAPES["book"])
    sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string").to_polars()
    assert sheet.rows() == [
        ("名册", None, None),
        ("基本信息", None, "备注"),
        ("学校标识码", "人数", None),
        ("1199000001", "5", "甲,乙"),
        ("1199000002", None, "<&>"),
        ("填表人：", None, None),
    ]
