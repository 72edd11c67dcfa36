"""The scorecard as people see it: a table a chapter, a word, a symbol and a colour for each status.

Belongs here: how a scorecard looks. Does not belong here: reading it from the release (``eduplan.cli.status``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from eduplan.cli.session import Language
from eduplan.cli.words import SIGNS, sign, word

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_SHORT_UNITS = ("pp", "m2")

WIDE = 110
"""From this width on, a line also has room for the path and the strip of districts."""


@dataclass(frozen=True)
class Line:
    """One indicator, or one part of it, on the scorecard.

    Attributes:
        chapter: Title of its chapter.
        code: Code of the indicator.
        name: Its name, with the stage or item that the line is for.
        unit: Unit, as printed after the value.
        decimals: Decimals to print.
        period: Period that the value is of.
        value: The value, or nothing.
        target: The target in words.
        path: Value that the path asks for in that period, where there is a path.
        status: Status, as it is stored; nothing without a target.
        decided: Year of the deadline whose verdict stands, once it is past.
        coverage: Units reported per cent of units expected.
        districts: Status of each district, in the order of their codes.
    """

    chapter: str
    code: str
    name: str
    unit: str
    decimals: int
    period: str
    value: float | None
    target: str
    path: float | None
    status: str | None
    decided: int | None
    coverage: float | None
    districts: Sequence[str | None]


def number(value: float | None, decimals: int, unit: str = "") -> str:
    """A value with its decimals and, where it is short and the same in both languages, its unit."""
    if value is None:
        return "–"
    # Through Decimal, so that 0.125 is printed as people round it; comparisons were made long before this.
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    shown = f"{rounded + 0:f}"  # adding nothing turns -0 into 0
    if unit in ("%", "‰"):
        return f"{shown}{unit}"
    return f"{shown} {unit}" if unit in _SHORT_UNITS else shown


def strip(statuses: Iterable[str | None]) -> Text:
    """One symbol a district, in its colour."""
    from rich.text import Text

    text = Text()
    for status in statuses:
        look = sign(status)
        text.append(look.symbol, style=look.style)
    return text


def print_scorecard(console: Console, lines: Sequence[Line], *, title: str, lang: Language) -> None:
    """Prints the lines, a table a chapter, and how many there are of each status."""
    from rich.text import Text

    console.print(Text(title, style="bold"))
    for chapter in dict.fromkeys(line.chapter for line in lines):
        _print_chapter(console, chapter, [line for line in lines if line.chapter == chapter], lang)
    console.print(_summary(lines, lang))


def _print_chapter(console: Console, chapter: str, lines: Sequence[Line], lang: Language) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    wide = console.width >= WIDE
    has_districts = wide and any(line.districts for line in lines)
    table = Table(
        title=chapter, title_justify="left", title_style="bold cyan", box=box.SIMPLE_HEAD, pad_edge=False, expand=wide
    )
    table.add_column(word("code", lang), no_wrap=True, style="dim")
    table.add_column(word("indicator", lang), ratio=1 if wide else None)
    table.add_column(word("value", lang), justify="right", no_wrap=True)
    table.add_column(word("target", lang), no_wrap=wide)
    if wide:
        table.add_column(word("path", lang), justify="right", no_wrap=True)
    table.add_column(word("status", lang), no_wrap=True)
    table.add_column(word("coverage", lang), justify="right", no_wrap=True)
    if has_districts:
        table.add_column(word("districts", lang), no_wrap=True)
    for line in lines:
        look = sign(line.status)
        cells: list[str | Text] = [
            line.code,
            Text(line.name),
            Text(number(line.value, line.decimals, line.unit), style="bold"),
            Text(line.target),
        ]
        if wide:
            cells.append(number(line.path, line.decimals) if line.path is not None else "")
        since = f" {line.decided}" if line.decided else ""
        cells.append(Text(f"{look.symbol} {look.zh if lang == 'zh' else look.en}{since}", style=look.style))
        cells.append(_coverage(line.coverage))
        if has_districts:
            cells.append(strip(line.districts))
        table.add_row(*cells)
    console.print(table)


def _coverage(coverage: float | None) -> Text:
    from rich.text import Text

    if coverage is None:
        return Text("")
    return Text(
        f"{coverage:.0f}%" if coverage >= 99.5 else f"{coverage:.1f}%", style="" if coverage >= 90 else "yellow"
    )


def _summary(lines: Sequence[Line], lang: Language) -> Text:
    from rich.text import Text

    counted = Counter(line.status for line in lines)
    text = Text()
    for status, look in SIGNS.items():
        if counted[status]:
            text.append(f"{look.symbol} {counted[status]} {look.zh if lang == 'zh' else look.en}   ", style=look.style)
    return text
