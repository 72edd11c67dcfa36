"""Drawing as SVG: the few shapes that charts on paper are made of.

Belongs here: shapes, text and scales. Does not belong here: what a chart shows (``eduplan.bulletin.charts``).

Paper needs no more than bars, lines and words, and written out they take next to no time.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from eduplan.bulletin.colours import INK
from eduplan.bulletin.fonts import CHINESE, LETTERS, MARKS

FONTS = ", ".join((*CHINESE, *LETTERS, *MARKS, "sans-serif"))

Point = tuple[float, float]

_FIRST_SQUARE, _LETTER = 0x2E7F, 0.52
_PIECES = re.compile(r"[（「『“]*[\u2e80-\uffff][）」』”，。、；：！？]*|[^\s\u2e80-\uffff]+\s*|\s+")
"""Where a line may end: after a Chinese character and the marks that belong to it, and between words."""


def drawing(width: float, height: float, parts: Sequence[str]) -> str:
    """A whole drawing."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" font-family="{FONTS}">{"".join(parts)}</svg>'
    )


def text(
    at: Point, said: str, *, size: float = 7, colour: str = INK, anchor: str = "start", is_bold: bool = False
) -> str:
    """A line of text, whose base line begins, ends or is in the middle at a point."""
    weight = ' font-weight="bold"' if is_bold else ""
    return (
        f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" font-size="{size:g}" fill="{colour}" text-anchor="{anchor}"{weight}>'
        f"{escape(said)}</text>"
    )


def broken(said: str, width: float, size: float, most: int = 2) -> list[str]:
    """A text in lines no wider than that, as far as widths can be told; what does not fit is cut."""
    lines = [""]
    for piece in _PIECES.findall(said):
        if lines[-1] and _width(lines[-1] + piece.rstrip(), size) > width:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += piece
    if len(lines) <= most and _width(lines[-1], size) <= width:
        return [each.rstrip() for each in lines]
    last = lines[most - 1]
    while last and _width(last + "…", size) > width:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip() + "…"]


def _width(said: str, size: float) -> float:
    """About how wide a text is: a Chinese character is a square, a letter takes half of it."""
    return sum(size if ord(letter) > _FIRST_SQUARE else size * _LETTER for letter in said)


def line(points: Sequence[Point], *, colour: str, width: float = 1, dashes: str = "") -> str:
    """A line through points; a point that is not a number leaves a gap."""
    steps, is_new = [], True
    for x, y in points:
        if math.isnan(y):
            is_new = True
            continue
        steps.append(f"{'M' if is_new else 'L'}{x:.1f} {y:.1f}")
        is_new = False
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<path d="{"".join(steps)}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashed}/>'


def bar(at: Point, width: float, height: float, colour: str) -> str:
    """A filled rectangle."""
    return f'<rect x="{at[0]:.1f}" y="{at[1]:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'


def dot(at: Point, radius: float, colour: str) -> str:
    """A filled circle."""
    return f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius:g}" fill="{colour}"/>'


@dataclass(frozen=True)
class Scale:
    """Where values stand along a stretch.

    Attributes:
        low: Value at ``start``.
        high: Value at ``end``.
        start: Place of the lowest value.
        end: Place of the highest.
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a value; the middle where all values are one."""
        if self.high == self.low:
            return (self.start + self.end) / 2
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def ticks(low: float, high: float, most: int = 4) -> list[float]:
    """Round values within a range, no more than some."""
    span = high - low or abs(high) or 1.0
    step = 10.0 ** math.floor(math.log10(span / most))
    while math.floor(high / step) - math.ceil(low / step) + 1 > most:
        leading = step / 10.0 ** math.floor(math.log10(step) + 1e-9)
        step *= 2.5 if 1.9 < leading < 2.1 else 2
    first = math.ceil(low / step - 1e-9)
    return [round(place * step, 12) for place in range(first, math.floor(high / step + 1e-9) + 1)]


def tick_text(value: float) -> str:
    """A value on an axis, without zeros that nobody reads; thousands are set apart."""
    shown = f"{value:,.4f}".rstrip("0").rstrip(".")
    return shown.replace("-", "−")
