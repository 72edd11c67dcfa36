"""Looks at the first rows of a file, to recognise it by its header.

Belongs here: reading no more than a head. Does not belong here: deciding whose file it is.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from io import StringIO
from pathlib import Path

import lxml.etree
import pyarrow as pa
import pyarrow.parquet

from eduplan.errors import InputError
from eduplan.reading.delimited import DELIMITERS
from eduplan.reading.encoding import HEAD_BYTES, decode_head, sniff_encoding
from eduplan.reading.header import MOST_HEADER_ROWS, ROWS_SEARCHED, Row, comparable, joined_labels
from eduplan.reading.markup import tables_in
from eduplan.reading.unpacking import FileFormat, unpack, unpacked_head
from eduplan.reading.workbook import read_sheets


def header_candidates(path: Path, *, work: Path, largest_bytes: int) -> list[frozenset[str]]:
    """The sets of labels that may be the header of a file: those of each of its first rows, and of rows joined.

    Labels are in the form of :func:`eduplan.reading.header.comparable`. A file that cannot be read has none.
    """
    heads = _heads(path, work=work, largest_bytes=largest_bytes)
    return [labels for rows in heads for labels in _label_sets(rows) if labels]


def _label_sets(rows: Sequence[Row]) -> Iterable[frozenset[str]]:
    for height in range(1, MOST_HEADER_ROWS + 1):
        for start in range(len(rows) - height + 1):
            parts = joined_labels(rows[start : start + height])
            yield frozenset(comparable(text) for labels in parts if labels for text in ("-".join(labels), labels[-1]))


def _heads(path: Path, *, work: Path, largest_bytes: int) -> list[list[Row]]:
    """The first rows of each table of a file; of a text, as each delimiter splits it."""
    with suppress(InputError, pa.ArrowInvalid, lxml.etree.LxmlError), ExitStack() as files:
        head, kind = unpacked_head(path, HEAD_BYTES)
        if kind in (FileFormat.TEXT, FileFormat.HTML):
            encoding = sniff_encoding(head, is_all=len(head) < HEAD_BYTES)
            text = decode_head(head, encoding) if encoding else ""
            if kind is FileFormat.HTML:
                return [list(rows[:ROWS_SEARCHED]) for rows in tables_in(text.encode())]
            return [_split(text, delimiter) for delimiter in DELIMITERS]
        plain, kind = unpack(path, work=work, files=files, file_name=path.name, largest_bytes=largest_bytes)
        if kind is FileFormat.PARQUET:
            return [[pyarrow.parquet.read_schema(plain).names]]
        sheets = read_sheets(plain, sheet=None, file_name=path.name, most_rows=ROWS_SEARCHED)
        return [list(sheet.head()) for sheet in sheets if sheet.rows.num_columns]
    return []


def _split(text: str, delimiter: str) -> list[Row]:
    rows: list[Row] = []
    with suppress(csv.Error):
        for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) == ROWS_SEARCHED:
                break
    return rows
