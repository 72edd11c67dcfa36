"""Turns errors of the machine into the one line that a person can act on.

Belongs here: translating errors of the operating system and of DuckDB, and showing unexpected ones without identities.
Does not belong here: errors that the engine raises itself; those are clear already.
"""

from __future__ import annotations

import errno
import re
import traceback

from eduplan.errors import EduplanError, EnvironmentFault, LockedError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}

_FULL_TEXT = re.compile(
    r"no space left|disk quota|file too large|not enough space|max_temp_directory_size", re.IGNORECASE
)
_LOCK_TEXT = re.compile(r"could not set lock|conflicting lock", re.IGNORECASE)

_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|“[^”\n]*”")
_LONG_NUMBER = re.compile(r"\d{6,}[0-9Xx]?")


def explain(error: BaseException) -> EduplanError | None:
    """The error as one clear line, where its cause is known.

    Args:
        error: Any exception.

    Returns:
        An error for people, or nothing when the exception says of no known cause.
    """
    if isinstance(error, EduplanError):
        return error
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException":
        return EnvironmentFault(
            "the work does not fit into the memory that it may use",
            remedy="raise memory_limit in eduplan.yml, or free memory",
        )
    place = str(getattr(error, "filename", None) or "")
    number = error.errno if isinstance(error, OSError) else None
    text = str(error)
    if number in _FULL or (_is_duckdb(error) and _FULL_TEXT.search(text)):
        return EnvironmentFault(
            "the disk is full, or a file may not grow further",
            where=place,
            remedy="free space or raise the limit, then run again; the last release stands",
        )
    if number in _FORBIDDEN:
        return EnvironmentFault(
            "no permission", where=place, remedy="run as the user that owns the folder, or change its mode"
        )
    if _is_duckdb(error) and _LOCK_TEXT.search(text):
        return LockedError(
            "another process is using the working warehouse", remedy="wait for the load that is running, or end it"
        )
    return None


def describe_unexpected(error: BaseException) -> str:
    """One line for an error without a known cause; its message is left out, because it may quote a value."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "eduplan" in frame.filename] or list(frames)
    place = f" at {ours[-1].filename.rsplit('/', 1)[-1]}:{ours[-1].lineno}" if ours else ""
    return f"unexpected {type(error).__name__}{place} (run again with --debug for more, and report it)"


def masked_traceback(error: BaseException) -> str:
    """The traceback with its frames, and messages in which quoted texts and long numbers are masked."""
    lines = traceback.format_exception(error)
    return "".join(line if line.lstrip().startswith("File ") else mask(line) for line in lines)


def mask(text: str) -> str:
    """A message without what it quotes: quoted texts and numbers of six digits and more become dots."""
    return _LONG_NUMBER.sub("······", _QUOTED.sub("'…'", text))


def _is_duckdb(error: BaseException) -> bool:
    """Whether DuckDB raised it, found without importing DuckDB."""
    return type(error).__module__.split(".")[0] in ("duckdb", "_duckdb")
