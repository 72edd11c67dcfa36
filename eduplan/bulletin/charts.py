"""The charts of a bulletin as SVG, which paper can hold: Altair says what is drawn, vl-convert draws it.

Belongs here: charts. Does not belong here: the small lines in scorecards, which a template writes.

A chart takes some 50 ms, so there is one for the statuses and one small multiple for the headlines and each chapter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from eduplan.bulletin.colours import BRAND, INK, MUTED, RULE, STATUS, status_colour
from eduplan.bulletin.content import COUNTED, UNKEPT, Bulletin, Chapter, Line
from eduplan.indicators.severity import WORST_FIRST
from eduplan.words.language import Language
from eduplan.words.terms import sign

FONT = "Noto Sans CJK SC, Source Han Sans SC, WenQuanYi Micro Hei, WenQuanYi Zen Hei, sans-serif"
PANELS_OF_A_CHAPTER = 8
PANELS_IN_A_ROW = 4
HEADLINES_IN_A_ROW = 5
_LETTERS_OF_A_TITLE = {"en": 28, "zh": 14}


@dataclass(frozen=True)
class Charts:
    """The charts of one bulletin.

    Attributes:
        bulletin: What they show.
    """

    bulletin: Bulletin

    @cached_property
    def statuses(self) -> str:
        """Indicators and commitments by chapter and status."""
        texts, lang = self.bulletin.texts, self.bulletin.lang
        kept = (*COUNTED, "task")
        rows = [
            {
                "chapter": chapter.title,
                "what": texts(what),
                "status": sign(status).word(lang),
                "order": kept.index(status),
                "n": n,
            }
            for chapter in self.bulletin.chapters
            for what, counts in (("indicators", chapter.counts), ("commitments", chapter.commitments))
            for status, n in counts.items()
            if status in kept
        ]
        chapters = [chapter.title for chapter in self.bulletin.chapters]
        return (
            _svg(_status_chart(rows, chapters, (texts("indicators"), texts("commitments")), kept, lang)) if rows else ""
        )

    @cached_property
    def headlines(self) -> str:
        """Trends of the headline indicators: of each the worst line."""
        worst: dict[str, Line] = {}
        for line in self.bulletin.headlines:
            if line.code not in worst or _rank(line) < _rank(worst[line.code]):
                worst[line.code] = line
        return self._trends([line for line in worst.values() if _has_trend(line)], HEADLINES_IN_A_ROW, 84)

    def chapter(self, chapter: Chapter) -> str:
        """Trends of the lines of a chapter that are furthest from their promises, headlines first."""
        headlines = {line.code for line in self.bulletin.headlines}
        unkept = [line for line in chapter.lines if line.status in UNKEPT and _has_trend(line)]
        first = sorted(unkept, key=lambda line: (line.code not in headlines, _rank(line), line.code))
        seen: dict[str, Line] = {}
        for line in first:
            seen.setdefault(line.code, line)
        return self._trends(list(seen.values())[:PANELS_OF_A_CHAPTER], PANELS_IN_A_ROW, 112)

    def _trends(self, lines: Sequence[Line], in_a_row: int, width: int) -> str:
        if not lines:
            return ""
        rows = [row for place, line in enumerate(lines) for row in _points(place, line, self.bulletin.lang)]
        return _svg(_trend_chart(rows, in_a_row, width))


def _rank(line: Line) -> int:
    return WORST_FIRST.index(line.status) if line.status in WORST_FIRST else len(WORST_FIRST)


def _has_trend(line: Line) -> bool:
    return sum(value is not None for _, value in line.trend) > 1


def _points(place: int, line: Line, lang: Language) -> list[dict[str, Any]]:
    """The points of one panel. A target far away is not drawn, for it would make a flat line of the values."""
    values = [value for _, value in line.trend if value is not None]
    target = line.target_value if line.target_value is not None and _is_near(line.target_value, values) else None
    return [
        {
            "panel": _heading(place, line, lang),
            "year": year,
            "value": value,
            "target": target,
            "colour": status_colour(line.status),
            "is_last": year == line.year and value is not None,
        }
        for year, value in line.trend
    ]


def _heading(place: int, line: Line, lang: Language) -> str:
    """Place, code with value, and name, a line each; a long name is cut, for the scorecard has it whole."""
    most = _LETTERS_OF_A_TITLE[lang]
    name = line.name if len(line.name) <= most else line.name[: most - 1].rstrip() + "…"
    return f"{place:02d}\n{line.code}  {line.shown}\n{name}"


def _status_chart(
    rows: list[dict[str, Any]], chapters: Sequence[str], sides: Sequence[str], kept: Sequence[str], lang: Language
) -> dict[str, Any]:
    import altair as alt

    words = [sign(status).word(lang) for status in kept]
    parts = []
    for what in sides:
        own = [row for row in rows if row["what"] == what]
        axis = alt.Axis(labelLimit=250, ticks=False, domain=False) if what == sides[0] else None
        parts.append(
            alt.Chart(alt.InlineData(values=own), title=what, width=265, height=alt.Step(21))
            .mark_bar(height=13)
            .encode(
                x=alt.X("n:Q", title=None, axis=alt.Axis(grid=False, tickCount=4, format="d")),
                y=alt.Y("chapter:N", title=None, scale=alt.Scale(domain=list(chapters)), axis=axis),
                color=alt.Color(
                    "status:N",
                    scale=alt.Scale(domain=words, range=[STATUS[status] for status in kept]),
                    legend=alt.Legend(orient="bottom", title=None, columns=len(words), symbolType="square"),
                ),
                order=alt.Order("order:Q"),
            )
        )
    chart: dict[str, Any] = alt.hconcat(*parts, spacing=18).configure(**_look()).to_dict(validate=False)
    return chart


def _trend_chart(rows: list[dict[str, Any]], in_a_row: int, width: int) -> dict[str, Any]:
    """One chart with a panel a line; drawing panels as charts of their own takes three times as long."""
    import altair as alt

    years = [row["year"] for row in rows]
    x = alt.X(
        "year:Q",
        title=None,
        scale=alt.Scale(domain=[min(years), max(years)], padding=6, nice=False),
        axis=alt.Axis(values=[min(years), max(years)], format="d", grid=False, ticks=False),
    )
    y = alt.Y(
        "value:Q",
        title=None,
        scale=alt.Scale(zero=False, nice=False, padding=5),
        axis=alt.Axis(tickCount=3, minExtent=24, maxExtent=24, domain=False, ticks=False, labelColor=MUTED),
    )
    colour = alt.Color("colour:N", scale=None)
    base = alt.Chart().properties(width=width, height=50)
    layers = alt.layer(
        base.transform_filter("datum.is_last && datum.target != null")
        .mark_rule(color=MUTED, strokeDash=[3, 2], strokeWidth=1)
        .encode(y="target:Q"),
        base.mark_line(strokeWidth=1.8).encode(x=x, y=y, color=colour),
        base.transform_filter("datum.is_last")
        .mark_point(filled=True, size=26, opacity=1)
        .encode(x=x, y=y, color=colour),
        data=alt.InlineData(values=rows),
    )
    header = alt.Header(
        title=None,
        labelExpr="slice(split(datum.label, '\\n'), 1)",
        labelAnchor="start",
        labelFontSize=7,
        labelColor=BRAND,
        labelPadding=4,
    )
    panels = list(dict.fromkeys(row["panel"] for row in rows))
    whole = (
        layers.facet(
            facet=alt.Facet("panel:N", sort=panels, header=header),
            columns=in_a_row,
            spacing={"row": 10, "column": 14},
        )
        .resolve_scale(y="independent")
        .resolve_axis(x="independent", y="independent")
    )
    chart: dict[str, Any] = whole.configure(**_look()).to_dict(validate=False)
    return chart


def _is_near(target: float, values: Sequence[float]) -> bool:
    """Whether a target can be drawn with the values: not further away than four times their spread or a third of it."""
    spread = max(values) - min(values)
    gap = max(0.0, target - max(values), min(values) - target)
    return gap <= max(4 * spread, abs(target) / 3)


def _look() -> dict[str, Any]:
    small = {"labelFontSize": 7, "labelColor": INK, "domainColor": RULE, "gridColor": "#edf0f3", "gridWidth": 0.6}
    return {
        "font": FONT,
        "view": {"stroke": None},
        "axis": small,
        "axisY": {"labelFontSize": 7.5},
        "legend": {"labelFontSize": 8, "symbolSize": 60, "columnPadding": 10},
        "text": {"fontSize": 7.5},
        "title": {"fontSize": 9, "color": BRAND, "anchor": "start"},
        "background": "transparent",
    }


def _svg(chart: dict[str, Any]) -> str:
    import vl_convert

    return str(vl_convert.vegalite_to_svg(chart))
