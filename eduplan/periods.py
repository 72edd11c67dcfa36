"""Typed periods: school year, term, screening season, calendar year and month.

Belongs here: reading and ordering periods. Does not belong here: which source uses which kind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class PeriodKind(StrEnum):
    """The kinds of period that a contract or an indicator may declare."""

    SCHOOL_YEAR = "school_year"
    TERM = "term"
    SEASON = "season"
    CALENDAR_YEAR = "calendar_year"
    MONTH = "month"
    NONE = "none"


_PATTERNS = {
    PeriodKind.SCHOOL_YEAR: re.compile(r"(?P<year>\d{4})-(?P<next>\d{2})"),
    PeriodKind.TERM: re.compile(r"(?P<year>\d{4})-(?P<next>\d{2})-(?P<part>[12])"),
    PeriodKind.SEASON: re.compile(r"(?P<year>\d{4})-(?P<next>\d{2})-(?P<part>autumn|spring)"),
    PeriodKind.CALENDAR_YEAR: re.compile(r"(?P<year>\d{4})"),
    PeriodKind.MONTH: re.compile(r"(?P<year>\d{4})-(?P<part>0[1-9]|1[0-2])"),
    PeriodKind.NONE: re.compile(r"(?P<year>)all"),
}


@dataclass(frozen=True)
class Period:
    """One period of one kind.

    Attributes:
        kind: Kind of the period.
        text: Canonical text: ``2024-25``, ``2024-25-1``, ``2024-25-autumn``, ``2024``, ``2024-09`` or ``all``.
        year: Calendar year that the period starts in; 0 where it has none.
    """

    kind: PeriodKind
    text: str
    year: int

    @classmethod
    def parse(cls, text: str, kind: PeriodKind) -> Period:
        """Reads the canonical text of a period.

        Raises:
            ValueError: The text is not a period of that kind.
        """
        match = _PATTERNS[kind].fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a {kind.replace('_', ' ')}")
        groups = match.groupdict()
        year = int(groups["year"] or 0)
        if "next" in groups and int(groups["next"]) != (year + 1) % 100:
            raise ValueError(
                f"{text!r} is not a {kind.replace('_', ' ')}: {year} is followed by {(year + 1) % 100:02d}"
            )
        return cls(kind=kind, text=text, year=year)

    @property
    def school_year(self) -> str | None:
        """The school year that the period lies in, for the kinds that lie in one."""
        if self.kind in (PeriodKind.SCHOOL_YEAR, PeriodKind.TERM, PeriodKind.SEASON):
            return school_year_text(self.year)
        return None

    @property
    def columns(self) -> dict[str, str | int]:
        """The period columns that staged rows carry, by name."""
        part = self.text.rsplit("-", 1)[-1]
        match self.kind:
            case PeriodKind.SCHOOL_YEAR:
                return {"school_year": self.text}
            case PeriodKind.TERM:
                return {"school_year": school_year_text(self.year), "term": part}
            case PeriodKind.SEASON:
                return {"school_year": school_year_text(self.year), "season": part}
            case PeriodKind.CALENDAR_YEAR:
                return {"calendar_year": self.year}
            case PeriodKind.MONTH:
                return {"calendar_year": self.year, "month": int(part)}
            case PeriodKind.NONE:
                return {}


def school_year_text(year: int) -> str:
    """The school year that starts in a calendar year: 2024 gives ``2024-25``."""
    return f"{year}-{(year + 1) % 100:02d}"
