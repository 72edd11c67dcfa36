"""The data dictionary: every table and column of the release, and what stands below them down to what senders fill in.

Belongs here: what those pages know. Does not belong here: following the lineage (``eduplan.site.lineage``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from eduplan.declarations.contracts import Contract
from eduplan.declarations.models import SqlModel
from eduplan.release.dictionary import DICTIONARY
from eduplan.site.lineage import Formula, SourceColumns, sources_below
from eduplan.site.reading import ReleaseReader, group, split_comment
from eduplan.site.rendering import Renderer
from eduplan.site.scorecard import heading
from eduplan.site.wording import Text

Row = dict[str, Any]

_HERE = "dictionary/index.html"
_SCHEMAS: dict[str, Text] = {
    "plan": Text("Indicators, targets and commitments", "指标、目标与承诺"),
    "about": Text("About the release", "关于本次发布"),
    "core": Text("Conformed facts (not published)", "规整层（不对外发布）"),
}


def write_dictionary(
    reader: ReleaseReader,
    renderer: Renderer,
    *,
    models: Mapping[str, SqlModel],
    contracts: Mapping[str, Contract],
    formulas: Mapping[str, Formula],
    columns: SourceColumns,
) -> None:
    """Writes the index, a page a schema, and the page of the sources."""
    read_by: dict[str, list[str]] = {}
    for table, reads in reader.lineage.items():
        for each in reads:
            read_by.setdefault(each, []).append(table)
    used_by: dict[str, list[str]] = {}
    for code, formula in formulas.items():
        for mart in formula.marts:
            used_by.setdefault(mart, []).append(code)
    published = group(reader.tables, "schema_name")
    schemas = {schema: [_published(reader, row, models, columns) for row in rows] for schema, rows in published.items()}
    core = [_unpublished(model, columns) for table, model in sorted(models.items()) if table.startswith("core.")]
    if core:
        schemas["core"] = core
    contents: list[Row] = [
        {"schema": schema, "heading": _title(reader, schema), "tables": tables} for schema, tables in schemas.items()
    ]
    renderer.page(
        _HERE,
        "dictionary.html",
        Text("Data dictionary", "数据字典"),
        contents=contents,
        sources=list(contracts.values()),
    )
    for page in contents:
        renderer.page(
            f"dictionary/{page['schema']}.html",
            "schema.html",
            Text(f"{page['schema']}: {page['heading'].en}", f"{page['schema']} {page['heading'].zh}"),
            here=_HERE,
            reads={table["table"]: reader.lineage.get(table["table"], []) for table in page["tables"]},
            read_by=read_by,
            used_by=used_by,
            below={table["table"]: sources_below([table["table"]], reader.lineage) for table in page["tables"]},
            pages=set(schemas),
            **page,
        )
    renderer.page(
        "dictionary/sources.html",
        "sources.html",
        Text("Sources and their columns", "数据源与字段"),
        here=_HERE,
        sources=list(contracts.values()),
        read_by=read_by,
        pages=set(schemas),
    )


def _title(reader: ReleaseReader, schema: str) -> Text:
    return _SCHEMAS.get(schema) or heading(reader, schema)


def _published(reader: ReleaseReader, row: Row, models: Mapping[str, SqlModel], below: SourceColumns) -> Row:
    table = row["table_name"]
    model = models.get(table)
    columns = [
        {
            "name": column["column_name"],
            "type": column["data_type"],
            "text": split_comment(column["comment"]),
            "sources": below.of(table, column["column_name"]),
        }
        for column in reader.columns.get(table, [])
    ]
    return {
        "table": table,
        "text": _sentences(split_comment(row["comment"])),
        "rows": row["row_count"],
        "columns": columns,
        "key": list(model.header.key) if model else [],
        "sql": model.sql if model else None,
        "file": None if _is_about_the_release(table) else f"../../parquet/{table.replace('.', '/')}.parquet",
    }


def _sentences(text: Text) -> Text:
    """A text whose sentences begin with capitals: title, grain and meaning are declared one by one."""
    return Text(re.sub(r"(?<=[.] )[a-z]", lambda found: found[0].upper(), text.en), text.zh)


def _is_about_the_release(table: str) -> bool:
    """Whether it is made with the release and only in its database, without a Parquet file."""
    return table.startswith("about.") or table == DICTIONARY


def _unpublished(model: SqlModel, below: SourceColumns) -> Row:
    header = model.header
    return {
        "table": model.table,
        "text": _sentences(
            Text(
                f"{header.title.en}. {header.grain.en}. {header.meaning.en}",
                f"{header.title.zh}。{header.grain.zh}。{header.meaning.zh}",
            )
        ),
        "rows": None,
        "columns": [
            {"name": name, "type": "", "text": _column_text(model, name), "sources": below.of(model.table, name)}
            for name in below.columns(model.table)
        ],
        "key": list(header.key),
        "sql": model.sql,
        "file": None,
    }


def _column_text(model: SqlModel, column: str) -> Text:
    text = model.column_text(column)
    return Text(text.en, text.zh) if text else Text("", "")
