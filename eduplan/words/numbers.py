"""Numbers as they are printed, thousands set apart.

Belongs here: one number. Does not belong here: the words that stand where there is none.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CLOSE_UNITS = ("%", "‰")
"""Units that follow a value without a space; every other one stands with the name."""


def number(value: float | None, decimals: int, unit: str = "") -> str:
    """A value with its decimals, thousands set apart, and the sign of its unit if it has one."""
    if value is None:
        return "–"
    # Through Decimal, so that 0.125 is printed as people round it; comparisons were made long before this.
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    shown = f"{rounded + 0:,f}"  # adding nothing turns -0 into 0
    return f"{shown}{unit}" if unit in CLOSE_UNITS else shown


def plain_number(value: float | None) -> str:
    """A number without the zeros that nobody reads, thousands set apart."""
    if value is None:
        return "?"
    return f"{value:,.6f}".rstrip("0").rstrip(".")
