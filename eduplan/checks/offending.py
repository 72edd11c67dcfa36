"""The query that shows the offending rows of an expectation.

Belongs here: SQL text made from an expectation. Does not belong here: running it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from eduplan.checks.check import Check


def offending_rows(check: Check) -> str:
    """The SQL that returns the rows of the whole table which break a check."""
    match check.expectation:
        case "unexpected_rows_expectation":
            return check.rows_query(check.table)
        case "expect_table_row_count_to_be_between":
            return f"select count(*) as rows_found from {check.table}"
        case "expect_table_columns_to_match_set":
            return _columns_that_miss(check)
    return f"select * from {check.table} where {_condition(check.expectation, check.kwargs)}"


def _condition(expectation: str, kwargs: dict[str, Any]) -> str:
    match expectation:
        case "expect_column_values_to_not_be_null":
            return f"{kwargs['column']} is null"
        case "expect_column_values_to_be_in_set":
            values = ", ".join(literal(value) for value in kwargs["value_set"])
            return f"{kwargs['column']} not in ({values})"
        case "expect_column_values_to_be_between":
            return _outside(kwargs)
        case "expect_column_pair_values_a_to_be_greater_than_b":
            sign = "<" if kwargs.get("or_equal") else "<="
            return f"{kwargs['column_A']} {sign} {kwargs['column_B']}"
    raise ValueError(f"no query for {expectation}")


def _outside(kwargs: dict[str, Any]) -> str:
    bounds = []
    if kwargs.get("min_value") is not None:
        bounds.append(f"{kwargs['column']} {'<=' if kwargs.get('strict_min') else '<'} {literal(kwargs['min_value'])}")
    if kwargs.get("max_value") is not None:
        bounds.append(f"{kwargs['column']} {'>=' if kwargs.get('strict_max') else '>'} {literal(kwargs['max_value'])}")
    return " or ".join(bounds)


def _columns_that_miss(check: Check) -> str:
    expected = ", ".join(f"({literal(name)})" for name in check.kwargs["column_set"])
    join = "full join" if check.kwargs.get("exact_match", True) else "left join"
    return (
        f"with expected(column_name) as (values {expected}),\n"
        f"actual as (select column_name, column_type from (describe {check.table}))\n"
        f"select column_name from expected {join} actual using (column_name)\n"
        "where expected.column_name is null or actual.column_name is null"
    )


def columns_that_differ(table: str, types: dict[str, str]) -> str:
    """A rows query for the columns of a table that are missing, unexpected or of another type."""
    expected = ", ".join(f"({literal(name)}, {literal(sql_type)})" for name, sql_type in types.items())
    return (
        f"with expected(column_name, expected_type) as (values {expected}),\n"
        f"actual as (select column_name, column_type as actual_type from (describe {table}))\n"
        "select column_name, expected_type, actual_type from expected full join actual using (column_name)\n"
        "where expected_type is distinct from actual_type"
    )


def literal(value: object) -> str:
    """A value as a SQL literal.

    Raises:
        ValueError: The value is of a type that a suite cannot have.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    raise ValueError(f"{value!r} cannot be written in SQL")
