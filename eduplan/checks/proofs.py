"""Aggregates that show at once that a check holds, so that one query over a table shows it for most of its checks.

Belongs here: the SQL of such aggregates. Does not belong here: running them, or counting what breaks a check.

Nearly all checks hold. The distinct values of a column are found in half the time that it takes to compare every row
with a code list, and its smallest and largest value in less than it takes to compare every row with two bounds.
"""

from __future__ import annotations

from typing import Any

from eduplan.checks.check import Check
from eduplan.checks.offending import literal


def proof(check: Check) -> str | None:
    """An aggregate over the table that is 0 only if the check holds; None where there is none.

    For a check with a ``condition`` it is the number of offending rows.
    """
    if check.condition is not None:
        return f"count(*) filter (where {check.condition})"
    if "mostly" in check.kwargs:
        return None
    shown = _shown(check.expectation, check.kwargs)
    return f"case when {shown} then 0 else 1 end" if shown else None


def _shown(expectation: str, kwargs: dict[str, Any]) -> str | None:
    """A comparison of aggregates that is true only if every row has what is expected, as it is without rows."""
    column = kwargs.get("column")
    match expectation:
        case "expect_column_values_to_not_be_null":
            return f"count(*) = count({column})"
        case "expect_column_values_to_be_in_set" if kwargs["value_set"]:
            allowed = ", ".join(literal(value) for value in kwargs["value_set"])
            found = f"list(distinct {column}) filter (where {column} is not null)"
            return f"coalesce(list_has_all([{allowed}], {found}), true)"
        case "expect_column_values_to_be_between":
            return f"coalesce({_within(kwargs)}, true)"
    return None


def _within(kwargs: dict[str, Any]) -> str:
    column, bounds = kwargs["column"], []
    if kwargs.get("min_value") is not None:
        bounds.append(f"min({column}) {'>' if kwargs.get('strict_min') else '>='} {literal(kwargs['min_value'])}")
    if kwargs.get("max_value") is not None:
        bounds.append(f"max({column}) {'<' if kwargs.get('strict_max') else '<='} {literal(kwargs['max_value'])}")
    return " and ".join(bounds) or "true"
