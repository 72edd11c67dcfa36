"""A wheel is whole: what is installed from it makes a site without the repository beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKE = """
import sys
from pathlib import Path
from tests.unit.site.conftest import make
from eduplan.site.assets import site_sources

site = make(Path(sys.argv[1]))
site.write()
print(site_sources(site.project))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prefix with the program as its wheel installs it."""
    folder = tmp_path_factory.mktemp("wheel")
    copied = folder / "source"
    copied.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copied)
    for name in ("eduplan", "assets", "pipelines", "site"):
        ignored = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(ROOT / name, copied / name, ignore=ignored)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    offline = ["--no-deps", "--no-index"]
    build = [*pip, "wheel", *offline, "--no-build-isolation", "--wheel-dir", str(folder), str(copied)]
    subprocess.run(build, check=True, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    prefix = folder / "prefix"
    # Without the last one pip would take the program out of the environment that the tests run in.
    install = ["install", *offline, "--prefix", str(prefix), "--ignore-installed", str(wheel)]
    subprocess.run([*pip, *install], check=True, cwd=folder)
    return prefix


def test_it_holds_every_file_of_the_site(installed: Path) -> None:
    share = installed / "share" / "eduplan" / "site"
    have = {path.relative_to(share) for path in share.rglob("*") if path.is_file()}
    files = {path.relative_to(ROOT / "site") for path in (ROOT / "site").rglob("*") if path.is_file()}
    needed = {path for path in files if path.parts[0] != "bundle"}  # which only makes what lies in vendor
    assert needed - have == set()


def test_it_holds_every_file_of_the_packages(installed: Path) -> None:
    (packages,) = installed.glob("lib/python*/site-packages")
    for package in ("eduplan", "assets", "pipelines"):
        files = {path.relative_to(ROOT) for path in (ROOT / package).rglob("*") if path.is_file()}
        needed = {path for path in files if "__pycache__" not in path.parts}
        assert {path for path in needed if not (packages / path).is_file()} == set()


def test_it_makes_a_site(installed: Path, tmp_path: Path) -> None:
    (packages,) = installed.glob("lib/python*/site-packages")
    made = subprocess.run(
        [sys.executable, "-c", MAKE, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(packages), str(ROOT)])},
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert Path(made.stdout.strip()) == installed.resolve() / "share" / "eduplan" / "site"
    site = tmp_path / "release" / "site"
    assert (site / "index.html").is_file()
    assert (site / "assets" / "site.css").is_file()
    assert (site / "vendor" / "duckdb" / "duckdb.js").is_file()


@pytest.mark.usefixtures("installed")
def test_the_environment_of_the_tests_keeps_the_program() -> None:
    """Installing elsewhere takes away what is installed already, unless pip is told not to look."""
    ask = "from importlib.metadata import version; version('eduplan')"
    subprocess.run([sys.executable, "-c", ask], check=True, cwd=ROOT.parent)
