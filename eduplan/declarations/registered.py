"""Indicators that are defined and cannot be computed yet, and the families that all codes belong to.

Belongs here: ``plan/registered/*.yml``, ``plan/awaited_sources.yml`` and ``plan/families.yml``. Does not belong here:
indicators with a mart, which stand in ``plan/indicators/``. An entry moves there on the day its source arrives.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from eduplan.declarations.indicators import Dimension, Direction, IndicatorCode, Source
from eduplan.declarations.loading import by_name, load_entries
from eduplan.declarations.text import Bilingual, Declaration, Name
from eduplan.periods import PeriodKind

LaterDimension = Literal["age", "chapter", "office", "respondent", "school_type", "source", "training_type", "zone"]
"""Breakdowns that a registered indicator may ask for and that no computed one has yet."""


class RegisteredIndicator(Declaration):
    """An indicator in words, until there is data to compute it from.

    Attributes:
        numerator: What will be counted above the line, or what the formula is where there is no line.
        denominator: What will be counted below it.
        direction: Which way is better; ``context`` where neither is, or where the target is a range.
        disaggregations: Breakdowns that are wanted, ``school`` included where it is to be stored by school.
        target: The target in words, and whose it is.
        waits_for: What it waits for: sources and models of ``plan/awaited_sources.yml``.
        commitments: Commitments that it will answer for.
    """

    code: IndicatorCode
    version: int = 1
    name: Bilingual
    chapter: Name
    numerator: Bilingual
    denominator: Bilingual | None = None
    unit: str
    direction: Direction
    period: PeriodKind = PeriodKind.SCHOOL_YEAR
    disaggregations: list[Dimension | LaterDimension] = []
    source: Source
    target: Bilingual | None = None
    waits_for: list[Name] = Field(min_length=1)
    commitments: list[str] = []
    note: Bilingual | None = None


class AwaitedSource(Declaration):
    """What registered indicators wait for: a source, as its contract will be called, or a model."""

    source: Name
    title: Bilingual


class Family(Declaration):
    """A family of indicators.

    Attributes:
        family: The letters that its codes begin with.
        indicators: How many codes it has; they are numbered from 01.
    """

    family: str = Field(pattern=r"^[A-Z]{2,3}$")
    title: Bilingual
    indicators: int = Field(ge=1)

    @property
    def codes(self) -> list[str]:
        """The codes of the family, in order."""
        return [f"{self.family}-{number:02d}" for number in range(1, self.indicators + 1)]


def load_registered(folder: Path) -> dict[str, RegisteredIndicator]:
    """Reads ``plan/registered/*.yml``, each a list, by code; none where there is no folder.

    Raises:
        DeclarationError: An entry is not valid, or a code is given twice.
    """
    return by_name(load_entries(RegisteredIndicator, folder / "registered"), lambda indicator: indicator.code)


def load_awaited_sources(folder: Path) -> dict[str, AwaitedSource]:
    """Reads ``plan/awaited_sources.yml``, by name; none where there is no such file."""
    return by_name(load_entries(AwaitedSource, folder / "awaited_sources.yml"), lambda awaited: awaited.source)


def load_families(folder: Path) -> dict[str, Family]:
    """Reads ``plan/families.yml``, by the letters of the family; none where there is no such file."""
    return by_name(load_entries(Family, folder / "families.yml"), lambda family: family.family)
