"""The period that a file states itself, in a column or in its titles (rule V02).

Belongs here: finding it in titles and rows. Does not belong here: periods of folders and names (landing finds those).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import duckdb

from eduplan.declarations.contracts import Contract, PeriodRule
from eduplan.errors import InputError
from eduplan.periods import Period, PeriodKind, school_year_text
from eduplan.reading.header import comparable
from eduplan.reading.table import RawTable

_TABLE = "_eduplan_periods"

_DASH = "[-—–−~至/]+"
_SCHOOL_YEAR = re.compile(rf"(?P<year>20\d\d)\s*年?\s*{_DASH}\s*(?:20)?(?P<next>\d\d)(?!\d)")
_CALENDAR_YEAR = re.compile(r"(?P<year>20\d\d)")
_USUAL = {
    PeriodKind.SCHOOL_YEAR: (
        ("学年", "学年度", "所属学年"),
        _SCHOOL_YEAR,
        re.compile(rf"{_SCHOOL_YEAR.pattern}\s*学年"),
    ),
    PeriodKind.CALENDAR_YEAR: (("年度", "年份", "统计年度"), _CALENDAR_YEAR, re.compile(r"(?P<year>20\d\d)\s*年度")),
}
"""Labels of columns that state the period although no contract names them, how they write it, and how titles do."""
LABELS = frozenset(label for labels, _, _ in _USUAL.values() for label in labels)
"""All these labels."""


def resolve_period(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, contract: Contract, period: Period | None, file_name: str
) -> Period:
    """The period of a file: the given one, which column and titles may confirm, or else the one that a column states.

    Raises:
        InputError: The column is missing, states several periods, or column or titles state another than the given one.
    """
    rule = contract.period
    column = next((each.name for each in raw.columns if rule.column and _means(each.header, rule.column)), None)
    if column is None:
        if period is not None:
            _require_agreement(connection, raw, period, file_name)
            return period
        raise InputError(f"V02: the column {rule.column}, which states the period, is missing", where=file_name)
    stated = _stated(connection, raw, rule, column)
    expected = [period] if period is not None else stated[:1]
    if stated != expected or not expected:
        said = ", ".join(each.text for each in stated) or "none"
        wanted = f"but it was sent for {period.text}" if period is not None else "and it must state one"
        raise InputError(
            f"V02: the column {rule.column} states the periods {said}, {wanted}",
            where=file_name,
            remedy="ask the sender which period it is",
        )
    return expected[0]


def _require_agreement(connection: duckdb.DuckDBPyConnection, raw: RawTable, period: Period, file_name: str) -> None:
    """Compares a period with what titles say, and a column that the contract does not know but everybody does.

    Raises:
        InputError: They state another period, so the file may lie in the wrong folder.
    """
    wanted, kind = period.text, period.kind
    if period.school_year:
        wanted, kind = period.school_year, PeriodKind.SCHOOL_YEAR
    if kind not in _USUAL:
        return
    labels, of_column, of_title = _USUAL[kind]
    _require_among(_found(raw.titles, of_title), wanted, "the title", file_name)
    for column in raw.columns:
        if not column.columns and comparable(column.header) in labels:
            texts = _texts(connection, raw, column.name)
            _require_among(_found(texts, of_column), wanted, f"the column {column.header}", file_name, alone=True)


def _require_among(found: set[str], wanted: str, what: str, file_name: str, *, alone: bool = False) -> None:
    if not found or (wanted in found and not (alone and len(found) > 1)):
        return
    raise InputError(
        f"V02: {what} says {', '.join(sorted(found))}, but it was sent for {wanted}",
        where=file_name,
        remedy="put it in the folder of its period, or ask the sender which period it is",
    )


def _found(texts: Iterable[str], pattern: re.Pattern[str]) -> set[str]:
    """The periods that texts state."""
    plain = (unicodedata.normalize("NFKC", text) for text in texts)
    return {_canonical(match) for text in plain for match in pattern.finditer(text)}


def _canonical(match: re.Match[str]) -> str:
    return "-".join(match.groups())


def _means(header: str, column: str) -> bool:
    return comparable(header) == comparable(column)


def _stated(connection: duckdb.DuckDBPyConnection, raw: RawTable, rule: PeriodRule, column: str) -> list[Period]:
    """The periods in a column; texts that are none belong to totals rows and footers."""
    texts = _texts(connection, raw, column)
    periods = {period for text in texts if (period := _parse(rule.values.get(text, text), rule)) is not None}
    return sorted(periods, key=lambda period: period.text)


def _texts(connection: duckdb.DuckDBPyConnection, raw: RawTable, column: str) -> list[str]:
    raw.scan(
        connection, f"create or replace temp table {_TABLE} as select distinct trim({column}) as text from {raw.name}"
    )
    texts = [text for (text,) in connection.execute(f"from {_TABLE} where text is not null").fetchall()]
    connection.execute(f"drop table {_TABLE}")
    return texts


def _parse(text: str, rule: PeriodRule) -> Period | None:
    """A period from its text, or from the number of the year that it starts in."""
    number = text.removesuffix(".0")
    if number.isdecimal() and len(number) <= 4:
        year = int(number) + rule.offset
        text = school_year_text(year) if rule.kind is PeriodKind.SCHOOL_YEAR else str(year)
    try:
        return Period.parse(text, rule.kind)
    except ValueError:
        return None
