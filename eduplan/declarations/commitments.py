"""Commitments: one entry a promise of the plan in ``plan/commitments/chN.yml``, and the offices that answer for them.

Belongs here: the shape of a commitment and what makes one valid. Does not belong here: which indicators answer for it.
An indicator says so itself, in its own ``commitments``, so that the relation is written once.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints, model_validator

from eduplan.declarations.indicators import IndicatorCode
from eduplan.declarations.loading import by_name, load_entries, place_of
from eduplan.declarations.text import Bilingual, Declaration, Name
from eduplan.errors import DeclarationError

CommitmentId = Annotated[str, StringConstraints(pattern=r"^\d(\.\d{1,2}){1,2}-\d{2}$")]


class Tier(StrEnum):
    """How a commitment can be followed."""

    MEASURABLE = "measurable"
    """A number, a share or a coverage."""
    PROGRAMME = "programme"
    """A programme or a milestone that is counted in the programme register."""
    EVIDENCE = "evidence"
    """Words that only a file of evidence can answer for."""


class CommitmentType(StrEnum):
    """What was promised; the last four were stated as in place when the plan began and have to be held."""

    QUANTIFIED_TARGET = "quantified_target"
    COVERAGE_TARGET = "coverage_target"
    SYSTEM = "system"
    MECHANISM = "mechanism"
    PROGRAMME = "programme"
    STATE_AT_START = "state_at_start"
    SYSTEM_IN_PLACE = "system_in_place"
    MECHANISM_IN_PLACE = "mechanism_in_place"
    PROGRAMME_IN_PLACE = "programme_in_place"


class StatedBaseline(Declaration):
    """A figure that the plan states for the year it starts from.

    It is kept to be compared with what the warehouse counts itself, and is never a denominator.

    Attributes:
        of: Indicator that the figure is a value of, where there is one.
        label: What was counted, where no indicator says so.
        year: Calendar year that the figure is for.
        is_doubtful: Whether the text is garbled, rounded or contradicted elsewhere in the plan.
    """

    of: IndicatorCode | None = None
    label: Bilingual | None = None
    year: int
    value: Decimal
    is_doubtful: bool = False

    @model_validator(mode="after")
    def _says_of_what(self) -> StatedBaseline:
        if self.of is None and self.label is None:
            raise ValueError("a baseline needs the indicator that it is of, or a label")
        return self


class Commitment(Declaration):
    """One promise of the plan.

    Attributes:
        id: Section of the plan, a hyphen and a number: ``3.3-12`` is the twelfth promise of section 3.3.
        label: What was promised, short.
        office: Office that answers for it, of ``plan/offices.yml``.
        deadline: Calendar year at whose end it is due, where the plan names one.
        is_yearly: Whether it is due again every year.
        target: What the plan names as the measure; nothing where it names none.
        baselines: Figures that the plan states for the year it starts from.
        task: What answers where no indicator does: an entry of the programme register or a file of evidence.
        note: How the text was read where it can be read in several ways.
    """

    id: CommitmentId
    label: Bilingual
    tier: Tier
    type: CommitmentType
    office: Name
    deadline: int | None = None
    is_yearly: bool = False
    target: Bilingual | None = None
    baselines: list[StatedBaseline] = []
    task: Bilingual | None = None
    note: Bilingual | None = None

    @property
    def section(self) -> str:
        """Number of the section that it stands in."""
        return self.id.rsplit("-", 1)[0]

    @property
    def chapter_number(self) -> int:
        """Number of the chapter that it stands in."""
        return int(self.id.split(".")[0])

    @model_validator(mode="after")
    def _complete(self) -> Commitment:
        if self.type is CommitmentType.QUANTIFIED_TARGET and self.target is None:
            raise ValueError("a quantified target needs a target")
        if self.tier is not Tier.MEASURABLE and self.task is None:
            raise ValueError(f"a commitment of tier {self.tier} needs a task: the entry or file that answers for it")
        return self


class Office(Declaration):
    """An office that answers for commitments."""

    office: Name
    name: Bilingual


def load_commitments(folder: Path) -> dict[str, Commitment]:
    """Reads ``plan/commitments/*.yml``, each a list, by id in the order of the plan; none where there is no folder.

    Raises:
        DeclarationError: An entry is not valid, an id is given twice, or stands in the file of another chapter.
    """
    entries = list(load_entries(Commitment, folder / "commitments"))
    for path, number, commitment in entries:
        if path.stem != f"ch{commitment.chapter_number}":
            place = f"ch{commitment.chapter_number}.yml"
            raise DeclarationError(f"commitment {commitment.id} belongs in {place}", where=place_of(path, number))
    return by_name(entries, lambda commitment: commitment.id)


def load_offices(folder: Path) -> dict[str, Office]:
    """Reads ``plan/offices.yml``, by name; none where there is no such file."""
    return by_name(load_entries(Office, folder / "offices.yml"), lambda office: office.office)
