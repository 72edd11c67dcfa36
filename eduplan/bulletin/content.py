"""What a bulletin says, in one language, from the rows of a release.

Belongs here: which lines there are and what is counted. Does not belong here: queries (``reading``), and how it looks
on paper or in a workbook.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eduplan.bulletin.figures import figure, observed, unit_text
from eduplan.bulletin.material import Material
from eduplan.bulletin.reading import Row
from eduplan.bulletin.texts import Texts
from eduplan.indicators.severity import WORST_FIRST
from eduplan.indicators.tables import DIMENSIONS
from eduplan.words.codes import part_text
from eduplan.words.language import Language
from eduplan.words.rounding import decimals_of
from eduplan.words.sums import reason_text
from eduplan.words.targets import judged_target
from eduplan.words.terms import EVIDENCE, sign, weakest

GOOD, BAD = ("met", "on_track"), ("off_track", "missed")
UNKEPT = ("missed", "off_track", "at_risk")
"""Statuses whose districts and schools are named."""

COUNTED = ("met", "on_track", "at_risk", "off_track", "missed", "insufficient_data")
_ORDER = (*WORST_FIRST, "no_judgement", "context")


@dataclass(frozen=True)
class Line:
    """One line of a scorecard: an indicator, or one part of it; of several items the worst stands for all.

    Attributes:
        code: Code of the indicator.
        number: Number of its target.
        name: Its name, with the part that the line is for.
        unit: Unit in the language; empty where a sign stands after the value.
        shown: The value as it is printed, or why there is none.
        before: The value of the year before, likewise.
        value: The value itself.
        previous: The value of the year before itself.
        target: The target in words.
        target_value: The value that was promised, where there is one to draw.
        deadline: By when, in words.
        path: The value that the path asks for, as it is printed.
        status: Status as it is stored; nothing without a target.
        word: The status in words.
        since: Year of the deadline whose verdict stands.
        reason: Why, in words.
        coverage: Coverage in per cent.
        period: Period of the value.
        decimals: Decimals in which the value is told.
        trend: Year and value of every year, the absent ones too.
        told: Decimals in which each of them is told.
        declared: Decimals of the indicator.
        evidence: Where the target comes from, in words.
        year: Reference year of the value.
    """

    code: str
    number: int
    name: str
    unit: str
    shown: str
    before: str
    value: float | None
    previous: float | None
    target: str
    target_value: float | None
    deadline: str
    path: str
    status: str | None
    word: str
    since: int | None
    reason: str
    coverage: float | None
    period: str
    decimals: int
    trend: Sequence[tuple[int, float | None]]
    told: Sequence[int]
    declared: int
    evidence: str
    year: int

    def told_in(self, year: int) -> int:
        """Decimals in which the value of a year is told."""
        return next((told for (of, _), told in zip(self.trend, self.told, strict=True) if of == year), self.declared)

    def has_fewer_decimals(self, *years: int) -> bool:
        """Whether the value of one of some years is told in fewer decimals than its indicator has."""
        return any(self.told_in(year) < self.declared for year in years)


@dataclass(frozen=True)
class Cell:
    """What a district has of a headline indicator."""

    shown: str
    status: str | None
    value: float | None = None
    decimals: int = 0
    has_fewer_decimals: bool = False


@dataclass(frozen=True)
class Reason:
    """Who stands between an indicator and its promise.

    Attributes:
        line: The line of the scorecard.
        districts: Names of the districts that are missed or off track themselves.
        units: Names of the schools, kindergartens or towns that a full coverage lacks, the largest gaps first.
        units_in_all: How many there are in all.
    """

    line: Line
    districts: Sequence[str]
    units: Sequence[str]
    units_in_all: int


@dataclass(frozen=True)
class Chapter:
    """A chapter of the plan with its scorecard.

    Attributes:
        chapter: Its name in declarations.
        number: Its number.
        title: Its title.
        lines: Lines of the scorecard.
        counts: Indicators by status, each by its worst line.
        commitments: Commitments by status.
        reasons: Who is the reason, for what is not kept.
    """

    chapter: str
    number: int
    title: str
    lines: Sequence[Line] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    commitments: Mapping[str, int] = field(default_factory=dict)
    reasons: Sequence[Reason] = ()


@dataclass(frozen=True)
class Bulletin:
    """Everything that a bulletin says.

    Attributes:
        material: The rows it was made of.
        texts: Texts in its language.
        chapters: Chapters in the order of the plan, those without indicators and commitments left out.
        headlines: Lines of the headline indicators, in the order of the plan.
        waiting: Names of the headline indicators that wait for a source.
        districts: Names of the districts by code.
        side_by_side: What each district has of each line of the headlines, in the order of both.
    """

    material: Material
    texts: Texts
    chapters: Sequence[Chapter]
    headlines: Sequence[Line]
    waiting: Sequence[str]
    districts: Mapping[str, str]
    side_by_side: Sequence[Sequence[Cell]]

    @property
    def lang(self) -> Language:
        """Its language."""
        return self.texts.lang

    @property
    def counts(self) -> Counter[str]:
        """Indicators by status."""
        return sum((Counter(chapter.counts) for chapter in self.chapters), Counter())

    @property
    def commitments(self) -> Counter[str]:
        """Commitments by status."""
        return sum((Counter(chapter.commitments) for chapter in self.chapters), Counter())

    @property
    def lines(self) -> list[Line]:
        """All lines."""
        return [line for chapter in self.chapters for line in chapter.lines]


def make_bulletin(material: Material, texts: Texts) -> Bulletin:
    """Says in one language what the rows of a release say."""
    lines = _lines(material, texts)
    chapters = _chapters(material, texts, lines)
    of_code: dict[str, list[Line]] = defaultdict(list)
    for line in (line for chapter in chapters for line in chapter.lines):
        of_code[line.code].append(line)
    headlines = [line for row in material.headlines for line in of_code.get(row["indicator"], [])]
    districts = {row["ref_area"]: _named(row, texts.lang) for row in material.districts}
    waiting = [
        f"{row['indicator']} {row[f'name_{texts.lang}']}"
        for row in material.headlines
        if row["is_registered"] and row["indicator"] not in of_code
    ]
    return Bulletin(
        material=material,
        texts=texts,
        chapters=chapters,
        headlines=headlines,
        waiting=waiting,
        districts=districts,
        side_by_side=_side_by_side(material, texts, lines, headlines),
    )


def _named(row: Row, lang: Language) -> str:
    return str((row.get("name_en") or row["name_zh"]) if lang == "en" else row["name_zh"])


def _series(row: Row) -> tuple[Any, ...]:
    return (row["indicator"], *(row[part] for part in DIMENSIONS))


def _judged(row: Row) -> tuple[Any, ...]:
    return (row["indicator"], row["target_number"], *(row[part] for part in DIMENSIONS))


def _lines(material: Material, texts: Texts) -> dict[Line, Row]:
    """Lines with the row that each stands for; items are folded into the worst of them."""
    history: dict[tuple[Any, ...], dict[int, Row]] = defaultdict(dict)
    for row in material.history:
        history[_series(row)][row["reference_year"]] = row
    folded: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in material.city:
        folded[_judged(row)[:-1]].append(row)
    lines = {}
    for items in folded.values():
        row = weakest(items)
        lines[_line(row, _name(row, len(items), material, texts.lang), history, texts)] = row
    return lines


def _line(row: Row, name: str, history: Mapping[tuple[Any, ...], Mapping[int, Row]], texts: Texts) -> Line:
    lang, unit, declared = texts.lang, row["unit"], row["indicator_decimals"]
    decimals, of_path = decimals_of(row, declared), decimals_of(row, declared, "compared_decimals")
    years = history.get(_series(row), {})
    before = years.get(row["reference_year"] - 1)
    is_past = row["deadline"] is not None and row["kind"] != "hold" and row["reference_year"] > row["deadline"]
    has_path = row["path_value"] is not None and row["indicator_kind"] != "change" and not is_past
    look = sign(row["status"])
    is_drawn = row["kind"] in ("reach", "hold", "milestone") and row["target_value"] is not None
    return Line(
        code=row["indicator"],
        number=row["target_number"],
        name=name,
        unit="" if unit in ("%", "‰") else unit_text(unit, texts),
        shown=_observed(row, declared, unit, texts),
        before="" if before is None else _observed(before, declared, unit, texts),
        value=row["obs_value"],
        previous=before["obs_value"] if before else None,
        target=_target(row, lang),
        target_value=float(row["target_value"]) if is_drawn else (100.0 if row["kind"] == "full_coverage" else None),
        deadline=_deadline(row, texts),
        path=figure(float(row["path_value"]), of_path, unit) if has_path else "",
        status=row["status"],
        word=look.word(lang),
        since=row["deadline"] if is_past else None,
        reason=reason_text(row["reason"], lang) if row["reason"] else "",
        coverage=row["coverage_pct"],
        period=row["time_period"],
        decimals=decimals,
        trend=tuple((year, each["obs_value"]) for year, each in sorted(years.items())),
        told=tuple(decimals_of(each, declared) for _, each in sorted(years.items())),
        declared=declared,
        evidence=EVIDENCE.get(row["target_evidence"] or "", {}).get(lang, ""),
        year=row["reference_year"],
    )


def _observed(row: Row, declared: int, unit: str, texts: Texts) -> str:
    return observed(row["obs_value"], row["obs_status"], decimals_of(row, declared), unit, texts)


def _target(row: Row, lang: Language) -> str:
    return judged_target(row, row["direction"], lang, with_deadline=False)


def _deadline(row: Row, texts: Texts) -> str:
    if row["kind"] is None:
        return ""
    return str(row["deadline"]) if row["deadline"] is not None else texts("every_year")


def _chapters(material: Material, texts: Texts, lines: Mapping[Line, Row]) -> list[Chapter]:
    titles = material.chapter_titles(texts.lang)
    by_chapter: dict[str, list[Line]] = defaultdict(list)
    for line, row in lines.items():
        by_chapter[row["chapter"]].append(line)
    promised: dict[str, Counter[str]] = defaultdict(Counter)
    for row in material.commitments:
        promised[row["chapter"]][row["status"]] += 1
    reasons = _reasons(material, texts, lines)
    chapters = []
    for chapter in sorted({*by_chapter, *promised}):
        number, title = titles.get(chapter, (0, chapter))
        own = by_chapter.get(chapter, [])
        chapters.append(
            Chapter(
                chapter=chapter,
                number=number,
                title=title,
                lines=own,
                counts=_counts(own),
                commitments=promised.get(chapter, Counter()),
                reasons=[reasons[line] for line in own if line in reasons],
            )
        )
    return sorted(chapters, key=lambda chapter: (chapter.number, chapter.chapter))


def _counts(lines: Sequence[Line]) -> Counter[str]:
    """Indicators by status: each once, by the worst of its lines."""
    rank = {status: place for place, status in enumerate(_ORDER)}
    found: dict[str, str] = {}
    for line in lines:
        status = line.status or "context"
        if line.code not in found or rank.get(status, len(rank)) < rank.get(found[line.code], len(rank)):
            found[line.code] = status
    return Counter(found.values())


def _reasons(material: Material, texts: Texts, lines: Mapping[Line, Row]) -> dict[Line, Reason]:
    """Districts and schools behind every line that is not kept."""
    names = {row["ref_area"]: _named(row, texts.lang) for row in material.districts}
    behind: dict[tuple[Any, ...], dict[str, None]] = defaultdict(dict)
    for row in material.of_districts:
        if row["status"] in BAD:
            behind[_judged(row)[:-1]][row["ref_area"]] = None
    units: dict[tuple[str, int, int], list[Row]] = defaultdict(list)
    for row in material.failing:
        if row["unit_level"] != "district":
            units[row["indicator"], row["target_number"], row["reference_year"]].append(row)
    found = {}
    for line, row in lines.items():
        if line.status not in UNKEPT:
            continue
        districts = [names[code] for code in sorted(behind.get(_judged(row)[:-1], {})) if code in names]
        lacking = units.get((line.code, line.number, line.year), [])
        if districts or lacking:
            levels = {row["unit_level"]: row["units"] for row in lacking}
            found[line] = Reason(line, districts, [unit["name_zh"] for unit in lacking], sum(levels.values()))
    return found


def _side_by_side(
    material: Material, texts: Texts, lines: Mapping[Line, Row], headlines: Sequence[Line]
) -> list[list[Cell]]:
    of_districts: dict[tuple[Any, ...], Row] = {}
    for row in material.of_districts:
        of_districts[(row["ref_area"], *_judged(row))] = row
    table = []
    for line in headlines:
        key = _judged(lines[line])
        cells = []
        for district in material.districts:
            found = of_districts.get((district["ref_area"], *key))
            if found is None:
                found = material.district_values.get((district["ref_area"], line.year, *_series(lines[line])))
            if found is None:
                cells.append(Cell("", None))
                continue
            declared = found["indicator_decimals"]
            shown, decimals = _observed(found, declared, found["unit"], texts), decimals_of(found, declared)
            cells.append(Cell(shown, found.get("status"), found["obs_value"], decimals, decimals < declared))
        table.append(cells)
    return table


def _name(row: Row, items: int, material: Material, lang: Language) -> str:
    return str(row[f"name_{lang}"]) + part_text(row, items, material.labels[lang], lang)
