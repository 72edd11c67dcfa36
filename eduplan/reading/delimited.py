"""Reads delimited text (CSV, TSV) through DuckDB's parser, without a pass of its own over a well-formed file.

Belongs here: delimiters, the view over the parser, and mending what the parser refuses. Not here: encodings.
"""

from __future__ import annotations

import csv
from collections.abc import Collection
from contextlib import ExitStack, suppress
from io import StringIO
from pathlib import Path
from tempfile import NamedTemporaryFile

import duckdb
import pyarrow as pa

from eduplan.reading.encoding import DecodedText
from eduplan.reading.header import ROWS_SEARCHED, Header, HeaderFinder
from eduplan.reading.mending import mend
from eduplan.reading.raw import RawTable
from eduplan.reading.splitting import split

DELIMITERS = (",", "\t", ";", "|")


def read_delimited(
    text: DecodedText,
    finder: HeaderFinder,
    files: ExitStack,
    *,
    table_name: str,
    file_name: str,
) -> RawTable:
    """Makes a raw table of a delimited text.

    Raises:
        InputError: No header was found, or required columns are missing.
    """
    delimiter, rows, found = _split_head(text, finder)
    header = finder.require(found, where=file_name)
    width = max(len(row) for row in rows[: header.last])
    raw = RawTable(
        name=table_name,
        columns=header.columns,
        titles=tuple(cell for row in rows[: header.first - 1] for cell in row if cell),
        file_format="tsv" if delimiter == "\t" else "csv",
        encoding=text.encoding,
        said=header.said,
        files=files,
    )
    blank_lines = sum(not row for row in rows[: header.last])
    parser = _Parser(raw, text, header, delimiter, width, blank_lines)
    raw.split = parser.split
    if text.has_nul_characters():
        parser.mend_copy()
    raw.relation = parser.relation
    raw.show = parser.show
    raw.mend = parser.mend
    return raw


def _drop(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    with suppress(duckdb.Error):
        connection.execute(f'drop view if exists "{name}"')


def _split_head(text: DecodedText, finder: HeaderFinder) -> tuple[str, list[list[str]], Header | None]:
    """Splits the head of the text by the delimiter under which its header says most."""
    best: tuple[str, list[list[str]], Header | None] = (",", [], None)
    for delimiter in DELIMITERS:
        if delimiter not in text.head and delimiter != DELIMITERS[0]:
            continue
        rows = _head_rows(text, delimiter)
        header = finder.find(rows)
        if header and (best[2] is None or header.worth > best[2].worth):
            best = (delimiter, rows, header)
    return best


def _head_rows(text: DecodedText, delimiter: str) -> list[list[str]]:
    """The first records; blank lines are records too, as they are in a spreadsheet."""
    rows: list[list[str]] = []
    reader = csv.reader(StringIO(text.head, newline=""), delimiter=delimiter)
    with suppress(csv.Error):
        for row in reader:
            rows.append(row)
            if len(rows) == ROWS_SEARCHED:
                return rows
    return rows if text.head_is_all else rows[:-1]


class _Parser:
    """The view over DuckDB's parser: over the file itself, or where the parser refuses it, over a mended copy.

    The parser does not read quoted line breaks in parallel together with short rows. Read serially, they hide a
    quoted field that the end of the file cuts off (seen in 1.5.5), so files with quoted line breaks are mended too.
    """

    def __init__(
        self, raw: RawTable, text: DecodedText, header: Header, delimiter: str, width: int, blank_lines: int
    ) -> None:
        self._raw = raw
        self._text = text
        self._header = header
        self._delimiter = delimiter
        self._width = width
        self._blank_lines = blank_lines
        self._mended: Path | None = None

    def show(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Creates or replaces the view."""
        connection.execute(f'create or replace temp view "{self._raw.name}" as {self.relation}')
        self._raw.files.callback(_drop, connection, self._raw.name)

    def split(self, plain: Collection[str]) -> pa.Table | None:
        """Splits the text without the database, if it is well formed."""
        return split(
            self._text.path,
            delimiter=self._delimiter,
            width=self._width,
            header_rows=self._header.last,
            names=[column.name for column in self._header.columns],
            plain=plain,
        )

    @property
    def relation(self) -> str:
        """SQL: the records below the header that are not wholly empty, with their numbers."""
        below = f"where row_number > {self._header.last} and coalesce({self._names}) is not null"
        return f"select row_number, {self._names} from ({self._numbered}) {below}"

    @property
    def _numbered(self) -> str:
        if self._mended is not None:
            parsed = self._parse(self._mended, ["record", *self._fields])
            return f"select record::bigint as row_number, {self._names} from {parsed}"
        # The parser skips blank lines; those above the data are added, so that numbers agree with a spreadsheet.
        parsed = self._parse(self._text.path, self._fields)
        number = f"row_number() over () + {self._blank_lines}"
        return f"select {number} as row_number, {self._names} from {parsed}"

    @property
    def _fields(self) -> list[str]:
        return [f"c{position}" for position in range(self._width)]

    @property
    def _names(self) -> str:
        return ", ".join(self._fields)

    def _parse(self, path: Path, fields: list[str]) -> str:
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in fields)
        return (
            f"read_csv({quoted(str(path))}, columns = {{{columns}}}, header = false, auto_detect = false, "
            f"delim = {quoted(self._delimiter)}, quote = '\"', escape = '\"', null_padding = true, "
            f"parallel = {self._mended is None})"
        )

    def mend(self, connection: duckdb.DuckDBPyConnection, error: duckdb.Error) -> bool:
        """Replaces the view by one that copes with what the parser refused.

        Returns:
            Whether there was anything left to try.
        """
        if self._mended is not None:
            return False
        message = str(error)
        if "Invalid unicode" in message:
            self._text.decode_again()
            self._raw.encoding = self._text.encoding
        else:
            self.mend_copy()
        self.show(connection)
        self._raw.relation = self.relation
        return True

    def mend_copy(self) -> None:
        """Writes the records that can be split, with their numbers, and keeps the others apart."""
        with (
            self._text.lines() as lines,
            NamedTemporaryFile(
                "w", encoding="utf-8", newline="", dir=self._text.work, prefix="mended-", delete=False
            ) as copy,
        ):
            self._mended = Path(copy.name)
            self._raw.files.callback(self._mended.unlink, missing_ok=True)
            self._raw.split = None
            self._raw.rejected += mend(lines, copy, delimiter=self._delimiter, width=self._width)


def quoted(text: str) -> str:
    """A text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"
