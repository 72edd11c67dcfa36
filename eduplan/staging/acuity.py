"""How visual acuity is read: on the five-mark scale or as a decimal, which each batch uses alone (rule V23, GB 11533).

Belongs here: both scales and the table between them. Does not belong here: what counts as low vision.

A reading says its scale by itself, because the two do not overlap: 3.0 to 5.3 against 0.01 to 2.0. But 1.0 or 2.0 among
readings of five marks may stand for light perception or hand movement, so a batch has one scale, that of most of its
readings, and those of the other are faults.
"""

from __future__ import annotations

from decimal import Decimal

from eduplan.declarations.contracts import Column
from eduplan.staging.cells import Cell, Names, reason
from eduplan.staging.vocabulary import is_placeholder

SCALE_REASON = "scale"

LOWEST, HIGHEST = Decimal("3.0"), Decimal("5.3")
LOWEST_DECIMAL, HIGHEST_DECIMAL = Decimal("0.01"), Decimal("2.0")

_DECIMALS_OF_A_DECADE = ("1.0", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8")


def chart_lines() -> dict[Decimal, Decimal]:
    """Decimal acuity of each line of the chart, by line, from 3.0 (0.01) to 5.3 (2.0)."""
    lines: dict[Decimal, Decimal] = {}
    line = LOWEST
    for exponent in (-2, -1, 0):
        for mantissa in _DECIMALS_OF_A_DECADE:
            if line <= HIGHEST:
                lines[line] = Decimal(mantissa).scaleb(exponent).normalize()
                line += Decimal("0.1")
    return lines


def is_decimal_reading(reading: str) -> str:
    """SQL: whether a reading is on the decimal scale."""
    return f"{reading} <= {HIGHEST_DECIMAL}"


def acuity_cell(column: Column, names: Names) -> Cell:
    """An acuity on the five-mark scale; a decimal between two lines counts as the lower one, and as repaired."""
    reading = quick_reading(names)
    read = careful_reading(names)
    return Cell(
        names=names,
        sql_type="decimal(3, 1)",
        # Half of a column may be dashes for "not worn"; a cast that fails costs five times one that does not.
        prepared={reading: f"case when {_may_be_number(names.raw)} then try_cast({names.raw} as decimal(6, 4)) end"},
        quick=(
            f"case when {reading} between {LOWEST} and {HIGHEST} and {reading} = cast({reading} as decimal(3, 1)) "
            f"then cast({reading} as decimal(3, 1)) "
            f"when {is_decimal_reading(reading)} then {_line_of(reading)} end"
        ),
        is_placeholder=is_placeholder(names.text),
        simplified=names.text,
        read={read: f"try_cast({names.simple} as decimal(6, 4))"},
        careful=(
            f"case when {read} between {LOWEST} and {HIGHEST} "
            f"then cast(floor({read} * 10) / 10 as decimal(3, 1)) "
            f"when {read} between {LOWEST_DECIMAL} and {HIGHEST_DECIMAL} then {_line_below(read)} end"
        ),
        repairs={
            "chart_line": (
                f"{names.column} is not null and not {_is_line(read)} "
                f"and {read} <> cast({names.column} as decimal(6, 4))"
            )
        },
        fault="'acuity'",
        reasons={
            "acuity": reason(
                column, "V23", "neither 3.0..5.3 nor a decimal of 0.01..2.0", "应为 3.0..5.3 或小数 0.01..2.0"
            ),
            SCALE_REASON: reason(
                column, "V23", "on another scale than the rest of the file", "与本文件其余视力的记录方法不同"
            ),
        },
    )


def quick_reading(names: Names) -> str:
    """The column that holds the reading as it stands in the file, when it is read the quick way."""
    return names.helper("reading")


def careful_reading(names: Names) -> str:
    """The same when it is read the careful way."""
    return names.helper("read")


def _may_be_number(text: str) -> str:
    """SQL: whether a text starts as a number without minus sign can: with a digit, or space, plus or point."""
    return f"({text} >= '0' and {text} < ':') or {text} < '-' or prefix({text}, '.')"


_LINES = f"[{', '.join(f'{decimal:f}' for decimal in chart_lines().values())}]::decimal(6, 4)[]"


def _is_line(reading: str) -> str:
    """SQL: whether a decimal is that of a line of the chart."""
    return f"list_contains({_LINES}, {reading})"


def _line_of(reading: str) -> str:
    """SQL: the line of a decimal, null if it lies between two lines."""
    return _line_at(f"nullif(list_position({_LINES}, {reading}), 0)")


def _line_below(reading: str) -> str:
    """SQL: the line of a decimal, or of the next lower one that has a line."""
    return _line_at(f"len(list_filter({_LINES}, lambda line: line <= {reading}))")


def _line_at(position: str) -> str:
    """SQL: the line at a place of the list, which starts with 3.0."""
    return f"cast((29 + {position}) / 10 as decimal(3, 1))"
