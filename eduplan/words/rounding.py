"""What a reader is told where a value has fewer decimals than its indicator.

Belongs here: the note, and which decimals a row is printed with. Does not belong here: how many may be told
(``eduplan.disclosure``), or printing (``eduplan.words.numbers``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eduplan.words.text import Text

FEWER_DECIMALS = Text(
    "Some values have fewer decimals than their indicator: more would give away counts that are not told. "
    "What is judged is the exact number.",
    "部分数值的小数位少于指标规定：更多小数位会泄露不公布的人数。评价一律以精确值为准。",
)
"""Stands once below a table or page that has such values."""


def decimals_of(row: Mapping[str, Any], declared: int, column: str = "decimals") -> int:
    """The decimals that a row of values or status is told in; those of its indicator where the row does not say.

    Args:
        row: A row of ``plan.indicator_values`` or ``plan.status``, or what was made of one.
        declared: Decimals of its indicator.
        column: ``decimals`` of the value, ``compared_decimals`` of what it is compared with, or what a row calls them.
    """
    told = row.get(column)
    return declared if told is None else int(told)
