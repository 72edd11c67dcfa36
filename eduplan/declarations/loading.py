"""Reads YAML into typed models, with errors that name the file, the line and the field.

Belongs here: YAML and validation errors. Does not belong here: what any declaration means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from eduplan.declarations.wording import said_of
from eduplan.errors import DeclarationError

T = TypeVar("T")

_Safe: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE = "tag:yaml.org,2002:merge"


class _Loader(_Safe):  # type: ignore[misc]
    """The safe loader, in C where available, which takes no field twice: the one above would be lost without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: dict[str, yaml.Node] = {}
        for key, _ in node.value:
            if key.tag != _MERGE and seen.setdefault(key.value, key) is not key:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value} stands there twice", key.start_mark)
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


def load_yaml_as(model: type[T], path: Path) -> T:
    """Reads one YAML file as a typed value.

    Args:
        model: A pydantic model, or any type that pydantic can validate (``list[Indicator]``).
        path: The YAML file.

    Raises:
        DeclarationError: The file is missing, is not YAML, or does not fit the model.
    """
    return parse_yaml_as(model, read_text(path), where=str(path))


def load_entries(model: type[T], path: Path) -> Iterator[tuple[Path, int, T]]:
    """Reads a YAML file, or every one of a folder, that holds a list; nothing where there is no such file or folder.

    Args:
        model: The type of one entry.
        path: The file or folder.

    Yields:
        File, number in the file, and entry, in order.

    Raises:
        DeclarationError: An entry is not valid.
    """
    files = sorted(path.glob("*.yml")) if path.suffix != ".yml" else [path] if path.is_file() else []
    for file in files:
        for number, entry in enumerate(load_yaml_as(list[model], file)):  # type: ignore[valid-type]
            yield file, number, entry


def by_name(entries: Iterable[tuple[Path, int, T]], name_of: Callable[[T], str]) -> dict[str, T]:
    """Entries by the name that each is known by.

    Raises:
        DeclarationError: A name is given twice.
    """
    found: dict[str, T] = {}
    for path, number, entry in entries:
        name = name_of(entry)
        if name in found:
            raise DeclarationError(f"{name} is given twice", where=place_of(path, number))
        found[name] = entry
    return found


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
        value = yaml.load(text, Loader=_Loader)  # noqa: S506 - the loader is a safe one
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark.line if error.problem_mark else 0) + first_line
        raise DeclarationError(f"not valid YAML: {error.problem}", where=f"{where}:{line}") from error
    try:
        if isinstance(model, type) and issubclass(model, BaseModel):
            return model.model_validate(value)
        return TypeAdapter(model).validate_python(value)
    except ValidationError as error:
        raise _declaration_error(error, model, text, where, first_line) from error


def _declaration_error(error: ValidationError, model: Any, text: str, where: str, first_line: int) -> DeclarationError:
    """Turns the first validation error into one line with file, line and field."""
    # A field that is not known comes before one that is missing: it is most often the same one, misspelt.
    first = min(error.errors(include_url=False), key=lambda each: each["type"] == "missing")
    location = tuple(part for part in first["loc"] if part != "[key]")
    what = said_of(first, model)
    # What concerns a whole declaration begins with the field that it speaks of, if it speaks of one.
    line = _line_of(text, location or (what.split(" ")[0],)) + first_line
    field = ".".join(str(part) for part in location) or "the document"
    more = error.error_count() - 1
    remedy = f"and {more} more in this file" if more else ""
    return DeclarationError(f"{field}: {what}", where=f"{where}:{line}", remedy=remedy)


def place_of(path: Path, *location: int | str, first_line: int = 1) -> str:
    """File and line of the deepest field of a path that a YAML file has, for errors that are found later.

    Args:
        path: The file; of a SQL file its YAML comment is meant.
        location: Names of fields and numbers of entries, from the outside in.
        first_line: Line that the YAML starts on.
    """
    text = read_text(path)
    if path.suffix == ".sql":
        text, first_line = text.removeprefix("/*\n").partition("\n*/")[0], 2
    return f"{path}:{_line_of(text, location) + first_line}"


def parts_of(field: str) -> list[int | str]:
    """The parts of a field written with points: ``targets.0.by``."""
    return [int(part) if part.isdigit() else part for part in field.split(".")]


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
