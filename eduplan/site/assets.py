"""Where the templates and assets of the site lie, and copying those that readers need.

Belongs here: the folder ``site/`` of the project or of the program. Does not belong here: what is made from data.
"""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path

from eduplan.errors import EnvironmentFault
from eduplan.project import Project

_COPIED = ("assets", "vendor")


def site_sources(project: Project) -> Path:
    """The folder with ``templates``, ``assets`` and ``vendor``: the project's own, or else the program's.

    Raises:
        EnvironmentFault: There is neither.
    """
    program = Path(__file__).resolve().parents[2] / "site"
    installed = Path(sysconfig.get_path("data")) / "share" / "eduplan" / "site"
    for folder in (project.root / "site", program, installed):
        if (folder / "templates" / "base.html").is_file():
            return folder
    raise EnvironmentFault(
        "the templates of the site are not there", where=str(program), remedy="install eduplan from its repository"
    )


def copy_assets(sources: Path, site: Path) -> None:
    """Copies what pages load: the sheet, the scripts, and vendored code with its licences."""
    for name in _COPIED:
        if (sources / name).is_dir():
            shutil.copytree(sources / name, site / name, copy_function=shutil.copyfile, dirs_exist_ok=True)
