"""Finds the header of a table below its title rows, and what each of its columns means to a contract.

Belongs here: header rows, merged headers and aliases. Does not belong here: file formats and values.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from eduplan.declarations.contracts import Column, ColumnType, Contract
from eduplan.errors import InputError
from eduplan.reading.units import factor_of, is_money, split_label, units_of_titles

ROWS_SEARCHED = 40
MOST_HEADER_ROWS = 3

Row = Sequence[str | None]


@dataclass(frozen=True)
class RawColumn:
    """One column of a raw table.

    Attributes:
        name: Its name in the raw table: ``c0``, ``c1``, ...
        header: Its label in the file, merged header rows joined with ``-``.
        columns: The contract columns that it fills: none if it is unknown, two where two read one header,
            the value column where it is unpivoted.
        groups: What the header of an unpivoted column says of the other columns, such as ``{"sex": "男"}``.
        is_wide: Whether it is unpivoted.
        factor: How many of the contract's unit its unit means: 10,000 for a column in 万元 that is wanted in yuan.
    """

    name: str
    header: str
    columns: tuple[str, ...] = ()
    groups: dict[str, str] = field(default_factory=dict)
    is_wide: bool = False
    factor: int = 1


@dataclass(frozen=True)
class Header:
    """Where the header of a table lies and what it says.

    Attributes:
        first: Record number of its first row, from 1.
        last: Record number of its last row.
        columns: One entry a column that has a label.
        missing: Required contract columns that nothing in the file fills.
        matched: How many labels mean something to the contract.
        said: What titles and labels say for all rows of a column that the file lacks: the unit of its amounts.
        doubts: Contract columns for which titles and labels name several units.
    """

    first: int
    last: int
    columns: tuple[RawColumn, ...]
    missing: tuple[str, ...]
    matched: int
    said: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()

    @property
    def worth(self) -> tuple[int, int]:
        """How much it says, for comparison with other rows or other ways to split the text."""
        return -len(self.missing), self.matched


class HeaderFinder:
    """Knows the labels of one contract and finds them in the first rows of a table."""

    def __init__(self, contract: Contract) -> None:
        self._forced_height = contract.layout.header_rows
        self._units = {column.name: column.unit for column in contract.columns}
        # Where a code says the unit, it stands in a column of its own.
        self._said = {column.name for column in contract.columns if column.type is ColumnType.CODE}
        self._expected = [column for column in contract.columns if column.origin == "table"]
        self._aliases: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for column in self._expected:
            for rank, alias in enumerate(dict.fromkeys(comparable(text) for text in [column.name, *column.aliases])):
                self._aliases[alias].append((rank, column.name))
        self._patterns = [
            (re.compile(column.alias_pattern), column.name) for column in self._expected if column.alias_pattern
        ]
        self._wide = [(re.compile(wide.pattern), wide.value) for wide in contract.unpivot]

    def require(self, header: Header | None, *, where: str) -> Header:
        """The header, if it has all that the contract requires.

        Raises:
            InputError: There is no header, or required columns are missing (rule V01).
        """
        if header is None:
            labels = ", ".join(_shown(column) for column in self._expected[:4])
            raise InputError(
                f"V01: no header row found in the first {ROWS_SEARCHED} rows",
                where=where,
                remedy=f"it should name columns such as {labels}",
            )
        if header.missing:
            by_name = {column.name: column for column in self._expected}
            missing = ", ".join(_shown(by_name[name]) for name in header.missing)
            raise InputError(
                f"V01: required columns are missing: {missing}",
                where=where,
                remedy="ask the sender for them, or add the header's wording to the aliases of the contract",
            )
        if header.doubts:
            raise InputError(
                f"V01: titles and labels name several units for {', '.join(header.doubts)}",
                where=where,
                remedy="ask the sender which one holds, and to write it behind the label, such as 支出（万元）",
            )
        return header

    def find(self, rows: Sequence[Row]) -> Header | None:
        """Finds the header in the first rows of a table: the rows whose labels say most to the contract.

        Args:
            rows: The first records of the table, ``ROWS_SEARCHED`` or fewer.
        """
        if self._forced_height:
            found = [self._read(start + 1, rows[start : start + self._forced_height]) for start in range(len(rows))]
            found = [header for header in found if header.last <= len(rows)]
        else:
            found = []
            most = max((len(row) for row in rows), default=0)
            for number, row in enumerate(rows, start=1):
                found.append(self._read(number, [row]))
                if not found[-1].missing and found[-1].matched == most:
                    return self._with_units(found[-1], rows)  # no other can say more
            speaking = {header.first for header in found if header.matched}
            for height in range(2, MOST_HEADER_ROWS + 1):
                for start in range(len(rows) - height + 1):
                    # Rows none of which says anything by itself are data, and most rows are.
                    if not speaking.isdisjoint(range(start + 1, start + height + 1)):
                        found.append(self._read(start + 1, rows[start : start + height]))
        best: Header | None = None  # of equals the first stays: the fewest rows, and among them the earliest
        for header in found:
            if header.matched and (best is None or header.worth > best.worth):
                best = header
        enough = min(2, len(self._expected))
        if best is None or best.matched < enough:
            return None
        return self._with_units(best, rows)

    def _with_units(self, header: Header, rows: Sequence[Row]) -> Header:
        """A header with what its titles and labels say of units; what a label says goes before the titles."""
        general = units_of_titles(cell for row in rows[: header.first - 1] for cell in row)
        said: dict[str, set[str]] = defaultdict(set)
        factors: dict[str, set[int]] = defaultdict(set)
        for column in header.columns:
            split = split_label(column.header)
            for name in column.columns:
                unit = self._units[name]
                words = [split[1]] if split and self._fits(name, split[1]) else general
                if unit in self._said:
                    said[unit] |= {word for word in words if is_money(word)}
                else:
                    factors[name] |= {factor for word in words if unit and (factor := factor_of(word, unit))} or {1}
        sent = {name for column in header.columns for name in column.columns}
        told = {name: words for name, words in said.items() if words and name not in sent}
        doubtful = [name for name, found in factors.items() if len(found) > 1]
        doubtful += [name for name, words in told.items() if len(words) > 1]
        columns = tuple(
            replace(column, factor=max(factors[column.columns[0]], default=1)) if column.columns else column
            for column in header.columns
        )
        one = {name: min(words) for name, words in told.items()}
        return replace(header, columns=columns, said=one, doubts=tuple(doubtful))

    def _fits(self, name: str, word: str) -> bool:
        """Whether a contract column may be sent in a unit."""
        unit = self._units[name]
        return is_money(word) if unit in self._said else factor_of(word, unit) is not None

    def _read(self, first: int, rows: Sequence[Row]) -> Header:
        """Reads some rows as a header."""
        labels = joined_labels(rows)
        wide = {position: self._wide_meaning(parts) for position, parts in enumerate(labels) if parts}
        fills = self._plain_meanings(labels)
        columns: list[RawColumn] = []
        for position, parts in enumerate(labels):
            if not parts:
                continue
            name, text = f"c{position}", "-".join(parts)
            meaning = wide[position]
            if position in fills:
                columns.append(RawColumn(name, text, tuple(fills[position])))
            elif meaning:
                columns.append(RawColumn(name, text, (meaning[0],), meaning[1], is_wide=True))
            else:
                columns.append(RawColumn(name, text))
        matched = sum(bool(column.columns) for column in columns)
        return Header(first, first + len(rows) - 1, tuple(columns), self._missing(columns), matched)

    def _plain_meanings(self, labels: Sequence[tuple[str, ...]]) -> dict[int, list[str]]:
        """The contract columns that each position fills; of two labels for a column the better alias wins."""
        winners: dict[str, tuple[int, int]] = {}
        for position, parts in enumerate(labels):
            for rank, column in self._named(parts):
                winners[column] = min(winners.get(column, (rank, position)), (rank, position))
        fills: dict[int, list[str]] = defaultdict(list)
        for column, (_, position) in winners.items():
            fills[position].append(column)
        return fills

    def _named(self, parts: tuple[str, ...]) -> list[tuple[int, str]]:
        """The contract columns that a label names; its last part may do so alone, below a mere group."""
        spoken = self._spoken(parts)
        for text in spoken:
            if found := self._known_as(text):
                return found
        for label, word in filter(None, map(split_label, spoken)):
            if found := [each for each in self._known_as(label) if self._fits(each[1], word)]:
                return found
        return []

    def _known_as(self, text: str) -> list[tuple[int, str]]:
        """The contract columns that a text names, with the rank of the alias."""
        found = self._aliases.get(comparable(text), [])
        tidy = without_spaces(text)
        return found + [(len(self._aliases), column) for pattern, column in self._patterns if pattern.search(tidy)]

    def _spoken(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        """The texts that a label may be known by."""
        if not parts:
            return ()
        # Below labels that the contract counts as header there may be mere notes, such as the type of the cells.
        alone = (parts[-1], parts[0]) if self._forced_height else (parts[-1],)
        return tuple(dict.fromkeys(("-".join(parts), *alone)))

    def _wide_meaning(self, parts: tuple[str, ...]) -> tuple[str, dict[str, str]] | None:
        """The value column and groups of a label that is unpivoted."""
        if not self._wide:
            return None
        texts = (*self._spoken(parts), "".join(parts))
        for text in (*texts, *(label for label, _ in filter(None, map(split_label, texts)))):
            for pattern, value in self._wide:
                match = pattern.search(without_spaces(text))
                if match:
                    return value, {name: group for name, group in match.groupdict().items() if group is not None}
        return None

    def _missing(self, columns: Sequence[RawColumn]) -> tuple[str, ...]:
        filled = {name for column in columns for name in (*column.columns, *column.groups)}
        return tuple(
            column.name
            for column in self._expected
            if column.required and column.default is None and column.name not in filled
        )


def _shown(column: Column) -> str:
    """A contract column as a sender knows it."""
    return f"{column.name} ({column.aliases[0]})" if column.aliases else column.name


def joined_labels(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """The label parts of each column of a header of one or several rows.

    A cell merged over several columns has its text in the first alone, so an empty cell above a label takes the
    text on its left; a cell merged over several rows has nothing below it.
    """
    width = max((len(row) for row in rows), default=0)
    cells = [[label_text(row[position]) if position < len(row) else "" for position in range(width)] for row in rows]
    above = [""] * len(rows)
    labels: list[tuple[str, ...]] = []
    for position in range(width):
        column = [row[position] for row in cells]
        for level, text in enumerate(column):
            if text:
                above[level:] = [text, *[""] * (len(rows) - level - 1)]
            elif any(column[level + 1 :]):
                column[level] = above[level]
        labels.append(tuple(dict.fromkeys(text for text in column if text)))
    return labels


def label_text(text: str | None) -> str:
    """A label as it is shown: one line, without outer spaces."""
    return " ".join((text or "").replace("\ufeff", "").split())


def without_spaces(text: str) -> str:
    """A label in NFKC, which makes brackets one width, and without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def comparable(text: str) -> str:
    """A label as labels are compared: without the star that marks a required column, and without case."""
    return without_spaces(text).strip("*").casefold()
