"""The words that staging knows: placeholders, yes and no, labels of code lists, characters of another form.

Belongs here: the words, and handing them to a connection. Does not belong here: the SQL that looks them up.

They are variables of the connection, not constants in each statement: a file's statements are planned anew for each
file, and planning some thousand constants would take longer than reading a small file.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest

import duckdb

from eduplan.declarations.contracts import CodeList
from eduplan.reading.units import kind_of_unit, sizes
from eduplan.staging.normalise import COMPATIBLE_FORMS, FORMS_VARIABLE, compact, sql_text, tidy

PLACEHOLDERS = (
    *("-", "--", "---", "—", "——", "/", "//", "\\", "?", "??", "*", "…", "......"),
    *("无", "无数据", "空", "不详", "未知", "待补", "XX", "XXX", "xx", "xxx"),
    *("NULL", "null", "Null", "None", "none", "NaN", "nan", "N/A", "n/a", "NA", "#N/A"),
    *("#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"),
)
"""Texts that mean "no value" in any column, unless the column has them as a code."""

TRUE_TEXTS = ("是", "1", "Y", "y", "√", "有", "true", "True", "TRUE", "YES", "Yes", "yes", "✓", "T", "对")
FALSE_TEXTS = ("否", "0", "N", "n", "×", "无", "false", "False", "FALSE", "NO", "No", "no", "✗", "F", "没有", "错")

_PLACEHOLDERS_VARIABLE, _FLAGS_VARIABLE = "eduplan_placeholders", "eduplan_flags"
_SIZES_VARIABLE = "eduplan_sizes_of_units"


def set_vocabulary(connection: duckdb.DuckDBPyConnection, codes: Mapping[str, CodeList]) -> None:
    """Gives a connection all words."""
    connection.execute(f"set variable {_PLACEHOLDERS_VARIABLE} = $1", [list(PLACEHOLDERS)])
    _set_map(connection, FORMS_VARIABLE, COMPATIBLE_FORMS, "varchar")
    _set_map(connection, _SIZES_VARIABLE, {f"{unit} {word}": size for (unit, word), size in sizes().items()}, "bigint")
    # A map is searched from its start, so the commonest words of both stand there.
    pairs = zip_longest(((text, True) for text in TRUE_TEXTS), ((text, False) for text in FALSE_TEXTS))
    flags = dict(flag for pair in pairs for flag in pair if flag is not None)
    _set_map(connection, _FLAGS_VARIABLE, flags, "boolean")
    for name, code_list in codes.items():
        exact = _labels(code_list)
        _set_map(connection, f"eduplan_code_{name}", exact, code_type(code_list))
        loose: dict[str, str] = {}
        for label, code in exact.items():
            loose.setdefault(compact(label), code)
        _set_map(connection, f"eduplan_loose_code_{name}", loose, code_type(code_list))


def code_type(code_list: CodeList) -> str:
    """SQL type of the codes of a list while a file is staged; it takes a byte where a text takes sixteen."""
    return f"enum({', '.join(sql_text(value.code) for value in code_list.values)})"


def size_of(unit: str | None, word: str) -> str:
    """SQL: how many of a column's unit a word behind a figure means; null where it does not belong there."""
    return f"getvariable('{_SIZES_VARIABLE}')[{sql_text(kind_of_unit(unit) + ' ')} || {word}]"


def _set_map(
    connection: duckdb.DuckDBPyConnection, variable: str, words: Mapping[str, str | bool | int], sql_type: str
) -> None:
    statement = f"set variable {variable} = map($1::varchar[], $2::{sql_type}[])"
    connection.execute(statement, [list(words), list(words.values())])


def _labels(code_list: CodeList) -> dict[str, str]:
    """Codes by code and label; titles come last, because they may use the same word for another code."""
    labels: dict[str, str] = {}
    for value in code_list.values:
        for label in (value.code, *value.labels):
            labels.setdefault(label, value.code)
    for value in code_list.values:
        for label in (*(tidy(text) for text in value.labels), value.zh, tidy(value.zh), value.en):
            labels.setdefault(label, value.code)
    labels.pop("", None)
    common = [value.zh for value in code_list.values if value.zh in labels]
    return {label: labels[label] for label in (*common, *labels)}  # a map is searched from its start


def is_placeholder(text: str) -> str:
    """SQL: whether a text says that there is no value."""
    return f"list_contains(getvariable('{_PLACEHOLDERS_VARIABLE}'), {text})"


def flag_of(text: str) -> str:
    """SQL: what a text says of yes or no, null if neither."""
    return f"getvariable('{_FLAGS_VARIABLE}')[{text}]"


def code_of(code_list: str, text: str) -> str:
    """SQL: the code that a label stands for, null if none."""
    return f"getvariable('eduplan_code_{code_list}')[{text}]"


def loose_code_of(code_list: str, text: str) -> str:
    """SQL: the code that a label stands for without regard to spaces and case."""
    return rf"getvariable('eduplan_loose_code_{code_list}')[regexp_replace(lower({text}), '\s', '', 'g')]"
