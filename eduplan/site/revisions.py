"""What the release before told otherwise, by indicator.

Belongs here: the revised values that pages list, and the page of all changes. Does not belong here: finding them
(``eduplan.release.comparison``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eduplan.indicators.tables import DIMENSIONS, TOTAL
from eduplan.site.reading import ReleaseReader
from eduplan.site.rendering import Renderer
from eduplan.site.wording import Text

Row = dict[str, Any]

SHOWN = 100
"""Revised values of an indicator that its page lists."""

CAUSES: dict[str, Text] = {
    "definition": Text("the definition changed", "定义变更"),
    "disclosure": Text("it is told now, or no longer, or with other decimals", "公布范围或小数位变更"),
    "batches": Text("files were replaced or arrived", "数据文件更新"),
    "declarations": Text("it is counted otherwise", "统计口径变更"),
}


_OF_A_SIDE = {"value": "obs_value", "status": "obs_status", "decimals": "decimals"}


@dataclass(frozen=True)
class Revised:
    """What was told otherwise of one indicator, for the city and its districts.

    Attributes:
        shown: The first of them: each with ``old`` and ``new``, which are like rows of values.
        in_all: How many there are.
        causes: How many have which cause.
        batches: The files behind them: source and period.
    """

    shown: list[Row] = field(default_factory=list)
    in_all: int = 0
    causes: Mapping[str, int] = field(default_factory=dict)
    batches: list[str] = field(default_factory=list)


def revisions_by_indicator(old: Path, new: Path) -> dict[str, Revised]:
    """Revised values of the city, and of the districts' totals, by indicator.

    Args:
        old: Published database of the release before.
        new: Published database of this one.
    """
    import polars as pl

    from eduplan.release.comparison import revised_values

    is_total = pl.all_horizontal(pl.col(name) == TOTAL for name in DIMENSIONS)
    level = pl.col("ref_area_level")
    told = revised_values(old, new).filter((level == "city") | ((level == "district") & is_total))
    sides = [
        pl.struct(*(pl.col(f"{age}_{name}").alias(of) for name, of in _OF_A_SIDE.items()), "unit").alias(age)
        for age in ("old", "new")
    ]
    parts = told.with_columns(sides).sort(level != "city", maintain_order=True).partition_by("indicator", as_dict=True)
    return {
        str(code): Revised(
            shown=rows.head(SHOWN).to_dicts(),
            in_all=rows.height,
            causes=Counter(rows["cause"].to_list()),
            batches=rows["batches"].explode().drop_nulls().unique().sort().to_list(),
        )
        for (code,), rows in sorted(parts.items())
    }


def cause_text(cause: str) -> Text:
    """Why a value differs, in words."""
    return CAUSES.get(cause, Text(cause, cause))


def write_changes(reader: ReleaseReader, renderer: Renderer, revisions: Mapping[str, Revised] | None) -> None:
    """Writes the page of everything that the release before told otherwise."""
    found = revisions or {}
    renderer.page(
        "changes.html",
        "changes.html",
        Text("What changed since the last release", "较上次发布的变化"),
        here="bulletin.html",
        has_previous=revisions is not None,
        revised=[
            {"indicator": reader.indicators[code], "revised": each}
            for code, each in found.items()
            if code in reader.indicators
        ],
        gone=[code for code in found if code not in reader.indicators],
    )
