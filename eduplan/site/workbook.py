"""Writes a table as an XLSX workbook in one pass over its columns.

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


def write_workbook(frame: pl.DataFrame, path: Path, *, sheet: str) -> None:
    """Writes a table with its heading; numbers as numbers, all else as text, nothing where there is none.

    Args:
        frame: The table.
        path: The file.
        sheet: Name of the sheet, at most 31 characters and no punctuation that a sheet refuses.

    Raises:
        ValueError: A sheet cannot hold so many rows.
    """
    if frame.height > MOST_ROWS:
        raise ValueError(f"{frame.height:,} rows do not fit on a sheet")
    head = "".join(f'<c s="1" t="inlineStr"><is><t>{_escaped(name)}</t></is></c>' for name in frame.columns)
    cells = [_cell(name, kind) for name, kind in frame.schema.items()]
    rows = frame.select(pl.concat_str([pl.lit("<row>"), *cells, pl.lit("</row>")])).to_series()
    workbook = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{_escaped(sheet[:31])}" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    parts = {
        **_PARTS,
        "xl/workbook.xml": workbook,
        "xl/worksheets/sheet1.xml": f"{_HEAD}<row>{head}</row>{''.join(rows.to_list())}{_FOOT}",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in parts.items():
            # A time that does not change, so that equal tables give equal files.
            archive.writestr(
                zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), (_XML + text).encode(), zipfile.ZIP_DEFLATED, 1
            )


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
        shown = pl.lit('<c t="inlineStr"><is><t xml:space="preserve">') + text + pl.lit("</t></is></c>")
    return shown.fill_null("<c/>")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
