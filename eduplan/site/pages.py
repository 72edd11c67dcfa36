"""Writes every page of a site, in order, and says how far it is.

Belongs here: the list of pages. Does not belong here: what any of them knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from eduplan.declarations.contracts import Contract
from eduplan.declarations.models import SqlModel
from eduplan.progress import Progress
from eduplan.project import Project
from eduplan.site.build import SITE
from eduplan.site.chapters import write_chapters
from eduplan.site.commitments import write_commitments
from eduplan.site.dictionary import write_dictionary
from eduplan.site.district_map import write_map
from eduplan.site.districts import write_districts
from eduplan.site.indicators import write_indicator, write_waiting
from eduplan.site.lineage import SourceColumns, formula_of
from eduplan.site.lines import lines_of
from eduplan.site.quality import write_quality
from eduplan.site.reading import ReleaseReader, part_of
from eduplan.site.rendering import Renderer
from eduplan.site.revisions import Revised, cause_text, write_changes
from eduplan.site.scorecard import write_scorecard
from eduplan.site.searching import write_index
from eduplan.site.sql_page import write_sql_page
from eduplan.site.wording import Text, Units

NOT_FOUND = "404.html"
"""What a server shows for an address that the release does not have."""


@dataclass(frozen=True)
class Declared:
    """What the project declares besides the plan, for the dictionary."""

    models: Mapping[str, SqlModel] = field(default_factory=dict)
    contracts: Mapping[str, Contract] = field(default_factory=dict)


def write_pages(
    project: Project,
    reader: ReleaseReader,
    sources: Path,
    site: Path,
    *,
    declared: Declared,
    revisions: Mapping[str, Revised] | None,
    progress: Progress,
) -> list[str]:
    """Writes every page.

    Args:
        project: For the outlines of districts.
        reader: The release, as the pages see it.
        sources: Folder with ``templates`` and ``units.yml``.
        site: Folder of the site.
        declared: For the dictionary.
        revisions: What the release before told otherwise; nothing where there was none.
        progress: Where the reader sees how far it is.

    Returns:
        What was left out and why, one line each.
    """
    renderer = make_renderer(reader, sources, site)
    formulas = {code: formula_of(row) for code, row in reader.indicators.items()}
    below = SourceColumns(declared.models, declared.contracts)
    lines, notices = lines_of(reader), list[str]()
    with progress.task("Writing the site", len(reader.indicators) + 1) as advance:
        write_scorecard(reader, renderer, lines)
        write_chapters(reader, renderer, lines)
        write_commitments(reader, renderer)
        write_districts(reader, renderer)
        notices += write_map(reader, renderer, project, lines)
        write_dictionary(
            reader, renderer, models=declared.models, contracts=declared.contracts, formulas=formulas, columns=below
        )
        write_quality(reader, renderer, declared.contracts)
        write_sql_page(reader, renderer)
        write_changes(reader, renderer, revisions)
        write_index(reader, site, declared.contracts)
        renderer.page(NOT_FOUND, "404.html", Text("There is no such page", "没有此页面"), root=f"/{SITE}/")
        advance(1)
        for code in reader.indicators:
            of_indicator = None if revisions is None else revisions.get(code, Revised())
            write_indicator(reader, renderer, code, formulas=formulas, columns=below, revisions=of_indicator)
            advance(1)
        for code in reader.waiting:
            write_waiting(reader, renderer, code)
    return notices


def make_renderer(reader: ReleaseReader, sources: Path, site: Path) -> Renderer:
    """What writes the pages of a release.

    Args:
        reader: The release.
        sources: Folder with ``templates`` and ``units.yml``.
        site: Folder of the site.
    """
    everywhere = {
        "city": reader.city,
        "release": reader.release,
        "area_name": reader.area,
        "part_name": lambda row: reader.labels.part(part_of(row)),
        "cause_text": cause_text,
    }
    return Renderer(sources / "templates", site, _units(sources), everywhere)


def _units(sources: Path) -> Units:
    import yaml

    path = sources / "units.yml"
    return Units(yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {})
