"""Where the templates and assets of the site lie, and copying those that readers need.

Belongs here: the folder ``site/`` of the project or of the program. Does not belong here: what is made from data.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, PackagePath, files
from pathlib import Path

from eduplan.errors import EnvironmentFault
from eduplan.project import Project

_BASE = "templates/base.html"
_COPIED = ("assets", "vendor")


def site_sources(project: Project) -> Path:
    """The folder with ``templates``, ``assets`` and ``vendor``: the project's own, or else the program's.

    Raises:
        EnvironmentFault: There is neither.
    """
    program = Path(__file__).resolve().parents[2] / "site"
    for folder in (project.root / "site", program):
        if (folder / _BASE).is_file():
            return folder
    for file in _installed_files():
        if file.match(f"share/eduplan/site/{_BASE}"):
            return Path(str(file.locate())).resolve().parents[1]
    raise EnvironmentFault(
        "the templates of the site are not there", where=str(program), remedy="install eduplan from its repository"
    )


def _installed_files() -> Iterable[PackagePath]:
    """The files that were installed with the program; none if it runs from its repository."""
    try:
        return files("eduplan") or ()
    except PackageNotFoundError:
        return ()


def copy_assets(sources: Path, site: Path) -> None:
    """Copies what pages load: the sheet, the scripts, and vendored code with its licences."""
    for name in _COPIED:
        if (sources / name).is_dir():
            shutil.copytree(sources / name, site / name, copy_function=shutil.copyfile, dirs_exist_ok=True)
