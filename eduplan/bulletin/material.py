"""Everything that a bulletin is made of, read once for both languages.

Belongs here: which rows are needed, and the labels that declarations give them. Does not belong here: what is made of
them (``content``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from eduplan.bulletin import reading
from eduplan.bulletin.reading import Row
from eduplan.errors import EnvironmentFault
from eduplan.project import Project
from eduplan.words.codes import code_labels
from eduplan.words.language import Language

if TYPE_CHECKING:
    import duckdb
    import polars

UNITS_OF_A_TARGET = 200
"""Failing units of a target that are read; how many there are is counted in full."""

REVISIONS_THAT_ARE_NAMED = 20_000
"""Revised values that are named; how many there are is counted in full."""

_LEVELS = ("city", "district", "town", "school")
_LANGUAGES: tuple[Language, ...] = ("en", "zh")
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Material:
    """The rows of a release that a bulletin needs.

    Attributes:
        city_name: Name of the city by language.
        release_id: The release.
        created_at: When it was made.
        year: Reference year that the bulletin is for.
        period: That year as a period.
        plan_years: First and last year of the plan, as far as targets tell.
        minimum_coverage_pct: Coverage below which nothing is judged.
        labels: What codes are called, by language.
        source_titles: Titles of sources by name and language.
        city: The latest row of every target and context indicator, for the city.
        of_districts: The same for every district.
        district_values: Values of districts for headline indicators, by district, year and series.
        history: Every value of the city.
        headlines: Headline indicators in their order.
        districts: Names of districts.
        failing: Units that a full coverage lacks.
        commitments: Commitments with their status.
        definitions: The dictionary of indicators.
        sources: Files and rows by source.
        checks: Checks by severity.
        failed_checks: Checks that failed.
        observations: Values by level and status of observation.
        suppression: What each mart does not tell, if the release says so.
        previous_id: The release before, if there is one.
        revised: Values that were revised since; nothing where there is nothing to compare.
    """

    city_name: Mapping[Language, str]
    release_id: str
    created_at: datetime
    year: int
    period: str
    plan_years: tuple[int, int] | None
    minimum_coverage_pct: float
    labels: Mapping[Language, Mapping[str, str]]
    source_titles: Mapping[str, Mapping[str, str]]
    city: Sequence[Row]
    of_districts: Sequence[Row]
    district_values: Mapping[tuple[Any, ...], Row]
    history: Sequence[Row]
    headlines: Sequence[Row]
    districts: Sequence[Row]
    failing: Sequence[Row]
    commitments: Sequence[Row]
    definitions: Sequence[Row]
    sources: Sequence[Row]
    checks: Sequence[Row]
    failed_checks: Sequence[Row]
    observations: Sequence[Row]
    suppression: Sequence[Row]
    previous_id: str | None = None
    revised: polars.DataFrame | None = None
    chapters: Sequence[Row] = field(default_factory=list)

    @cached_property
    def revised_rows(self) -> Sequence[Row]:
        """Revised values as far as they are named: the city first, then the largest changes first."""
        import polars as pl

        if self.revised is None:
            return []
        old, new = pl.col("old_value"), pl.col("new_value")
        level = pl.col("ref_area_level")
        change = ((new - old).abs() / pl.max_horizontal(old.abs(), pl.lit(1e-9))).fill_null(float("inf"))
        rank = level.replace_strict({name: place for place, name in enumerate(_LEVELS)}, default=len(_LEVELS))
        first = self.revised.sort(
            rank, change, "indicator", "time_period", descending=[False, True, False, False], maintain_order=True
        )
        return first.head(REVISIONS_THAT_ARE_NAMED).to_dicts()

    @property
    def revised_of_city(self) -> int:
        """How many values of the city were revised."""
        return 0 if self.revised is None else int((self.revised["ref_area_level"] == "city").sum())

    def chapter_titles(self, lang: Language) -> dict[str, tuple[int, str]]:
        """Number and title of each chapter."""
        return {row["chapter"]: (row["number"], row["title"][lang]) for row in self.chapters}


def read_material(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    *,
    year: int | None = None,
    previous_id: str | None = None,
    revised: polars.DataFrame | None = None,
) -> Material | None:
    """Reads what a bulletin needs from a release.

    Args:
        connection: The published database.
        project: For labels and titles.
        year: Reference year of the bulletin; the latest school year without one.
        previous_id: The release before.
        revised: What was revised since then.

    Returns:
        The rows, or nothing for a release that has no indicators.

    Raises:
        EnvironmentFault: The release has no value until that year.
    """
    has = reading.tables(connection)
    if not {"plan.status", "plan.indicator_values", "plan.indicators", "plan.areas"} <= has:
        return None
    latest = reading.latest_year(connection)
    if latest is None:
        return None
    wanted = latest if year is None else year
    found = reading.rows(connection, reading.PERIOD, year=wanted)
    if not found:
        raise EnvironmentFault(
            f"the release has no values of {wanted}", where="bulletin", remedy=f"its latest year is {latest}"
        )

    def read(query: str, needs: str = "", **values: object) -> list[Row]:
        return reading.rows(connection, query, year=wanted, **values) if not needs or needs in has else []

    release = read("select release_id, created_at from about.release")[0]
    return Material(
        city_name={"en": project.settings.city_name.en, "zh": project.settings.city_name.zh},
        release_id=release["release_id"],
        created_at=datetime.fromisoformat(release["created_at"]),
        year=wanted,
        period=str(found[0]["time_period"]),
        plan_years=_plan_years(connection),
        minimum_coverage_pct=project.settings.minimum_coverage_pct,
        labels={lang: code_labels(project, lang) for lang in _LANGUAGES},
        source_titles=_source_titles(project.contracts),
        city=[*read(reading.JUDGED, level="city"), *read(reading.CONTEXT, level="city")],
        of_districts=[*read(reading.JUDGED, level="district"), *read(reading.CONTEXT, level="district")],
        district_values={_district_key(row): row for row in read(reading.DISTRICT_VALUES, "plan.headlines")},
        history=read(reading.HISTORY),
        headlines=read(reading.HEADLINES, "plan.headlines"),
        districts=read(reading.DISTRICTS),
        failing=read(reading.FAILING, "plan.failing_units", most=UNITS_OF_A_TARGET),
        commitments=read(reading.COMMITMENTS, "plan.commitment_status"),
        definitions=read("select * from plan.indicators order by chapter, indicator"),
        sources=read(reading.SOURCES),
        checks=read(reading.CHECKS),
        failed_checks=read(reading.FAILED_CHECKS),
        observations=read(reading.OBSERVATIONS),
        suppression=read(reading.SUPPRESSION, "about.suppression"),
        previous_id=previous_id,
        revised=revised,
        chapters=_chapters(project.plan),
    )


def _district_key(row: Row) -> tuple[Any, ...]:
    parts = ("indicator", "stage", "urban_class", "ownership", "sex", "grade", "item")
    return (row["ref_area"], row["reference_year"], *(row[part] for part in parts))


def _plan_years(connection: duckdb.DuckDBPyConnection) -> tuple[int, int] | None:
    """The year after the baseline, and the last deadline."""
    row = connection.execute("select min(start_year) + 1, max(deadline) from plan.targets").fetchone()
    return None if row is None or None in row else (int(row[0]), int(row[1]))


def _source_titles(contracts: Path) -> dict[str, dict[str, str]]:
    """Titles of the sources; contracts were checked before, and are only looked at here."""
    found = {}
    for path in contracts.glob("*.yml"):
        contract = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
        if isinstance(contract, dict) and isinstance(contract.get("title"), dict):
            found[contract["source"]] = contract["title"]
    return found


def _chapters(plan: Path) -> list[Row]:
    path = plan / "chapters.yml"
    if not path.is_file():
        return []
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader) or []  # noqa: S506
