"""Figures as the bulletin prints them, and the words that stand where there is none.

Belongs here: how one value looks. Does not belong here: which values are shown.
"""

from __future__ import annotations

from eduplan.bulletin.texts import Texts
from eduplan.words.numbers import number


def figure(value: float | None, decimals: int, unit: str = "") -> str:
    """A value with its decimals, thousands in groups, and the sign of its unit if it has one."""
    return "" if value is None else number(value, decimals, unit)


def observed(value: float | None, obs_status: str | None, decimals: int, unit: str, texts: Texts) -> str:
    """A value, or the word for why there is none: withheld, missing and not applicable are three things."""
    if value is not None and obs_status not in ("Q", "N", "M"):
        return figure(value, decimals, unit)
    return texts(f"absent.{obs_status if obs_status in ('Q', 'N') else 'M'}")


def unit_text(unit: str, texts: Texts) -> str:
    """The unit in the language; one that the texts do not know stands as it is declared."""
    return texts.get(f"unit.{unit}", unit)
