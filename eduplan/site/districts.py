"""The pages of the districts: all of them side by side, and one for each.

Belongs here: what those pages know. Does not belong here: the map (``eduplan.site.district_map``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eduplan.indicators.tables import TOTAL
from eduplan.site.comparing import Compared, compared, place
from eduplan.site.lines import Line, lines_of, tally
from eduplan.site.reading import ReleaseReader
from eduplan.site.rendering import Renderer
from eduplan.site.scorecard import ORDER, grouped, used
from eduplan.site.wording import Text

_HIGHLIGHTS = 6


@dataclass(frozen=True)
class DistrictLine:
    """A line of a district's scorecard beside the city.

    Attributes:
        line: The line itself.
        city: The city's value of the same part and year; nothing where there is none.
        compared: How they differ; nothing where they cannot be compared.
        rank: Place among the districts, 1 for the best; nothing where no way is better.
        ranked: How many districts have a place.
    """

    line: Line
    city: dict[str, object] | None
    compared: Compared | None
    rank: int | None
    ranked: int

    @property
    def verdict(self) -> str | None:
        """``better``, ``worse`` or ``even``; nothing where they cannot be compared."""
        return self.compared.verdict if self.compared else None


def write_districts(reader: ReleaseReader, renderer: Renderer) -> None:
    """Writes the page of all districts, and one for each."""
    summaries: list[dict[str, Any]] = []
    for code, names in reader.districts.items():
        lines = lines_of(reader, code)
        judged = [line for line in lines if line.status]
        groups: list[dict[str, Any]] = [
            {
                "chapter": group.chapter,
                "heading": group.heading,
                "lines": [_beside_city(reader, line) for line in group.lines],
            }
            for group in grouped(reader, lines)
        ]
        beside: list[DistrictLine] = [each for group in groups for each in group["lines"]]
        counts = tally(judged, ORDER)
        verdicts = [each.verdict for each in beside]
        summary: dict[str, Any] = {
            "code": code,
            "name": names,
            "file": district_file(code),
            "counts": counts,
            "by_status": dict(counts),
            "better": verdicts.count("better"),
            "worse": verdicts.count("worse"),
            "compared": len([verdict for verdict in verdicts if verdict]),
        }
        summaries.append(summary)
        best, weakest = _highlights(beside)
        renderer.page(
            district_file(code),
            "district.html",
            names,
            here="districts.html",
            district=summary,
            lines=groups,
            statuses=used(lines),
            best=best,
            weakest=weakest,
            others=reader.districts,
        )
    statuses = [status for status in ORDER if any(status in each["by_status"] for each in summaries)]
    renderer.page(
        "districts.html", "districts.html", Text("Districts", "各区县"), districts=summaries, statuses=statuses
    )


def district_file(code: str) -> str:
    """The page of a district."""
    return f"district/{code}.html"


def _beside_city(reader: ReleaseReader, line: Line) -> DistrictLine:
    series = reader.series.get(line.indicator["indicator"], {}).get(line.part)
    year, direction = line.row["reference_year"], line.indicator["direction"]
    city = series.city.get(year) if series else None
    found = compared(line.row, city, line.indicator)
    rank, ranked = None, 0
    if series and found and direction in ("up", "down"):
        values = [
            years[year]
            for area, years in series.districts.items()
            if area in reader.districts and year in years and years[year]["obs_value"] is not None
        ]
        rank, ranked = place(line.row, values, line.indicator), len(values)
    return DistrictLine(line, city, found, rank, ranked)


def _highlights(lines: Sequence[DistrictLine]) -> tuple[list[DistrictLine], list[DistrictLine]]:
    """Where the district is first or last among the districts: the clearest, totals before parts."""
    placed = [each for each in lines if each.rank and each.ranked > 1 and each.verdict]
    whole = [each for each in placed if all(value == TOTAL for value in each.line.part)]
    best = [each for each in whole if each.verdict == "better"]
    weakest = [each for each in whole if each.verdict == "worse"]
    best.sort(key=lambda each: ((each.rank or 0) / each.ranked, each.line.indicator["indicator"]))
    weakest.sort(key=lambda each: (-(each.rank or 0) / each.ranked, each.line.indicator["indicator"]))
    return best[:_HIGHLIGHTS], weakest[:_HIGHLIGHTS]
