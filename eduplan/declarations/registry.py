"""Everything that a plan promises and measures, held together: chapters, commitments, indicators and who answers.

Belongs here: the relation of commitments and indicators, and what must fit between them. Does not belong here: the
shape of one entry, which its own model checks, and whether an indicator can be computed (``indicators.validation``).

The relation is written once, by the indicator, in its ``commitments``; which indicators answer for a commitment is
derived here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from eduplan.declarations.chapters import Chapter, load_chapters
from eduplan.declarations.commitments import Commitment, Office, load_commitments, load_offices
from eduplan.declarations.indicators import Indicator
from eduplan.declarations.loading import load_yaml_as, read_text
from eduplan.declarations.registered import Family, RegisteredIndicator, load_families, load_registered
from eduplan.errors import DeclarationError

HEADLINES = "headlines.yml"
"""The file of the plan that names the headline indicators."""

_ENTRY = re.compile(r"- \{?(?:id|code): *[\"']?(?P<name>[A-Z0-9.a-z_-]+)")


def base_code(code: str) -> str:
    """The code of the reference without the suffix of one of its figures: ``SAF-03`` of ``SAF-03.alarm``."""
    return code.split(".")[0]


@dataclass(frozen=True)
class Registry:
    """What a plan declares.

    Attributes:
        chapters: Chapters in the order of the plan.
        offices: Offices by name.
        families: Families of indicators by their letters.
        commitments: Commitments by id.
        indicators: Indicators that are computed, by code.
        registered: Indicators that wait for a source, by code.
        headlines: Codes of the headline indicators, in the order that readers see them in.
    """

    chapters: list[Chapter] = field(default_factory=list)
    offices: Mapping[str, Office] = field(default_factory=dict)
    families: Mapping[str, Family] = field(default_factory=dict)
    commitments: Mapping[str, Commitment] = field(default_factory=dict)
    indicators: Mapping[str, Indicator] = field(default_factory=dict)
    registered: Mapping[str, RegisteredIndicator] = field(default_factory=dict)
    headlines: list[str] = field(default_factory=list)

    @cached_property
    def answers(self) -> dict[str, list[str]]:
        """Codes of the indicators that answer for each commitment, those that wait for a source included."""
        found: dict[str, list[str]] = {commitment: [] for commitment in self.commitments}
        defined: dict[str, Indicator | RegisteredIndicator] = {**self.registered, **self.indicators}
        for code, indicator in sorted(defined.items()):
            for commitment in indicator.commitments:
                found.setdefault(commitment, []).append(code)
        return found

    @cached_property
    def awaited(self) -> list[str]:
        """Codes of the families that nobody has defined yet."""
        known = {base_code(code) for code in [*self.indicators, *self.registered]}
        return [code for family in self.families.values() for code in family.codes if code not in known]

    @cached_property
    def unanswered(self) -> list[str]:
        """Commitments that neither an indicator nor a task answers for."""
        return [
            name for name, commitment in self.commitments.items() if not self.answers[name] and commitment.task is None
        ]

    @property
    def sections(self) -> set[str]:
        """Numbers of all sections."""
        return {section.section for chapter in self.chapters for section in chapter.sections}

    def is_known(self, code: str) -> bool:
        """Whether a code, or one of its figures, is defined or awaited."""
        defined = [*self.indicators, *self.registered]
        return code in defined or code in self.awaited or any(base_code(each) == code for each in defined)


def load_registry(folder: Path, indicators: Mapping[str, Indicator]) -> Registry:
    """Reads what a plan declares besides its computed indicators.

    Args:
        folder: The plan folder; what it does not have is empty.
        indicators: Its computed indicators, by code.
    """
    return Registry(
        chapters=load_chapters(folder) if (folder / "chapters.yml").exists() else [],
        offices=load_offices(folder),
        families=load_families(folder),
        commitments=load_commitments(folder),
        indicators=indicators,
        registered=load_registered(folder),
        headlines=load_headlines(folder),
    )


def load_headlines(folder: Path) -> list[str]:
    """Reads ``plan/headlines.yml``, a list of codes; a plan without the file has no headline indicators."""
    path = folder / HEADLINES
    return load_yaml_as(list[str], path) if path.exists() else []


def registry_faults(folder: Path, registry: Registry) -> Iterator[DeclarationError]:
    """What does not fit, each with the file and line of its entry."""
    places = entry_places(folder)
    for name, reason in (*_indicator_faults(registry), *_registered_faults(registry), *_commitment_faults(registry)):
        yield DeclarationError(f"{name}, {reason}", where=places.get(name, str(folder)))
    for code, reason in _headline_faults(registry):
        yield DeclarationError(f"{code}, {reason}", where=str(folder / HEADLINES))
    if not registry.awaited:  # until then an indicator that is still to be written may answer
        for name in registry.unanswered:
            reason = "no indicator lists it under commitments, and it has no task"
            yield DeclarationError(f"{name}, task: {reason}", where=places.get(name, str(folder)))


def registry_notes(registry: Registry) -> list[str]:
    """How far the registry has come, one line each; nothing for a plan without commitments."""
    if not registry.commitments:
        return []
    computed = set(registry.indicators)
    total, open_ones = len(registry.commitments), registry.unanswered
    measured = sum(bool(computed & set(codes)) for codes in registry.answers.values())
    waiting = sum(bool(codes) for codes in registry.answers.values()) - measured
    tasks = sum(commitment.task is not None for commitment in registry.commitments.values())
    alone = total - len(open_ones) - measured - waiting
    lines = [
        f"commitments: {total - len(open_ones)} of {total} answered for "
        f"({measured} by computed indicators, {waiting} by indicators that wait for data, {alone} by tasks alone; "
        f"{tasks} have a task)"
    ]
    if open_ones:
        lines.append(f"  not answered for yet: {', '.join(open_ones)}")
    if registry.families:
        known = {base_code(code) for code in registry.indicators}
        codes = sum(family.indicators for family in registry.families.values())
        whole = [name for name, family in registry.families.items() if known >= set(family.codes)]
        lines.append(
            f"indicators: {len(known)} computed of {codes - len(registry.awaited)} registered, of {codes} codes; "
            f"families computed whole: {', '.join(whole) or 'none'}"
        )
        if registry.awaited:
            lines.append(f"  not registered yet: {', '.join(registry.awaited)}")
    return lines


def entry_places(folder: Path) -> dict[str, str]:
    """File and line of every indicator and commitment, by code or id."""
    return {
        match["name"]: f"{path}:{number}"
        for part in ("indicators", "commitments", "registered")
        for path in sorted((folder / part).glob("*.yml"))
        for number, line in enumerate(read_text(path).splitlines(), start=1)
        if (match := _ENTRY.match(line))
    }


def _indicator_faults(registry: Registry) -> Iterator[tuple[str, str]]:
    """Codes of no family, and what is computed and registered at once."""
    codes = {code for family in registry.families.values() for code in family.codes}
    for code in [*registry.indicators, *registry.registered]:
        if registry.families and base_code(code) not in codes:
            yield code, f"code: {base_code(code)} is not a code of plan/families.yml"
    computed = {base_code(code) for code in registry.indicators}
    for code in registry.registered:
        if code in registry.indicators or code in computed:
            yield code, "code: it is computed now, so take it out of plan/registered"


def _headline_faults(registry: Registry) -> Iterator[tuple[str, str]]:
    """Headlines that nothing defines, and those that stand there twice."""
    for place, code in enumerate(registry.headlines):
        if code not in {*registry.indicators, *registry.registered, *registry.awaited}:
            yield code, "there is no such indicator, computed, registered or awaited"
        if code in registry.headlines[:place]:
            yield code, "it is a headline already"


def _registered_faults(registry: Registry) -> Iterator[tuple[str, str]]:
    chapters = {chapter.chapter for chapter in registry.chapters}
    for code, indicator in registry.registered.items():
        if chapters and indicator.chapter not in chapters:
            yield code, f"chapter: {indicator.chapter} is not in plan/chapters.yml"
        for unknown in sorted(set(indicator.commitments) - set(registry.commitments)):
            yield code, f"commitments: {unknown} is not in plan/commitments"


def _commitment_faults(registry: Registry) -> Iterator[tuple[str, str]]:
    for name, commitment in registry.commitments.items():
        if commitment.section not in registry.sections:
            yield name, f"id: section {commitment.section} is not in plan/chapters.yml"
        if commitment.office not in registry.offices:
            yield name, f"office: {commitment.office} is not in plan/offices.yml"
        for number, baseline in enumerate(commitment.baselines):
            if baseline.of and not registry.is_known(baseline.of):
                yield name, f"baselines.{number}.of: there is no indicator {baseline.of}"
