"""Builds the site of a release.

Belongs here: which pages there are, and their order. Does not belong here: what any of them knows.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from eduplan.progress import Progress, Silent
from eduplan.project import Project

if TYPE_CHECKING:
    import duckdb

SITE = "site"
"""Folder of the site in a release."""

_NEEDED = ("plan.indicators", "plan.indicator_values", "about.release")


def write_site(
    connection: duckdb.DuckDBPyConnection, project: Project, folder: Path, *, progress: Progress | None = None
) -> Path | None:
    """Writes the site of a release.

    Args:
        connection: The published database, and not the working warehouse.
        project: For its settings, titles and declarations.
        folder: The folder of the release; the site becomes ``site`` in it.
        progress: Where the reader sees how far it is.

    Returns:
        The folder of the site; nothing where the release has no indicators.
    """
    from eduplan.site.assets import copy_assets, site_sources
    from eduplan.site.reading import ReleaseReader

    reader = ReleaseReader(connection, project)
    if not reader.has(*_NEEDED) or not reader.indicators:
        return None
    from eduplan.site.pages import write_pages

    sources, site = site_sources(project), folder / SITE
    site.mkdir()
    copy_assets(sources, site)
    write_pages(reader, project, sources, site, progress=progress or Silent())
    return site
