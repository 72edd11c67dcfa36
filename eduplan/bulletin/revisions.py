"""What was revised since the release before, in words.

Belongs here: naming revised values. Does not belong here: finding them (``eduplan.release.comparison``).
"""

from __future__ import annotations

from dataclasses import dataclass

from eduplan.bulletin.content import Bulletin
from eduplan.bulletin.figures import observed
from eduplan.bulletin.reading import Row
from eduplan.words.codes import part_names
from eduplan.words.rounding import decimals_of


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


def revisions(bulletin: Bulletin, most: int | None = None) -> list[Revision]:
    """The revised values: the city first, then the largest changes first.

    Args:
        bulletin: What it says.
        most: How many are wanted, if not all that are named.
    """
    material, texts = bulletin.material, bulletin.texts
    known = {row["indicator"]: row for row in material.definitions}
    areas = {row["ref_area"]: row[f"name_{texts.lang}"] or row["name_zh"] for row in material.districts}
    return [_revision(row, known.get(row["indicator"], {}), areas, bulletin) for row in material.revised_rows[:most]]


def _revision(row: Row, definition: Row, areas: dict[str, str], bulletin: Bulletin) -> Revision:
    texts, labels = bulletin.texts, bulletin.material.labels[bulletin.lang]
    decimals, unit = definition.get("decimals", 2), definition.get("unit", "")
    city = row["ref_area_level"] == "city"
    old, new = (
        observed(
            row[f"{side}_value"],
            row.get(f"{side}_status", "A"),
            decimals_of(row, decimals, f"{side}_decimals"),
            unit,
            texts,
        )
        for side in ("old", "new")
    )
    return Revision(
        code=row["indicator"],
        name=str(definition.get(f"name_{texts.lang}", "")),
        part=texts("comma").join(part_names(row, labels)),
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
