"""Writes every page of a site, in order, and says how far it is.

Belongs here: the list of pages. Does not belong here: what any of them knows.
"""

from __future__ import annotations

from pathlib import Path

from eduplan.progress import Progress
from eduplan.project import Project
from eduplan.site.lines import lines_of
from eduplan.site.reading import ReleaseReader
from eduplan.site.rendering import Renderer
from eduplan.site.scorecard import write_scorecard
from eduplan.site.sql_page import write_sql_page
from eduplan.site.wording import Units


def write_pages(reader: ReleaseReader, project: Project, sources: Path, site: Path, *, progress: Progress) -> None:
    """Writes every page.

    Args:
        reader: The release.
        project: For its declarations.
        sources: Folder with ``templates`` and ``units.yml``.
        site: Folder of the site.
        progress: Where the reader sees how far it is.
    """
    del project, progress
    everywhere = {"city": reader.city, "release": reader.release}
    renderer = Renderer(sources / "templates", site, _units(sources), everywhere)
    write_scorecard(reader, renderer, lines_of(reader))
    write_sql_page(reader, renderer)


def _units(sources: Path) -> Units:
    import yaml

    path = sources / "units.yml"
    return Units(yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {})
