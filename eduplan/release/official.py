"""Official releases: frozen with a reason, never removed, and followed by others only with an account of revisions.

Belongs here: the ledger ``data/marts/official/``, one file an official release. Does not belong here: the daily
releases, which need nobody's word.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from eduplan.errors import EduplanError, ExitCode
from eduplan.project import Project
from eduplan.release.release import MANIFEST, Release, read_release, releases_folder
from eduplan.release.swap import write_sealed

_SHOWN = 3
_TOLD = "A"


class FreezeRefused(EduplanError):
    """A release cannot be made official as it was asked."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True)
class OfficialRelease:
    """What the ledger says of one official release.

    Attributes:
        release_id: The release.
        frozen_at: When it was made official.
        reason: What it is published for.
        manifest_sha256: Hash of its manifest, which in turn has the hash of every file.
        follows: The official release before it.
        revision_reason: Why values of that one were revised.
        revisions: Those values, old and new, with their causes.
    """

    release_id: str
    frozen_at: str
    reason: str
    manifest_sha256: str
    follows: str | None
    revision_reason: str | None
    revisions: list[dict[str, Any]]


def official_folder(project: Project) -> Path:
    """Folder of the ledger."""
    return project.marts / "official"


def official_ids(project: Project) -> set[str]:
    """Ids of the official releases."""
    return {path.stem for path in official_folder(project).glob("*.json")}


def official_releases(project: Project) -> list[OfficialRelease]:
    """The ledger, the oldest first."""
    return [
        OfficialRelease(**json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(official_folder(project).glob("*.json"))
    ]


def official_revisions(old: Path, new: Path) -> pl.DataFrame:
    """The values that one release told as numbers and the other tells otherwise or not at all.

    A value that was missing and has arrived, or was suppressed and is told now, revises nothing that was published.

    Args:
        old: Published DuckDB file of the official release.
        new: Published DuckDB file of the one that is to follow it.
    """
    from eduplan.release.comparison import compare

    return compare(old, new).values.filter(pl.col("old_status") == _TOLD)


def freeze(
    project: Project, release: Release, *, reason: str, revision_reason: str | None, now: datetime
) -> OfficialRelease:
    """Makes a release official.

    Args:
        project: The project.
        release: The release.
        reason: What it is published for.
        revision_reason: Why it revises values of the official release before it, if it does.
        now: Time of the entry.

    Raises:
        FreezeRefused: It is official already, a later one is, or revised values need a reason.
    """
    if not reason.strip():
        raise FreezeRefused("an official release needs a reason", where=release.release_id, remedy="--reason TEXT")
    known = sorted(official_ids(project))
    if release.release_id in known:
        raise FreezeRefused("the release is official already", where=release.release_id)
    if known and known[-1] > release.release_id:
        raise FreezeRefused(
            "a later release is official already", where=known[-1], remedy="freeze one that was made after it"
        )
    follows = read_release(releases_folder(project) / known[-1]) if known else None
    revised = official_revisions(follows.database, release.database) if follows else pl.DataFrame()
    if follows and not revised.is_empty() and not (revision_reason or "").strip():
        raise FreezeRefused(_account(revised, follows.release_id), where=release.release_id, remedy=_remedy(follows))
    entry = OfficialRelease(
        release_id=release.release_id,
        frozen_at=now.isoformat(timespec="seconds"),
        reason=reason.strip(),
        manifest_sha256=hashlib.sha256((release.folder / MANIFEST).read_bytes()).hexdigest(),
        follows=follows.release_id if follows else None,
        revision_reason=revision_reason.strip() if revision_reason and not revised.is_empty() else None,
        revisions=_revisions(revised),
    )
    _enter(project, entry)
    if not release.folder.exists():  # removed by a night that did not know of the entry yet
        (official_folder(project) / f"{release.release_id}.json").unlink()
        raise FreezeRefused("the release was removed meanwhile", where=release.release_id)
    return entry


def _account(revised: pl.DataFrame, official: str) -> str:
    examples = ", ".join(
        f"{row['indicator']} {row['ref_area']} {row['time_period']}" for row in revised.head(_SHOWN).to_dicts()
    )
    more = f" and {revised.height - _SHOWN} more" if revised.height > _SHOWN else ""
    return f"revises {revised.height} values of the official release {official}: {examples}{more}"


def _remedy(official: Release) -> str:
    return f"say why with --revision-reason; eduplan diff {official.release_id} shows each"


def _revisions(revised: pl.DataFrame) -> list[dict[str, Any]]:
    left_out = ("reference_year", "old_numerator", "new_numerator", "old_denominator", "new_denominator")
    return revised.drop(*(name for name in left_out if name in revised.columns)).to_dicts()


def _enter(project: Project, entry: OfficialRelease) -> None:
    """Adds an entry whole or not at all; an entry that exists is never replaced."""
    folder = official_folder(project)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{entry.release_id}.json"
    made = folder / f".{entry.release_id}.{os.getpid()}"
    try:
        write_sealed(made, json.dumps(asdict(entry), ensure_ascii=False, indent=1) + "\n")
        path.hardlink_to(made)
    except FileExistsError as error:
        raise FreezeRefused("the release is official already", where=entry.release_id) from error
    finally:
        made.unlink(missing_ok=True)
