"""The page of all commitments.

Belongs here: what that page knows. Does not belong here: how a commitment is judged.
"""

from __future__ import annotations

from collections import Counter

from eduplan.site.reading import ReleaseReader
from eduplan.site.rendering import Renderer
from eduplan.site.scorecard import ORDER, every_status, heading
from eduplan.site.wording import Text
from eduplan.words.terms import TIERS


def write_commitments(reader: ReleaseReader, renderer: Renderer) -> None:
    """Writes the page of all commitments."""
    rows = reader.commitments
    chapters = list(dict.fromkeys(row["chapter"] for row in rows))
    counts = Counter(row["status"] or "context" for row in rows)
    order = [*ORDER[:-2], "task", *ORDER[-2:]]
    tiers = {row["tier"] for row in rows}
    offices = {row["office"]: Text(row["office_en"], row["office_zh"]) for row in rows}
    renderer.page(
        "commitments.html",
        "commitments.html",
        Text("Commitments of the plan", "规划承诺"),
        groups=[
            {
                "chapter": chapter,
                "heading": heading(reader, chapter),
                "rows": [row for row in rows if row["chapter"] == chapter],
            }
            for chapter in chapters
        ],
        counts=[(status, counts[status]) for status in order if counts[status]],
        statuses=[status for status in every_status() if counts[status]],
        tiers={tier: Text(words["en"], words["zh"]) for tier, words in TIERS.items() if tier in tiers},
        offices=dict(sorted(offices.items())),
        baselines=reader.baselines,
    )
