"""Which releases are kept, and removing the others.

Belongs here: the rule, and a removal that no reader sees half done. Does not belong here: making releases.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence

from eduplan.project import Project
from eduplan.release.history import release_folders
from eduplan.release.official import official_ids
from eduplan.release.release import current_link
from eduplan.release.swap import REMOVED

_MONTH = slice(0, 7)


def releases_to_remove(
    ids: Sequence[str], *, keep: int, official: Collection[str], current: str | None
) -> tuple[str, ...]:
    """The releases that need not be kept.

    Kept are the newest ones, the last one of every month, every official one, the one in force, and the one before
    it, which somebody may have opened a moment ago.

    Args:
        ids: Ids of all releases, the oldest first; an id begins with its time.
        keep: How many of the newest to keep.
        official: Ids that are kept for ever.
        current: The release in force.
    """
    last_of_month = {each[_MONTH]: each for each in ids}
    kept = {*ids[-keep:], *last_of_month.values(), *official}
    if current is not None:
        kept |= {current, *[each for each in ids if each < current][-1:]}
    return tuple(each for each in ids if each not in kept)


def remove_old_releases(project: Project) -> tuple[str, ...]:
    """Removes the releases that need not be kept; a release that cannot be removed stays for the next night.

    A folder is first renamed, so that it is gone at once. An open file of it stays readable until it is closed.

    Returns:
        Ids of what was removed.
    """
    folders = {folder.name: folder for folder in release_folders(project)}
    link = current_link(project)
    due = releases_to_remove(
        list(folders),
        keep=project.settings.keep_releases,
        official=official_ids(project),
        current=link.resolve().name if link.exists() else None,
    )
    removed = []
    for release_id in due:
        folder = folders[release_id]
        aside = folder.with_name(f"{REMOVED}{release_id}")
        try:
            folder.replace(aside)
        except OSError:
            continue
        if release_id in official_ids(project):  # made official since the list was made
            aside.replace(folder)
            continue
        shutil.rmtree(aside, ignore_errors=True)
        removed.append(release_id)
    return tuple(removed)
