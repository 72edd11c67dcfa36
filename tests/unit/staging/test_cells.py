"""Every type, with texts that are good, that are repaired and that are faults, and both ways of reading them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eduplan.declarations.contracts import Column, Contract, load_code_lists
from eduplan.reading.header import RawColumn
from eduplan.staging.cells import Names, number_cell, text_cell
from eduplan.staging.generate import Statements
from eduplan.staging.macros import ENGINE_MACROS
from eduplan.staging.plan import FilePlan
from eduplan.staging.vocabulary import set_vocabulary
from tests.unit.staging.conftest import ROOT, identity_number, make_records

CODES = load_code_lists(ROOT / "contracts" / "codes")
GOOD = identity_number(7)

TEXT = {"type": "text"}
SCHOOL_CODE = {"type": "text", "pattern": r"^\d{10}$"}
GRADE = {"type": "code", "codes": "grade"}
SEX = {"type": "code", "codes": "sex"}
FLAG = {"type": "flag"}
INTEGER = {"type": "integer", "minimum": 0}
AREA = {"type": "decimal", "scale": 2, "minimum": 0}
SPHERE = {"type": "decimal", "scale": 2, "minimum": -20, "maximum": 15, "degrees": True}
ROOMS = {**INTEGER, "unit": "rooms"}
PERSONS = {**INTEGER, "unit": "persons"}
YUAN = {**AREA, "unit": "yuan"}
IN_A_COLUMN = {**AREA, "unit": "amount_unit"}
FLOOR = {**AREA, "unit": "m2"}
SHARE = {"type": "decimal", "scale": 1, "minimum": 0, "maximum": 100, "unit": "%"}
DIOPTRES = {**SPHERE, "unit": "D"}
DATE = {"type": "date"}
ACUITY = {"type": "acuity"}
IDENTITY = {"type": "identity", "privacy": "identity"}
ROLL_NUMBER = {"type": "roll_number", "privacy": "identity"}
ALL_TYPES = (TEXT, SCHOOL_CODE, GRADE, SEX, FLAG, INTEGER, AREA, SPHERE, DATE, ACUITY, IDENTITY, ROLL_NUMBER)


class Reader:
    """Reads single texts as a column of a contract."""

    def __init__(self) -> None:
        self._connection = duckdb.connect()
        self._connection.execute(ENGINE_MACROS.read_text(encoding="utf-8"))
        set_vocabulary(self._connection, CODES)

    def read(self, column: dict[str, Any], text: str | None) -> tuple[Any, str | None, set[str]]:
        """Value, fault and repairs of a text, as staging would have them."""
        statements = self._first(column, text)
        is_odd, odd, blank, quoted, value = self._one("select _is_odd, _odd, _blank, _quoted, value from rows")
        if not is_odd:
            return value, None, {rule for rule, mask in (("placeholder", blank), ("apostrophe", quoted)) if mask}
        return self._second(statements, odd)

    def read_both_ways(self, column: dict[str, Any], text: str) -> tuple[Any, Any]:
        """What the quick and the careful way make of a text."""
        statements = self._first(column, text)
        (quick,) = self._one("select value from rows")
        self._connection.execute("update records set _is_odd = true")
        return quick, self._second(statements, 2)[0]

    def _first(self, column: dict[str, Any], text: str | None) -> Statements:
        contract = Contract.model_validate(
            {
                "source": "test",
                "title": {"en": "Test", "zh": "测试"},
                "owner": {"en": "Test", "zh": "测试"},
                "privacy": "public",
                "files": [{"folder": "test"}],
                "period": {"kind": "none", "from": "fixed", "value": "all"},
                "columns": [
                    {"name": "id", "type": "text", "required": True},
                    {"name": "cell", "keep": False, **column},
                ],
                "derive": [{"name": "value", "type": "text", "expression": "cell"}],
                "key": ["id"],
            }
        )
        header = [RawColumn("c0", "id", ("id",)), RawColumn("c1", "cell", ("cell",))]
        statements = Statements(FilePlan(contract, CODES, header, {}))
        self._connection.execute(
            "create or replace temp table raw as select 1::bigint as row_number, 'a' as c0, $1::varchar as c1", [text]
        )
        make_records(self._connection, statements, "raw")
        self._connection.execute("create or replace temp view rows as select rowid as _id, * from records")
        return statements

    def _second(self, statements: Statements, odd: int) -> tuple[Any, str | None, set[str]]:
        odd_rows = "(select _id, row_number, _odd, c0, c1 from rows join raw using (row_number) where _is_odd)"
        self._connection.execute(statements.apart("odd_rows", odd_rows))
        self._connection.execute(statements.second("mended", "odd_rows", odd))
        value, faults, repairs = self._one("select value, _faults, _repairs from mended")
        return value, faults[0]["key"] if faults else None, {repair["rule"] for repair in repairs}

    def _one(self, query: str) -> tuple[Any, ...]:
        row = self._connection.execute(query).fetchone()
        assert row is not None
        return row


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        (TEXT, "第一小学", "第一小学"),
        (TEXT, None, None),
        (SCHOOL_CODE, "2199000001", "2199000001"),
        (GRADE, "一年级", "p1"),
        (GRADE, "01", "p1"),
        (GRADE, "p1", "p1"),
        (GRADE, "初一", "j1"),
        (SEX, "男", "male"),
        (FLAG, "是", "true"),
        (FLAG, "√", "true"),
        (FLAG, "0", "false"),
        (FLAG, "无", "false"),
        (INTEGER, "12", "12"),
        (INTEGER, "12.0", "12"),
        (AREA, "1234.5", "1234.50"),
        (SPHERE, "-1.25", "-1.25"),
        (DATE, "2015-03-09", "2015-03-09"),
        (DATE, "2015/3/9", "2015-03-09"),
        (DATE, "2015.3.9", "2015-03-09"),
        (DATE, "2015年3月9日", "2015-03-09"),
        (DATE, "2015年3月", "2015-03-01"),
        (DATE, "20150309", "2015-03-09"),
        (DATE, "201511", "2015-11-01"),
        (DATE, "2015-03", "2015-03-01"),
        (DATE, "2015.2", "2015-02-01"),
        (DATE, "2015.01", "2015-01-01"),
        (DATE, "2015.10", "2015-10-01"),
        (DATE, "2015-1", "2015-01-01"),
        (ACUITY, "5.0", "5.0"),
        (ACUITY, "1.5", "5.2"),
        (ACUITY, "0.1", "4.0"),
        (ACUITY, "2.0", "5.3"),
        (IDENTITY, GOOD, GOOD),
        (IDENTITY, "11010519491231002X", "11010519491231002X"),
        (ROLL_NUMBER, f"G{GOOD}", f"G{GOOD}"),
        (ROLL_NUMBER, f"J{GOOD}", f"J{GOOD}"),
        (ROLL_NUMBER, "L990101201503091234", "L990101201503091234"),
    ],
)
def test_reads_well_formed_texts(reader: Reader, column: dict[str, Any], text: str | None, value: str | None) -> None:
    read, fault, repairs = reader.read(column, text)
    assert read == value
    assert repairs == set()
    assert (fault is None) == (value is not None or text is None)


@pytest.mark.parametrize(
    ("column", "text", "value", "repairs"),
    [
        (TEXT, "　第１小学 ", "第1小学", {"trim", "width"}),
        (TEXT, "第\u200b一小学", "第一小学", {"invisible"}),
        (TEXT, "⼀年级", "一年级", {"width"}),
        (TEXT, "--", None, {"placeholder"}),
        (TEXT, " 无数据", None, {"trim", "placeholder"}),
        (SCHOOL_CODE, "２１９９０００００１", "2199000001", {"width"}),
        (SCHOOL_CODE, "'2199000001", "2199000001", {"apostrophe"}),
        (SCHOOL_CODE, "2199000001.0", "2199000001", {"decimal_zero"}),
        (SCHOOL_CODE, "2199 000001", "2199000001", {"spaces"}),
        (GRADE, " 一年级", "p1", {"trim"}),
        (GRADE, "一 年级", "p1", {"label"}),
        (GRADE, "1.0", "p1", {"decimal_zero"}),
        (GRADE, "－", None, {"width", "placeholder"}),
        (FLAG, "Ｙ", "true", {"width"}),
        (INTEGER, "1,234", "1234", {"thousands"}),
        (INTEGER, "１２", "12", {"width"}),
        (INTEGER, "#REF!", None, {"placeholder"}),
        (AREA, "12.345", "12.35", {"rounded"}),
        (AREA, "1,234.5", "1234.50", {"thousands"}),
        (INTEGER, "1 200", "1200", {"thousands"}),
        (INTEGER, "12\u202f345\u202f678", "12345678", {"thousands"}),
        (INTEGER, "1\u3000200", "1200", {"width", "thousands"}),
        (INTEGER, "24间", "24", {"measure_word"}),
        (ROOMS, "24 间", "24", {"measure_word"}),
        (ROOMS, "1,200个", "1200", {"thousands", "measure_word"}),
        (PERSONS, "35人", "35", {"measure_word"}),
        (PERSONS, "1.2万人", "12000", {"unit"}),
        (YUAN, "1 200元", "1200.00", {"thousands", "measure_word"}),
        (YUAN, "3.5万元", "35000.00", {"unit"}),
        (FLOOR, "60㎡", "60.00", {"width", "measure_word"}),
        (FLOOR, "1.5公顷", "15000.00", {"unit"}),
        (SHARE, "85%", "85.0", {"measure_word"}),
        (SHARE, "８５．５％", "85.5", {"width", "measure_word"}),
        (DIOPTRES, "-3.00D", "-3.00", {"measure_word"}),
        (SPHERE, "-150", "-1.50", {"degrees"}),
        (SPHERE, "-2000", "-20.00", {"degrees"}),
        (DATE, "42072", "2015-03-09", {"excel_serial_date"}),
        (DATE, "２０１５年３月９日", "2015-03-09", {"width"}),
        (DATE, "2015-03-09 00:00:00", "2015-03-09", set()),
        (DATE, "2015年 3月", "2015-03-01", set()),
        (ACUITY, "0.7", "4.8", {"chart_line"}),
        (ACUITY, "0.9", "4.9", {"chart_line"}),
        (ACUITY, "4.85", "4.8", {"chart_line"}),
        (IDENTITY, f"'{GOOD}", GOOD, {"apostrophe"}),
        (IDENTITY, f"\t{GOOD}", GOOD, {"trim"}),
        (IDENTITY, f"{GOOD[:6]} {GOOD[6:]}", GOOD, {"spaces"}),
        (IDENTITY, "11010519491231002x", "11010519491231002X", {"lower_case"}),
        (IDENTITY, "".join(chr(ord(character) + 65248) for character in GOOD), GOOD, {"width"}),
        (ROLL_NUMBER, f"g{GOOD}", f"G{GOOD}", {"lower_case"}),
    ],
)
def test_repairs_and_counts(
    reader: Reader, column: dict[str, Any], text: str, value: str | None, repairs: set[str]
) -> None:
    assert reader.read(column, text) == (value, None, repairs)


@pytest.mark.parametrize(
    ("column", "text", "fault"),
    [
        (SCHOOL_CODE, "219900000", "pattern"),
        (GRADE, "十五年级", "code"),
        (FLAG, "也许", "flag"),
        (INTEGER, "12.5", "number"),
        (INTEGER, "3.70E+17", "number"),
        (INTEGER, "many", "number"),
        (INTEGER, "1 20", "number"),
        (INTEGER, "85%", "percentage"),
        (INTEGER, "24元", "unit"),
        (INTEGER, "24间半", "unit"),
        (ROOMS, "3天", "unit"),
        (ROOMS, "1.5间", "number"),
        (PERSONS, "24间", "unit"),
        (PERSONS, "3.5万", "unit"),
        (YUAN, "24间", "unit"),
        (YUAN, "-3万元", "range"),
        (IN_A_COLUMN, "3万元", "unit"),
        (FLOOR, "12亩", "unit"),
        (DIOPTRES, "300D", "range"),
        (INTEGER, "-1", "range"),
        (AREA, "-0.01", "range"),
        (SPHERE, "1234567", "range"),
        (AREA, "10000000000000000", "range"),
        (SPHERE, "-21.00", "range"),
        (SPHERE, "24", "range"),
        (DATE, "2015-02-30", "date"),
        (DATE, "0215-03-09", "date"),
        (DATE, "2015-13", "date"),
        (DATE, "15/1/1", "date"),
        (DATE, "60001", "date"),
        (DATE, "2015.1", "month"),
        (DATE, " 2015. 1", "month"),
        (ACUITY, "5.4", "acuity"),
        (ACUITY, "2.5", "acuity"),
        (ACUITY, "0", "acuity"),
        (IDENTITY, "3.70202E+17", "scientific"),
        (IDENTITY, "370202150101001", "old_identity"),
        (IDENTITY, GOOD[:17], "length"),
        (IDENTITY, GOOD[:10] + "A" + GOOD[11:], "characters"),
        (IDENTITY, "370202201501010000", "lost_digits"),
        (IDENTITY, "11010519491331002X", "birth"),
        (IDENTITY, GOOD[:17] + ("1" if GOOD[17] != "1" else "2"), "check"),
        (IDENTITY, "99990120150101e034", "scientific"),
        (IDENTITY, "440524188001010014", "birth"),
        (ROLL_NUMBER, GOOD, "roll_number"),
        (ROLL_NUMBER, "L9901012015030912345", "roll_number"),
        (ROLL_NUMBER, f"J{GOOD[:17]}{'1' if GOOD[17] != '1' else '2'}", "roll_number"),
    ],
)
def test_says_what_is_wrong(reader: Reader, column: dict[str, Any], text: str, fault: str) -> None:
    value, found, _ = reader.read(column, text)
    assert value is None
    assert found == fault


@pytest.mark.parametrize(
    ("column", "key", "said"),
    [
        (SCHOOL_CODE, "pattern", ("not 10 digits", "应为 10 位数字")),
        ({**SCHOOL_CODE, "pattern": "^[A-Z]+$"}, "pattern", ("does not look like ^[A-Z]+$", "格式不符：^[A-Z]+$")),
        (INTEGER, "range", ("below 0, or too large to be true", "小于 0，或大得不合理")),
        (SPHERE, "range", ("not between -20 and 15", "应在 -20 至 15 之间")),
        ({"type": "decimal", "maximum": 100}, "range", ("above 100", "不得大于 100")),
    ],
)
def test_a_reason_says_what_is_wanted(column: dict[str, Any], key: str, said: tuple[str, str]) -> None:
    declared = Column.model_validate({"name": "cell", **column})
    read = number_cell if key == "range" else text_cell
    text = read(declared, Names("cell", "c0")).reasons[key].text
    assert (text.en, text.zh) == said


def test_declared_null_values_are_no_repair(reader: Reader) -> None:
    assert reader.read({**AREA, "null_values": ["NA", "88"]}, "NA") == (None, None, set())
    assert reader.read({**AREA, "null_values": ["NA", "88"]}, "88") == (None, None, set())


def test_an_empty_cell_has_the_default(reader: Reader) -> None:
    assert reader.read({**FLAG, "default": False}, None)[0] == "false"
    assert reader.read({**GRADE, "default": "p1"}, "--") == ("p1", None, {"placeholder"})


def test_a_missing_required_value_is_a_fault(reader: Reader) -> None:
    assert reader.read({**DATE, "required": True}, None)[1] == "required"
    assert reader.read({**DATE, "required": True}, "--")[1] == "required"


def test_passports_need_a_letter_where_no_certificate_is_given(reader: Reader) -> None:
    assert reader.read(IDENTITY, "E12345678") == ("E12345678", None, set())
    assert reader.read(IDENTITY, "123456789")[1] == "length"


def test_the_test_vectors_of_the_check_character(memory: duckdb.DuckDBPyConnection) -> None:
    memory.execute(ENGINE_MACROS.read_text(encoding="utf-8"))
    for number in ("11010519491231002X", "440524188001010014", "370200201501010019", "370299201412311225"):
        row = memory.execute("select identity_check_character(left($1, 17)::bigint)", [number]).fetchone()
        assert row == (number[17],)


@pytest.mark.parametrize(
    ("decimal", "line"), [("0.1", "4.0"), ("0.3", "4.5"), ("0.5", "4.7"), ("0.8", "4.9"), ("1.0", "5.0")]
)
def test_the_test_vectors_of_acuity(reader: Reader, decimal: str, line: str) -> None:
    assert Decimal(reader.read(ACUITY, decimal)[0]) == Decimal(line)


ALPHABET = "0123456789.,-/+年月日级一男女是否YXxeEGJL '　１Ａ\t\u200b"
texts = st.one_of(
    st.text(ALPHABET, max_size=20),
    st.integers(0, 999).map(identity_number),
    st.dates(date(1890, 1, 1), date(2110, 1, 1)).map(str),
    st.decimals(-3000, 3000, places=2).map(str),
)


@settings(max_examples=150, deadline=None)
@given(text=texts, column=st.sampled_from(ALL_TYPES))
def test_both_ways_agree_on_what_the_quick_way_takes(text: str, column: dict[str, Any]) -> None:
    quick, careful = _shared_reader().read_both_ways(column, text)
    assert quick is None or quick == careful


def _shared_reader(readers: list[Reader] = []) -> Reader:  # noqa: B006 - one reader for all examples
    if not readers:
        readers.append(Reader())
    return readers[0]
