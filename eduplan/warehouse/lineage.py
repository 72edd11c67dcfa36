"""Lineage: which tables a table is made from, down to the sources.

Belongs here: the graph that the models' texts describe. Does not belong here: batches and values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from eduplan.declarations.models import SqlModel


@dataclass(frozen=True)
class Lineage:
    """Where one table comes from.

    Attributes:
        table: Qualified name.
        reads: Tables that its select names.
        upstream: Every table below it, down to the sources.
        sources: Names of the sources below it.
    """

    table: str
    reads: tuple[str, ...]
    upstream: tuple[str, ...]
    sources: tuple[str, ...]


def lineage(models: Mapping[str, SqlModel]) -> dict[str, Lineage]:
    """The lineage of every model, by table."""
    below: dict[str, set[str]] = {}

    def visit(table: str) -> set[str]:
        if table not in below:
            reads = models[table].inputs if table in models else ()
            below[table] = set(reads).union(*(visit(read) for read in reads))
        return below[table]

    found = {}
    for table in sorted(models):
        upstream = tuple(sorted(visit(table)))
        sources = tuple(name.removeprefix("staging.") for name in upstream if name.startswith("staging."))
        found[table] = Lineage(table, models[table].inputs, upstream, sources)
    return found


def write_lineage(connection: duckdb.DuckDBPyConnection, models: Mapping[str, SqlModel]) -> None:
    """Writes ``plan.lineage``, one row a table and table that it reads, if it is not there as it should be."""
    edges = sorted((table, read, model.header.look_back) for table, model in models.items() for read in model.inputs)
    if connection.execute("select table_name, reads, look_back from plan.lineage order by all").fetchall() == edges:
        return
    connection.execute("begin")
    connection.execute("delete from plan.lineage")
    if edges:
        connection.executemany("insert into plan.lineage values (?, ?, ?)", edges)
    connection.execute("commit")
