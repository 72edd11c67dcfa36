"""``eduplan key create``."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

from eduplan.errors import ExitCode


def test_a_key_is_for_its_owner_alone_and_never_replaced(run: Callable[..., Result]) -> None:
    path = Path(os.environ["EDUPLAN_KEY_FILE"])
    assert run("key", "create").exit_code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = path.read_text()
    again = run("key", "create")
    assert again.exit_code == ExitCode.ENVIRONMENT
    assert "there is a key already" in again.stderr
    assert run("key", "create", "--if-missing").exit_code == 0
    assert path.read_text() == first
