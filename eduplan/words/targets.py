"""Targets in words, short enough for a column of the scorecard.

Belongs here: how a target is written. Does not belong here: what it asks for (``eduplan.indicators``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eduplan.words.language import Language
from eduplan.words.numbers import plain_number

_DIRECTIONS: dict[str, dict[Language, str]] = {
    "up": {"en": "↑ rise", "zh": "↑ 上升"},
    "down": {"en": "↓ fall", "zh": "↓ 下降"},
}
_POINTS: dict[Language, str] = {"en": " pp", "zh": " 个百分点"}


def target_text(
    *,
    kind: str,
    direction: str,
    value: float | None,
    upper: float | None,
    deadline: int | None,
    unit: str,
    lang: Language,
) -> str:
    """A target in words.

    Args:
        kind: Kind of the target.
        direction: Which way is better.
        value: What was promised.
        upper: Upper end of a range.
        deadline: Reference year by which it must hold.
        unit: Unit of the indicator.
        lang: Language of the words.
    """
    sign = unit if unit in ("%", "‰") else ""
    number = f"{plain_number(value)}{sign}"
    bound = "≤" if direction == "down" else "≥"
    match kind:
        case "step":
            bound = "↓" if direction == "down" else "≥"
            step = plain_number(value) + (_POINTS[lang] if unit == "pp" else "")
            text = f"{bound} {step}/{'年' if lang == 'zh' else 'year'}"
        case "range":
            text = f"{plain_number(value)}–{plain_number(upper)}{sign}"
        case "direction":
            text = _DIRECTIONS[direction][lang] if direction in _DIRECTIONS else ""
        case "full_coverage":
            text = "全覆盖" if lang == "zh" else "all"
        case _:
            text = f"{bound} {number}"
    if deadline is None or kind == "hold":
        return text
    return f"{text} · {deadline} 年" if lang == "zh" else f"{text} by {deadline}"


def judged_target(row: Mapping[str, Any], direction: str, lang: Language, *, with_deadline: bool = True) -> str:
    """The target of a judgement in words; nothing for a value without one.

    Args:
        row: A row of ``plan.status``.
        direction: Which way is better.
        lang: Language of the words.
        with_deadline: Whether the year stands with it.
    """
    if row["kind"] is None:
        return ""
    return target_text(
        kind=row["kind"],
        direction=direction,
        value=row["target_value"],
        upper=row["target_upper"],
        deadline=row["deadline"] if with_deadline else None,
        unit=row["unit"],
        lang=lang,
    )
