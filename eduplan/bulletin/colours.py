"""The colours of statuses on paper, in charts and in the workbook.

Belongs here: colours. Does not belong here: words and symbols of statuses (``eduplan.words``).
"""

from __future__ import annotations

STATUS = {
    "met": "#1b7f5c",
    "on_track": "#69b08c",
    "at_risk": "#e2a72e",
    "off_track": "#df7141",
    "missed": "#b02a30",
    "insufficient_data": "#8b8698",
    "no_judgement": "#c3c8cf",
    "task": "#6f93b8",
    "context": "#c3c8cf",
}
"""Ink of a status; the order goes from kept to broken, and no two neighbours differ by hue alone."""

TINT = {
    "met": "#dcefe7",
    "on_track": "#e9f4ee",
    "at_risk": "#fbf0d6",
    "off_track": "#fae4d9",
    "missed": "#f5d9da",
    "insufficient_data": "#eceaf0",
    "no_judgement": "#f4f5f7",
}
"""Ground of a cell that has a status."""

INK, MUTED, RULE, BRAND = "#1c2733", "#66717d", "#d5dae0", "#16405b"


def status_colour(status: str | None) -> str:
    """The ink of a status; one that is not known is grey."""
    return STATUS.get(status or "context", STATUS["context"])
