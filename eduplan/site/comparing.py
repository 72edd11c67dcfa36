"""How a district stands to the city and to the other districts.

Belongs here: differences, and which value is the better one. Does not belong here: how a page shows them.

A value that is told in fewer decimals than its indicator has lies anywhere within half the last of them. It is better
or worse than another only where both, in the decimals that both have, still differ: rounding never changes their order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from eduplan.site.lines import is_amount
from eduplan.site.wording import half_up
from eduplan.words.rounding import decimals_of

Row = dict[str, Any]


class Compared(NamedTuple):
    """How a value stands to the city's.

    Attributes:
        difference: Own value minus the city's.
        verdict: ``better``, ``worse`` or ``even``.
        decimals: Decimals of the difference.
    """

    difference: float
    verdict: str
    decimals: int


def compared(own: Row, city: Row | None, indicator: Row) -> Compared | None:
    """How a district stands to the city's value of the same year.

    Nothing for amounts: a district is a part of the city, and that it has fewer pupils says nothing.
    """
    if is_amount(indicator) or city is None or own["obs_value"] is None or city["obs_value"] is None:
        return None
    if own["reference_year"] != city["reference_year"]:
        return None
    difference, direction = _difference(own, city, indicator["decimals"]), indicator["direction"]
    decimals = _common(own, city, indicator["decimals"])
    if direction not in ("up", "down") or difference == 0:
        return Compared(difference, "even", decimals)
    return Compared(difference, "better" if (difference > 0) == (direction == "up") else "worse", decimals)


def place(own: Row, others: Iterable[Row], indicator: Row) -> int:
    """The place of a value among others, 1 where none is better; those of which nobody can say so are not."""
    sign = 1 if indicator["direction"] == "up" else -1
    return 1 + sum(sign * _difference(other, own, indicator["decimals"]) > 0 for other in others)


def _difference(one: Row, other: Row, declared: int) -> float:
    """The difference of two values: exactly, or in the decimals that both are told in where these are fewer."""
    decimals = _common(one, other, declared)
    own, others = float(one["obs_value"]), float(other["obs_value"])
    if decimals == declared:
        return own - others
    return float(half_up(own, decimals) - half_up(others, decimals))


def _common(one: Row, other: Row, declared: int) -> int:
    return min(decimals_of(one, declared), decimals_of(other, declared))
