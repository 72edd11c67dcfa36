"""Putting a finished folder in force, and cleaning up what an interrupted run left.

Belongs here: links, renames, modes and fsync. Does not belong here: what stands in the folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from eduplan.project import Project
from eduplan.release.release import DATABASE, current_link, releases_folder

_BUILDING = ".building-"
_NEXT = ".next"
_SEALED_AT_ONCE = 16
REMOVED = ".removed-"
"""Beginning of the name of a release that is being removed."""


def building_folder(project: Project, release_id: str) -> Path:
    """The folder that a release is built in, beside the finished ones and on the same file system."""
    return releases_folder(project) / f"{_BUILDING}{release_id}"


def clean_up(project: Project) -> None:
    """Removes half-built and half-removed releases and half-made links; the caller is the only writer."""
    for beginning in (_BUILDING, REMOVED):
        for folder in releases_folder(project).glob(f"{beginning}*"):
            shutil.rmtree(folder, ignore_errors=True)
    for link in project.marts.glob(f"*{_NEXT}"):
        link.unlink(missing_ok=True)


def seal(folder: Path) -> list[dict[str, str | int]]:
    """Makes every file read-only and safe on disk.

    Thousands of files are waited for together: the disk then writes many of them at once.

    Returns:
        Path, bytes and SHA-256 of each file, in order of their paths.
    """
    paths = sorted(folder.rglob("*"))
    with ThreadPoolExecutor(_SEALED_AT_ONCE, thread_name_prefix="seal") as pool:
        sealed = list(pool.map(_sealed, [path for path in paths if path.is_file()]))
        list(pool.map(_sync, [*(path for path in paths if path.is_dir()), folder]))
    return [{"path": path.relative_to(folder).as_posix(), "bytes": size, "sha256": sha} for path, size, sha in sealed]


def write_sealed(path: Path, text: str) -> None:
    """Writes a text file that is read-only and safe on disk from then on."""
    path.write_text(text, encoding="utf-8")
    _seal_file(path)
    _sync(path.parent)


def put_in_place(built: Path, finished: Path) -> None:
    """Gives a sealed folder its name; nobody reads it before it is put in force."""
    built.replace(finished)
    _sync(finished.parent)


def put_in_force(project: Project, finished: Path) -> None:
    """Publishes a finished folder by replacing one link, which is atomic.

    ``marts.duckdb`` leads through the same link, so the database, the Parquet files and the manifest change at once.
    """
    _replace_link(current_link(project), finished.relative_to(project.marts))
    stable, target = project.release_database, Path(current_link(project).name) / DATABASE
    if not stable.is_symlink() or stable.readlink() != target:
        _replace_link(stable, target)
    _sync(project.marts)


def withdraw(project: Project, built: Path, finished: Path) -> None:
    """Removes a release that could not be put in force, however far it came."""
    shutil.rmtree(built, ignore_errors=True)
    if finished.exists() and current_link(project).resolve() != finished:
        shutil.rmtree(finished, ignore_errors=True)


def _sealed(path: Path) -> tuple[Path, int, str]:
    """Seals a file; returns its bytes and SHA-256 with it."""
    _seal_file(path)
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return path, path.stat().st_size, sha256


def _seal_file(path: Path) -> None:
    path.chmod(0o444)
    _sync(path)


def _replace_link(link: Path, target: Path) -> None:
    made = link.with_name(link.name + _NEXT)
    made.unlink(missing_ok=True)
    made.symlink_to(target)
    made.replace(link)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
