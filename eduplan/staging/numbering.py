"""How rows are numbered where several files are staged by the same statements.

Belongs here: which file a row is of, and its number there. Does not belong here: which files are staged together
(:mod:`eduplan.staging.crew`).

A row's number is the place of its file, shifted, plus its number in the file: it stays one whole number that tells a
row from all others, and the numbers of a file that is staged alone are those of the file.
"""

from __future__ import annotations

from collections.abc import Sequence

from eduplan.staging.normalise import sql_text

_BITS = 40
"""Enough for 100,000 sheets of :data:`eduplan.reading.raw.PART_ROWS` rows."""

FILE = f"(row_number >> {_BITS})"
"""SQL: the place of a row's file, from 0."""
NUMBER = f"(row_number & {(1 << _BITS) - 1})"
"""SQL: the number of a row in its file."""


def first_of(place: int) -> int:
    """What is added to the numbers of the file at a place."""
    return place << _BITS


def of_files(places: Sequence[int], files: int) -> str:
    """SQL: `` and`` the row is of one of some files; nothing where all of them are meant."""
    return "" if len(places) == files else f" and {FILE} in ({', '.join(map(str, places))})"


def by_file(values: Sequence[str | int]) -> str:
    """SQL: a value that is the same for all rows of a file."""
    if len(set(values)) == 1:
        return _constant(values[0])
    listed = ", ".join(sql_text(value) if isinstance(value, str) else str(value) for value in values)
    kind = "varchar" if isinstance(values[0], str) else "integer"
    return f"([{listed}]::{kind}[])[{FILE} + 1]"


def _constant(value: str | int) -> str:
    """A constant; a text as an enumeration of one value, which costs nothing to write."""
    return f"{value}::integer" if isinstance(value, int) else f"{sql_text(value)}::enum({sql_text(value)})"
