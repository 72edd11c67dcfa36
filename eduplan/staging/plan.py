"""What staging has to read of one file: for each column where its text comes from and how it becomes a value.

Belongs here: joining contract, code lists and the file's header. Does not belong here: the SQL of whole statements.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from eduplan.declarations.contracts import CodeList, Column, ColumnType, Contract
from eduplan.reading.header import RawColumn
from eduplan.staging.acuity import acuity_cell
from eduplan.staging.cells import Cell, Names, code_cell, date_cell, flag_cell, number_cell, text_cell
from eduplan.staging.identity import CERTIFICATE_COLUMN, identity_cell, known_key, roll_number_cell
from eduplan.staging.normalise import sql_text, tidy


@dataclass(frozen=True)
class PlannedColumn:
    """One contract column that staging needs.

    Attributes:
        column: The contract's column.
        cell: How it is read.
        is_sent: Whether the file has it.
        is_required: Whether a row without a value is kept out.
    """

    column: Column
    cell: Cell
    is_sent: bool
    is_required: bool

    @property
    def name(self) -> str:
        """The contract's name for it."""
        return self.column.name

    @property
    def default(self) -> str | None:
        """SQL of the value that an empty cell has."""
        value = self.column.default
        if value is None:
            return None
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return f"cast({sql_text(text)} as {self.cell.sql_type})"


@dataclass(frozen=True)
class WideField:
    """A column that an unpivoted header fills: its text in each of the wide columns."""

    column: str
    texts: tuple[str, ...]


class FilePlan:
    """What staging reads of one file, or of several whose columns mean the same in the same order.

    Args:
        contract: The contract.
        codes: Code lists by name.
        header: Columns of the raw table.
        said: Texts that the file's name and titles give to columns.
        in_list: Whether the texts of a row stand in the list ``_cells``, in the order of ``texts``, and not in
            columns of their own.
        knows_keys: Whether the rows come with the keys of persons that were read before.
        labels: What the files call their columns, where they differ in that; that of the header by default.
    """

    def __init__(
        self,
        contract: Contract,
        codes: Mapping[str, CodeList],
        header: Sequence[RawColumn],
        said: Mapping[str, str],
        *,
        in_list: bool = False,
        knows_keys: bool = False,
        labels: Sequence[tuple[str, ...]] = (),
    ) -> None:
        self.contract = contract
        self.header = tuple(header)
        self.labels = tuple(labels) or (tuple(column.header for column in header),)
        self._codes = codes
        self._said = said
        self._in_list = in_list
        self._knows_keys = knows_keys

    @cached_property
    def over_list(self) -> FilePlan:
        """The same plan for rows whose texts stand in a list."""
        return FilePlan(self.contract, self._codes, self.header, self._said, in_list=True, labels=self.labels)

    @cached_property
    def labelled(self) -> tuple[str, ...]:
        """Names of the raw columns that have a label."""
        return tuple(column.name for column in self.header)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Names of all texts of a row: labelled columns, filled headings, wide fields."""
        headings = (f"_heading_{name}" for name, _ in self.headings)
        return (*self.labelled, *headings, *(f"_wide_{field.column}" for field in self.wide_fields))

    def text_sql(self, name: str) -> str:
        """SQL of one of the texts."""
        return f"_cells[{self.texts.index(name) + 1}]" if self._in_list else name

    @cached_property
    def wide_columns(self) -> tuple[RawColumn, ...]:
        """The columns that become rows; those that hold totals do not."""
        totals = {tidy(label) for label in self.contract.layout.totals}
        return tuple(
            column
            for column in self.header
            if column.is_wide and not any(tidy(text) in totals for text in column.groups.values())
        )

    @cached_property
    def wide_fields(self) -> tuple[WideField, ...]:
        """Columns that the wide columns fill, each with the SQL of its text there."""
        names = dict.fromkeys(name for column in self.wide_columns for name in (*column.groups, *column.columns))
        return tuple(WideField(name, tuple(_wide_text(column, name) for column in self.wide_columns)) for name in names)

    @cached_property
    def wide_values(self) -> tuple[str, ...]:
        """Columns that hold the values of wide columns."""
        return tuple(dict.fromkeys(name for column in self.wide_columns for name in column.columns))

    @cached_property
    def headings(self) -> tuple[tuple[str, str], ...]:
        """Columns that heading rows fill, with the pattern of the heading."""
        return tuple(
            (name, heading.pattern)
            for heading in self.contract.layout.headings
            for name in re.compile(heading.pattern).groupindex
        )

    @cached_property
    def inputs(self) -> dict[str, str]:
        """Where the text of each column stands, by column; columns that the file lacks are left out."""
        names = {name: column.name for column in self.header if not column.is_wide for name in column.columns}
        names |= {name: f"_heading_{name}" for name, _ in self.headings}
        names |= {field.column: f"_wide_{field.column}" for field in self.wide_fields}
        inputs = {column: self.text_sql(name) for column, name in names.items()}
        for column in self.contract.columns:
            if column.name in self._said:
                inputs[column.name] = sql_text(self._said[column.name])
        return inputs

    @cached_property
    def _factors(self) -> dict[str, int]:
        """How many of its unit each column is sent in."""
        return {name: column.factor for column in self.header for name in column.columns}

    @cached_property
    def columns(self) -> tuple[PlannedColumn, ...]:
        """The contract's columns that something needs, in its order."""
        return tuple(self._planned(column) for column in self.contract.columns if self._is_needed(column))

    @cached_property
    def carried(self) -> tuple[PlannedColumn, ...]:
        """The columns that rows keep once they are judged: no identity is among them."""
        rules = [*self.contract.rules, *self.contract.row_rules]
        rule_columns = {name for rule in rules for name in rule.columns}
        return tuple(
            planned
            for planned in self.columns
            if not planned.column.is_identity and (planned.column.keep or planned.name in rule_columns)
        )

    @property
    def identity(self) -> Column | None:
        """The column that person keys are made from."""
        return next((column for column in self.contract.columns if column.person_key), None)

    @property
    def keeps_order(self) -> bool:
        """Whether reading the file keeps its order, so that a row's place is its number."""
        contract = self.contract
        expressions = [each.expression for each in contract.derive] + [rule.check for rule in contract.rules]
        is_plain = not any(re.search(r"\b(select|over)\b", text, re.IGNORECASE) for text in expressions)
        return is_plain and not self.wide_columns and not self.headings

    @property
    def known_key(self) -> str | None:
        """Column with the keys of persons that were read before."""
        can = self.identity is not None and self.inputs.get(self.identity.name) in self.labelled and self.keeps_order
        return known_key(self.identity) if self._knows_keys and can and self.identity else None

    @property
    def acuities(self) -> tuple[PlannedColumn, ...]:
        """The columns that hold visual acuity and that the file has."""
        return tuple(each for each in self.columns if each.is_sent and each.column.type is ColumnType.ACUITY)

    def is_identity(self, name: str) -> bool:
        """Whether a column holds identities, or keys made from them."""
        column = self.contract.by_name.get(name)
        return column.is_identity if column else any(each.person_key == name for each in self.contract.columns)

    def sent_name(self, name: str) -> str:
        """The column that the sender sees: the identity number where a person key is meant."""
        return next((column.name for column in self.contract.columns if column.person_key == name), name)

    def _is_needed(self, column: Column) -> bool:
        if column.keep or column.required or column.person_key or column.name in self._named:
            return True
        return any(re.search(rf"\b{column.name}\b", derived.expression) for derived in self.contract.derive)

    @cached_property
    def _named(self) -> set[str]:
        contract = self.contract
        rules = [*contract.rules, *contract.row_rules]
        named = {*contract.key, *(name for rule in rules for name in rule.columns)}
        named |= {reference.column for reference in contract.references}
        if any(column.type is ColumnType.IDENTITY for column in contract.columns):
            named.add(CERTIFICATE_COLUMN)
        return named

    def _planned(self, column: Column) -> PlannedColumn:
        source = self.inputs.get(column.name)
        cell = self._cell(column, Names(column.name, source or "null"))
        is_wide = any(field.column == column.name for field in self.wide_fields)
        return PlannedColumn(
            column=column,
            cell=cell,
            is_sent=source is not None,
            is_required=column.required and column.default is None and not is_wide,
        )

    def _cell(self, column: Column, names: Names) -> Cell:
        match column.type:
            case ColumnType.TEXT:
                return text_cell(column, names)
            case ColumnType.CODE:
                return code_cell(column, self._codes[column.codes or ""], names)
            case ColumnType.FLAG:
                return flag_cell(column, names)
            case ColumnType.DATE:
                return date_cell(column, names)
            case ColumnType.INTEGER | ColumnType.DECIMAL:
                return number_cell(column, names, factor=self._factors.get(column.name, 1))
            case ColumnType.ACUITY:
                return acuity_cell(column, names)
            case ColumnType.IDENTITY:
                return identity_cell(
                    column,
                    names,
                    has_certificate=CERTIFICATE_COLUMN in self.inputs,
                    known=self.known_key if column is self.identity else None,
                )
            case ColumnType.ROLL_NUMBER:
                identity = self.identity.name if self.identity else ""
                return roll_number_cell(column, names, identity=self.inputs.get(identity))


def _wide_text(column: RawColumn, name: str) -> str:
    if name in column.columns:
        return column.name
    return sql_text(column.groups[name]) if name in column.groups else "null"
