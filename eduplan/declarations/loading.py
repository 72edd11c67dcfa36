"""Reads YAML into typed models, with errors that name the file, the line and the field.

Belongs here: YAML and validation errors. Does not belong here: what any declaration means.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from eduplan.errors import DeclarationError

T = TypeVar("T")

_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml_as(model: type[T], path: Path) -> T:
    """Reads one YAML file as a typed value.

    Args:
        model: A pydantic model, or any type that pydantic can validate (``list[Indicator]``).
        path: The YAML file.

    Raises:
        DeclarationError: The file is missing, is not YAML, or does not fit the model.
    """
    return parse_yaml_as(model, read_text(path), where=str(path))


def read_text(path: Path) -> str:
    """Reads a declaration as UTF-8 text.

    Raises:
        DeclarationError: The file is missing or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise DeclarationError("the file does not exist", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise DeclarationError("the file is not UTF-8", where=str(path), remedy="save it as UTF-8") from error


def parse_yaml_as(model: type[T], text: str, *, where: str, first_line: int = 1) -> T:
    """Parses YAML text as a typed value.

    Args:
        model: The type to validate against.
        text: YAML text.
        where: File name for error messages.
        first_line: Line of the file that the text starts on.

    Raises:
        DeclarationError: The text is not YAML or does not fit the model; it names line and field.
    """
    try:
        value = yaml.load(text, Loader=_Loader)  # noqa: S506 - the loader is the safe one, in C where available
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark.line if error.problem_mark else 0) + first_line
        raise DeclarationError(f"not valid YAML: {error.problem}", where=f"{where}:{line}") from error
    try:
        if isinstance(model, type) and issubclass(model, BaseModel):
            return model.model_validate(value)
        return TypeAdapter(model).validate_python(value)
    except ValidationError as error:
        raise _declaration_error(error, text, where, first_line) from error


def _declaration_error(error: ValidationError, text: str, where: str, first_line: int) -> DeclarationError:
    """Turns the first validation error into one line with file, line and field."""
    first = error.errors(include_url=False)[0]
    location = first["loc"]
    line = _line_of(text, location) + first_line
    field = ".".join(str(part) for part in location) or "the document"
    more = error.error_count() - 1
    remedy = f"and {more} more in this file" if more else ""
    return DeclarationError(f"{field}: {first['msg']}", where=f"{where}:{line}", remedy=remedy)


def _line_of(text: str, location: tuple[int | str, ...]) -> int:
    """Finds the line (from 0) of the deepest node of a path that exists in the text."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    line = node.start_mark.line if node else 0
    for part in location:
        child = _child(node, part)
        if child is None:
            break
        line, node = child
    return line


def _child(node: yaml.Node | None, part: int | str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key.start_mark.line, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line, node.value[part]
    return None
