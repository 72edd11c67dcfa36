"""Rewrites a delimited text that the parser refused as one that it accepts, and keeps apart what cannot be split.

Belongs here: broken quotation marks, surplus fields, mixed line ends, quoted line breaks. Does not belong here: any
well-formed file: this is the one place that goes through a text line by line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Protocol

from eduplan.reading.raw import RejectedRecord

_QUOTES = ("quotation marks do not match", "引号不配对")
_SURPLUS = ("more fields than the header has", "字段数多于表头")


class SupportsWrite(Protocol):
    """A text file that is open for writing."""

    def write(self, text: str, /) -> int:
        """Writes a text."""
        ...


def mend(lines: Iterator[str], copy: SupportsWrite, *, delimiter: str, width: int) -> list[RejectedRecord]:
    """Writes each record that can be split, behind its number, as strict CSV with the same delimiter.

    Where a quotation mark is never closed, only the line that opened it is lost: those after it are read anew.

    Args:
        lines: The text, with its line ends.
        copy: Receives the mended text.
        delimiter: Delimiter of both.
        width: How many fields a record may have.

    Returns:
        The records that could not be split, by number.
    """
    source = _Lines(lines)
    writer = csv.writer(copy, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
    rejected: list[RejectedRecord] = []
    for number, line in enumerate(source, 1):
        text = line.rstrip("\r\n").replace("\0", "")
        if '"' not in text and text.count(delimiter) < width:
            if text:
                copy.write(f"{number}{delimiter}{text}\n")
            continue
        record = text.split(delimiter) if '"' not in text else _quoted_record(line, source, delimiter)
        if record is None:
            rejected.append(RejectedRecord(number, text, *_QUOTES))
        elif any(record[width:]):
            rejected.append(RejectedRecord(number, delimiter.join(record), *_SURPLUS))
        else:
            writer.writerow([number, *record[:width]])
    return rejected


def _quoted_record(line: str, source: _Lines, delimiter: str) -> list[str] | None:
    """Splits the record that starts with a line; None if its quotation marks do not match."""
    taken: list[str] = []

    def following() -> Iterator[str]:
        yield line.replace("\0", "")
        for more in source:
            taken.append(more)
            yield more.replace("\0", "")

    try:
        return next(csv.reader(following(), delimiter=delimiter, strict=True))
    except csv.Error:
        source.give_back(taken)
        return None


class _Lines(Iterator[str]):
    """Lines that can be given back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._returned: list[str] = []

    def __next__(self) -> str:
        return self._returned.pop() if self._returned else next(self._lines)

    def give_back(self, lines: list[str]) -> None:
        self._returned.extend(reversed(lines))
