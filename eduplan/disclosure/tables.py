"""The protected copies of marts: their rows with nulls where a figure is not told.

Belongs here: the tables of the schema ``disclosure`` that are made of one mart. Does not belong here: values of
indicators (:mod:`eduplan.disclosure.plan_tables`), or what is left out (:mod:`eduplan.disclosure.clusters`).
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import polars as pl

from eduplan.disclosure.figures import MartFigures, PublishedTable
from eduplan.disclosure.kept import Due
from eduplan.disclosure.marts import Protection
from eduplan.warehouse.fingerprints import digest
from eduplan.warehouse.slices import quoted

MARK = "suppressed"
"""Column of a published mart that lists the columns whose value is not told in a row."""


def stored(table: str) -> str:
    """The table of the working warehouse that has the protected rows of a table of the release."""
    return f"disclosure.{table.replace('.', '__')}"


def write_table(
    connection: duckdb.DuckDBPyConnection,
    figures: MartFigures,
    protection: Protection,
    table: PublishedTable,
    columns: Sequence[str],
    due: Due,
) -> None:
    """Writes a mart as it is, or added up to the columns of ``by``, with nulls where a figure is hidden.

    Columns that a release withholds are not in it.

    Args:
        connection: The working warehouse.
        figures: What is published of the mart.
        protection: What is left out of its years that are due.
        table: The table of the release.
        columns: The mart's columns.
        due: The years that are written anew, and those that stay.
    """
    model, cut, by = figures.model, table.cut, table.by
    hidden = protection.rows.select(cut.keys).with_columns(
        **{f"_hides_{count}": pl.Series(protection.hidden[cut, count]) for count in figures.thresholds}
    )
    hidden = hidden.filter(pl.any_horizontal("^_hides_.*$")).unique(subset=list(cut.keys))
    behind = {column: _persons_behind(figures, column, columns) for column in columns}
    measures = [column for column in columns if column not in by] if not by else _measures(figures, columns, by)
    measures = [column for column in measures if not figures.is_withheld(column)]
    connection.register("_hidden", hidden)
    chosen = f"where {figures.year} in ({', '.join(map(quoted, due.years)) or 'null'})"
    rows = (
        f"select {', '.join([*by, *(f'sum({column}) as {column}' for column in measures)])} "
        f"from {model.table} {chosen} group by all"
        if by
        else f"select {', '.join(measures)} from {model.table} {chosen}"
    )
    shown = []
    for column in [*by, *measures]:
        count = behind.get(column)
        shown.append(f"case when not coalesce(_hides_{count}, false) then {column} end as {column}"
                     if count and column not in cut.keys else f"rows.{column}")  # fmt: skip
    names = [f"case when coalesce(_hides_{behind[column]}, false) then {quoted(column)} end"
             for column in measures if behind.get(column)]  # fmt: skip
    same = " and ".join(f"coalesce(cast(rows.{key} as varchar), '_U') = _hidden.{key}" for key in cut.keys)
    listed = f"list_filter([{', '.join(names)}], lambda name: name is not null)"
    query = f"select {', '.join(shown)}, {listed} as {MARK} from ({rows}) as rows left join _hidden on {same}"
    copy = stored(table.name)
    if due.kept:
        kept = ", ".join(map(quoted, sorted(due.kept)))
        connection.execute(f"delete from {copy} where {figures.year} not in ({kept})")
        connection.execute(f"insert into {copy} {query}")
    else:
        connection.execute(f"create or replace table {copy} as {query}")
    connection.unregister("_hidden")


def _measures(figures: MartFigures, columns: Sequence[str], by: Sequence[str]) -> list[str]:
    """The columns that are added up: those with a unit."""
    texts = {column: figures.text(column) for column in columns if column not in by}
    return [column for column, text in texts.items() if text and text.unit]


def _persons_behind(figures: MartFigures, column: str, columns: Sequence[str]) -> str | None:
    """The count of persons that decides whether a column is told: itself, or what an amount was measured of."""
    if column in figures.thresholds:
        return column
    text = figures.text(column)
    return text.of if text and text.of in figures.thresholds and text.of in columns else None


def rows_told(connection: duckdb.DuckDBPyConnection, figures: MartFigures) -> str:
    """Fingerprint of the rows that are told of a mart: another mart's may hide some of them."""
    hashes = [
        connection.execute(
            f"select count(*), cast(sum(cast(hash(told) as hugeint)) as varchar) from {stored(table.name)} as told"
        ).fetchone()
        for table in figures.tables
    ]
    return digest(*hashes)
