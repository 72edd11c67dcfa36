"""The releases that are kept: listing them, and finding one by what people call it.

Belongs here: names of releases. Does not belong here: which are kept (``eduplan.release.retention``).
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from eduplan.errors import EnvironmentFault, UnknownName
from eduplan.project import Project
from eduplan.release.official import official_ids
from eduplan.release.release import Release, current_link, read_release, releases_folder

_FOLDER = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{6}-[0-9a-f]{8}$")
_SHOWN = 4


class NoSuchRelease(UnknownName):
    """No release, or more than one, is called that."""


def release_folders(project: Project) -> list[Path]:
    """The folders of the finished releases, the oldest first; a folder's name begins with its time."""
    folder = releases_folder(project)
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in found if _FOLDER.match(path.name))


def kept_releases(project: Project) -> list[Release]:
    """The releases that are kept, the oldest first."""
    return [read_release(folder) for folder in release_folders(project)]


def find_release(project: Project, name: str) -> Release:
    """The release of some name.

    Args:
        project: The project.
        name: ``current``, ``previous`` (the one before it), ``official`` (the latest frozen one), a date (the release
            in force when that day ended), the beginning of an id, or the beginning of the fingerprint in it.

    Raises:
        NoSuchRelease: None is called that, or several are.
        EnvironmentFault: Nothing was released yet, or the release of that day is not kept.
    """
    folders = release_folders(project)
    if not folders:
        raise EnvironmentFault("nothing was released yet", where=str(project.marts), remedy="run: eduplan run")
    day = as_day(name)
    if day is not None:
        return in_force_on(project, day)
    ids = [folder.name for folder in folders]
    match name:
        case "current":
            wanted = [current_link(project).resolve().name]
        case "previous":
            wanted = [each for each in ids if each < current_link(project).resolve().name][-1:]
        case "official":
            wanted = sorted(official_ids(project))[-1:]
        case _:
            wanted = [each for each in ids if each.startswith(name) or each.rsplit("-", 1)[1].startswith(name)]
    if len(wanted) == 1 and wanted[0] in ids:
        return read_release(folders[ids.index(wanted[0])])
    what = f"{len(wanted)} releases are called that" if wanted else "there is no such release"
    shown = ", ".join((wanted or ids)[-_SHOWN:])
    raise NoSuchRelease(what, where=name, remedy=f"such as {shown}; eduplan releases lists all")


def in_force_on(project: Project, day: date) -> Release:
    """The release in force when a day ended, by the time zone of the project.

    A release names the one before it. Where that one was removed, what was in force between the two is not known any
    more, and an older one is not given in its place.

    Raises:
        NoSuchRelease: Nothing had been released by then.
        EnvironmentFault: The release of that day is not kept.
    """
    kept = kept_releases(project)
    before = [release for release in kept if release.release_id[:10] <= day.isoformat()]
    after = kept[len(before) :]
    found = before[-1] if before else None
    named = after[0].manifest.get("previous") if after else None
    if named is not None and (found is None or named != found.release_id):
        near = " and ".join(release.release_id for release in (*before[-1:], *after[:1]))
        raise EnvironmentFault(
            "the release in force on that day is not kept", where=day.isoformat(), remedy=f"next to it are {near}"
        )
    if found is None:
        first = after[0].release_id if after else "none"
        raise NoSuchRelease("nothing had been released by then", where=day.isoformat(), remedy=f"the first is {first}")
    return found


def as_day(text: str) -> date | None:
    """A text as a date, if it is one (``2026-11-23``)."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None
