"""What the codes of stages, grades and items are called.

Belongs here: names by code. Does not belong here: checking code lists (``eduplan.declarations``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eduplan.words.language import Language

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
