"""Fingerprints: what a model's slice was made from, so that work that would change nothing is not done.

Belongs here: fingerprints of texts, of what arrived and of tables. Does not belong here: building.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from eduplan.declarations.models import SqlModel
from eduplan.warehouse.slices import SHAPE, slice_of_period

_ENGINE = "1"
"""Raised when the engine itself would build other rows from the same declarations and inputs."""


def digest(*parts: object) -> str:
    """A fingerprint of some parts, in their order."""
    text = "\x1f".join(str(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def text_fingerprint(model: SqlModel) -> str:
    """Fingerprint of everything that a model's file says about its rows: select, key, partition, macros."""
    header = model.header
    macros = [macro.sql for macro in model.macros]
    return digest(_ENGINE, model.sql, header.key, header.partition, header.kept_in, header.look_back, *macros)


@dataclass(frozen=True)
class Batch:
    """What the build needs to know of a batch that is in force."""

    period: str
    fingerprint: str
    rows: int


class Inputs:
    """The state of everything that models read, asked from the database once and kept up to date by the build.

    Args:
        connection: The working warehouse.
        models: All models, so that a table is known to be one.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, models: Mapping[str, SqlModel]) -> None:
        self._connection = connection
        self._models = models
        self._batches = _current_batches(connection)
        self._contents: dict[str, str] = {}
        self._cuts: dict[str, str | None] = {}
        self.builds = _recorded_builds(connection)
        self.columns = _columns(connection)
        self._views = view_texts(connection)

    def exists(self, table: str) -> bool:
        """Whether a table or view is there."""
        return table in self.columns

    def drop(self, table: str, connection: duckdb.DuckDBPyConnection) -> None:
        """Drops a table or view if it is there, to make room for another of its name in one transaction."""
        if self.exists(table):
            connection.execute(f"drop {'view' if table in self._views else 'table'} {table}")
            del self.columns[table]

    def slices(self, table: str, partition: str) -> dict[str, int] | None:
        """The slices of an input with their rows; None where the input is not cut by that column."""
        if table in self._models:
            if self.cut_of(table) != partition:
                return None
            return {text: build.rows for text, build in self.builds.get(table, {}).items() if text != SHAPE}
        if not table.startswith("staging.") or partition not in dict(self.columns.get(table, ())):
            return None
        rows: dict[str, int] = defaultdict(int)
        for batch in self._batches.get(table, ()):
            text = slice_of_period(batch.period, partition)
            if text is None:
                return None
            rows[text] += batch.rows
        return dict(rows)

    def rows(self, table: str) -> int:
        """Rows of an input; 0 for small tables that are neither models nor sources."""
        if table in self._models:
            return sum(build.rows for build in self.builds.get(table, {}).values())
        return sum(batch.rows for batch in self._batches.get(table, ()))

    def cut_of(self, table: str) -> str | None:
        """The column that a model is built by: its partition, if at least one of its inputs is cut by it as well.

        A model over inputs that are whole, such as one list for all years, is built whole.
        """
        if table not in self._cuts:
            model = self._models[table]
            partition = model.header.partition
            is_cut = partition is not None and any(
                self.slices(read, partition) is not None for read in model.inputs if read != table
            )
            self._cuts[table] = partition if is_cut else None
        return self._cuts[table]

    def fingerprint(self, table: str, partition: str | None = None, slices: Sequence[str] = ()) -> str:
        """Fingerprint of an input, or of some of its slices.

        Args:
            table: Qualified name.
            partition: Column that the input is cut by; the whole input where it is None.
            slices: The slices that are read.
        """
        if table in self._models:
            builds = self.builds.get(table, {})
            return digest(*(f"{text}={builds[text].fingerprint}" for text in _wanted(builds, partition, slices)))
        if table.startswith("staging.") and table in self._batches:
            batches = [
                batch.fingerprint
                for batch in self._batches[table]
                if partition is None or slice_of_period(batch.period, partition) in slices
            ]
            return digest(*batches)
        if table == "staging.quarantine":
            return digest(*(batch.fingerprint for found in self._batches.values() for batch in found))
        if table.startswith("staging."):
            return digest("no batch")
        return self._content(table)

    def shape(self, table: str) -> str:
        """Fingerprint of an input's columns."""
        if table in self._models:
            return self.builds[table][SHAPE].fingerprint if SHAPE in self.builds.get(table, {}) else ""
        return digest(*self.columns.get(table, ()))

    def _content(self, table: str) -> str:
        """Fingerprint of all rows of a small table, in any order: code lists and references."""
        if table not in self._contents:
            row = self._connection.execute(
                "select string_agg(line, chr(10) order by line) "
                f"from (select cast(each_row as varchar) as line from {table} each_row)"
            ).fetchone()
            self._contents[table] = digest(self.shape(table), row)
        return self._contents[table]


@dataclass(frozen=True)
class Built:
    """One slice as it stands in the warehouse."""

    fingerprint: str
    rows: int


def record_builds(
    connection: duckdb.DuckDBPyConnection, model: str, built: Mapping[str, Built], seconds: float
) -> None:
    """Notes what was built of a model, in the time that is shared among its slices."""
    if not built:
        return
    row = "(?, ?, ?, ?, ?, now())"
    share = seconds / len(built)
    values = [value for text, one in built.items() for value in (model, text, one.fingerprint, one.rows, share)]
    connection.execute(f"insert or replace into warehouse.builds values {', '.join(row for _ in built)}", values)


def _wanted(builds: Mapping[str, Built], partition: str | None, slices: Iterable[str]) -> list[str]:
    if partition is None:
        return sorted(builds)
    return [SHAPE, *sorted(set(slices) & set(builds))] if SHAPE in builds else sorted(set(slices) & set(builds))


def _current_batches(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Batch]]:
    batches: dict[str, list[Batch]] = defaultdict(list)
    rows = connection.execute(
        "select source, period, batch_id, contract_fingerprint, references_fingerprint, records_staged "
        "from landing.batches where status = 'current' order by source, batch_id"
    ).fetchall()
    for source, period, batch_id, contract, references, staged in rows:
        batches[f"staging.{source}"].append(Batch(period, digest(batch_id, contract, references), staged))
    return dict(batches)


def _recorded_builds(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Built]]:
    builds: dict[str, dict[str, Built]] = defaultdict(dict)
    rows = connection.execute("select model, slice, fingerprint, rows_built from warehouse.builds").fetchall()
    for model, text, fingerprint, rows_built in rows:
        builds[model][text] = Built(fingerprint, rows_built)
    return dict(builds)


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[tuple[str, str], ...]]:
    """Columns with types of every table and view of the warehouse, by qualified name."""
    columns: dict[str, list[tuple[str, str]]] = defaultdict(list)
    rows = connection.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() and not internal order by 1, column_index"
    ).fetchall()
    for table, column, data_type in rows:
        columns[table].append((column, data_type))
    return {table: tuple(found) for table, found in columns.items()}


def view_texts(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The text of every view of the warehouse, by qualified name."""
    rows = connection.execute(
        "select schema_name || '.' || view_name, sql from duckdb_views() "
        "where database_name = current_database() and not internal"
    ).fetchall()
    return dict(rows)
