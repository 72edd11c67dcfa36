"""Imports run one way: pipelines -> assets -> eduplan, and the command line stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = {
    "eduplan": {"dagster", "assets", "pipelines"},
    "assets": {"pipelines"},
    "pipelines": set(),
}
LAYERS = {
    "words": {"cli", "site", "bulletin", "release", "exports"},
    "site": {"cli", "bulletin"},
    "bulletin": {"cli"},
    "release": {"cli"},
    "indicators": {"cli", "site", "bulletin", "release", "words"},
    "demo": {"cli", "site", "bulletin", "release", "words"},
}
"""By package of the engine, the ones above it: what it shows or serves is not its business."""
HEAVY = ("great_expectations", "polars", "dagster", "pandas", "pyarrow", "sqlglot", "sqlalchemy", "fastexcel", "numpy")


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """The first part of every module that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            yield (node.module or "").split(".")[0], node.lineno


@pytest.mark.parametrize("package", sorted(FORBIDDEN))
def test_imports_run_one_way(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in sorted((ROOT / package).rglob("*.py"))
        for name, line in imported(path)
        if name in FORBIDDEN[package]
    ]
    assert wrong == []


@pytest.mark.parametrize("package", sorted(LAYERS))
def test_a_package_imports_none_that_stands_above_it(package: str) -> None:
    above = tuple(f"eduplan.{name}" for name in LAYERS[package])
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno} imports {node.module}"
        for path in sorted((ROOT / "eduplan" / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (f"{node.module}.").startswith(tuple(f"{each}." for each in above))
    ]
    assert wrong == []


@pytest.mark.parametrize("module", ["eduplan.cli.app"])
def test_the_command_line_imports_nothing_heavy(module: str) -> None:
    code = f"import {module}, sys; print(' '.join(sorted({{name.split('.')[0] for name in sys.modules}})))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert [name for name in (*HEAVY, "duckdb", "pydantic") if name in shown] == []
