"""What was revised since the release before, in words.

Belongs here: naming revised values. Does not belong here: finding them (``eduplan.release.comparison``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eduplan.bulletin.content import PARTS, Bulletin
from eduplan.bulletin.figures import observed
from eduplan.bulletin.reading import Row

MOST = 20_000
"""Revised values that are named; how many there are is counted in full."""

_LEVELS = {"city": 0, "district": 1, "town": 2, "school": 3}


@dataclass(frozen=True)
class Revision:
    """One value that the two releases tell otherwise."""

    code: str
    name: str
    part: str
    period: str
    level: str
    area: str
    old: str
    new: str
    cause: str


def revisions(bulletin: Bulletin) -> list[Revision]:
    """The revised values: the city first, then the largest changes first."""
    material, texts = bulletin.material, bulletin.texts
    if material.revised is None or material.revised.is_empty():
        return []
    known = {row["indicator"]: row for row in material.definitions}
    areas = {row["ref_area"]: row[f"name_{texts.lang}"] or row["name_zh"] for row in material.districts}
    rows = sorted(material.revised.to_dicts(), key=_order)[:MOST]
    return [_revision(row, known.get(row["indicator"], {}), areas, bulletin) for row in rows]


def _order(row: Row) -> tuple[Any, ...]:
    old, new = row["old_value"], row["new_value"]
    change = abs(new - old) / max(abs(old), 1e-9) if old is not None and new is not None else float("inf")
    return (_LEVELS.get(row["ref_area_level"], len(_LEVELS)), -change, row["indicator"], row["time_period"])


def _revision(row: Row, definition: Row, areas: dict[str, str], bulletin: Bulletin) -> Revision:
    texts, labels = bulletin.texts, bulletin.material.labels[bulletin.lang]
    decimals, unit = definition.get("decimals", 2), definition.get("unit", "")
    parts = [labels.get(row[part]) or str(row[part]) for part in PARTS if row.get(part, "_T") != "_T"]
    city = row["ref_area_level"] == "city"
    old, new = (
        observed(row[f"{side}_value"], row.get(f"{side}_status", "A"), decimals, unit, texts) for side in ("old", "new")
    )
    return Revision(
        code=row["indicator"],
        name=str(definition.get(f"name_{texts.lang}", "")),
        part=texts("comma").join(parts),
        period=row["time_period"],
        level=row["ref_area_level"],
        area=texts("city") if city else areas.get(row["ref_area"], str(row["ref_area"])),
        old=old,
        new=new,
        cause=_cause(row, bulletin),
    )


def _cause(row: Row, bulletin: Bulletin) -> str:
    """The cause in words, with the sources whose files changed."""
    texts, titles = bulletin.texts, bulletin.material.source_titles
    said = texts.get(f"cause.{row['cause']}", str(row["cause"]))
    batches = [str(batch).split(" ") for batch in row.get("batches") or []]
    sources = dict.fromkeys(titles.get(batch[0], {}).get(texts.lang, batch[0]) for batch in batches)
    return said + (texts("colon") + texts("comma").join(sources) if sources and row["cause"] == "batches" else "")
