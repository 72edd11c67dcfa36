"""How one cell is read, by the type of its column: a quick way for well-formed texts, a careful way for all others.

Belongs here: the SQL of text, code, flag, integer, decimal and date. Does not belong here: identity numbers and acuity
(modules of their own), and how cells become rows (:mod:`eduplan.staging.generate`).

The quick way gives the value of a text that needs no attention, and null for any other. The careful way looks at those
others: it may repair them, and counts that, or says what is wrong. Both ways agree on every text that the quick way
takes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from eduplan.declarations.contracts import CodeList, Column, ColumnType
from eduplan.declarations.text import Bilingual
from eduplan.reading.units import has_larger_words
from eduplan.staging.normalise import TIDY, sql_text
from eduplan.staging.vocabulary import (
    PLACEHOLDERS,
    code_of,
    code_type,
    flag_of,
    is_placeholder,
    loose_code_of,
    size_of,
)

_DATE_FORMATS = (
    *("%Y%m%d", "%Y.%m.%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y年%m月%d"),
    *("%Y%m", "%Y-%m", "%Y.%m", "%Y/%m", "%Y年%m月"),
)
_FIRST_YEAR, _YEAR_AFTER_LAST = "'1900'", "'2101'"
_JANUARY_OR_OCTOBER = (
    "January or October: a spreadsheet makes 2015.1 of 2015.10; send it as 2015-01 or 2015-10",
    "无法区分 1 月与 10 月（表格软件会把 2015.10 变成 2015.1）：请按 2015-01 或 2015-10 填写",
)
_WRONG_UNIT = (
    "a figure with words behind it that are no unit of this column: send it in the column's unit, without words",
    "数字后带有不属于本列的单位或文字：请换算为本列单位，只填数字",
)
_PERCENTAGE = (
    "a percentage in a column of figures: send the figure itself",
    "本列应填数值而非百分比：请填数值本身",
)


@dataclass(frozen=True)
class Names:
    """The SQL names that a column's reading goes through.

    Attributes:
        column: The contract's column, which holds the value.
        raw: Its text as it stands in the file.
    """

    column: str
    raw: str

    @property
    def text(self) -> str:
        """The tidied text; null where it says that there is no value."""
        return f"_text_{self.column}"

    @property
    def simple(self) -> str:
        """The tidied text without what the type's repairs take away."""
        return f"_simple_{self.column}"

    def helper(self, purpose: str) -> str:
        """Another column on the way."""
        return f"_{purpose}_{self.column}"


@dataclass(frozen=True)
class Reason:
    """Why a cell cannot be used: the rule that it breaks, and the sentence for the sender."""

    rule: str
    text: Bilingual


@dataclass(frozen=True)
class Cell:
    """The SQL that reads one column.

    Attributes:
        names: Names that the expressions use.
        sql_type: Type of the value.
        prepared: Helper columns of the quick way, by name.
        quick: Value of a well-formed raw text, null for others.
        is_placeholder: Whether the tidied text says that there is no value.
        simplified: The tidied text without what the repairs below take away.
        is_figure: Whether the tidied text is a figure, which may have a word behind it; then helper columns ``word``,
            ``grouped`` and ``figure`` are its parts.
        tidied: Helper columns of the careful way, by name, over the tidied text and its parts.
        read: Helper columns of the careful way, by name, over the simplified text.
        careful: Value of any simplified text, null where there is none.
        repairs: What the careful way changed, by rule: conditions over text, simplified text and value.
        fault: Key of the reason why there is no value, where there is none.
        reasons: Reasons by key.
        is_late: Whether it reads values of other columns, and so comes after them.
        is_quoted: Whether the raw text has an apostrophe that the quick way takes off, which is counted.
    """

    names: Names
    sql_type: str
    quick: str
    careful: str
    fault: str
    reasons: Mapping[str, Reason]
    is_placeholder: str
    prepared: Mapping[str, str] = field(default_factory=dict)
    simplified: str = ""
    is_figure: bool = False
    tidied: Mapping[str, str] = field(default_factory=dict)
    read: Mapping[str, str] = field(default_factory=dict)
    repairs: Mapping[str, str] = field(default_factory=dict)
    is_late: bool = False
    is_quoted: str = ""


def reason(column: Column, rule: str, en: str, zh: str) -> Reason:
    """A reason under the rule that the column declares, or else under the given one."""
    return Reason(column.rule or rule, Bilingual(en=en, zh=zh))


def text_cell(column: Column, names: Names) -> Cell:
    """Text, with its pattern."""
    raw, text, simple = names.raw, names.text, names.simple
    is_tidy = f"regexp_matches({raw}, {sql_text(TIDY)})"
    if column.pattern is None:
        return Cell(
            names=names,
            sql_type="varchar",
            quick=f"case when {is_tidy} and not {is_placeholder(raw)} then {raw} end",
            careful=simple,
            fault="cast(null as varchar)",
            reasons={},
            is_placeholder=is_placeholder(text),
        )
    pattern = sql_text(column.pattern)
    conditions = [f"regexp_matches({raw}, {pattern})"]
    if not _takes_tidy_texts_only(column.pattern):
        conditions += [is_tidy, f"not {is_placeholder(raw)}"]
    without_zeros = rf"regexp_replace({text}, '\.0+$', '')"
    without_spaces = rf"regexp_replace({text}, '\s', '', 'g')"
    return Cell(
        names=names,
        sql_type="varchar",
        quick=f"case when {' and '.join(conditions)} then {raw} end",
        simplified=(
            f"case when regexp_matches({text}, {pattern}) then {text} "
            f"when regexp_matches({without_zeros}, {pattern}) then {without_zeros} "
            f"when regexp_matches({without_spaces}, {pattern}) then {without_spaces} else {text} end"
        ),
        careful=f"case when regexp_matches({simple}, {pattern}) then {simple} end",
        repairs={
            "decimal_zero": rf"{simple} <> {text} and {simple} = {without_zeros}",
            "spaces": rf"{simple} <> {text} and {simple} = {without_spaces}",
        },
        fault="'pattern'",
        reasons={"pattern": reason(column, "pattern", *_wanted_form(column.pattern))},
        is_placeholder=is_placeholder(text),
    )


def _wanted_form(pattern: str) -> tuple[str, str]:
    """What a text must look like, in both languages; other patterns than so many digits speak for themselves."""
    digits = re.fullmatch(r"\^\\d\{(\d+)\}\$", pattern)
    if digits:
        return f"not {digits[1]} digits", f"应为 {digits[1]} 位数字"
    return f"does not look like {pattern}", f"格式不符：{pattern}"


def _takes_tidy_texts_only(pattern: str) -> bool:
    """Whether a pattern spells out plain characters from end to end, so that what it takes needs no tidying."""
    others = re.sub(r"\\d|\[[A-Za-z0-9_-]+\]|\{\d+(,\d*)?\}|[()|?+*]|[A-Za-z0-9_-]", "", pattern)
    return others == "^$" and not any(re.search(pattern, text) for text in ("", *PLACEHOLDERS))


def code_cell(column: Column, code_list: CodeList, names: Names) -> Cell:
    """A code, by itself or by any of its labels."""
    name, title = code_list.code_list, code_list.title
    return Cell(
        names=names,
        sql_type=code_type(code_list),
        quick=code_of(name, names.raw),
        is_placeholder=f"({is_placeholder(names.text)} and {code_of(name, names.text)} is null)",
        simplified=rf"regexp_replace({names.text}, '^(\d+)\.0+$', '\1')",
        careful=f"coalesce({code_of(name, names.simple)}, {loose_code_of(name, names.simple)})",
        repairs={
            "decimal_zero": f"{names.simple} <> {names.text}",
            "label": f"{names.column} is not null and {code_of(name, names.simple)} is null",
        },
        fault="'code'",
        reasons={
            "code": reason(column, "code", f"not in the code list {title.en.lower()}", f"不在“{title.zh}”代码表中")
        },
    )


def flag_cell(column: Column, names: Names) -> Cell:
    """Yes or no."""
    return Cell(
        names=names,
        sql_type="boolean",
        quick=flag_of(names.raw),
        is_placeholder=f"({is_placeholder(names.text)} and {flag_of(names.text)} is null)",
        simplified=rf"regexp_replace({names.text}, '^(\d)\.0+$', '\1')",
        careful=flag_of(names.simple),
        repairs={"decimal_zero": f"{names.simple} <> {names.text}"},
        fault="'flag'",
        reasons={"flag": reason(column, "flag", "neither yes nor no", "应填“是”或“否”")},
    )


def number_cell(column: Column, names: Names, *, factor: int = 1) -> Cell:
    """A whole or decimal number, within its range.

    Args:
        column: The contract's column.
        names: Names that the reading goes through.
        factor: How many of the column's unit a number counts: 10,000 where it is sent in 万元 and wanted in yuan. Then
            each number is read the careful way, which counts it as repaired.
    """
    text, simple, number = names.text, names.simple, names.helper("number")
    figure, word = names.helper("figure"), names.helper("word")
    is_whole = column.type is ColumnType.INTEGER
    scale = 0 if is_whole else column.scale
    precision = _precision(column, scale)
    sql_type = "bigint" if is_whole else f"decimal({precision}, {scale})"
    # Two more decimals than are kept, so that a number which would lose some is noticed.
    exact = f"decimal({precision}, {scale + 2})"
    read, size = names.helper("read"), names.helper("size")
    if is_whole:
        # 12.5 pupils are no number of pupils; 3.70E+17 has lost digits that nobody can give back.
        is_number = f"{read} = try_cast({read} as bigint) and not regexp_matches({simple}, '[eE]')"
    else:
        is_number = f"{read} is not null"
    simplified, repairs = figure, {"thousands": f"{figure} <> {names.helper('grouped')}"}
    if column.degrees:
        degrees = f"abs(try_cast({figure} as integer))"
        is_degrees = f"{word} = '' and regexp_full_match({figure}, '[+-]?\\d{{2,4}}') and {degrees} between 25 and 2000"
        simplified = (
            f"case when {is_degrees} then cast(cast({figure} as decimal(9, 2)) / 100 as varchar) else {figure} end"
        )
        repairs["degrees"] = is_degrees
    # A word behind the figure says what that figure is in, whatever the header says of the others.
    repairs |= {
        "unit": f"{names.column} is not null and {size} <> 1",
        "measure_word": f"{names.column} is not null and {size} = 1 and {word} <> ''",
    }
    number_read = f"try_cast({simple} as decimal(38, {scale + 2}))"
    if factor != 1 or has_larger_words(column.unit):
        counted = f"try_cast({simple} as decimal(28, 8)) * cast({size} as decimal(9, 0))"
        number_read = (
            f"case when {size} = 1 then {number_read} else try_cast({counted} as decimal(38, {scale + 2})) end"
        )
    quick = (
        f"case when {number} = cast({number} as {sql_type}){_within(number, column)} "
        f"then cast({number} as {sql_type}) end"
    )
    if factor != 1:
        quick = f"cast(null as {sql_type})"
    whole = ("not a whole number", "应为整数") if is_whole else ("not a number", "应为数字")
    return Cell(
        names=names,
        sql_type=sql_type,
        prepared={number: f"try_cast({names.raw} as {exact})"},
        quick=quick,
        is_placeholder=is_placeholder(text),
        is_figure=True,
        tidied={size: f"case when {word} = '' then {factor} else {size_of(column.unit, word)} end"},
        simplified=simplified,
        read={read: number_read},
        careful=f"case when {size} is not null and {is_number}{_within(read, column)} "
        f"then try_cast({read} as {sql_type}) end",
        repairs=repairs if is_whole else {**repairs, "rounded": f"{names.column} <> {read}"},
        fault=(
            f"case when {size} is null then case when {word} = '%' then 'percentage' else 'unit' end "
            f"when {is_number} then 'range' else 'number' end"
        ),
        reasons={
            "number": reason(column, "number", *whole),
            "range": reason(column, "range", *_wanted_range(column)),
            "unit": reason(column, "unit", *_WRONG_UNIT),
            "percentage": reason(column, "unit", *_PERCENTAGE),
        },
    )


def _precision(column: Column, scale: int) -> int:
    """Digits that a number needs; the fewer, the faster, and a declared range says how many there can be."""
    if column.minimum is not None and column.maximum is not None:
        largest = max(abs(column.minimum), abs(column.maximum))
        if scale <= 4 and largest < 10 ** (7 - scale):
            return 9
    return 18 if scale <= 8 else 38


def _within(number: str, column: Column) -> str:
    limits = ((">=", column.minimum), ("<=", column.maximum))
    return "".join(f" and {number} {sign} {limit:.15g}" for sign, limit in limits if limit is not None)


def _wanted_range(column: Column) -> tuple[str, str]:
    """What a number must be, in both languages."""
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        return f"not between {low:.15g} and {high:.15g}", f"应在 {low:.15g} 至 {high:.15g} 之间"
    if high is not None:
        return f"above {high:.15g}", f"不得大于 {high:.15g}"
    return f"below {low or 0:.15g}, or too large to be true", f"小于 {low or 0:.15g}，或大得不合理"


def date_cell(column: Column, names: Names) -> Cell:
    """A date in any of the usual spellings; the day is the first where only the month is given."""
    simple = names.simple
    serial = rf"regexp_full_match({simple}, '([2-5]\d{{4}}|60000)(\.\d+)?')"
    timestamp = f"cast(try_cast({simple} as timestamp) as date)"
    return Cell(
        names=names,
        sql_type="date",
        quick=f"case when {_in_range(names.raw)} and not {_has_unclear_month(names.raw)} then {_parsed(names.raw)} end",
        is_placeholder=is_placeholder(names.text),
        simplified=rf"regexp_replace({names.text}, '\s*([.年月日/-])\s*', '\1', 'g')",
        careful=(
            f"case when {serial} then date '1899-12-30' + cast(floor(try_cast({simple} as double)) as integer) "
            f"when {_in_range(simple)} and not {_has_unclear_month(simple)} "
            f"then coalesce({_parsed(simple)}, {timestamp}) end"
        ),
        repairs={"excel_serial_date": f"{names.column} is not null and {serial}"},
        fault=f"case when {_has_unclear_month(simple)} then 'month' else 'date' end",
        reasons={
            "date": reason(column, "date", "not a date", "不是有效日期"),
            "month": reason(column, "date", *_JANUARY_OR_OCTOBER),
        },
    )


def _has_unclear_month(text: str) -> str:
    """Whether a text is a year and a month that a spreadsheet may have taken for a number: 2015.10 became 2015.1."""
    return f"(strlen({text}) = 6 and {text}[5:] = '.1')"


def _in_range(text: str) -> str:
    """Whether a text starts with a year that can be meant; 0215-01-01 does not."""
    return f"{text} >= {_FIRST_YEAR} and {text} < {_YEAR_AFTER_LAST}"


def _parsed(text: str) -> str:
    formats = ", ".join(sql_text(each) for each in _DATE_FORMATS)
    return (
        f"coalesce(case when strlen({text}) = 10 then try_cast({text} as date) end, "
        f"cast(try_strptime({text}, [{formats}]) as date))"
    )
