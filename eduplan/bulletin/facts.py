"""What paper and workbook tell alike: the date, the period, where definitions come from, what has a value.

Belongs here: facts about a bulletin in words or as counts. Does not belong here: where they stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from eduplan.bulletin.content import Bulletin
from eduplan.bulletin.reading import Row

COUNTS_OF_A_SOURCE = (
    "files",
    "rows_read",
    "rows_staged",
    "rows_quarantined",
    "rows_duplicate",
    "rows_dropped",
    "cells_repaired",
)
"""What is counted of the files of a source."""


def date_text(bulletin: Bulletin) -> str:
    """The date of the release as people write it in the language."""
    created, texts = bulletin.material.created_at, bulletin.texts
    month = texts("months").split()[created.month - 1]
    return texts("date", day=created.day, month=month, number=created.month, year=created.year)


def period_text(bulletin: Bulletin) -> str:
    """The period of the bulletin as people write it in the language."""
    period = bulletin.material.period
    return bulletin.texts("school_year" if "-" in period else "calendar_year", period=period)


def origins(bulletin: Bulletin) -> dict[str, int]:
    """How many targets and definitions have which origin; nought for an origin that none has."""
    targets = {(row["indicator"], row["target_number"]): row["target_evidence"] for row in bulletin.material.city}
    found = Counter(targets.values()) + Counter(row["evidence"] for row in bulletin.material.definitions)
    names = {"plan": "plan", "national": "national", "own": "own", "found": "found", "recalled": "recalled"}
    names |= {"seed": "seed", "design": "own design"}
    return {name: found[origin] for name, origin in names.items()}


def by_status(observations: Sequence[Row]) -> dict[str, int]:
    """Values by observation status over all levels, and how many there are."""
    found = Counter({"A": 0, "M": 0, "N": 0, "Q": 0})
    for row in observations:
        found[row["obs_status"]] += row["observations"]
    return {"all": found.total(), **found}
