"""Keeps the bytes of every file that arrived, by content hash.

Belongs here: hashing, copying and finding landed bytes. Does not belong here: which batch is current.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from eduplan.errors import InputError
from eduplan.periods import Period
from eduplan.project import Project
from eduplan.reading.faults import disk_fault
from eduplan.reading.unpacking import too_large

_CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Landed:
    """A file whose bytes are kept.

    Attributes:
        sha256: Hash of the bytes, in hexadecimal.
        bytes: Their number.
        path: Where they are kept.
    """

    sha256: str
    bytes: int
    path: Path


def land(project: Project, path: Path) -> Landed:
    """Copies a file into the landing folder, under its hash, in one pass.

    Args:
        project: Says where the landing folder is and how large a file may be.
        path: The file that arrived.

    Raises:
        InputError: The file is too large, has gone, or is still being written.
        EnvironmentFault: The disk is full or a permission is missing.
    """
    shown = path.relative_to(project.raw).as_posix() if path.is_relative_to(project.raw) else path.name
    largest = project.settings.largest_file_mb * 1024 * 1024
    partial: Path | None = None
    try:
        project.landing.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (
            path.open("rb") as source,
            NamedTemporaryFile(dir=project.landing, prefix=".partial-", delete=False) as copy,
        ):
            partial = Path(copy.name)  # made with mode 0600
            before = os.fstat(source.fileno())
            if before.st_size > largest:
                raise too_large(shown, largest)
            digest = hashlib.sha256()
            size = 0
            while chunk := source.read(_CHUNK_BYTES):
                digest.update(chunk)
                copy.write(chunk)
                size += len(chunk)
            after = os.fstat(source.fileno())
        if size != after.st_size or before.st_mtime_ns != after.st_mtime_ns:
            raise InputError(
                "the file changed while it was copied",
                where=shown,
                remedy="wait until it is complete and run again",
            )
        sha256 = digest.hexdigest()
        target = landed_path(project, sha256)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        partial.replace(target)
    except OSError as error:
        raise disk_fault(error, where=shown) from error
    finally:
        if partial is not None:
            partial.unlink(missing_ok=True)
    return Landed(sha256=sha256, bytes=size, path=target)


def landed_path(project: Project, sha256: str) -> Path:
    """Where the bytes with a hash are kept."""
    return project.landing / sha256[:2] / sha256


def batch_id(source: str, period: Period | str, sender: str, sha256: str) -> str:
    """The identity of what one sender sent for one source and period: the same bytes give the same batch."""
    text = period.text if isinstance(period, Period) else period
    return hashlib.sha256(f"{source}|{text}|{sender}|{sha256}".encode()).hexdigest()[:16]
