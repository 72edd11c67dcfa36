"""Headers: title rows, aliases, merged and multi-row headers, wide columns, and what is missing."""

from __future__ import annotations

from typing import Any

import pytest

from eduplan.errors import InputError
from eduplan.reading.header import HeaderFinder, joined_labels

CENSUS = {
    "columns": [
        {"name": "school_code", "type": "text", "required": True, "aliases": ["学校标识码"]},
        {"name": "grade", "type": "text", "required": True, "aliases": ["年级"]},
        {"name": "sex", "type": "text", "required": True, "aliases": ["性别"]},
        {"name": "pupils", "type": "integer", "required": True, "aliases": ["在校生数"]},
        {"name": "total", "type": "integer", "aliases": ["合计"]},
    ],
    "key": ["school_code", "grade", "sex"],
    "unpivot": [{"pattern": "^(?P<grade>.+?)-?(?P<sex>男生|女生)(数)?$", "value": "pupils"}],
}


@pytest.mark.parametrize(
    "label",
    ["学校（机构）代码", "学校(机构)代码", " 学校 （机构） 代码 ", "*学校（机构）代码", "SCHOOL_CODE", "学校\n标识码"],
)
def test_labels_are_compared_without_width_spaces_and_case(contract: Any, label: str) -> None:
    header = HeaderFinder(contract()).find([[label, "姓 名"]])
    assert header is not None
    assert [column.columns for column in header.columns] == [("school_code",), ("pupil",)]


def test_merged_header_of_two_rows(contract: Any) -> None:
    rows = [
        ["某区视力监测表", None, None, None, None],
        ["学校标识码", "姓名", "视力检查", None, "备注"],
        [None, None, "裸眼(右)", "裸眼（左）", None],
        ["9901000001", "甲", "5.0", "4.9", None],
    ]
    header = HeaderFinder(contract()).find(rows)
    assert header is not None
    assert (header.first, header.last) == (2, 3)
    assert [(column.header, column.columns) for column in header.columns] == [
        ("学校标识码", ("school_code",)),
        ("姓名", ("pupil",)),
        ("视力检查-裸眼(右)", ("acuity_right",)),
        ("视力检查-裸眼（左）", ("acuity_left",)),
        ("备注", ("remark",)),
    ]


def test_header_of_three_rows() -> None:
    rows = [["代码", "小学", None, None, None], [None, "一年级", None, "二年级", None], [None, "男", "女", "男", "女"]]
    labels = ["-".join(parts) for parts in joined_labels(rows)]
    assert labels == ["代码", "小学-一年级-男", "小学-一年级-女", "小学-二年级-男", "小学-二年级-女"]


def test_a_group_above_plain_labels_changes_nothing(contract: Any) -> None:
    rows = [["基本情况", None, "其他"], ["学校标识码", "姓名", "备注"], ["1", "甲", "x"]]
    header = HeaderFinder(contract()).find(rows)
    assert header is not None
    assert header.last == 2
    assert header.missing == ()


def test_the_contract_can_force_the_height(contract: Any) -> None:
    rows = [["学校标识码", "姓名"], ["（文本）", "（文本）"], ["1", "甲"]]
    header = HeaderFinder(contract(layout={"header_rows": 2})).find(rows)
    assert header is not None
    assert header.last == 2


def test_wide_columns_give_their_groups(contract: Any) -> None:
    header = HeaderFinder(contract(**CENSUS)).find([["学校标识码", "一年级男生", "一年级女生数", "合计"]])
    assert header is not None
    assert header.missing == ()
    assert [(column.columns, column.groups, column.is_wide) for column in header.columns] == [
        (("school_code",), {}, False),
        (("pupils",), {"grade": "一年级", "sex": "男生"}, True),
        (("pupils",), {"grade": "一年级", "sex": "女生"}, True),
        (("total",), {}, False),
    ]


def test_wide_columns_under_merged_grades(contract: Any) -> None:
    header = HeaderFinder(contract(**CENSUS)).find([["学校标识码", "一年级", None], [None, "男生", "女生"]])
    assert header is not None
    assert [column.groups for column in header.columns][1:] == [
        {"grade": "一年级", "sex": "男生"},
        {"grade": "一年级", "sex": "女生"},
    ]


def test_one_label_can_fill_two_columns_and_the_better_of_two_labels_wins(contract: Any) -> None:
    columns = [
        {"name": "sphere", "type": "decimal", "required": True, "aliases": ["S"]},
        {"name": "sphere_sent", "type": "text", "aliases": ["S"]},
        {"name": "code", "type": "text", "aliases": ["学校标识码", "代码"]},
    ]
    header = HeaderFinder(contract(columns=columns, key=["code"])).find([["S", "代码", "学校标识码"]])
    assert header is not None
    assert [column.columns for column in header.columns] == [("sphere", "sphere_sent"), (), ("code",)]


def test_missing_columns_are_named(read: Any) -> None:
    with pytest.raises(InputError) as caught:
        read("学校标识码,备注\n1,x\n".encode())
    assert "required columns are missing: pupil (姓名)" in caught.value.line


def test_a_file_without_a_header_shows_none_of_its_cells(read: Any) -> None:
    with pytest.raises(InputError) as caught:
        read("1,张三\n2,李四\n".encode())
    assert "no header row" in caught.value.line
    assert "张三" not in caught.value.line


def test_a_label_that_the_contract_does_not_know_fills_nothing(read: Any) -> None:
    seen = read("学校标识码,姓名,爱好,\n1,甲,棋,\n".encode())
    assert [(column.header, bool(column.columns)) for column in seen.raw.columns][-1] == ("爱好", False)
