"""Reads each text of a column once, however many rows have it.

Belongs here: from texts to values and masks, by way of the different texts. Does not belong here: the SQL that reads a
text (:mod:`eduplan.staging.generate`), and texts that say something of a person, which hardly repeat.

A million pupils have two sexes, fifteen grades and six thousand birth dates between them. Reading those is nothing;
what a row costs is to look up its place among them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from eduplan.reading.splitting import REPEATED_TEXT, ROW_NUMBER
from eduplan.staging.dropping import label_columns
from eduplan.staging.generate import BLANK, DECIMAL, PLACE, TOTAL, UNREAD, Statements
from eduplan.staging.normalise import sql_text

_DISTINCT = "_eduplan_distinct"


@dataclass(frozen=True)
class Values:
    """What rows say, as far as each text says it by itself.

    Attributes:
        rows: ``row_number``, the values by the names of their columns, the texts that are left to be read, and those
            masks of :data:`eduplan.staging.generate.MASKS` that any row has a bit in.
        columns: SQL of each value over ``rows``, by column.
        masks: Which masks ``rows`` has.
    """

    rows: pa.Table
    columns: dict[str, str]
    masks: Collection[str]


def repeated(texts: pa.Table, plain: Collection[str]) -> pa.Table:
    """The same texts, each column that may repeat as places in one dictionary."""
    for position, name in enumerate(texts.column_names):
        column = texts.column(position)
        if name != ROW_NUMBER and name not in plain and column.type != REPEATED_TEXT:
            texts = texts.set_column(position, name, column.dictionary_encode())
    return texts.unify_dictionaries()


def read_distinct(connection: duckdb.DuckDBPyConnection, statements: Statements, texts: pa.Table) -> Values:
    """Reads the different texts of each column, and gives every row what its own say.

    Args:
        connection: Reads the texts.
        statements: The statements that read them.
        texts: Rows of texts, as :func:`repeated` gives them.
    """
    columns = {
        name: _Repeated(texts.column(name))
        for name in texts.column_names
        if texts.schema.field(name).type == REPEATED_TEXT
    }
    said = _said(connection, statements, columns)
    made = {name: texts.column(name) for name in texts.column_names if name not in columns}
    sql: dict[str, str] = {}
    masks = _Masks()
    decimals = {each.name: 1 << bit for bit, each in enumerate(statements.plan.acuities)}
    for bit, each in statements.alike:
        column = columns[each.cell.names.raw]
        made[each.name], sql[each.name] = column.values(each.name, said.column(each.name))
        masks.add("_unread", column.having(said.column(UNREAD + each.name)), 1 << bit)
        masks.add("_blank", column.having(said.column(BLANK + each.name)), 1 << bit)
        if each.name in decimals:
            masks.add("_decimal", column.having(said.column(DECIMAL + each.name)), decimals[each.name])
    for name in label_columns(statements.plan):
        masks.add("_is_dropped", columns[name].having(said.column(TOTAL + name)), 1)
    if not statements.plan.keeps_order:
        made[PLACE] = pa.array(np.arange(texts.num_rows))
    return Values(pa.table({**made, **masks.columns}), sql, masks.columns)


def _said(connection: duckdb.DuckDBPyConnection, statements: Statements, columns: Mapping[str, _Repeated]) -> pa.Table:
    """What the different texts say; each column has its own texts, and below them an empty cell."""
    most = max((each.size for each in columns.values()), default=0)
    connection.register(_DISTINCT, pa.table({name: each.texts(most + 1) for name, each in columns.items()}))
    try:
        return connection.execute(statements.distinct(_DISTINCT)).to_arrow_table()
    finally:
        connection.unregister(_DISTINCT)


class _Repeated:
    """A column as places in the list of its different texts; an empty cell has the place after the last.

    Args:
        column: The column; all its chunks have the same dictionary.
    """

    def __init__(self, column: pa.ChunkedArray) -> None:
        self._dictionary = column.chunk(0).dictionary if column.num_chunks else pa.array([], pa.string())
        self.size = len(self._dictionary)
        self._places = [
            chunk.indices.fill_null(self.size) if chunk.null_count else chunk.indices for chunk in column.chunks
        ]

    def texts(self, length: int) -> pa.Array:
        """The different texts, with empty cells below."""
        return pa.concat_arrays([self._dictionary, pa.nulls(length - self.size, pa.string())])

    def values(self, name: str, said: pa.ChunkedArray) -> tuple[pa.ChunkedArray, str]:
        """The rows' values, and SQL that gives them: a code is the place in its list, from 1."""
        said = said.slice(0, self.size + 1).combine_chunks()
        if pa.types.is_dictionary(said.type):
            codes = ", ".join(sql_text(code) for code in said.dictionary.to_pylist())
            places = pc.add(said.indices.cast(pa.int32()), 1).fill_null(0).to_numpy().astype(np.uint16)
            numbers = [pa.array(places[each.to_numpy()]) for each in self._places]
            return pa.chunked_array(numbers, pa.uint16()), f"([{codes}]::enum({codes})[])[{name}]"
        values = [pa.DictionaryArray.from_arrays(each, said, safe=False) for each in self._places]
        return pa.chunked_array(values, pa.dictionary(pa.int32(), said.type)), name

    def having(self, said: pa.ChunkedArray) -> npt.NDArray[np.bool_] | None:
        """Which rows have a text of which something is said; nothing if there is no such text."""
        marked = said.slice(0, self.size + 1).to_numpy()
        return np.concatenate([marked[places.to_numpy()] for places in self._places]) if marked.any() else None


class _Masks:
    """Masks with one bit a column, those of them that any row needs."""

    def __init__(self) -> None:
        self.columns: dict[str, npt.NDArray[np.int64]] = {}

    def add(self, mask: str, rows: npt.NDArray[np.bool_] | None, bit: int) -> None:
        """Sets a bit of some rows."""
        if rows is not None and rows.any():
            bits = rows.astype(np.int64) * bit
            self.columns[mask] = self.columns[mask] | bits if mask in self.columns else bits
