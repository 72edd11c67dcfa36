"""Indicators and targets: one entry an indicator in ``plan/indicators/*.yml``.

Belongs here: the shape of a definition and what makes one valid. Does not belong here: computing values.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from pydantic import StringConstraints, model_validator

from eduplan.declarations.loading import by_name, load_entries, place_of, read_text
from eduplan.declarations.text import Bilingual, Declaration, Name
from eduplan.errors import DeclarationError
from eduplan.periods import PeriodKind

IndicatorCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,3}-\d{2}(\.[a-z0-9_]+)?$")]


class IndicatorKind(StrEnum):
    """How a value is made from a mart."""

    RATIO = "ratio"
    COUNT = "count"
    DISTINCT = "distinct"
    MEAN = "mean"
    WEIGHTED_RATIO = "weighted_ratio"
    DISPERSION = "dispersion"
    CHANGE = "change"
    COHORT = "cohort"
    QUOTIENT = "quotient"


class Direction(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"
    CONTEXT = "context"


class Dimension(StrEnum):
    """Disaggregations; ``DIMENSION_COLUMNS`` says which mart column each is."""

    DISTRICT = "district"
    TOWN = "town"
    SCHOOL = "school"
    STAGE = "stage"
    URBAN_CLASS = "urban_class"
    OWNERSHIP = "ownership"
    SEX = "sex"
    GRADE = "grade"
    ITEM = "item"


DIMENSION_COLUMNS: dict[Dimension, str] = {
    Dimension.DISTRICT: "division_code",
    Dimension.TOWN: "town_code",
    Dimension.SCHOOL: "school_code",
    Dimension.STAGE: "stage",
    Dimension.URBAN_CLASS: "urban_class",
    Dimension.OWNERSHIP: "ownership",
    Dimension.SEX: "sex",
    Dimension.GRADE: "grade",
    Dimension.ITEM: "item",
}


class Measure(Declaration):
    """A sum over a mart column.

    Attributes:
        mart: Qualified mart; the indicator's own where it is left out.
        column: Additive column that is summed.
        where: SQL predicate over the mart's columns, on top of the indicator's own.
        year_offset: Calendar years that the measure lies before (-1) or after (1) the indicator's reference year.
    """

    mart: str | None = None
    column: Name
    where: str | None = None
    year_offset: int = 0


class Dispersion(Declaration):
    """How units of an area differ: spread of their values, pupil-weighted, or how unevenly a group lies among them.

    Attributes:
        method: ``gini`` is half the mean difference of two pupils' values as a multiple of the mean; ``dissimilarity``
            half the sum over units of the difference between their share of the numerator and their share of the rest
            of the denominator (a group and everybody else).
        unit_key: Columns that name a unit.
        weight: Column that weights a unit.
    """

    method: Literal["coefficient_of_variation", "theil_t", "theil_l", "gini", "dissimilarity"]
    unit_key: list[Name] = ["school_code"]
    weight: Name


class Quotient(Declaration):
    """One group's ratio as a multiple of another's, such as girls' to boys' or the city's to the villages'.

    Attributes:
        group: SQL predicate over the mart's columns of the rows whose ratio stands above the line.
        others: The same of those below it.
    """

    group: str
    others: str


class Sample(Declaration):
    """A ratio that was counted on a sample: its value gets an interval.

    Attributes:
        cluster: Column of the units that were drawn; what they answer hangs together.
    """

    cluster: Name = "school_code"


class Coverage(Declaration):
    """Which units should have reported and which did, counted apart from the measures.

    A unit counts once however many rows of the mart it has: the distinct values of ``unit`` in rows whose flag is
    positive. A dimension that the mart does not have (sex, grade) does not narrow the count.

    Attributes:
        mart: Qualified mart of the flags.
        reported: Column that is positive where the unit reported.
        expected: Column that is positive where the unit should have.
        unit: Column that names the unit.
        where: SQL predicate over the mart's columns, on top of the indicator's own.
    """

    mart: str
    reported: Name
    expected: Name
    unit: Name = "school_code"
    where: str | None = None


class Change(Declaration):
    """Difference of another indicator to an earlier period, same area and same dimensions."""

    of: IndicatorCode
    years: int = 1
    measure: Literal["percentage_points", "per_cent", "difference"] = "percentage_points"
    sign: Literal["rise", "fall"] = "rise"


class TargetKind(StrEnum):
    """The kinds of target; ``docs/targets.md`` has the test of each."""

    HOLD = "hold"
    REACH = "reach"
    STEP = "step"
    RANGE = "range"
    MILESTONE = "milestone"
    FULL_COVERAGE = "full_coverage"
    DIRECTION = "direction"


class Baseline(Declaration):
    """Where a path starts; without a value the first computed year is the working baseline."""

    year: int
    value: Decimal | None = None


class ReferenceValue(Declaration):
    """A value that stands in a table of ``sql/reference``, so that models and targets read the same one.

    Attributes:
        reference: Name of the table.
        column: Column of the value.
        where: Values of other columns that name its one row.
    """

    reference: Name
    column: Name
    where: dict[Name, str]


class Target(Declaration):
    """What was promised of an indicator.

    Attributes:
        value: The target; the size of the yearly step (percentage points, positive) for a step target.
        value_from: Where the value stands instead, if a model needs it too.
        areas: Values that differ for one district, town or school, by its code.
        upper: Upper end of a range.
        deadline: Reference year by which it must hold: 2022 is the census of September 2022.
        baseline: Where the path starts; the project's baseline year without a value if left out.
        tolerance: Distance from the path within which a value is at risk and not off track, in the indicator's unit.
        by: Values of fixed dimensions that this target is for (stage: primary).
        levels: Area levels that the target is also set for.
    """

    kind: TargetKind
    value: Decimal | None = None
    value_from: ReferenceValue | None = None
    areas: dict[str, Decimal] = {}
    upper: Decimal | None = None
    deadline: int | None = None
    baseline: Baseline | None = None
    tolerance: Decimal = Decimal(1)
    by: dict[Dimension, str] = {}
    levels: list[Literal["city", "district", "town", "school"]] = ["city", "district"]
    evidence: Literal["plan", "national", "own"] = "plan"

    @model_validator(mode="after")
    def _complete(self) -> Target:
        needs_value = self.kind not in (TargetKind.DIRECTION, TargetKind.FULL_COVERAGE)
        if needs_value and self.value is None and self.value_from is None:
            raise ValueError(f"a {self.kind} target needs a value")
        if self.areas and (not needs_value or self.kind is TargetKind.RANGE):
            raise ValueError(f"a {self.kind} target has no value that could differ by area")
        if self.areas and not {*self.levels} - {"city"}:
            raise ValueError("areas have values of their own, but levels name the city alone")
        if self.kind in (TargetKind.REACH, TargetKind.MILESTONE) and self.deadline is None:
            raise ValueError(f"a {self.kind} target needs a deadline")
        if self.kind is TargetKind.RANGE and self.upper is None:
            raise ValueError("a range target needs an upper end")
        return self


class Source(Declaration):
    """Where a definition comes from, and how sure it is.

    Attributes:
        text: Name of the source, in both languages; one text where it is called the same in both.
    """

    text: Bilingual | str
    evidence: Literal["found", "recalled", "seed", "own design"]

    @property
    def texts(self) -> tuple[str, str]:
        """The text in English and in Chinese."""
        return (self.text, self.text) if isinstance(self.text, str) else (self.text.en, self.text.zh)


class Indicator(Declaration):
    """One indicator.

    Attributes:
        mart: Qualified mart that the measures are summed over.
        where: SQL predicate over dimension columns that scopes every measure and the coverage.
        scale: What the ratio is multiplied with: 100 for per cent, 1 for a plain ratio.
        decimals: Decimals that people see; never used in a comparison.
        always_by: Dimensions that a value is never totalled over (a stage and an item of the quality balance).
        disaggregations: Further breakdowns, one at a time, for the city and each district.
        city_breakdowns: Breakdowns that the city alone has, one at a time; those of districts would be too small.
        strata: Dimension columns of the strata of a weighted ratio.
        weight: Column that weights a stratum (pupils on roll).
        sample: That the ratio was counted on a sample, so that its values come with an interval.
        coverage: Columns of the indicator's own mart with units reported and expected, which are summed; or, where a
            unit has several rows there, another mart to count the units in.
    """

    code: IndicatorCode
    version: int = 1
    name: Bilingual
    definition: Bilingual
    chapter: Name
    kind: IndicatorKind
    mart: str | None = None
    where: str | None = None
    numerator: Name | Measure | None = None
    denominator: Name | Measure | None = None
    scale: int = 100
    unit: str = "%"
    decimals: int = 2
    direction: Direction
    period: PeriodKind = PeriodKind.SCHOOL_YEAR
    always_by: list[Dimension] = []
    disaggregations: list[Dimension] = []
    city_breakdowns: list[Dimension] = []
    strata: list[Name] = []
    weight: Name | None = None
    dispersion: Dispersion | None = None
    change: Change | None = None
    quotient: Quotient | None = None
    sample: Sample | None = None
    coverage: tuple[Name, Name] | Coverage = ("units_reported", "units_expected")
    source: Source
    targets: list[Target] = []
    commitments: list[str] = []
    note: Bilingual | None = None

    @model_validator(mode="after")
    def _complete(self) -> Indicator:
        needed = {
            IndicatorKind.RATIO: ("mart", "numerator", "denominator"),
            IndicatorKind.COHORT: ("mart", "numerator", "denominator"),
            IndicatorKind.MEAN: ("mart", "numerator", "denominator"),
            IndicatorKind.COUNT: ("mart", "numerator"),
            IndicatorKind.DISTINCT: ("mart", "numerator"),
            IndicatorKind.WEIGHTED_RATIO: ("mart", "numerator", "denominator", "strata", "weight"),
            IndicatorKind.DISPERSION: ("mart", "numerator", "denominator", "dispersion"),
            IndicatorKind.CHANGE: ("change",),
            IndicatorKind.QUOTIENT: ("mart", "numerator", "denominator", "quotient"),
        }[self.kind]
        missing = [field for field in needed if not getattr(self, field)]
        if missing:
            raise ValueError(f"a {self.kind} indicator needs {', '.join(missing)}")
        if self.sample and self.kind is not IndicatorKind.RATIO:
            raise ValueError("only a ratio is given an interval: a sample needs kind: ratio")
        return self


def load_indicators(folder: Path) -> dict[str, Indicator]:
    """Reads ``plan/indicators/*.yml``, each a list, by code.

    Raises:
        DeclarationError: An entry is not valid, a code is given twice, or a change or a reference leads to nothing.
    """
    references = folder.parent / "sql" / "reference"
    entries = [
        (path, number, _with_reference_values(indicator, references, path, number))
        for path, number, indicator in load_entries(Indicator, folder / "indicators")
    ]
    indicators = by_name(entries, lambda indicator: indicator.code)
    for path, number, indicator in entries:
        if indicator.change and indicator.change.of not in indicators:
            raise DeclarationError(
                f"{indicator.code} is a change of {indicator.change.of}, which does not exist",
                where=place_of(path, number, "change", "of"),
            )
    return indicators


def _with_reference_values(indicator: Indicator, references: Path, path: Path, entry: int) -> Indicator:
    """The indicator with the values of its targets that stand in a reference table."""
    if not any(target.value_from for target in indicator.targets):
        return indicator
    targets = []
    for number, target in enumerate(indicator.targets):
        if target.value_from is not None:
            place = partial(place_of, path, entry, "targets", number, "value_from")
            value = _reference_value(target.value_from, references, place)
            target = target.model_copy(update={"value": value})
        targets.append(target)
    return indicator.model_copy(update={"targets": targets})


def _reference_value(wanted: ReferenceValue, references: Path, place: Callable[[], str]) -> Decimal:
    """The value that is meant; its place in the plan takes long to find, and only an error needs it."""
    file = references / f"{wanted.reference}.csv"
    rows = list(csv.DictReader(read_text(file).splitlines()))
    known = set(rows[0]) if rows else set()
    for missing in sorted({wanted.column, *wanted.where} - known):
        raise DeclarationError(f"{file.name} has no column {missing}", where=place())
    found = [row for row in rows if all(row[name] == value for name, value in wanted.where.items())]
    if len(found) != 1:
        raise DeclarationError(f"{len(found)} rows of {file.name} fit, and one is meant", where=place())
    return Decimal(found[0][wanted.column])
