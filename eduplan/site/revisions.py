"""What the release before told otherwise, by indicator.

Belongs here: the revised values that an indicator's page lists. Does not belong here: finding them
(``eduplan.release.comparison``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from eduplan.indicators.tables import DIMENSIONS
from eduplan.site.wording import Text

Row = dict[str, Any]

CAUSES: dict[str, Text] = {
    "definition": Text("the definition changed", "定义变更"),
    "disclosure": Text("it is told now, or no longer", "公布范围变更"),
    "batches": Text("files were replaced or arrived", "数据文件更新"),
    "declarations": Text("it is counted otherwise", "统计口径变更"),
}


class Revision(NamedTuple):
    """One value that was told otherwise; ``old`` and ``new`` are like rows of values."""

    row: Row
    old: Row
    new: Row
    cause: Text


def revisions_by_indicator(old: Path, new: Path) -> dict[str, list[Revision]]:
    """Revised values of the city and its districts, by indicator.

    Args:
        old: Published database of the release before.
        new: Published database of this one.
    """
    from eduplan.release.comparison import revised_values

    found: dict[str, list[Revision]] = {}
    for row in revised_values(old, new).iter_rows(named=True):
        if row["ref_area_level"] not in ("city", "district"):
            continue
        broken_down = [name for name in DIMENSIONS if row[name] != "_T"]
        if row["ref_area_level"] == "district" and broken_down:
            continue
        sides = [
            {"obs_value": row[f"{age}_value"], "obs_status": row[f"{age}_status"], "unit": row["unit"]}
            for age in ("old", "new")
        ]
        cause = CAUSES.get(row["cause"], Text(row["cause"], row["cause"]))
        found.setdefault(row["indicator"], []).append(Revision(row, sides[0], sides[1], cause))
    return found
