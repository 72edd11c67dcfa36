"""What the codes of stages, grades and items are called.

Belongs here: names by code. Does not belong here: checking code lists (``eduplan.declarations``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from eduplan.words.language import Language
from eduplan.words.terms import in_brackets, word

if TYPE_CHECKING:
    from eduplan.project import Project

_FIXED: dict[str, dict[Language, str]] = {
    "urban_class:city": {"en": "urban", "zh": "城区"},
    "urban_class:town": {"en": "town", "zh": "镇区"},
    "urban_class:rural": {"en": "rural", "zh": "乡村"},
    "ownership:public": {"en": "public", "zh": "公办"},
    "ownership:private": {"en": "private", "zh": "民办"},
}
"""Names of breakdowns that no code list of a source has."""
_UNKNOWN: dict[Language, str] = {"en": "unknown", "zh": "未知"}


def code_labels(project: Project, lang: Language) -> dict[str, str]:
    """What the codes of breakdowns and items are called, from the code lists; read without checking them again.

    A code is named by the list of its dimension, ``stage:junior``, or else by the first list that knows it.
    """
    import yaml

    from eduplan.indicators.tables import UNKNOWN

    labels = {UNKNOWN: _UNKNOWN[lang]} | {code: both[lang] for code, both in _FIXED.items()}
    for path in sorted((project.contracts / "codes").glob("*.yml")):
        values = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
        for value in values["values"]:
            labels[f"{path.stem}:{value['code']}"] = value[lang]
            labels.setdefault(value["code"], value[lang])
    return labels


def part_names(row: Mapping[str, Any], labels: Mapping[str, str]) -> list[str]:
    """The part that a value is of, one name a breakdown; nothing for the total."""
    from eduplan.indicators.tables import DIMENSIONS, TOTAL

    codes = [(f"{name}:{row[name]}", str(row[name])) for name in DIMENSIONS if row[name] != TOTAL]
    return [labels.get(own) or labels.get(code) or code for own, code in codes]


def part_text(row: Mapping[str, Any], items: int, labels: Mapping[str, str], lang: Language) -> str:
    """The part in brackets, as it stands after a name; of several items the worst is meant, and it is said so."""
    names = part_names(row, labels)
    if not names:
        return ""
    if items > 1:
        names[-1] = word("worst_of", lang).format(number=items, part=names[-1])
    return in_brackets(("、" if lang == "zh" else ", ").join(names), lang)
