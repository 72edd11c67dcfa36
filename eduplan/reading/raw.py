"""The raw table of one landed file: every record as text, with what its header means to the contract.

Belongs here: what staging sees of a file. Does not belong here: the formats, which have a module each.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import NamedTuple, Self

import duckdb
import pyarrow as pa

from eduplan.reading.header import RawColumn

PART_ROWS = 10_000_000
"""Distance between the row numbers of two sheets: row 3 of the second sheet has the number 10,000,003."""


class RejectedRecord(NamedTuple):
    """A record that could not be split into fields; it goes to quarantine with rule V01.

    Attributes:
        row_number: Its record number in the file.
        text: The record as it stands in the file, which may hold identities.
        reason_en: What is wrong with it.
        reason_zh: The same in Chinese.
    """

    row_number: int
    text: str
    reason_en: str
    reason_zh: str


@dataclass
class RawTable:
    """One file as text. It is read lazily, so scan it once, with :meth:`scan`, and close it afterwards.

    Attributes:
        name: The table or view to select from: ``row_number BIGINT, c0 VARCHAR, c1 VARCHAR, ...``. It holds the records
            below the header that are not wholly empty. ``row_number`` counts the records of the file from 1, title and
            header rows included; the rows of a second sheet start at ``PART_ROWS``.
        columns: The columns that have a label.
        titles: Texts of the title rows above the header.
        said: What titles and labels say for all rows of a column that the file lacks, by column.
        file_format: ``csv``, ``tsv``, ``xlsx``, ``xls``, ``html`` or ``parquet``.
        encoding: Encoding of a text file, such as ``utf-8`` or ``gb18030``.
        sheets: Sheets or tables that were read, by their places from 0; empty for a file that is one table.
        skipped_sheets: Sheets or tables that have labels which the contract knows, but not all that it requires.
        rejected: Records that could not be split into fields; complete once :meth:`scan` has returned.
        split: Splits a text that is well formed in one pass, without the database: given the names of the columns whose
            texts hardly repeat, it gives ``row_number`` and the columns that have a label, the others as dictionaries;
            None where the text must be scanned. See :mod:`eduplan.reading.splitting`.
        relation: SQL that selects what ``name`` has, for a statement over several raw tables; its text may change when
            a scan finds that the file must be read otherwise.
        show: Makes the views of a table that is read lazily; :meth:`prepare` calls it once.
        mend: Replaces a view by one that copes with what the parser refused; says whether there was anything to try.
    """

    name: str
    columns: tuple[RawColumn, ...]
    titles: tuple[str, ...]
    file_format: str
    encoding: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    sheets: Mapping[int, str] = field(default_factory=dict)
    skipped_sheets: tuple[str, ...] = ()
    rejected: list[RejectedRecord] = field(default_factory=list)
    split: Callable[[Collection[str]], pa.Table | None] | None = None
    relation: str = ""
    show: Callable[[duckdb.DuckDBPyConnection], None] | None = None
    mend: Callable[[duckdb.DuckDBPyConnection, duckdb.Error], bool] | None = None
    files: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        """Selects from the table itself where there is no other way to say what it has."""
        self.relation = self.relation or f'select * from "{self.name}"'

    def scan(self, connection: duckdb.DuckDBPyConnection, statement: str) -> list[RejectedRecord]:
        """Runs the one statement that reads the table, and gives the records that it could not contain.

        A delimited text is parsed by this statement in the fastest way that a well-formed file allows. Where the file
        turns out to be otherwise, the view is replaced by one that copes and the statement runs again, so it
        must be repeatable (``create or replace temp table ... as select ...``) and not part of a transaction.

        Args:
            connection: The connection that ``read_table`` was given.
            statement: SQL that reads the table ``name``, once.

        Raises:
            InputError: The file cannot be read to its end.
        """
        self.prepare(connection)
        while True:
            try:
                connection.execute(statement)
            except duckdb.Error as error:
                if self.mend is None or not self.mend(connection, error):
                    raise
            else:
                return self.rejected

    def prepare(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Makes the views of a table that is read lazily, for a statement that reads them otherwise than by a scan."""
        if self.show is not None:
            self.show(connection)
            self.show = None

    def close(self) -> None:
        """Drops the table and removes temporary files."""
        self.files.close()

    def __enter__(self) -> Self:
        """Gives the table itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Closes the table."""
        self.close()
