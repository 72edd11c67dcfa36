"""The period that a column of the file states, for contracts that read it there (rule V02).

Belongs here: finding it in the rows. Does not belong here: periods of folders and names (landing finds those).
"""

from __future__ import annotations

import duckdb

from eduplan.declarations.contracts import Contract, PeriodRule
from eduplan.errors import InputError
from eduplan.periods import Period, PeriodKind, school_year_text
from eduplan.reading.header import comparable
from eduplan.reading.table import RawTable

_TABLE = "_eduplan_periods"


def resolve_period(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, contract: Contract, period: Period | None, file_name: str
) -> Period:
    """The period of a file: the given one, which a column may confirm, or else the one that the column states.

    Raises:
        InputError: The column is missing, states several periods, or another than the given one.
    """
    rule = contract.period
    column = next((each.name for each in raw.columns if rule.column and _means(each.header, rule.column)), None)
    if column is None:
        if period is not None:
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


def _means(header: str, column: str) -> bool:
    return comparable(header) == comparable(column)


def _stated(connection: duckdb.DuckDBPyConnection, raw: RawTable, rule: PeriodRule, column: str) -> list[Period]:
    """The periods in a column; texts that are none belong to totals rows and footers."""
    raw.scan(
        connection, f"create or replace temp table {_TABLE} as select distinct trim({column}) as text from {raw.name}"
    )
    texts = [text for (text,) in connection.execute(f"from {_TABLE} where text is not null").fetchall()]
    connection.execute(f"drop table {_TABLE}")
    periods = {period for text in texts if (period := _parse(rule.values.get(text, text), rule)) is not None}
    return sorted(periods, key=lambda period: period.text)


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
