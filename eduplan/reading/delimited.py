"""Reads delimited text (CSV, TSV) through DuckDB's parser, without a pass of its own over a well-formed file.

Belongs here: delimiters, the view over the parser, and mending what the parser refuses. Not here: encodings.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from io import StringIO
from pathlib import Path
from tempfile import NamedTemporaryFile

import duckdb

from eduplan.reading.encoding import DecodedText
from eduplan.reading.header import ROWS_SEARCHED, Header, HeaderFinder
from eduplan.reading.raw import RawTable, RejectedRecord

DELIMITERS = (",", "\t", ";", "|")


def read_delimited(
    connection: duckdb.DuckDBPyConnection,
    text: DecodedText,
    finder: HeaderFinder,
    files: ExitStack,
    *,
    table_name: str,
    file_name: str,
) -> RawTable:
    """Makes a view over a delimited text.

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
        files=files,
    )
    parser = _Parser(raw, text, header, delimiter, width, blank_rows=sum(not row for row in rows[: header.last]))
    parser.show(connection)
    raw.mend = parser.mend
    files.callback(_drop, connection, table_name)
    return raw


def _drop(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    with suppress(duckdb.Error):
        connection.execute(f'drop view if exists "{name}"')


def _split_head(text: DecodedText, finder: HeaderFinder) -> tuple[str, list[list[str]], Header | None]:
    """Splits the head of the text by the delimiter under which its header says most."""
    best: tuple[str, list[list[str]], Header | None] = (",", [], None)
    for delimiter in DELIMITERS:
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
    """The view over DuckDB's parser: parallel at first, then serial, then over a mended copy of the file."""

    def __init__(
        self, raw: RawTable, text: DecodedText, header: Header, delimiter: str, width: int, *, blank_rows: int
    ) -> None:
        self._raw = raw
        self._text = text
        self._header = header
        self._delimiter = delimiter
        self._width = width
        self._blank_rows = blank_rows
        self._parallel = True
        self._mended: Path | None = None

    def show(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Creates or replaces the view."""
        fields = [f"c{position}" for position in range(self._width)]
        names = ", ".join(fields)
        if self._mended is None:
            # The parser skips blank lines; those above the data are added, so that numbers agree with a spreadsheet.
            records = self._parse(self._text.path, fields)
            numbered = f"select row_number() over () + {self._blank_rows} as row_number, {names} from {records}"
        else:
            records = self._parse(self._mended, ["record", *fields])
            numbered = f"select record::bigint as row_number, {names} from {records}"
        connection.execute(
            f'create or replace temp view "{self._raw.name}" as select row_number, {names} from ({numbered}) '
            f"where row_number > {self._header.last} and coalesce({names}) is not null"
        )

    def _parse(self, path: Path, fields: list[str]) -> str:
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in fields)
        delimiter = self._delimiter if self._mended is None else ","
        return (
            f"read_csv({quoted(str(path))}, columns = {{{columns}}}, header = false, auto_detect = false, "
            f"delim = {quoted(delimiter)}, quote = '\"', escape = '\"', null_padding = true, "
            f"parallel = {self._parallel})"
        )

    def mend(self, connection: duckdb.DuckDBPyConnection, error: duckdb.Error) -> bool:
        """Replaces the view by one that copes with what the parser refused.

        Returns:
            Whether there is anything left to try.
        """
        if self._mended is not None:
            return False
        message = str(error)
        if "Invalid unicode" in message:
            self._text.decode_again()
            self._raw.encoding = self._text.encoding
        elif "parallel=false" in message and self._parallel:
            self._parallel = False  # quoted line breaks: well-formed, but not parallel together with short rows
        else:
            self._parallel = False
            self._mended = self._mend_copy()
        self.show(connection)
        return True

    def _mend_copy(self) -> Path:
        """Writes the records that can be split, with their numbers, as strict CSV and keeps the others apart."""
        with (
            self._text.lines() as lines,
            NamedTemporaryFile(
                "w", encoding="utf-8", newline="", dir=self._text.work, prefix="mended-", delete=False
            ) as copy,
        ):
            path = Path(copy.name)
            self._raw.files.callback(path.unlink, missing_ok=True)
            writer = csv.writer(copy)
            for number, record in enumerate(_records(lines, self._delimiter), 1):
                if isinstance(record, str):
                    self._reject(number, record, "a quotation mark is not closed", "引号不配对")
                elif any(record[self._width :]):
                    text = self._delimiter.join(record)
                    self._reject(number, text, "more fields than the header has", "字段数多于表头")
                elif record:
                    writer.writerow([number, *record[: self._width]])
        return path

    def _reject(self, number: int, text: str, reason_en: str, reason_zh: str) -> None:
        self._raw.rejected.append(RejectedRecord(number, text, reason_en, reason_zh))


class _Lines(Iterator[str]):
    """Lines of a text that remembers those of the current record and can be given them back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._returned: list[str] = []
        self.taken: list[str] = []

    def __next__(self) -> str:
        line = self._returned.pop() if self._returned else next(self._lines)
        self.taken.append(line)
        return line.replace("\0", "")

    def give_back(self, lines: list[str]) -> None:
        self._returned.extend(reversed(lines))


def _records(lines: Iterator[str], delimiter: str) -> Iterator[list[str] | str]:
    """Splits lines strictly into records; a line that cannot be split is given as it is.

    Where a quotation mark is never closed, only the line that opened it is lost: those after it are read anew.
    """
    source = _Lines(lines)
    while True:
        reader = csv.reader(source, delimiter=delimiter, strict=True)
        source.taken.clear()
        try:
            for record in reader:
                yield record
                source.taken.clear()
            return
        except csv.Error:
            first, *rest = source.taken
            source.give_back(rest)
            yield first.rstrip("\r\n")


def quoted(text: str) -> str:
    """A text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"
