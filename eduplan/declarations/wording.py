"""What is wrong with a field, in words that say what to write instead.

Belongs here: the words for pydantic's findings. Does not belong here: the place of a field in its file.
"""

from __future__ import annotations

import types
from collections.abc import Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from eduplan.declarations.text import Bilingual
from eduplan.near import near_names

_UNIONS = (Union, types.UnionType)


def said_of(finding: ErrorDetails, model: Any) -> str:
    """One finding as a sentence.

    Args:
        finding: What pydantic found.
        model: The type that the document was held against.
    """
    kind, given, location = finding["type"], finding.get("input"), finding["loc"]
    match kind:
        case "extra_forbidden":
            return f"there is no such field{_did_you_mean(str(location[-1]), _fields_at(model, location[:-1]))}"
        case "missing":
            return "is missing"
        case "enum" | "literal_error":
            expected = str((finding.get("ctx") or {}).get("expected", ""))
            known = [each.strip(" '") for each in expected.replace(" or ", ", ").split(",")]
            return f"{given!r} is none of {', '.join(known)}{_did_you_mean(str(given), known)}"
        case "string_type" if isinstance(given, bool | int | float):
            return (
                f"a text is wanted: write it in quotes, as '{str(given).lower() if given in (True, False) else given}'"
            )
        case "list_type":
            return "a list is wanted: write [one, two], or a line with a hyphen for each"
        case "model_type" | "model_attributes_type" if _type_at(model, location) is Bilingual:
            return "both languages are wanted: write {en: ..., zh: ...}"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"fields are wanted, such as {', '.join(list(_fields_at(model, location))[:4]) or 'name: value'}"
        case "value_error":
            return finding["msg"].removeprefix("Value error, ")
        case _ if kind.endswith(("_parsing", "_type")):
            return (
                f"{given!r} is no {kind.removesuffix('_parsing').removesuffix('_type').replace('int', 'whole number')}"
            )
    return finding["msg"]


def _did_you_mean(name: str, known: Sequence[str]) -> str:
    near = near_names(name, known, most=1)
    return f"; did you mean {near[0]}?" if near else ""


def _fields_at(model: Any, location: Sequence[int | str]) -> list[str]:
    """The names of the fields that a place of a document may have."""
    found = _type_at(model, location)
    if not (isinstance(found, type) and issubclass(found, BaseModel)):
        return []
    return [field.alias or name for name, field in found.model_fields.items()]


def _type_at(model: Any, location: Sequence[int | str]) -> Any:
    """The type that a place of a document is held against; nothing where it is not one alone."""
    found = _plain(model)
    for part in location:
        if isinstance(found, type) and issubclass(found, BaseModel):
            fields = {field.alias or name: field for name, field in found.model_fields.items()}
            found = _plain(fields[str(part)].annotation) if part in fields else None
        elif get_origin(found) in (list, tuple, dict):
            found = _plain(get_args(found)[-1])
    return found


def _plain(kind: Any) -> Any:
    """A type without ``None`` beside it and without notes."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in _UNIONS:
        others = [each for each in get_args(kind) if each is not type(None)]
        models = [each for each in others if isinstance(_plain(each), type) and issubclass(_plain(each), BaseModel)]
        return _plain((models or others)[0])
    return kind
