"""Everything that a plan promises and measures, held together: chapters, commitments, indicators and who answers.

Belongs here: the relation of commitments and indicators, and what must fit between them. Does not belong here: the
shape of one entry, which its own model checks, and whether an indicator can be computed (``indicators.validation``).

The relation is written once, by the indicator, in its ``commitments``; which indicators answer for a commitment is
derived here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from eduplan.declarations.chapters import Chapter, load_chapters
from eduplan.declarations.commitments import Commitment, CommitmentType, Office, load_commitments, load_offices
from eduplan.declarations.indicators import Indicator, TargetKind
from eduplan.declarations.loading import load_yaml_as, parts_of, place_of, read_text
from eduplan.declarations.registered import (
    AwaitedSource,
    Family,
    RegisteredIndicator,
    load_awaited_sources,
    load_families,
    load_registered,
)
from eduplan.errors import DeclarationError

HEADLINES = "headlines.yml"
"""The file of the plan that names the headline indicators."""

_ENTRY = re.compile(r"- \{?(?:id|code|source): *[\"']?(?P<name>[A-Z0-9.a-z_-]+)")

_YEARLY = (TargetKind.HOLD, TargetKind.STEP, TargetKind.FULL_COVERAGE)


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
        sources: What those wait for, by name.
        headlines: Codes of the headline indicators, in the order that readers see them in.
    """

    chapters: list[Chapter] = field(default_factory=list)
    offices: Mapping[str, Office] = field(default_factory=dict)
    families: Mapping[str, Family] = field(default_factory=dict)
    commitments: Mapping[str, Commitment] = field(default_factory=dict)
    indicators: Mapping[str, Indicator] = field(default_factory=dict)
    registered: Mapping[str, RegisteredIndicator] = field(default_factory=dict)
    sources: Mapping[str, AwaitedSource] = field(default_factory=dict)
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
        sources=load_awaited_sources(folder),
        headlines=load_headlines(folder),
    )


def load_headlines(folder: Path) -> list[str]:
    """Reads ``plan/headlines.yml``, a list of codes; a plan without the file has no headline indicators."""
    path = folder / HEADLINES
    return load_yaml_as(list[str], path) if path.exists() else []


def registry_faults(
    folder: Path, registry: Registry, contracts: Collection[str] | None = None
) -> Iterator[DeclarationError]:
    """What does not fit, each with file, line and field.

    Args:
        folder: The plan folder.
        registry: What it declares.
        contracts: Sources that have a contract, where they are known.
    """
    places = EntryPlaces(folder)
    for name, place, reason in (
        *_indicator_faults(registry),
        *_registered_faults(registry),
        *_source_faults(registry, contracts or ()),
        *_commitment_faults(registry),
    ):
        yield places.fault(name, place, reason)
    for number, code, reason in _headline_faults(registry):
        yield DeclarationError(f"{code}: {reason}", where=place_of(folder / HEADLINES, number))
    if not registry.awaited:  # until then an indicator that is still to be written may answer
        for name in registry.unanswered:
            yield places.fault(name, "task", "no indicator lists it under commitments, and it has no task")


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


class EntryPlaces:
    """Where every indicator, commitment and awaited source of a plan stands.

    Args:
        folder: The plan folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        files = [folder / "awaited_sources.yml"] if (folder / "awaited_sources.yml").is_file() else []
        for part in ("indicators", "commitments", "registered"):
            files += sorted((folder / part).glob("*.yml"))
        self._entries = {
            match["name"]: (path, number)
            for path in files
            for number, match in enumerate(filter(None, map(_ENTRY.match, read_text(path).splitlines())))
        }

    def fault(self, name: str, field_name: str, reason: str) -> DeclarationError:
        """What is wrong with a field of an entry, with its file and line."""
        where = str(self._folder)
        if name in self._entries:
            path, number = self._entries[name]
            where = place_of(path, number, *parts_of(field_name))
        return DeclarationError(f"{name}, {field_name}: {reason}", where=where)


def _indicator_faults(registry: Registry) -> Iterator[tuple[str, str, str]]:
    """Codes of no family, and what is computed and registered at once."""
    codes = {code for family in registry.families.values() for code in family.codes}
    for code in [*registry.indicators, *registry.registered]:
        if registry.families and base_code(code) not in codes:
            yield code, "code", f"{base_code(code)} is not a code of plan/families.yml"
    computed = {base_code(code) for code in registry.indicators}
    for code in registry.registered:
        if code in registry.indicators or code in computed:
            yield code, "code", "it is computed now, so take it out of plan/registered"


def _headline_faults(registry: Registry) -> Iterator[tuple[int, str, str]]:
    """Headlines that nothing defines, and those that stand there twice."""
    for place, code in enumerate(registry.headlines):
        if code not in {*registry.indicators, *registry.registered, *registry.awaited}:
            yield place, code, "there is no such indicator, computed, registered or awaited"
        if code in registry.headlines[:place]:
            yield place, code, "it is a headline already"


def _registered_faults(registry: Registry) -> Iterator[tuple[str, str, str]]:
    chapters = {chapter.chapter for chapter in registry.chapters}
    for code, indicator in registry.registered.items():
        if chapters and indicator.chapter not in chapters:
            yield code, "chapter", f"{indicator.chapter} is not in plan/chapters.yml"
        for unknown in sorted(set(indicator.commitments) - set(registry.commitments)):
            yield code, "commitments", f"{unknown} is not in plan/commitments"
        for unknown in sorted(set(indicator.waits_for) - set(registry.sources)):
            yield code, "waits_for", f"{unknown} is not in plan/awaited_sources.yml"
        for field_name in ("commitments", "waits_for", "disaggregations"):
            for repeated in repeats(getattr(indicator, field_name)):
                yield code, field_name, f"{repeated} stands there twice"


def _source_faults(registry: Registry, contracts: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Sources that came meanwhile, and those that nothing waits for any more."""
    wanted = {name for indicator in registry.registered.values() for name in indicator.waits_for}
    for name in registry.sources:
        if name in contracts:
            yield name, "source", "it has a contract now: compute what waits for it, and take it out of here"
        if name not in wanted:
            yield name, "source", "no registered indicator waits for it"


def _commitment_faults(registry: Registry) -> Iterator[tuple[str, str, str]]:
    for name, commitment in registry.commitments.items():
        if commitment.section not in registry.sections:
            yield name, "id", f"section {commitment.section} is not in plan/chapters.yml"
        if commitment.office not in registry.offices:
            yield name, "office", f"{commitment.office} is not in plan/offices.yml"
        for number, baseline in enumerate(commitment.baselines):
            if baseline.of and not registry.is_known(baseline.of):
                yield name, f"baselines.{number}.of", f"there is no indicator {baseline.of}"
        if commitment.type is CommitmentType.QUANTIFIED_TARGET:
            yield from ((name, *fault) for fault in _drift_faults(registry, commitment))


def _drift_faults(registry: Registry, commitment: Commitment) -> Iterator[tuple[str, str]]:
    """Where what is judged has drifted from what the plan says: the figure itself stands with the indicator."""
    answers = [registry.indicators[code] for code in registry.answers[commitment.id] if code in registry.indicators]
    targets = [target for indicator in answers for target in indicator.targets if target.evidence == "plan"]
    if not answers:
        return
    if not targets:
        yield "type", "a quantified target, but no indicator that answers for it has a target of the plan"
    elif commitment.is_yearly:
        if not any(target.kind in _YEARLY for target in targets):
            yield "is_yearly", "no indicator that answers for it has a target of the plan that is due every year"
    elif commitment.deadline not in {target.deadline for target in targets}:
        yield "deadline", f"no indicator that answers for it has a target of the plan by {commitment.deadline}"


def repeats(names: Sequence[str]) -> list[str]:
    """Names that stand in a list twice."""
    return sorted({name for name in names if names.count(name) > 1})
