"""Builds the site of a release.

Belongs here: when there is one, and what it is made from. Does not belong here: which pages there are
(``eduplan.site.pages``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from eduplan.progress import Progress, Silent
from eduplan.project import Project

if TYPE_CHECKING:
    import duckdb

    from eduplan.declarations.contracts import Contract
    from eduplan.declarations.models import SqlModel

SITE = "site"
"""Folder of the site in a release."""


def write_site(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    folder: Path,
    *,
    models: Mapping[str, SqlModel],
    contracts: Mapping[str, Contract],
    previous: Path | None = None,
    progress: Progress | None = None,
) -> Path | None:
    """Writes the site of a release.

    Args:
        connection: The published database, and not the working warehouse.
        project: For its settings, titles and outlines.
        folder: The folder of the release; the site becomes ``site`` in it.
        models: Models by qualified name, for the dictionary.
        contracts: Contracts by source, for the dictionary.
        previous: Published database of the release before, for the revisions; nothing where there is none.
        progress: Where the reader sees how far it is.

    Returns:
        The folder of the site; nothing where the release has no indicators.
    """
    from eduplan.release.release import DATABASE
    from eduplan.site.assets import copy_assets, site_sources
    from eduplan.site.reading import ReleaseReader

    reader = ReleaseReader(connection, project)
    if not reader.has_indicators:
        return None
    from eduplan.site.pages import Declared, write_pages
    from eduplan.site.revisions import revisions_by_indicator

    sources, site = site_sources(project), folder / SITE
    site.mkdir()
    copy_assets(sources, site)
    write_pages(
        connection,
        project,
        reader,
        sources,
        site,
        declared=Declared(models, contracts),
        revisions=revisions_by_indicator(previous, folder / DATABASE) if previous else None,
        progress=progress or Silent(),
    )
    return site
