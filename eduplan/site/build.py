"""Builds the site of a release.

Belongs here: when there is one, and what it is made from. Does not belong here: which pages there are
(``eduplan.site.pages``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eduplan.progress import Progress, Silent
from eduplan.project import Project

if TYPE_CHECKING:
    import duckdb

    from eduplan.declarations.contracts import Contract
    from eduplan.declarations.models import SqlModel

SITE = "site"
"""Folder of the site in a release, and the first part of its addresses."""


@dataclass(frozen=True)
class WrittenSite:
    """What was written.

    Attributes:
        folder: Folder of the site.
        notices: What was left out and why, one line each.
    """

    folder: Path
    notices: Sequence[str] = ()


def write_site(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    folder: Path,
    *,
    models: Mapping[str, SqlModel],
    contracts: Mapping[str, Contract],
    previous: Path | None = None,
    progress: Progress | None = None,
) -> WrittenSite | None:
    """Writes the pages of a release, but for that of its bulletin, which is written when the bulletin is.

    The files of values are written meanwhile (:mod:`eduplan.site.downloads`).

    Args:
        connection: The published database, and not the working warehouse.
        project: For its settings, titles and outlines.
        folder: The folder of the release; the site becomes ``site`` in it.
        models: Models by qualified name, for the dictionary.
        contracts: Contracts by source, for the dictionary.
        previous: Published database of the release before, for the revisions; nothing where there is none.
        progress: Where the reader sees how far it is.

    Returns:
        What was written; nothing where the release has no indicators.
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
    site.mkdir(exist_ok=True)
    copy_assets(sources, site)
    notices = write_pages(
        project,
        reader,
        sources,
        site,
        declared=Declared(models, contracts),
        revisions=revisions_by_indicator(previous, folder / DATABASE) if previous else None,
        progress=progress or Silent(),
    )
    return WrittenSite(site, notices)
