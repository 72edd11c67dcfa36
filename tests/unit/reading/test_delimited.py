"""Delimited text: delimiters, row numbers, short and surplus fields, quotation marks, line ends."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HEADER = "学校标识码,姓名,备注\n"


def test_rows_carry_the_number_that_a_spreadsheet_shows(read: Any) -> None:
    seen = read(f"某区学籍名册\n\n制表：某科,,\n{HEADER}9901000001,甲,\n9901000002,乙,x\n".encode())
    assert seen.rows == [(5, "9901000001", "甲", None), (6, "9901000002", "乙", "x")]
    assert seen.raw.titles == ("某区学籍名册", "制表：某科")
    assert (seen.raw.file_format, seen.raw.encoding) == ("csv", "utf-8")


@pytest.mark.parametrize(("delimiter", "file_format"), [(",", "csv"), ("\t", "tsv"), (";", "csv"), ("|", "csv")])
def test_the_delimiter_is_the_one_that_gives_a_header(read: Any, delimiter: str, file_format: str) -> None:
    text = f'学校标识码,姓名,备注\n1,"甲{delimiter}乙",z\n'.replace(",", delimiter)
    seen = read(text.encode())
    assert seen.rows == [(2, "1", f"甲{delimiter}乙", "z")]
    assert seen.raw.file_format == file_format


def test_short_and_blank_rows(read: Any) -> None:
    seen = read(f"{HEADER}1,甲\n,,\n填表人：某\n2,乙,y".encode())
    assert seen.rows == [(2, "1", "甲", None), (4, "填表人：某", None, None), (5, "2", "乙", "y")]


def test_surplus_fields_that_are_empty_are_no_defect(read: Any) -> None:
    seen = read(f"{HEADER}1,甲,x,,\n".encode())
    assert seen.rows == [(2, "1", "甲", "x")]
    assert not seen.rejected


def test_a_row_with_surplus_fields_is_kept_apart_and_the_others_keep_their_numbers(read: Any) -> None:
    seen = read(f"{HEADER}1,甲,x\n2,乙,a,b\n\n3,丙,z\n".encode())
    assert [row[0] for row in seen.rows] == [2, 5]
    assert [(one.row_number, one.text) for one in seen.rejected] == [(3, "2,乙,a,b")]


def test_an_open_quotation_mark_costs_only_its_own_line(read: Any) -> None:
    seen = read(f'{HEADER}1,"甲,x\n2,乙,y\n3,"丙\n丁",z\n'.encode())
    assert seen.rows == [(3, "2", "乙", "y"), (4, "3", "丙\n丁", "z")]
    assert [(one.row_number, one.text) for one in seen.rejected] == [(2, '1,"甲,x')]


@pytest.mark.parametrize(
    ("text", "is_split"),
    [
        (f"{HEADER}1,甲,x\n2,乙,\n,,\n\n3,丙,甲", True),
        (f"\ufeff标题\n\n{HEADER}1,甲,x\n".replace("\n", "\r\n"), True),
        (HEADER, True),
        (f"{HEADER}1,甲\n", False),
        (f"{HEADER}1,甲,x,\n", False),
        (f'{HEADER}1,"甲",x\n', False),
        (f"{HEADER}1,甲,x\r2,乙,y\n", False),
        ("学校标识码\n1\n\n2\n", False),
    ],
)
def test_only_a_well_formed_text_is_split_without_the_database(read: Any, text: str, is_split: bool) -> None:
    columns = [{"name": "school_code", "type": "text", "aliases": ["学校标识码"]}]
    changes = {} if "姓名" in text else {"columns": columns, "key": ["school_code"]}
    assert read(text.encode(), **changes).is_split == is_split


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends(read: Any, ending: str) -> None:
    assert read(f"{HEADER}1,甲,x\n2,乙,y\n".replace("\n", ending).encode()).rows == [
        (2, "1", "甲", "x"),
        (3, "2", "乙", "y"),
    ]


def test_mixed_line_ends_and_nul_characters(read: Any) -> None:
    padding = "\0" * 60
    seen = read(f"学校标识码,姓名,备注\r\n1,甲{padding},x\n2,乙,y\r\n".encode())
    assert seen.rows == [(2, "1", "甲", "x"), (3, "2", "乙", "y")]


def test_a_file_that_was_cut_off_anywhere_loses_no_character(read: Any) -> None:
    text = 'x1,"y\n2",z3\n"x4","y,5","z""6"\nq7,"w8",e9\n'
    for cut in range(len(text)):
        seen = read((HEADER + text[:cut]).encode())
        kept = "".join(cell or "" for row in seen.rows for cell in row[1:]) + "".join(one.text for one in seen.rejected)
        assert sorted(filter(str.isalnum, kept)) == sorted(filter(str.isalnum, text[:cut]))


CELL = st.text(
    alphabet=st.one_of(st.sampled_from("\",;\t|\n\r'\\ “"), st.characters(codec="utf-8", exclude_characters="\0\ufeff"))
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL), max_size=6),
    delimiter=st.sampled_from(",\t;|"),
    style=st.sampled_from([("\n", csv.QUOTE_ALL), ("\r\n", csv.QUOTE_MINIMAL), ("\r\n", csv.QUOTE_ALL)]),
)
def test_what_a_csv_writer_wrote_is_read_as_it_was(
    read: Any, rows: list[tuple[str, ...]], delimiter: str, style: tuple[str, Any]
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=style[0], quoting=style[1])
    writer.writerow(["学校标识码", "姓名", "备注"])
    writer.writerows(rows)
    seen = read(text.getvalue().encode())
    wanted = [(number, *(cell or None for cell in row)) for number, row in enumerate(rows, 2) if any(row)]
    assert seen.rows == wanted
    assert not seen.rejected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(lines=st.lists(st.text(alphabet='x甲", ', min_size=1, max_size=12), max_size=8))
def test_every_line_of_a_malformed_text_is_a_record_or_rejected(read: Any, lines: list[str]) -> None:
    seen = read((HEADER + "\n".join(lines)).encode())
    kept = "".join(cell or "" for row in seen.rows for cell in row[1:]) + "".join(one.text for one in seen.rejected)
    for character in "x甲":
        assert kept.count(character) == sum(line.count(character) for line in lines)
