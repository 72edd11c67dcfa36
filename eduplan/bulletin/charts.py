"""The charts of a bulletin, drawn for paper.

Belongs here: what the charts show and where its parts stand. Does not belong here: shapes
(``eduplan.bulletin.drawing``), or the small lines in scorecards, which a template writes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from eduplan.bulletin.colours import BRAND, INK, MUTED, RULE, STATUS, status_colour
from eduplan.bulletin.content import COUNTED, UNKEPT, Bulletin, Chapter, Line
from eduplan.bulletin.drawing import Scale, bar, broken, dot, drawing, line, text, tick_text, ticks
from eduplan.bulletin.figures import figure
from eduplan.indicators.severity import WORST_FIRST
from eduplan.words.terms import sign

PANELS_OF_A_CHAPTER = 8
PANELS_IN_A_ROW = 4
HEADLINES_IN_A_ROW = 5
_KEPT = (*COUNTED, "task")

_WIDTH, _NAMES, _GAP = 600.0, 140.0, 24.0
_ROW, _BAR, _TITLE, _AXIS, _LEGEND = 21.0, 13.0, 18.0, 16.0, 20.0
_NAME, _AXIS_OF_A_PANEL, _HEAD, _PLOT, _FOOT, _BETWEEN = 7.0, 26.0, 30.0, 48.0, 12.0, 12.0
_GRID = "#edf0f3"


@dataclass(frozen=True)
class Chart:
    """One drawing.

    Attributes:
        svg: The drawing.
        says: What it shows, in words, for those who listen.
    """

    svg: str
    says: str


@dataclass(frozen=True)
class Charts:
    """The charts of one bulletin.

    Attributes:
        bulletin: What they show.
    """

    bulletin: Bulletin

    @cached_property
    def statuses(self) -> Chart | None:
        """Indicators and commitments by chapter and status; none if there are none."""
        texts, chapters = self.bulletin.texts, self.bulletin.chapters
        sides = {
            texts("indicators"): [chapter.counts for chapter in chapters],
            texts("commitments"): [chapter.commitments for chapter in chapters],
        }
        if not any(counts.get(status) for side in sides.values() for counts in side for status in _KEPT):
            return None
        width = (_WIDTH - _NAMES - _GAP) / 2
        parts = [
            text((_NAMES - 6, _middle(place)), chapter.title, size=8, anchor="end")
            for place, chapter in enumerate(chapters)
        ]
        for place, (title, counts) in enumerate(sides.items()):
            parts += _bars(_NAMES + place * (width + _GAP), width, title, counts)
        bottom = _TITLE + len(chapters) * _ROW + _AXIS
        return Chart(drawing(_WIDTH, bottom + _LEGEND, [*parts, *self._legend(bottom + 12)]), self._counted(sides))

    def _counted(self, sides: Mapping[str, Sequence[Mapping[str, int]]]) -> str:
        """The numbers of the chart of statuses in words."""
        texts, lang = self.bulletin.texts, self.bulletin.lang
        said = []
        for title, counts in sides.items():
            for chapter, each in zip(self.bulletin.chapters, counts, strict=True):
                told = [f"{each[status]} {sign(status).word(lang)}" for status in _KEPT if each.get(status)]
                if told:
                    said.append(f"{title}{texts('comma')}{chapter.title}{texts('colon')}{texts('comma').join(told)}")
        return texts("semicolon").join(said)

    def _legend(self, y: float) -> list[str]:
        step = _WIDTH / len(_KEPT)
        parts = []
        for place, status in enumerate(_KEPT):
            x = place * step
            parts += [bar((x, y - 7), 8, 8, STATUS[status]), text((x + 11, y), sign(status).word(self.bulletin.lang))]
        return parts

    @cached_property
    def headlines(self) -> Chart | None:
        """Trends of the headline indicators, of each the worst line; none if no line has a trend."""
        worst: dict[str, Line] = {}
        for each in self.bulletin.headlines:
            if each.code not in worst or _rank(each) < _rank(worst[each.code]):
                worst[each.code] = each
        return self._trends([each for each in worst.values() if _has_trend(each)], HEADLINES_IN_A_ROW)

    def chapter(self, chapter: Chapter) -> Chart | None:
        """Trends of the lines of a chapter that are furthest from their promises, headlines first; none if none is."""
        headlines = {each.code for each in self.bulletin.headlines}
        unkept = [each for each in chapter.lines if each.status in UNKEPT and _has_trend(each)]
        first = sorted(unkept, key=lambda each: (each.code not in headlines, _rank(each), each.code))
        seen: dict[str, Line] = {}
        for each in first:
            seen.setdefault(each.code, each)
        return self._trends(list(seen.values())[:PANELS_OF_A_CHAPTER], PANELS_IN_A_ROW)

    def _trends(self, lines: Sequence[Line], in_a_row: int) -> Chart | None:
        """A panel a line, in rows; all of them tell the same years."""
        if not lines:
            return None
        years = [year for each in lines for year, _ in each.trend]
        width = (_WIDTH - (in_a_row - 1) * _BETWEEN) / in_a_row
        height = _HEAD + _PLOT + _FOOT
        drawn = []
        for place, each in enumerate(lines):
            left, top = (place % in_a_row) * (width + _BETWEEN), (place // in_a_row) * (height + _BETWEEN)
            drawn += [*self._heading(left, top, width, each), *_panel(left, top, width, each, min(years), max(years))]
        rows = -(-len(lines) // in_a_row)
        return Chart(drawing(_WIDTH, rows * (height + _BETWEEN) - _BETWEEN, drawn), self._told(lines))

    def _told(self, lines: Sequence[Line]) -> str:
        """The trends in words: the first value and the last."""
        texts = self.bulletin.texts
        said = []
        for each in lines:
            (first, value), *_ = [(year, value) for year, value in each.trend if value is not None]
            began = figure(value, each.told_in(first))
            said.append(
                texts("trend_says", name=each.name, first=first, value=began, last=each.period, shown=each.shown)
            )
        return texts("semicolon").join(said)

    def _heading(self, left: float, top: float, width: float, shown: Line) -> list[str]:
        """The name on two lines, cut if it is longer, for the scorecard has it whole; and the value."""
        lines = broken(shown.name, width, _NAME)
        return [
            *(
                text((left, top + 7 + place * 8), each, size=_NAME, colour=BRAND, is_bold=True)
                for place, each in enumerate(lines)
            ),
            text((left, top + 25), shown.code, size=5.5, colour=MUTED),
            text((left + width, top + 25), shown.shown, colour=INK, anchor="end", is_bold=True),
        ]


def _bars(left: float, width: float, title: str, counts: Sequence[Mapping[str, int]]) -> list[str]:
    """One side of the chart of statuses: a bar a chapter, its statuses from kept to broken."""
    longest = max(1, *(sum(each.get(status, 0) for status in _KEPT) for each in counts))
    place_of, bottom = Scale(0, longest, left, left + width), _TITLE + len(counts) * _ROW
    parts = [text((left, 10), title, size=9, colour=BRAND, is_bold=True)]
    for value in ticks(0, longest, 5):
        x = place_of(value)
        parts += [line([(x, _TITLE), (x, bottom)], colour=_GRID, width=0.6)]
        parts += [text((x, bottom + 9), tick_text(value), anchor="middle")]
    for place, each in enumerate(counts):
        start = 0
        for status in _KEPT:
            if number := each.get(status, 0):
                at = (place_of(start), _middle(place) - _BAR / 2 - 2.5)
                parts.append(bar(at, place_of(start + number) - at[0], _BAR, STATUS[status]))
                start += number
    return [*parts, line([(left, _TITLE), (left, bottom)], colour=RULE)]


def _middle(place: int) -> float:
    """Where the text of a row of bars stands."""
    return _TITLE + (place + 0.5) * _ROW + 2.5


def _panel(left: float, top: float, width: float, shown: Line, first: int, last: int) -> list[str]:
    """Values of a line over the years, its last value, and its target where that is near."""
    values = [value for _, value in shown.trend if value is not None]
    target = shown.target_value if shown.target_value is not None and _is_near(shown.target_value, values) else None
    held = [*values, *([] if target is None else [target])]
    air = (max(held) - min(held)) * 0.08 or abs(max(held)) * 0.05 or 1.0
    low, high = min(held) - air, max(held) + air
    bottom = top + _HEAD + _PLOT
    across = Scale(first, last, left + _AXIS_OF_A_PANEL + 3, left + width - 4)
    up = Scale(low, high, bottom, top + _HEAD + 2)
    colour = status_colour(shown.status)
    parts = []
    for value in ticks(low, high):
        parts += [line([(left + _AXIS_OF_A_PANEL, up(value)), (left + width, up(value))], colour=_GRID, width=0.6)]
        parts += [text((left + _AXIS_OF_A_PANEL - 3, up(value) + 2.4), tick_text(value), anchor="end", colour=MUTED)]
    parts.append(line([(left + _AXIS_OF_A_PANEL, bottom), (left + width, bottom)], colour=RULE))
    parts += [
        text((across(year), bottom + 9), str(year), anchor=anchor, colour=INK)
        for year, anchor in {first: "start", last: "end"}.items()
    ]
    if target is not None:
        ends = [(left + _AXIS_OF_A_PANEL, up(target)), (left + width, up(target))]
        parts.append(line(ends, colour=MUTED, dashes="3 2"))
    points = [(across(year), math.nan if value is None else up(value)) for year, value in shown.trend]
    ended = [
        point
        for point, (year, value) in zip(points, shown.trend, strict=True)
        if year == shown.year and value is not None
    ]
    return [*parts, line(points, colour=colour, width=1.8), *(dot(point, 2.6, colour) for point in ended)]


def _rank(shown: Line) -> int:
    return WORST_FIRST.index(shown.status) if shown.status in WORST_FIRST else len(WORST_FIRST)


def _has_trend(shown: Line) -> bool:
    return sum(value is not None for _, value in shown.trend) > 1


def _is_near(target: float, values: Sequence[float]) -> bool:
    """Whether a target can be drawn with the values: one far away would make a flat line of them.

    It is near if it is not further away than four times their spread or a third of it.
    """
    spread = max(values) - min(values)
    gap = max(0.0, target - max(values), min(values) - target)
    return gap <= max(4 * spread, abs(target) / 3)
