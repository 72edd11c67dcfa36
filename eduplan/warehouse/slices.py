"""Slices of a model: the school years or calendar years that it is built by, and a query cut down to some of them.

Belongs here: what a slice is and how a query reads only a slice. Does not belong here: deciding which are built.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache

from sqlglot import exp

from eduplan.declarations.models import SqlModel, parsed
from eduplan.periods import school_year_text

SHAPE = ""
"""The slice that stands for a model without slices, and for the columns of a model that has them."""

_SCHOOL_YEAR = re.compile(r"(?P<year>\d{4})-(?P<next>\d{2})(-(1|2|autumn|spring))?")
_CALENDAR_YEAR = re.compile(r"(?P<year>\d{4})(-\d{2})?")


@cache  # a city has thousands of batches, of a few periods
def slice_of_period(period: str, partition: str) -> str | None:
    """The slice that a period's text lies in: ``2024-25-autumn`` lies in school year ``2024-25``.

    Returns:
        The slice, or None where such a period lies in none (``all``).
    """
    pattern = _SCHOOL_YEAR if partition == "school_year" else _CALENDAR_YEAR
    match = pattern.fullmatch(period)
    if match is None:
        return None
    if partition == "calendar_year":
        return match["year"]
    year = school_year_text(int(match["year"]))
    return year if period.startswith(year) else None


def with_years_before(slices: Iterable[str], partition: str, look_back: int) -> list[str]:
    """The slices and so many years before each of them, in order."""
    years = {int(text[:4]) - before for text in slices for before in range(look_back + 1)}
    return [school_year_text(year) if partition == "school_year" else str(year) for year in sorted(years)]


def restricted(model: SqlModel, inputs: Collection[str], partition: str, slices: Sequence[str]) -> str:
    """The model's select, reading some inputs for some slices only.

    The text is changed only where a table is named, so that lines stay where they are in the file.

    Args:
        model: The model.
        inputs: Qualified names of the inputs that are cut by the model's partition column.
        partition: That column.
        slices: Slices to read of those.
    """
    condition = f"{partition} in ({', '.join(quoted(text) for text in slices)})"
    text = model.sql
    found = [table for table in parsed(text).find_all(exp.Table) if f"{table.db}.{table.name}" in inputs]
    for table in sorted(found, key=lambda found: -int(found.this.meta["start"])):
        start, end = int(table.args["db"].meta["start"]), int(table.this.meta["end"]) + 1
        alias = "" if table.alias else f" as {table.name}"
        text = f"{text[:start]}(select * from {table.db}.{table.name} where {condition}){alias}{text[end:]}"
    return text


def quoted(text: str) -> str:
    """A text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"
