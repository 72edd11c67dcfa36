"""The lines of a scorecard: one an indicator, part and target, for the city or for a district.

Belongs here: which judgement a line shows. Does not belong here: making the judgement, or how a page looks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eduplan.indicators.tables import DIMENSIONS, TOTAL
from eduplan.site.reading import Part, ReleaseReader, part_of
from eduplan.site.wording import Text
from eduplan.words.language import Language
from eduplan.words.targets import judged_target
from eduplan.words.terms import EVIDENCE, in_brackets, weakest

Row = dict[str, Any]

_ITEM = DIMENSIONS.index("item")


@dataclass(frozen=True)
class Line:
    """One line.

    Attributes:
        indicator: Its row of the dictionary.
        part: The part that it is of; with several items that of the worst.
        part_name: Its name; nothing for the total.
        items: How many items were folded into the line.
        row: The judgement, or the value where there is no target.
        target: The target in words; nothing without one.
        status: The status; nothing without a target.
        decided: Year of the deadline whose verdict stands, once it is past.
        path: Where the value should be, while there is a path.
        districts: Status by district.
    """

    indicator: Row
    part: Part
    part_name: Text | None
    items: int
    row: Row
    target: Text | None
    status: str | None
    decided: int | None
    path: float | None
    districts: dict[str, str]

    @property
    def counted(self) -> list[tuple[str, int]]:
        """How many districts have which status, the most frequent first."""
        return Counter(self.districts.values()).most_common()


def lines_of(reader: ReleaseReader, area: str | None = None) -> list[Line]:
    """The lines of the whole area, or of a district, in the order of the codes.

    Args:
        reader: The release.
        area: Code of a district; the whole area without one.
    """
    return [
        line for code, indicator in reader.indicators.items() for line in _of_indicator(reader, code, indicator, area)
    ]


def words_of_target(row: Row, indicator: Row, *, with_evidence: bool = False) -> Text:
    """A target in words, from its judgement; where there are several, with whose it is."""
    languages: tuple[Language, ...] = ("en", "zh")
    en, zh = (
        judged_target(row, indicator["direction"], lang)
        + (in_brackets(EVIDENCE[row["evidence"]][lang], lang) if with_evidence else "")
        for lang in languages
    )
    return Text(en, zh)


def is_amount(indicator: Row) -> bool:
    """Whether values grow with the size of the area, so that a district cannot stand beside the city."""
    return indicator["kind"] in ("count", "distinct")


def is_past(row: Row) -> bool:
    """Whether the verdict of an earlier deadline stands."""
    return row["deadline"] is not None and row["kind"] != "hold" and row["reference_year"] > row["deadline"]


def _of_indicator(reader: ReleaseReader, code: str, indicator: Row, area: str | None) -> list[Line]:
    judged = [row for row in reader.statuses.get(code, []) if row["is_latest"]]
    own = [row for row in judged if (row["ref_area"] == area if area else row["ref_area_level"] == "city")]
    if not own:
        # A district where nothing is judged still has its values; so has an indicator without a target.
        return [] if judged and not area else _without_target(reader, code, indicator, area)
    districts: dict[tuple[Any, ...], dict[str, str]] = {}
    if area is None:
        for row in judged:
            if row["ref_area_level"] == "district":
                districts.setdefault((row["target_number"], part_of(row)), {})[row["ref_area"]] = row["status"]
    folded: dict[tuple[Any, ...], list[Row]] = {}
    for row in own:
        folded.setdefault((row["target_number"], part_of(row)[:_ITEM]), []).append(row)
    lines = []
    numbers: dict[tuple[Any, ...], set[int]] = {}
    for number, part in folded:
        numbers.setdefault(part, set()).add(number)
    for (number, _), rows in folded.items():
        row = weakest(rows)
        part, past = part_of(row), is_past(row)
        no_path = past or indicator["kind"] == "change" or row["status"] == "no_judgement"
        lines.append(
            Line(
                indicator=indicator,
                part=part,
                part_name=reader.labels.part(part),
                items=len(rows),
                row=row,
                target=words_of_target(row, indicator, with_evidence=len(numbers[part_of(row)[:_ITEM]]) > 1),
                status=row["status"],
                decided=row["deadline"] if past else None,
                path=None if no_path else row["path_value"],
                districts=districts.get((number, part), {}),
            )
        )
    return lines


def _without_target(reader: ReleaseReader, code: str, indicator: Row, area: str | None) -> list[Line]:
    folded: dict[Part, list[tuple[Part, Row]]] = {}
    for part, series in reader.series.get(code, {}).items():
        if any(
            value != TOTAL and name not in indicator["always_by"] for name, value in zip(DIMENSIONS, part, strict=True)
        ):
            continue
        latest = series.latest if area is None else latest_of(series.districts.get(area, {}))
        if latest:
            folded.setdefault(part[:_ITEM], []).append((part, latest))
    return [
        Line(
            indicator=indicator,
            part=found[0][0],
            part_name=reader.labels.part(found[0][0]),
            items=len(found),
            row=found[0][1],
            target=None,
            status=None,
            decided=None,
            path=None,
            districts={},
        )
        for found in folded.values()
    ]


def latest_of(years: dict[int, Row]) -> Row | None:
    """The value of the last year in which anything was known, or else of the last year."""
    known = [year for year, row in years.items() if row["obs_status"] in ("A", "Q")]
    return years[max(known or years)] if years else None


def tally(lines: Sequence[Line], order: Sequence[str]) -> list[tuple[str, int]]:
    """How many lines have which status, in a given order; what there is none of is left out."""
    counts = Counter(line.status or "context" for line in lines)
    return [(status, counts[status]) for status in order if counts[status]]
