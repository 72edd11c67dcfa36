"""Splits a well-formed delimited text into columns that keep each text once, however often it stands there.

Belongs here: the fast parser, and what it is not trusted with. Does not belong here: what a text means, and texts that
are not well formed (:mod:`eduplan.reading.delimited` has a parser that copes with them).
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

ROW_NUMBER = "row_number"
TEXT = pa.string()
REPEATED_TEXT = pa.dictionary(pa.int32(), TEXT)
"""A column of texts that repeat: its different texts, and for each row the place of its own among them."""

_LONGEST_LINE_BYTES = 2_000_000  # as long as that of the other parser


def split(
    path: Path, *, delimiter: str, width: int, header_rows: int, names: Sequence[str], plain: Collection[str]
) -> pa.Table | None:
    """Splits a text below its header, if each of its lines is one record of the same width.

    Args:
        path: The text, in UTF-8.
        delimiter: What stands between two fields.
        width: How many fields a record has.
        header_rows: Lines down to the last one of the header.
        names: The columns that are wanted, of ``c0``, ``c1``, ...
        plain: Those whose texts hardly ever repeat.

    Returns:
        ``row_number`` and the columns, without records that are empty in all of them; None where the text has quotes,
        records of another width, or anything else that needs a closer look.
    """
    with path.open("rb") as source:
        if width < 2 or os.fstat(source.fileno()).st_size == 0:
            return None
        text = mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ)
    if text.find(b'"') >= 0 or _has_lone_returns(text):
        return None
    whole = pa.py_buffer(text)
    if not _is_utf8(whole):
        return None
    try:
        table = csv.read_csv(
            pa.BufferReader(whole),
            csv.ReadOptions(
                use_threads=False,
                block_size=_LONGEST_LINE_BYTES,
                skip_rows=header_rows,
                column_names=[f"c{position}" for position in range(width)],
            ),
            csv.ParseOptions(delimiter=delimiter, quote_char=False),
            csv.ConvertOptions(
                column_types={name: TEXT if name in plain else REPEATED_TEXT for name in names},
                include_columns=list(names),
                null_values=[""],
                strings_can_be_null=True,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    numbers = np.arange(header_rows + 1, header_rows + 1 + table.num_rows, dtype=np.int64)
    return _without_empty(table.add_column(0, ROW_NUMBER, pa.array(numbers)))


def _is_utf8(text: pa.Buffer) -> bool:
    """Whether a text is UTF-8: looking at all of it at once takes half as long as at each field."""
    ends = pa.array([0, text.size], pa.int64()).buffers()[1]
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, ends, text]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _has_lone_returns(text: mmap.mmap) -> bool:
    """Whether a carriage return stands anywhere but before a line feed."""
    if text.find(b"\r") < 0:
        return False
    whole = text[:]
    return whole.count(b"\r") != whole.count(b"\r\n")


def _without_empty(table: pa.Table) -> pa.Table:
    """The records that have any text."""
    columns = table.columns[1:]
    if any(column.null_count == 0 for column in columns):
        return table
    filled = columns[0].is_valid()
    for column in columns[1:]:
        filled = pc.or_(filled, column.is_valid())
    return table.filter(filled)
