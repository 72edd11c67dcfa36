"""What stands on the pages of a bulletin, in the order and the words in which the templates print it.

Belongs here: how much of what is told on paper, and sentences with their figures filled in. Does not belong here:
where it stands and how it looks (``site/bulletin``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from eduplan.bulletin.charts import Chart, Charts
from eduplan.bulletin.colours import BRAND, INK, MUTED, RULE, STATUS, TINT
from eduplan.bulletin.content import BAD, COUNTED, GOOD, Bulletin, Cell, Chapter, Line, Reason
from eduplan.bulletin.facts import COUNTS_OF_A_SOURCE, by_status, date_text, origins, period_text
from eduplan.bulletin.figures import figure
from eduplan.bulletin.reading import Row
from eduplan.bulletin.revisions import revisions
from eduplan.words.rounding import FEWER_DECIMALS
from eduplan.words.terms import sign

DISTRICTS_IN_A_TABLE = 14
REVISIONS_ON_PAPER = 40
UNITS_ON_PAPER = 6
DISTRICTS_ON_PAPER = 6

_JUDGED = ("met", "on_track", "at_risk", "off_track", "missed")
_EXPLAINED = (*COUNTED, "no_judgement", "context")
Said = dict[str, Any]


def pages(bulletin: Bulletin) -> Said:
    """Everything that the templates print, as plain data."""
    material, texts, charts = bulletin.material, bulletin.texts, Charts(bulletin)
    first_and_last = material.plan_years
    return {
        "lang": bulletin.lang,
        "texts": dict(texts.texts),
        "colours": {"ink": INK, "muted": MUTED, "rule": RULE, "brand": BRAND, **STATUS},
        "tints": TINT,
        "statuses": [_status(status, bulletin) for status in COUNTED],
        "city": material.city_name[bulletin.lang],
        "title": f"{material.city_name[bulletin.lang]} · {texts('title')} · {material.period}",
        "subtitle": texts("subtitle", first=first_and_last[0], last=first_and_last[1])
        if first_and_last
        else texts("subtitle_plain"),
        "period": period_text(bulletin),
        "footer": texts("footer", city=material.city_name[bulletin.lang], period=material.period),
        "date": date_text(bulletin),
        "release": material.release_id,
        "summary": _summary(bulletin),
        "counts": [
            {"title": texts(of), "numbers": _numbers(counts)}
            for of, counts in (("indicators", bulletin.counts), ("commitments", bulletin.commitments))
            if counts
        ],
        "chart": _chart(charts.statuses),
        "headlines": {
            "chart": _chart(charts.headlines),
            "lines": [_line(line, bulletin) for line in bulletin.headlines],
            "waiting": texts("waiting") + texts("colon") + texts("comma").join(bulletin.waiting)
            if bulletin.waiting
            else "",
        },
        "fewer_decimals": FEWER_DECIMALS.of(bulletin.lang),
        "districts": _districts(bulletin) if bulletin.headlines else [],
        "chapters": [_chapter(chapter, charts, bulletin) for chapter in bulletin.chapters if chapter.lines],
        "changes": _changes(bulletin),
        "quality": _quality(bulletin),
        "methods": _methods(bulletin),
    }


def _summary(bulletin: Bulletin) -> list[str]:
    """The sentences of the summary."""
    texts, counts, promised = bulletin.texts, bulletin.counts, bulletin.commitments
    judged, good = _sum(COUNTED, counts), _sum(GOOD, counts)
    said = [
        texts(
            "summary_indicators",
            judged=judged,
            good=good,
            share=f"{100 * good / judged if judged else 0:.0f}",
            at_risk=counts["at_risk"],
            bad=_sum(BAD, counts),
            insufficient=counts["insufficient_data"],
        )
    ]
    if promised:
        said.append(
            texts(
                "summary_commitments",
                all=_sum((*COUNTED, "task", "no_judgement"), promised),
                judged=_sum(_JUDGED, promised),
                good=_sum(GOOD, promised),
                at_risk=promised["at_risk"],
                bad=_sum(BAD, promised),
                insufficient=_sum(("insufficient_data", "no_judgement"), promised),
                task=promised["task"],
            )
        )
    if bulletin.material.revised is not None:
        said.append(texts("summary_revised", revised=figure(bulletin.material.revised_of_city, 0)))
    return said


def _chart(chart: Chart | None) -> Said | None:
    return {"svg": chart.svg, "says": chart.says} if chart else None


def _status(status: str | None, bulletin: Bulletin) -> Said:
    """A status as its mark shows it."""
    look = sign(status)
    return {"status": status or "context", "word": f"{look.symbol} {look.word(bulletin.lang)}"}


def _numbers(counts: Mapping[str, int]) -> list[int]:
    """How many have each status that is counted, in their order."""
    return [counts.get(status, 0) for status in COUNTED]


def _sum(statuses: Iterable[str], counts: Mapping[str, int]) -> int:
    return sum(counts.get(status, 0) for status in statuses)


def _mark(line: Line, bulletin: Bulletin) -> Said:
    """The mark of a line: of a verdict that stands, the year as well."""
    said = _status(line.status, bulletin)
    word = f"{sign(line.status).symbol} {line.word}" + (f" {line.since}" if line.since else "")
    return {**said, "word": word}


def _line(line: Line, bulletin: Bulletin) -> Said:
    """One line of a scorecard."""
    later = f" · {line.period}" if line.period != bulletin.material.period else ""
    return {
        "code": line.code + later,
        "name": line.name,
        "unit": line.unit,
        "trend": spark(line),
        "before": {"shown": line.before, "is_absent": line.previous is None},
        "shown": line.shown,
        "is_absent": line.value is None,
        "has_fewer_decimals": line.has_fewer_decimals(line.year - 1, line.year),
        "target": line.target,
        "deadline": line.deadline,
        "mark": _mark(line, bulletin),
        "coverage": _coverage(line, bulletin),
    }


def _coverage(line: Line, bulletin: Bulletin) -> Said:
    """Coverage as it is printed, and whether it is too low to judge by."""
    percent = line.coverage
    if percent is None:
        return {"shown": "", "is_low": False}
    shown = f"{percent:.0f}%" if percent >= 99.95 else f"{percent:.1f}%"
    return {"shown": shown, "is_low": percent < bulletin.material.minimum_coverage_pct}


def spark(line: Line, width: float = 48, height: float = 11) -> Said | None:
    """Where the points of a small line stand; years without a value leave a gap."""
    known = [(year, value) for year, value in line.trend if value is not None]
    if len(known) < 2:
        return None
    low, high = min(value for _, value in known), max(value for _, value in known)
    first, last = line.trend[0][0], line.trend[-1][0]

    def at(year: int, value: float) -> tuple[float, float]:
        x = 2 + (width - 4) * (year - first) / max(last - first, 1)
        y = height / 2 if high == low else 2 + (height - 4) * (high - value) / (high - low)
        return round(x, 1), round(y, 1)

    runs: list[list[tuple[float, float]]] = [[]]
    for year, value in line.trend:
        if value is None:
            runs.append([])
        else:
            runs[-1].append(at(year, value))
    return {"runs": [run for run in runs if run], "end": at(*known[-1])}


def _districts(bulletin: Bulletin) -> list[Said]:
    """The districts side by side, in as many tables as it takes."""
    names = list(bulletin.districts.values())
    return [
        {
            "names": names[part],
            "rows": [
                {
                    "name": line.name,
                    "unit": line.unit,
                    "cells": [_cell(line), *map(_cell, cells[part])],
                }
                for line, cells in zip(bulletin.headlines, bulletin.side_by_side, strict=True)
            ],
        }
        for part in parts(len(names), DISTRICTS_IN_A_TABLE)
    ]


def _cell(of: Line | Cell) -> Said:
    """A value of the city or a district, which the table colours by its status."""
    return {
        "shown": of.shown,
        "status": of.status or "",
        "is_absent": of.value is None,
        "has_fewer_decimals": of.has_fewer_decimals(of.year) if isinstance(of, Line) else of.has_fewer_decimals,
    }


def parts(number: int, most: int) -> list[slice]:
    """So many things in parts of about equal size."""
    if not number:
        return []
    size = -(-number // -(-number // most))
    return [slice(start, start + size) for start in range(0, number, size)]


def _chapter(chapter: Chapter, charts: Charts, bulletin: Bulletin) -> Said:
    return {
        "number": str(chapter.number),
        "title": chapter.title,
        "counts": _numbers(chapter.counts),
        "chart": _chart(charts.chapter(chapter)),
        "lines": [_line(line, bulletin) for line in chapter.lines],
        "reasons": [_reason(reason, bulletin) for reason in chapter.reasons],
    }


def _reason(reason: Reason, bulletin: Bulletin) -> Said:
    return {
        "code": reason.line.code,
        "name": reason.line.name,
        "mark": _status(reason.line.status, bulletin)
        | {"word": f"{sign(reason.line.status).symbol} {reason.line.word}"},
        "districts": _names(reason.districts, DISTRICTS_ON_PAPER, len(reason.districts), bulletin),
        "units": _names(reason.units, UNITS_ON_PAPER, reason.units_in_all, bulletin),
    }


def _names(names: Sequence[str], most: int, in_all: int, bulletin: Bulletin) -> str:
    """Names in a row, no more than some; how many more there are is said."""
    texts = bulletin.texts
    if in_all and in_all == len(names) == len(bulletin.districts) and list(names) == list(bulletin.districts.values()):
        return texts("all_districts", number=in_all)
    text = texts("comma").join(names[:most])
    more = in_all - min(len(names), most)
    return text + (texts("and_more", number=more) if more > 0 else "")


def _changes(bulletin: Bulletin) -> Said:
    """What was revised, or why nothing can be said of it."""
    material, texts = bulletin.material, bulletin.texts
    if material.previous_id is None:
        return {"says": [texts("changes_first")], "rows": []}
    if material.revised is None:
        return {"says": [texts("changes_unknown", old=material.previous_id)], "rows": []}
    if material.revised.is_empty():
        return {"says": [texts("changes_none", old=material.previous_id)], "rows": []}
    of_city = material.revised_of_city
    whole = figure(material.revised.height, 0)
    says = [texts("changes_some", old=material.previous_id, all=whole, city=figure(of_city, 0))]
    if of_city > REVISIONS_ON_PAPER:
        says.append(texts("changes_shown", shown=REVISIONS_ON_PAPER))
    rows = [
        {
            "code": revision.code,
            "name": revision.name,
            "part": revision.part,
            "period": revision.period,
            "old": revision.old,
            "new": revision.new,
            "cause": revision.cause,
        }
        for revision in revisions(bulletin, min(of_city, REVISIONS_ON_PAPER))
    ]
    return {"says": says, "rows": rows}


def _quality(bulletin: Bulletin) -> Said:
    """Checks, thin coverage, what is not told, and files by source."""
    material, texts, lang = bulletin.material, bulletin.texts, bulletin.lang
    checks, failed = (sum(row[of] for row in material.checks) for of in ("checks", "failed"))
    seen = by_status(material.observations)
    return {
        "checks_say": texts("checks_note", held=figure(checks - failed, 0), all=figure(checks, 0)),
        "checks": [[_severity(row, bulletin), figure(row["checks"], 0), str(row["failed"])] for row in material.checks],
        "failed": [
            {
                "title": row[f"title_{lang}"],
                "rule": row["rule"] or "",
                "table": row["table_name"],
                "severity": _severity(row, bulletin),
                "rows": figure(row["rows_unexpected"], 0),
            }
            for row in material.failed_checks
        ],
        "thin": [
            {"code": line.code, "name": line.name, "reason": line.reason, "coverage": _coverage(line, bulletin)}
            for line in bulletin.lines
            if line.status == "insufficient_data"
        ],
        "suppressed_say": texts(
            "suppressed_note",
            all=figure(seen["all"], 0),
            told=figure(seen["A"], 0),
            missing=figure(seen["M"], 0),
            inapplicable=figure(seen["N"], 0),
            withheld=figure(seen["Q"], 0),
        ),
        "suppressed": [
            [row["mart"], row["counted"], *(figure(row[of], 0) for of in ("figures", "small", "hidden"))]
            for row in material.suppression
            if row["hidden"]
        ],
        "sources": [
            {
                "title": material.source_titles.get(row["source"], {}).get(lang, row["source"]),
                "rows": [figure(row[of] or 0, 0) for of in COUNTS_OF_A_SOURCE],
                "is_quarantined": bool(row["rows_quarantined"]),
            }
            for row in material.sources
        ],
        "rows_of_a_source": [texts(of) for of in COUNTS_OF_A_SOURCE],
        "place_of_quarantined": COUNTS_OF_A_SOURCE.index("rows_quarantined"),
    }


def _severity(row: Row, bulletin: Bulletin) -> str:
    return bulletin.texts.get(f"severity.{row['severity']}", row["severity"])


def _methods(bulletin: Bulletin) -> Said:
    """How to read it: statuses, words for absent values, and rules."""
    texts = bulletin.texts
    says = [[texts(f"method_{name}"), texts(f"method_{name}_text")] for name in ("exact", "path", "periods")]
    minimum = f"{bulletin.material.minimum_coverage_pct:g}"
    says.append([texts("method_coverage"), texts("method_coverage_text", minimum=minimum)])
    says.append([texts("method_evidence"), texts("method_evidence_text", **origins(bulletin))])
    return {
        "statuses": [[_status(status, bulletin), texts(f"says.{status}")] for status in _EXPLAINED],
        "absent": [
            *([texts(f"absent.{mark}"), texts(f"absent_says.{mark}")] for mark in ("Q", "M", "N")),
            ["0", texts("absent_says.zero")],
        ],
        "rules": says,
    }
