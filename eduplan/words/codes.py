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

_CODE_LISTS = ("stage", "sex", "grade", "quality_balance_item")
"""Code lists that the parts of an indicator are named by."""


def code_labels(project: Project, lang: Language) -> dict[str, str]:
    """What the codes of stages, grades and items are called, from the code lists; read without checking them again."""
    import yaml

    labels: dict[str, str] = {}
    for name in _CODE_LISTS:
        path = project.contracts / "codes" / f"{name}.yml"
        if path.is_file():
            values = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
            labels |= {value["code"]: value[lang] for value in values["values"]}
    return labels


def part_names(row: Mapping[str, Any], labels: Mapping[str, str]) -> list[str]:
    """The part that a value is of, one name a breakdown; nothing for the total."""
    from eduplan.indicators.tables import DIMENSIONS, TOTAL

    return [labels.get(row[name]) or str(row[name]) for name in DIMENSIONS if row[name] != TOTAL]


def part_text(row: Mapping[str, Any], items: int, labels: Mapping[str, str], lang: Language) -> str:
    """The part in brackets, as it stands after a name; of several items the worst is meant, and it is said so."""
    names = part_names(row, labels)
    if not names:
        return ""
    if items > 1:
        names[-1] = word("worst_of", lang).format(number=items, part=names[-1])
    return in_brackets(("、" if lang == "zh" else ", ").join(names), lang)
