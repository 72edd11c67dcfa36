"""Reads Excel workbooks (XLSX, and BIFF8 XLS) as text.

Belongs here: sheets and cells. Does not belong here: headers and what the cells mean.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import fastexcel
import numpy as np
import pyarrow as pa

from eduplan.errors import InputError
from eduplan.reading.parts import Part
from eduplan.reading.unpacking import not_a_table

_ERROR_TEXTS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
    "GettingData": "#GETTING_DATA",
}
_ERROR = re.compile(r"Error\((\w+)\)")
_WORD_MARK = "WordDocument".encode("utf-16-le")
_PASSWORD_MARK = "EncryptedPackage".encode("utf-16-le")


def read_sheets(path: Path, *, sheet: str | None, file_name: str, most_rows: int | None = None) -> Iterator[Part]:
    """Gives the sheets of a workbook in their order, hidden ones too.

    Args:
        path: The workbook.
        sheet: Regular expression for the names of the sheets to read.
        file_name: Name for messages.
        most_rows: How many rows of each to read.

    Raises:
        InputError: The workbook is damaged or protected, or no sheet has such a name.
    """
    try:
        workbook = fastexcel.read_excel(path)
        names = [name for name in workbook.sheet_names if sheet is None or re.search(sheet, name)]
        if not names:
            raise InputError(
                "V01: the workbook has no sheet that the contract asks for",
                where=file_name,
                remedy="compare layout.sheet of the contract with the names of the sheets",
            )
        for name in names:
            cells = workbook.load_sheet(name, header_row=None, skip_rows=0, n_rows=most_rows, dtypes="string")
            yield Part(name, _text_of(cells))
    except fastexcel.FastExcelError as error:
        raise _unreadable(path, file_name) from error


def _text_of(sheet: fastexcel.ExcelSheet) -> pa.Table:
    """The cells of a sheet as text; what Excel could not compute stays visible as ``#N/A`` and the like."""
    if sheet.height == 0 or sheet.width == 0:
        return pa.table({})
    batch, found = sheet.to_arrow_with_errors()
    by_column: dict[int, dict[int, str]] = defaultdict(dict)
    for error in found.errors if found else []:
        row, column = error.offset_position
        kind = _ERROR.search(error.detail)
        by_column[column][row] = _ERROR_TEXTS.get(kind[1] if kind else "", "#ERROR!")
    columns = [column.cast(pa.string()) for column in batch.columns]
    for column, texts in by_column.items():
        cells = columns[column].to_numpy(zero_copy_only=False).copy()
        cells[np.fromiter(texts, dtype=np.int64)] = list(texts.values())
        columns[column] = pa.array(cells, pa.string())
    return pa.table(columns, names=[f"c{position}" for position in range(len(columns))])


def _unreadable(path: Path, file_name: str) -> InputError:
    content = path.read_bytes()
    if _PASSWORD_MARK in content:
        return InputError(
            "V01: the workbook is protected by a password", where=file_name, remedy="ask for it without the password"
        )
    if _WORD_MARK in content:
        return not_a_table("a Word document", file_name)
    return InputError(
        "V01: the workbook is damaged or incomplete", where=file_name, remedy="ask the sender to send it again"
    )
