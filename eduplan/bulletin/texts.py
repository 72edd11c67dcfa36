"""The texts of the bulletin in one language, from ``site/bulletin/texts.yml``.

Belongs here: finding templates and texts. Does not belong here: words of statuses, which the command line shares
(``eduplan.cli.words``), and names of indicators, which come from the release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eduplan.cli.session import Language
from eduplan.declarations.loading import load_yaml_as
from eduplan.errors import EnvironmentFault
from eduplan.project import Project

_PLACE = Path("site") / "bulletin"
TEXTS = "texts.yml"


@dataclass(frozen=True)
class Texts:
    """Texts by key in one language.

    Attributes:
        lang: The language.
        texts: Text by key; a text may have ``{fields}``.
    """

    lang: Language
    texts: Mapping[str, str]

    def __call__(self, key: str, **fields: object) -> str:
        """The text of a key with its fields filled in."""
        text = self.texts[key]
        return text.format(**fields) if fields else text

    def get(self, key: str, default: str) -> str:
        """The text of a key that may not be there."""
        return self.texts.get(key, default)


def templates_folder(project: Project) -> Path:
    """The folder of the bulletin's templates: the project's own, or else the one that comes with the program.

    Raises:
        EnvironmentFault: There is neither.
    """
    for root in (project.root, Path(__file__).resolve().parents[2]):
        if (root / _PLACE / TEXTS).is_file():
            return root / _PLACE
    raise EnvironmentFault(
        "the templates of the bulletin are not here", where=str(project.root / _PLACE), remedy="copy site/bulletin"
    )


def load_texts(folder: Path, lang: Language) -> Texts:
    """Reads the texts in a language; every text must be there in both.

    Args:
        folder: The folder of templates.
        lang: Language.
    """
    entries = load_yaml_as(dict[str, dict[Language, str]], folder / TEXTS)
    return Texts(lang, {key: both[lang] for key, both in entries.items()})
