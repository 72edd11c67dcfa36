"""The scorecard as people see it: a table a chapter, a word, a symbol and a colour for each status.

Belongs here: how a scorecard looks. Does not belong here: reading it from the release (``eduplan.cli.status``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eduplan.words.absences import ABSENCES
from eduplan.words.language import Language
from eduplan.words.numbers import CLOSE_UNITS, number
from eduplan.words.rounding import FEWER_DECIMALS
from eduplan.words.terms import SIGNS, sign, word

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

WIDE = 110
"""From this width on, a line also has room for the path and the strip of districts, or the value of the city."""
BROAD = 150
"""From this width on, the code has a column of its own, and a line is seldom more than one line."""
NARROW = 70
"""Below this width the target stands under the name."""
FULL = 99.5
"""Coverage in per cent from which on a narrow table does not mention it."""
LEAST_COVERAGE = 90
"""Below this a coverage stands out."""


@dataclass(frozen=True)
class Line:
    """One indicator, or one part of it, on the scorecard.

    Attributes:
        chapter: Title of its chapter.
        code: Code of the indicator.
        name: Its name, with the stage or item that the line is for.
        unit: Unit, as it is declared.
        unit_text: Unit in words, where it does not follow the value itself.
        decimals: Decimals of the indicator.
        told: Decimals to print of the value, fewer where more would give hidden counts away.
        period: Period that the value is of.
        value: The value, or nothing.
        obs_status: Why there is no value, where there is none.
        interval: Ends of the interval of a rate that was counted on a sample.
        target: The target in words.
        path: Value that the path asks for in that period, where there is a path.
        path_told: Decimals to print of it.
        status: Status, as it is stored; nothing without a target.
        decided: Year of the deadline whose verdict stands, once it is past.
        coverage: Units reported per cent of units expected.
        districts: Status of each district, in the order of their codes.
        city: Value of the whole city, where the line is for a part of it.
        city_told: Decimals to print of it.
    """

    chapter: str
    code: str
    name: str
    unit: str
    unit_text: str
    decimals: int
    told: int
    period: str
    value: float | None
    obs_status: str | None
    interval: tuple[float, float] | None
    target: str
    path: float | None
    path_told: int
    status: str | None
    decided: int | None
    coverage: float | None
    districts: Sequence[str | None]
    city: float | None
    city_told: int

    @property
    def has_fewer_decimals(self) -> bool:
        """Whether a number of the line is told with fewer decimals than its indicator has."""
        numbers = ((self.value, self.told), (self.path, self.path_told), (self.city, self.city_told))
        return any(number is not None and told < self.decimals for number, told in numbers)


def observed(value: float | None, obs_status: str | None, decimals: int, unit: str, lang: Language) -> str:
    """A value, or the word for why there is none: withheld, missing and not applicable are three things."""
    if value is not None or obs_status not in ABSENCES:
        return number(value, decimals, unit)
    return ABSENCES[obs_status].word.of(lang)


def interval_text(interval: tuple[float, float] | None, decimals: int, unit: str) -> str:
    """The two ends of an interval; nothing where there is none."""
    if interval is None:
        return ""
    low, high = (number(end, decimals) for end in interval)
    return f"{low}–{high}{unit if unit in CLOSE_UNITS else ''}"


def strip(statuses: Iterable[str | None]) -> Text:
    """One symbol a district, in its colour."""
    from rich.text import Text

    text = Text()
    for status in statuses:
        look = sign(status)
        text.append(look.symbol, style=look.style)
    return text


def print_scorecard(
    console: Console, lines: Sequence[Line], *, title: str, lang: Language, districts: Sequence[str] = ()
) -> None:
    """Prints the lines, a table a chapter, and how many there are of each status.

    Args:
        console: Where to print.
        lines: The lines.
        title: Line on top.
        lang: Language.
        districts: Names of the districts, in the order of the strips.
    """
    from rich.text import Text

    console.print(Text(title, style="bold"))
    for chapter in dict.fromkeys(line.chapter for line in lines):
        _print_chapter(console, chapter, [line for line in lines if line.chapter == chapter], lang)
    if districts and console.width >= WIDE and any(line.districts for line in lines):
        names = ("、" if lang == "zh" else ", ").join(districts)
        console.print(Text(word("from_left", lang).format(names=names), style="dim"))
    if any(line.has_fewer_decimals for line in lines):
        console.print(Text(FEWER_DECIMALS.of(lang), style="dim"))
    console.print(_summary(lines, lang))


def _print_chapter(console: Console, chapter: str, lines: Sequence[Line], lang: Language) -> None:
    from rich import box
    from rich.table import Table

    wide, broad, narrow = console.width >= WIDE, console.width >= BROAD, console.width < NARROW
    has_districts = wide and any(line.districts for line in lines)
    has_city = wide and any(line.city is not None for line in lines)
    has_path = wide and any(line.path is not None for line in lines)
    table = Table(
        title=chapter, title_justify="left", title_style="bold cyan", box=box.SIMPLE_HEAD, pad_edge=False, expand=True
    )
    if broad:
        table.add_column(word("code", lang), no_wrap=True, style="dim")
    # Folded and never cut: Chinese has no spaces to break a line at.
    table.add_column(word("indicator", lang), ratio=1, overflow="fold")
    table.add_column(word("value", lang), justify="right", no_wrap=True)
    if not narrow:
        table.add_column(word("target", lang), no_wrap=wide, overflow="fold")
    if has_path:
        table.add_column(word("path", lang), justify="right", no_wrap=True)
    table.add_column(word("status", lang), no_wrap=True)
    if wide:
        table.add_column(word("coverage", lang), justify="right", no_wrap=True)
    if has_districts:
        table.add_column(word("districts", lang), no_wrap=True)
    if has_city:
        table.add_column(word("whole_city", lang), justify="right", no_wrap=True)
    for line in lines:
        name = _name(line, with_code=not broad, with_target=narrow)
        cells: list[Text | str] = [line.code, name] if broad else [name]
        cells += [_value(line, lang)] if narrow else [_value(line, lang), line.target]
        if has_path:
            cells.append(number(line.path, line.path_told) if line.path is not None else "")
        cells.append(_status(line, lang, with_coverage=not wide))
        if wide:
            cells.append(_coverage(line.coverage))
        if has_districts:
            cells.append(strip(line.districts))
        if has_city:
            cells.append(number(line.city, line.city_told, line.unit) if line.city is not None else "")
        table.add_row(*cells)
    console.print(table)


def _name(line: Line, *, with_code: bool, with_target: bool) -> Text:
    """The name with the unit that does not follow the value, between code and target where these have no columns."""
    from rich.text import Text

    text = Text(f"{line.code}\n", style="dim") if with_code else Text()
    text.append(line.name, style="not dim")
    if line.unit_text:
        text.append(f" · {line.unit_text}", style="dim")
    if with_target and line.target:
        text.append(f"\n{line.target}", style="not dim")
    return text


def _value(line: Line, lang: Language) -> Text:
    """The value, and below it the interval of a rate that was counted on a sample."""
    from rich.text import Text

    absent = line.value is None
    shown = observed(line.value, line.obs_status, line.told, line.unit, lang)
    text = Text(shown, style="dim" if absent else "bold")
    interval = interval_text(line.interval, line.told, line.unit)
    return text.append(f"\n{interval}", style="not bold dim") if interval else text


def _status(line: Line, lang: Language, *, with_coverage: bool) -> Text:
    """Symbol and word, with the year of a deadline that is past; in a narrow table also too little coverage."""
    from rich.text import Text

    look = sign(line.status)
    since = f" {line.decided}" if line.decided else ""
    text = Text(f"{look.symbol} {look.word(lang)}{since}", style=look.style)
    if with_coverage and line.coverage is not None and line.coverage < FULL:
        text.append(f"\n{word('coverage', lang)} ", style="not bold dim").append_text(_coverage(line.coverage))
    return text


def _coverage(coverage: float | None) -> Text:
    from rich.text import Text

    if coverage is None:
        return Text("")
    shown = f"{coverage:.0f}%" if coverage >= FULL else f"{coverage:.1f}%"
    return Text(shown, style="not bold" if coverage >= LEAST_COVERAGE else "not bold yellow")


def _summary(lines: Sequence[Line], lang: Language) -> Text:
    from rich.text import Text

    counted = Counter(line.status for line in lines)
    text = Text()
    for status, look in SIGNS.items():
        if counted[status]:
            text.append(f"{look.symbol} {counted[status]} {look.zh if lang == 'zh' else look.en}   ", style=look.style)
    return text
