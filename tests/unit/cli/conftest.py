"""A project of no declarations, and the program as a subprocess or in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from eduplan.cli.app import app

SETTINGS = 'city_code: "990100"\ncity_name: {en: Demo City, zh: 示范市}\n'


@pytest.fixture
def project_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with settings and nothing else; the key file lies in it too."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "eduplan.yml").write_text(SETTINGS, encoding="utf-8")
    monkeypatch.setenv("EDUPLAN_KEY_FILE", str(tmp_path / "person.key"))
    for name in ("EDUPLAN_PROJECT", "EDUPLAN_DATA", "EDUPLAN_RAW", "EDUPLAN_LANG", "LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def run(project_folder: Path) -> Callable[..., Result]:
    """Runs the program on that project."""

    def call(*arguments: str, input_text: str | None = None) -> Result:
        return CliRunner().invoke(app, [*arguments, "--project", str(project_folder)], input=input_text)

    return call
