"""Words, numbers and signs as pages show them, in both languages at once.

Belongs here: how a text, a value or a status becomes HTML. Does not belong here: which of them a page shows.

A page holds both languages side by side; the sheet hides the one that is not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from typing import Any

from markupsafe import Markup, escape

from eduplan.words.absences import ABSENCES as ABSENCES
from eduplan.words.rounding import FEWER_DECIMALS as FEWER_DECIMALS
from eduplan.words.rounding import decimals_of as decimals_of
from eduplan.words.terms import SIGNS, SOURCE_EVIDENCE, sign
from eduplan.words.text import Text as Text

Row = dict[str, Any]

_CLOSE = ("%", "‰", "°")


EVIDENCE_OF_SOURCE: dict[str, Text] = {
    evidence: Text(words["en"], words["zh"]) for evidence, words in SOURCE_EVIDENCE.items()
}

DIMENSIONS: dict[str, Text] = {
    "stage": Text("Stage", "学段"),
    "urban_class": Text("Urban class", "城乡类型"),
    "ownership": Text("Ownership", "办学性质"),
    "sex": Text("Sex", "性别"),
    "grade": Text("Grade", "年级"),
    "item": Text("Item", "分项"),
}

LEVELS: dict[str, Text] = {
    "city": Text("City", "全市"),
    "district": Text("District", "区县"),
    "town": Text("Town", "镇街"),
    "school": Text("School", "学校"),
}


# A page says the same few hundred things again and again. With types, because a text and HTML that look alike
# are equal, and only one of them is escaped.
@lru_cache(maxsize=20_000, typed=True)
def both(en: object, zh: object) -> Markup:
    """A text in both languages, as one piece where they are the same."""
    if en == zh:
        return escape(en)
    return Markup(f'<span lang="en">{escape(en)}</span><span lang="zh">{escape(zh)}</span>')  # noqa: S704


def rounded(value: float | Decimal, decimals: int) -> str:
    """A number with thousands set apart, rounded as people round: 0.125 gives 0.13."""
    return f"{half_up(value, decimals) + 0:,f}".replace("-", "−")  # adding nothing turns -0 into 0


def half_up(value: float | Decimal, decimals: int) -> Decimal:
    """A number in so many decimals."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def told(value: float, decimals: int, declared: int) -> Markup:
    """A number in the decimals in which it is told, marked where its indicator has more."""
    shown = rounded(value, decimals)
    return Markup(f'<span class="fewer">{shown}</span>' if decimals < declared else shown)  # noqa: S704 - digits


def exact(value: float | Decimal | int) -> str:
    """A sum as it is, without zeros that nobody reads; at most three decimals."""
    text = f"{round(Decimal(str(value)), 3):,f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


@cache
def absent(status: str) -> Markup:
    """The word for a value that is not there, with what it means as a hint."""
    why = ABSENCES.get(status, ABSENCES["M"])
    return Markup('<span class="absent" data-absent="{}" data-hint-en="{}" data-hint-zh="{}">{}</span>').format(
        status, why.meaning.en, why.meaning.zh, both(*why.word)
    )


class Units:
    """How units are written after a value.

    Args:
        known: English and Chinese by unit, as ``site/units.yml`` has them.
    """

    def __init__(self, known: Mapping[str, Mapping[str, str]]) -> None:
        self._known = {unit: Text(each["en"], each["zh"]) for unit, each in known.items()}
        self._html: dict[str, Markup] = {}

    def text(self, unit: str) -> Text:
        """A unit in both languages; one that is not known as it is declared."""
        return self._known.get(unit, Text(unit, unit))

    def html(self, unit: str) -> Markup:
        """A unit as it follows a value, small and with the space that it needs."""
        found = self._html.get(unit)
        if found is None:
            found = self._html[unit] = self._written(unit)
        return found

    def _written(self, unit: str) -> Markup:
        text = self.text(unit)
        if not text.en and not text.zh:
            return Markup()
        if text.en.startswith(_CLOSE):
            return escape(text.en)
        return Markup("<small>{}</small>").format(both(f" {text.en}", f" {text.zh}".replace(" /", "/")))

    def value(self, row: Row, decimals: int, *, with_unit: bool = True) -> Markup:
        """The value of a row with ``obs_value``, ``obs_status`` and ``unit``, or why there is none.

        Args:
            row: The row.
            decimals: Decimals of its indicator; the value has those in which it is told.
            with_unit: Whether the unit follows.
        """
        if row["obs_value"] is None:
            return absent(row["obs_status"])
        shown = told(row["obs_value"], decimals_of(row, decimals), decimals)
        return shown + self.html(row["unit"]) if with_unit else shown


@cache
def status(name: str | None, year: int | None = None) -> Markup:
    """A status with its symbol, word and colour, and the year of a deadline whose verdict stands."""
    look, tone = sign(name), name if name in SIGNS else "context"
    since = f" {year}" if year else ""
    return Markup('<span class="status" data-tone="{}"><i aria-hidden="true">{}</i>{}</span>').format(
        tone, look.symbol, both(look.en + since, look.zh + since)
    )


@cache
def dot(name: str | None) -> Markup:
    """The symbol of a status alone, for places where its word stands near by."""
    look, tone = sign(name), name if name in SIGNS else "context"
    return Markup('<i class="dot" data-tone="{}" aria-hidden="true">{}</i>').format(tone, look.symbol)


def status_text(name: str | None) -> Text:
    """The word of a status in both languages."""
    look = sign(name)
    return Text(look.en, look.zh)
