"""Files among the declarations that nobody reads, such as one that ends in ``.yaml``.

Belongs here: finding them by their place. Does not belong here: what a declaration says.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from eduplan.errors import DeclarationError
from eduplan.project import Project

_READ = {
    "contracts": ("*.yml", "codes/*.yml"),
    "expectations": ("*/*.yml", "cross/*.sql"),
    "plan": (
        "chapters.yml",
        "offices.yml",
        "families.yml",
        "headlines.yml",
        "awaited_sources.yml",
        "commitments/*.yml",
        "indicators/*.yml",
        "registered/*.yml",
    ),
    "sql": ("columns.yml", "core/*.sql", "marts/*/*.sql", "macros/*.sql", "reference/*.csv"),
}
"""What is read of each folder of declarations."""
_DECLARES = {".yml", ".yaml", ".sql", ".csv"}


def stray_files(project: Project) -> Iterator[DeclarationError]:
    """Files that look like declarations and stand where nothing looks for them."""
    for folder, patterns in _READ.items():
        root = project.root / folder
        for path in sorted(root.rglob("*")):
            place = PurePosixPath(path.relative_to(root).as_posix())
            # Patterns are matched from the left here: a name alone would fit at any depth.
            fits = any(len(place.parts) == pattern.count("/") + 1 and place.match(pattern) for pattern in patterns)
            if path.is_file() and path.suffix in _DECLARES and not fits:
                yield DeclarationError("nothing reads this file", where=str(path), remedy=_remedy(folder, patterns))


def _remedy(folder: str, patterns: tuple[str, ...]) -> str:
    return f"{folder} has {', '.join(patterns)}"
