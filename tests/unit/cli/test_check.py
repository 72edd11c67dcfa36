"""``eduplan check``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

from eduplan.errors import ExitCode

CONTRACT = """\
source: towns
title: {en: Towns, zh: 镇}
owner: {en: Statistics office, zh: 统计科}
privacy: public
files: [{folder: towns}]
period: {kind: calendar_year, from: folder}
columns:
  - {name: code, type: text, required: true}
key: [code]
"""


def test_valid_declarations_are_counted(project_folder: Path, run: Callable[..., Result]) -> None:
    (project_folder / "contracts").mkdir()
    (project_folder / "contracts" / "towns.yml").write_text(CONTRACT, encoding="utf-8")
    shown = run("check")
    assert shown.exit_code == 0, shown.stderr
    assert "1 contracts" in shown.stdout
    assert "All declarations are valid." in shown.stdout


def test_a_fault_names_file_line_and_field(project_folder: Path, run: Callable[..., Result]) -> None:
    (project_folder / "contracts").mkdir()
    path = project_folder / "contracts" / "towns.yml"
    path.write_text(CONTRACT.replace("type: text", "type: words"), encoding="utf-8")
    shown = run("check")
    assert shown.exit_code == ExitCode.DECLARATION
    assert f"{path}:8: columns.0.type" in shown.stderr
    (fault,) = json.loads(run("check", "--json").stdout)["faults"]
    assert "columns.0.type" in fault
