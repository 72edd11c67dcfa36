"""Units in headers and titles: a label is known with its unit, and no figure is off by a factor of ten thousand."""

from __future__ import annotations

from typing import Any

import pytest

from eduplan.errors import InputError
from eduplan.reading.header import Header, HeaderFinder, Row
from eduplan.reading.units import factor_of, split_label, units_of_titles

REGISTER: dict[str, Any] = {
    "columns": [
        {"name": "school_code", "type": "text", "required": True, "aliases": ["学校标识码"]},
        {"name": "building_area_m2", "type": "decimal", "unit": "m2", "required": True, "aliases": ["校舍建筑面积"]},
        {"name": "equipment_value_yuan", "type": "decimal", "unit": "yuan", "aliases": ["仪器设备值", "设备值（元）"]},
        {"name": "places", "type": "integer", "unit": "places", "aliases": ["学位数"]},
        {"name": "rooms", "type": "integer", "aliases": ["教室数"]},
    ],
    "key": ["school_code"],
}
ACCOUNT: dict[str, Any] = {
    "columns": [
        {"name": "division_code", "type": "text", "required": True, "aliases": ["区划代码"]},
        {"name": "amount_unit", "type": "code", "codes": "amount_unit", "default": "yuan", "aliases": ["金额单位"]},
        {"name": "spending", "type": "decimal", "unit": "amount_unit", "required": True, "aliases": ["教育支出"]},
    ],
    "key": ["division_code"],
}


def read(contract: Any, declared: dict[str, Any], *rows: Row) -> Header:
    finder = HeaderFinder(contract(**declared))
    return finder.require(finder.find(rows), where="表.xlsx")


@pytest.mark.parametrize(
    ("label", "parts"),
    [
        ("校舍建筑面积（㎡）", ("校舍建筑面积", "m2")),
        ("校舍建筑面积 (平方米)", ("校舍建筑面积", "平方米")),
        ("教育支出【单位：万元】", ("教育支出", "万元")),
        ("巩固率（％）", ("巩固率", "%")),
        ("学校（机构）", None),
        ("校舍建筑面积", None),
    ],
)
def test_a_unit_in_brackets_is_told_from_other_brackets(label: str, parts: tuple[str, str] | None) -> None:
    assert split_label(label) == parts


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("单位：万元", ["万元"]),
        ("2024年决算表（单位：人、万元）", ["人", "万元"]),
        ("金额单位: 元", ["元"]),
        ("填报单位：万元镇中心小学", []),
        ("填报单位：甲区教体局", []),
    ],
)
def test_titles_name_units_and_senders_are_none(title: str, words: list[str]) -> None:
    assert units_of_titles([title, None]) == words


def test_labels_are_known_with_their_units(contract: Any) -> None:
    labels = ["学校标识码", "校舍建筑面积（㎡）", "仪器设备值（元）", "学位数（个）", "教室数(间)"]
    header = read(contract, REGISTER, labels)
    assert [column.columns for column in header.columns] == [
        ("school_code",),
        ("building_area_m2",),
        ("equipment_value_yuan",),
        ("places",),
        ("rooms",),
    ]
    assert {column.factor for column in header.columns} == {1}


def test_another_size_of_the_unit_is_a_factor(contract: Any) -> None:
    header = read(contract, REGISTER, ["学校标识码", "校舍建筑面积（公顷）", "仪器设备值（万元）"])
    assert [column.factor for column in header.columns] == [1, 10_000, 10_000]


def test_a_title_holds_for_the_columns_that_say_nothing_themselves(contract: Any) -> None:
    title: Row = ["单位：平方米、万元", None, None]
    header = read(contract, REGISTER, title, ["学校标识码", "校舍建筑面积", "仪器设备值"])
    assert [column.factor for column in header.columns] == [1, 1, 10_000]
    header = read(contract, REGISTER, title, ["学校标识码", "校舍建筑面积", "设备值（元）"])
    assert [column.factor for column in header.columns] == [1, 1, 1], "an alias that ends in its unit says it too"


def test_a_label_in_a_unit_of_something_else_is_not_the_column(contract: Any) -> None:
    with pytest.raises(InputError, match="required columns are missing: building_area_m2"):
        read(contract, REGISTER, ["学校标识码", "校舍建筑面积（万元）", "教室数"])


@pytest.mark.parametrize(
    ("unit", "word", "factor"),
    [
        ("hours", "学时", 1),
        ("hours", "天", None),
        ("days", "小时", None),
        ("persons", "人", 1),
        ("persons", "间", None),
        ("persons", "万人", 10_000),
        ("rooms", "间", 1),
        ("%", "%", 1),
        ("persons", "%", None),
        (None, "间", 1),
        (None, "万元", None),
    ],
)
def test_a_word_means_so_many_of_a_unit_or_something_else(unit: str | None, word: str, factor: int | None) -> None:
    assert factor_of(word, unit) == factor


def test_two_units_in_the_titles_are_refused(contract: Any) -> None:
    with pytest.raises(InputError, match="several units for equipment_value_yuan"):
        read(contract, REGISTER, ["单位：元、万元"], ["学校标识码", "校舍建筑面积", "仪器设备值"])


@pytest.mark.parametrize(
    "rows",
    [
        [["单位：万元", None], ["区划代码", "教育支出"]],
        [["区划代码", "教育支出（万元）"]],
    ],
)
def test_a_unit_that_has_a_column_of_its_own_fills_it(contract: Any, rows: list[Row]) -> None:
    header = read(contract, ACCOUNT, *rows)
    assert header.said == {"amount_unit": "万元"}
    assert {column.factor for column in header.columns} == {1}


def test_a_column_with_the_unit_goes_before_titles(contract: Any) -> None:
    header = read(contract, ACCOUNT, ["单位：万元"], ["区划代码", "金额单位", "教育支出"])
    assert header.said == {}
