"""The careful way to read a text: tidied step by step, so that what is wrong and what was repaired can be told.

Belongs here: the steps, faults and repairs of a cell as SQL. Does not belong here: the readings themselves
(:mod:`eduplan.staging.cells`), and the statements that use both ways (:mod:`eduplan.staging.generate`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from eduplan.staging.layers import Layers
from eduplan.staging.normalise import (
    figures_of,
    of_one_width,
    sql_text,
    trimmed,
    without_apostrophe,
    without_invisible,
)
from eduplan.staging.plan import PlannedColumn

_LONGEST_VALUE = 200
_LOOKS_LIKE_IDENTITY = r"\d{14}|\d(\.\d+)?[eE]\+\d"
_FAULT_TYPE = "struct(column_name varchar, key varchar, value varchar)[]"
_REPAIR_TYPE = "struct(column_name varchar, rule varchar)[]"


def shown_value(text: str, *, is_identity: bool) -> str:
    """SQL: what quarantine may show of a text; nothing that is or looks like an identity number."""
    if is_identity:
        return "cast(null as varchar)"
    return f"case when not regexp_matches({text}, '{_LOOKS_LIKE_IDENTITY}') then left({text}, {_LONGEST_VALUE}) end"


def add_careful_texts(layers: Layers, careful: Sequence[PlannedColumn]) -> None:
    """Tidies texts step by step, so that what a step changed can be counted."""
    if not careful:
        return
    named = [planned.cell.names for planned in careful]
    # All texts of a row go through a step as one list: a step for each column would be planned for each column.
    layers.add({"_texts": f"[{', '.join(names.raw for names in named)}]"})
    steps = (
        ("_trimmed", "_texts", trimmed),
        ("_bare", "_trimmed", without_apostrophe),
        ("_plain", "_bare", of_one_width),
        ("_tidy", "_plain", without_invisible),
    )
    for changed, before, step in steps:
        layers.add({changed: f"list_transform({before}, lambda cell: {step('cell')})"})
    figures = [place for place, planned in enumerate(careful, start=1) if planned.cell.is_figure]
    layers.add(
        {
            name: f"{texts}[{position}]"
            for position, names in enumerate(named, start=1)
            for name, texts in (
                (names.helper("trimmed"), "_trimmed"),
                (names.helper("bare"), "_bare"),
                (names.helper("plain"), "_plain"),
                (names.text, "_tidy"),
            )
        }
        | ({"_figures": figures_of(f"[{', '.join(f'_tidy[{place}]' for place in figures)}]")} if figures else {})
    )
    layers.add(
        {
            named[place - 1].helper(part): f"_figures[{position}].{part}"
            for position, place in enumerate(figures, start=1)
            for part in ("word", "grouped", "figure")
        }
    )
    last = {planned.cell.names.helper("is_empty"): _is_empty(planned) for planned in careful}
    for planned, names in zip(careful, named, strict=True):
        simplified = planned.cell.simplified or names.text
        last[names.simple] = f"case when not ({_is_empty(planned)}) then {simplified} end"
        last |= planned.cell.tidied
    layers.add(last)


def faults(sent: Sequence[PlannedColumn], careful: Collection[PlannedColumn]) -> str:
    """SQL: what is wrong with the cells of a row, as a list."""
    entries = []
    for planned in sent:
        if key := _fault_key(planned, planned in careful):
            value = shown_value(planned.cell.names.raw, is_identity=planned.column.is_identity)
            entries.append(f"{{'column_name': {sql_text(planned.name)}, 'key': {key}, 'value': {value}}}")
    return f"list_filter([{', '.join(entries)}]::{_FAULT_TYPE}, lambda fault: fault.key is not null)"


def repairs(careful: Collection[PlannedColumn]) -> str:
    """SQL: what was repaired in the cells of a row, as a list."""
    entries = [
        f"case when {condition} then {{'column_name': {sql_text(planned.name)}, 'rule': {sql_text(rule)}}} end"
        for planned in careful
        for rule, condition in _repairs_of(planned).items()
    ]
    return f"list_filter([{', '.join(entries)}]::{_REPAIR_TYPE}, lambda repair: repair is not null)"


def _is_empty(planned: PlannedColumn) -> str:
    text = planned.cell.names.text
    declared = "".join(f" or {text} = {sql_text(each)}" for each in planned.column.null_values)
    return f"coalesce({text} = '' or {planned.cell.is_placeholder}{declared}, true)"


def _repairs_of(planned: PlannedColumn) -> dict[str, str]:
    names = planned.cell.names
    undeclared = "".join(f" and {names.text} <> {sql_text(each)}" for each in planned.column.null_values)
    return {
        "trim": f"{names.helper('trimmed')} <> {names.raw} and {names.text} <> ''",
        "apostrophe": f"{names.helper('bare')} <> {names.helper('trimmed')}",
        "width": f"{names.helper('plain')} <> {names.helper('bare')}",
        "invisible": f"{names.text} <> {names.helper('plain')}",
        "placeholder": f"{names.helper('is_empty')} and {names.text} <> ''{undeclared}",
        **planned.cell.repairs,
    }


def _fault_key(planned: PlannedColumn, is_careful: bool) -> str | None:
    if is_careful:
        missing = "'required'" if planned.is_required else "null"
        unread = f"case when {planned.cell.names.simple} is null then {missing} else {planned.cell.fault} end"
        return f"case when {planned.name} is null then {unread} end"
    return f"case when {planned.name} is null then 'required' end" if planned.is_required else None
