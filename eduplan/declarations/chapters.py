"""The chapters and sections of the plan: ``plan/chapters.yml``.

Belongs here: the headings that commitments and indicators stand under. Does not belong here: what was promised there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints, model_validator

from eduplan.declarations.loading import load_yaml_as
from eduplan.declarations.text import Bilingual, Declaration, Name

SectionNumber = Annotated[str, StringConstraints(pattern=r"^\d(\.\d{1,2}){1,2}$")]


class Section(Declaration):
    """A heading below a chapter: ``'3.3'``, or ``4.1.5`` one level further down.

    Attributes:
        section: Its number in the plan; in quotes where YAML would take it for a decimal.
    """

    section: SectionNumber
    title: Bilingual


class Chapter(Declaration):
    """A chapter of the plan.

    Attributes:
        chapter: The schema of its marts.
        number: Its number in the plan, with which the numbers of its sections begin.
        sections: Every heading below it, in the order of the plan.
    """

    chapter: Name
    number: int
    title: Bilingual
    sections: list[Section] = []

    @model_validator(mode="after")
    def _sections_are_its_own(self) -> Chapter:
        seen: set[str] = set()
        for section in self.sections:
            if section.section.split(".")[0] != str(self.number):
                raise ValueError(f"section {section.section} does not begin with {self.number}")
            if section.section in seen:
                raise ValueError(f"section {section.section} stands there twice")
            seen.add(section.section)
        return self


def load_chapters(folder: Path) -> list[Chapter]:
    """Reads ``plan/chapters.yml``, in the order of the plan."""
    return load_yaml_as(list[Chapter], folder / "chapters.yml")
