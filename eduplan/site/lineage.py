"""What stands below a table or an indicator, down to the columns that senders fill in.

Belongs here: following ``plan.lineage``, the declared formulas and columns. Does not belong here: how a page shows it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eduplan.declarations.contracts import Contract
from eduplan.declarations.models import SqlModel
from eduplan.warehouse.column_lineage import ROWS, column_lineage
from eduplan.words.text import Text

Row = dict[str, Any]

_STAGING = "staging."


@dataclass(frozen=True)
class Measure:
    """One side of an indicator.

    Attributes:
        mart: Qualified mart.
        column: Column that is summed.
        where: Which rows; nothing for all.
        year_offset: Years that it lies before or after the value.
    """

    mart: str
    column: str
    where: str | None
    year_offset: int


@dataclass(frozen=True)
class Formula:
    """The declared formula of an indicator, as far as pages tell it.

    Attributes:
        numerator: What is counted; nothing for a change.
        denominator: What it is divided by, where it is.
        coverage: The mart that knows who should have reported, where it is another one.
        change_of: The indicator whose change this is.
        change_years: Years between the two values of a change.
        weight: Column that strata are weighted with.
        dispersion: Method of a spread over units.
    """

    numerator: Measure | None
    denominator: Measure | None
    coverage: str | None
    change_of: str | None
    change_years: int
    weight: str | None
    dispersion: str | None

    @property
    def marts(self) -> list[str]:
        """The marts that it reads itself."""
        named = [side.mart for side in (self.numerator, self.denominator) if side]
        return list(dict.fromkeys([*named, *([self.coverage] if self.coverage else [])]))


def formula_of(indicator: Row) -> Formula:
    """Reads the formula of a row of the dictionary."""
    declared = json.loads(indicator["formula"])
    coverage, change = declared.get("coverage"), declared.get("change") or {}
    return Formula(
        numerator=_measure(declared, "numerator"),
        denominator=_measure(declared, "denominator"),
        coverage=coverage["mart"] if isinstance(coverage, dict) else None,
        change_of=change.get("of"),
        change_years=change.get("years", 1),
        weight=declared.get("weight"),
        dispersion=(declared.get("dispersion") or {}).get("method"),
    )


def marts_of(code: str, formulas: Mapping[str, Formula]) -> list[str]:
    """The marts below an indicator; those of a change are the marts of what changes."""
    formula = formulas[code]
    marts = list(formula.marts)
    if formula.change_of and formula.change_of in formulas and formula.change_of != code:
        marts += marts_of(formula.change_of, formulas)
    return list(dict.fromkeys(marts))


def below(tables: Iterable[str], reads: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Every table below some tables, themselves included, with what each reads; the upper ones first."""
    found: dict[str, list[str]] = {}
    waiting = list(tables)
    while waiting:
        table = waiting.pop(0)
        if table not in found:
            found[table] = list(reads.get(table, ()))
            waiting += found[table]
    return found


def sources_below(tables: Iterable[str], reads: Mapping[str, Sequence[str]]) -> list[str]:
    """The sources at the bottom of some tables."""
    return sorted(name.removeprefix(_STAGING) for name in below(tables, reads) if name.startswith(_STAGING))


def _measure(declared: Row, side: str) -> Measure | None:
    measure = declared.get(side)
    if not measure:
        return None
    conditions = [f"({text})" for text in (declared.get("where"), measure.get("where")) if text]
    return Measure(measure["mart"], measure["column"], " and ".join(conditions) or None, measure.get("year_offset", 0))


@dataclass(frozen=True)
class FromSource:
    """What a figure is counted from in one source.

    Attributes:
        source: The source.
        title: Its title in both languages; its name where it has no contract.
        columns: Its columns, in the order of the contract.
        headers: By column the header that senders know it under; without those that the load derives.
        rows: Whether its rows are counted.
    """

    source: str
    title: Text
    columns: list[str]
    headers: dict[str, str]
    rows: bool


class SourceColumns:
    """Columns of tables down to the columns that senders fill in.

    Args:
        models: Models by qualified name.
        contracts: Contracts by source.
    """

    def __init__(self, models: Mapping[str, SqlModel], contracts: Mapping[str, Contract]) -> None:
        self._origins = column_lineage(models)
        self._contracts = contracts

    def columns(self, table: str) -> list[str]:
        """The columns of a table, in its order; none if no model makes it."""
        return list(self._origins.get(table, ()))

    def of(self, table: str, column: str) -> list[FromSource]:
        """What a column comes from, by source."""
        found: dict[str, set[str]] = {}
        for origin in self._origins.get(table, {}).get(column, ()):
            if origin.table.startswith(_STAGING):
                found.setdefault(origin.table.removeprefix(_STAGING), set()).add(origin.column)
        return [self._from_source(source, columns) for source, columns in sorted(found.items())]

    def _from_source(self, source: str, columns: set[str]) -> FromSource:
        contract = self._contracts.get(source)
        headers = {
            name: column.aliases[0] if column.aliases else column.name
            for column in (contract.columns if contract else ())
            for name in (column.name, column.person_key)
            if name in columns
        }
        order = [*headers, *sorted(columns - headers.keys() - {ROWS})]
        title = Text(contract.title.en, contract.title.zh) if contract else Text(source, source)
        return FromSource(source, title, order, headers, ROWS in columns)
