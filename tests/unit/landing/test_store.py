"""Keeping bytes by their hash."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from eduplan.errors import EduplanError, EnvironmentFault, InputError
from eduplan.landing.store import batch_id, land, landed_path
from eduplan.periods import Period, PeriodKind


def kept(project: Any) -> list[Path]:
    return [path for path in project.landing.rglob("*") if path.is_file()]


def test_bytes_are_kept_once_and_privately(project: Any, put: Any) -> None:
    content = os.urandom(300_000)
    first = land(project, put("a", content))
    second = land(project, put("b", content))
    assert first == second
    assert first.sha256 == hashlib.sha256(content).hexdigest()
    assert first.bytes == len(content)
    assert first.path == landed_path(project, first.sha256) == kept(project)[0]
    assert first.path.read_bytes() == content
    assert first.path.stat().st_mode & 0o777 == 0o600
    assert project.landing.stat().st_mode & 0o777 == 0o700
    assert len(kept(project)) == 1


def test_too_large(project: Any, put: Any) -> None:
    with pytest.raises(InputError, match=r"more than 1 MB.*largest_file_mb"):
        land(project, put("a", b"x" * 1_100_000))
    assert kept(project) == []


def test_vanished(project: Any) -> None:
    with pytest.raises(InputError, match="gone"):
        land(project, project.raw / "a")


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "disk is full"), (errno.EACCES, "permission"), (errno.EIO, "output")]
)
def test_what_the_system_refuses_is_one_clear_line(
    project: Any, put: Any, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    path = put("a")

    def refuse(self: Path, target: Path) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(EduplanError, match=words) as caught:
        land(project, path)
    assert isinstance(caught.value, EnvironmentFault)
    assert caught.value.line.startswith("a: ")
    assert kept(project) == []


def test_a_file_that_is_still_written_is_not_landed(project: Any, put: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put("a")
    digest = hashlib.sha256

    def append_meanwhile() -> Any:
        with path.open("ab") as more:
            more.write(b"more")
        os.utime(path, ns=(0, 0))
        return digest()

    monkeypatch.setattr(hashlib, "sha256", append_meanwhile)
    with pytest.raises(InputError, match="changed while"):
        land(project, path)
    assert kept(project) == []


def test_batch_id() -> None:
    period = Period.parse("2024-25", PeriodKind.SCHOOL_YEAR)
    sha256 = "0" * 64
    wanted = hashlib.sha256(f"pupil_roll|2024-25|990101|{sha256}".encode()).hexdigest()[:16]
    assert (
        batch_id("pupil_roll", period, "990101", sha256)
        == wanted
        == batch_id("pupil_roll", "2024-25", "990101", sha256)
    )
