"""The texts of the bulletin in one language, from ``site/bulletin/texts.yml``.

Belongs here: finding templates and texts. Does not belong here: words of statuses, which the command line shares
(``eduplan.words``), and names of indicators, which come from the release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eduplan.declarations.loading import load_yaml_as
from eduplan.project import Project
from eduplan.site.assets import site_sources
from eduplan.words.absences import ABSENCES
from eduplan.words.language import Language

TEXTS, UNITS = "texts.yml", "units.yml"


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
    """The folder of the bulletin's templates, which stands among those of the site."""
    return site_sources(project) / "bulletin"


def load_texts(folder: Path, lang: Language) -> Texts:
    """Reads the texts in a language; units and the words for absent values are those of the site.

    Args:
        folder: The folder of templates.
        lang: Language.
    """
    own = load_yaml_as(dict[str, dict[Language, str]], folder / TEXTS)
    units = load_yaml_as(dict[str, dict[Language, str]], folder.parent / UNITS)
    texts = {key: both[lang] for key, both in own.items()}
    texts |= {f"unit.{unit}": both[lang] for unit, both in units.items()}
    for mark, absence in ABSENCES.items():
        texts[f"absent.{mark}"] = getattr(absence.word, lang)
        texts[f"absent_says.{mark}"] = getattr(absence.meaning, lang)
    return Texts(lang, texts)
