"""Writes tables as XLSX workbooks in one pass over their columns.

Belongs here: the few parts that such a file needs. Does not belong here: which tables are written.

A writer that goes from cell to cell takes minutes for the values of a whole city. Here a row becomes text as one
expression over columns, so that hundreds of workbooks take seconds.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import polars as pl

MOST_ROWS = 1_048_575
"""Rows that a sheet can hold below its heading."""

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf fontId="1" applyFont="1"/></cellXfs>'
    "</styleSheet>",
}
_HEAD = (
    f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)
_FOOT = "</sheetData></worksheet>"


class Sheets:
    """Tables of the same columns, each to be written as a workbook; all their rows become text at once.

    Args:
        frame: The tables, one after the other.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        cells = pl.DataFrame([_cells(column).alias(str(place)) for place, column in enumerate(frame.iter_columns())])
        rows = cells.select(pl.concat_str([pl.lit("<row>"), pl.all(), pl.lit("</row>")])).to_series()
        # All rows are one stretch of bytes, so that a table is cut out of it and nothing is joined or encoded again.
        _, starts, text = rows.to_arrow(compat_level=pl.CompatLevel.oldest()).buffers()
        self._starts, self._text = memoryview(starts).cast("q"), memoryview(text or b"")
        self._head = "".join(f'<c s="1" t="inlineStr"><is><t>{_escaped(name)}</t></is></c>' for name in frame.columns)

    def write(self, path: Path, first: int, rows: int, *, name: str) -> None:
        """Writes a table with its heading; numbers as numbers, all else as text, nothing where there is none.

        Args:
            path: The file.
            first: Its first row.
            rows: How many it has.
            name: Name of the sheet, without punctuation that a sheet refuses; its first 31 characters are used.

        Raises:
            ValueError: A sheet cannot hold so many rows.
        """
        if rows > MOST_ROWS:
            raise ValueError(f"{rows:,} rows do not fit on a sheet")
        workbook = (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            f'<sheet name="{_escaped(name[:31])}" sheetId="1" r:id="r1"/></sheets></workbook>'
        )
        body = self._text[self._starts[first] : self._starts[first + rows]]
        head = f"{_XML}{_HEAD}<row>{self._head}</row>".encode()
        parts = {name: (_XML + text).encode() for name, text in {**_PARTS, "xl/workbook.xml": workbook}.items()}
        parts["xl/worksheets/sheet1.xml"] = b"".join((head, body, _FOOT.encode()))
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for part, text in parts.items():
                # A time that does not change, so that equal tables give equal files.
                archive.writestr(zipfile.ZipInfo(part, (2020, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED, 1)


def write_workbook(frame: pl.DataFrame, path: Path, *, sheet: str) -> None:
    """Writes one table as a workbook; see :meth:`Sheets.write`."""
    Sheets(frame).write(path, 0, frame.height, name=sheet)


def _cells(column: pl.Series) -> pl.Series:
    """The cells of a column. Texts are few that stand often, so each of them is written once."""
    frame, cell = column.to_frame(), _cell(column.name, column.dtype).alias("")
    if column.dtype != pl.String:
        return frame.select(cell).to_series()
    once = frame.unique().with_columns(cell)
    return frame.join(once, on=column.name, how="left", nulls_equal=True, maintain_order="left")[""]


def _cell(name: str, kind: pl.DataType) -> pl.Expr:
    value = pl.col(name)
    if kind.is_numeric():
        plain = value.cast(pl.String)
        if kind.is_float() or kind.is_decimal():
            value = value.cast(pl.Float64)
            plain = pl.when(value.is_finite()).then(value.cast(pl.String))
        shown = pl.lit("<c><v>") + plain + pl.lit("</v></c>")
    else:
        text = value.cast(pl.String).str.replace_all(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "")
        for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            text = text.str.replace_all(character, entity, literal=True)
        # Shorter than an inline string, which counts where a sheet has millions of cells.
        kept = pl.when(text.str.starts_with(" ") | text.str.ends_with(" ")).then(pl.lit(' xml:space="preserve">'))
        shown = pl.lit('<c t="str"><v') + kept.otherwise(pl.lit(">")) + text + pl.lit("</v></c>")
    return shown.fill_null("<c/>")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
