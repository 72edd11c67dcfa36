"""Builds the models: in dependency order, and only the slices whose select or inputs changed.

Belongs here: deciding what to build, and building it. Does not belong here: what a model means, or checking its rows.

A model with ``partition: school_year`` is built a slice at a time: inputs that have the same column are read for the
slice alone. The law is that this gives the same rows as a whole build; ``tests/unit/warehouse`` holds the engine to it.
A model's changes are one transaction, so that a failure leaves the table as it was. A model ``kept_in: parquet`` is a
view over one file a slice.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from eduplan.declarations.models import SqlModel, dependency_order
from eduplan.errors import DeclarationError
from eduplan.progress import Progress
from eduplan.warehouse.comments import write_comments
from eduplan.warehouse.faults import model_fault
from eduplan.warehouse.fingerprints import Built, Inputs, digest, record_builds, text_fingerprint
from eduplan.warehouse.lineage import write_lineage
from eduplan.warehouse.slice_files import SliceFiles, described, views_elsewhere
from eduplan.warehouse.slices import SHAPE, quoted, restricted, with_years_before
from eduplan.warehouse.threads import on_one_thread

ROWS_TOGETHER = 4_000_000
"""Slices are built together until their inputs have this many rows, or as many as one of them reads by itself: few
queries for a small city, little memory for a large one."""


@dataclass(frozen=True)
class ModelBuild:
    """What was done for one model.

    Attributes:
        table: Qualified table.
        slices: Slices that were built; empty text for a model without slices.
        removed: Slices that are no more.
        rows: Rows that were written.
        seconds: How long it took.
    """

    table: str
    slices: tuple[str, ...]
    removed: tuple[str, ...]
    rows: int
    seconds: float


@dataclass
class BuildReport:
    """What one call built.

    Attributes:
        builds: The models that changed, in the order they were built.
        unchanged: Models that nothing was done for.
        dropped: Tables of models that are no more.
    """

    builds: list[ModelBuild] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows that were written."""
        return sum(build.rows for build in self.builds)


def build_models(
    connection: duckdb.DuckDBPyConnection,
    models: Mapping[str, SqlModel],
    *,
    progress: Progress,
    folder: Path | None = None,
    only: Collection[str] | None = None,
) -> BuildReport:
    """Builds what changed of the models.

    Args:
        connection: The working warehouse, with the staging views of the current batches.
        models: All models.
        progress: Where the reader sees how far it is.
        folder: Folder for the slices of models that are kept in Parquet; without one they are tables like the others.
        only: Tables to build, whose inputs stand as they are; all models by default.

    Returns:
        What was built and what was left alone.

    Raises:
        DeclarationError: A model is not valid or reads what does not exist.
        EduplanError: A model failed; its table is as it was before.
    """
    order = [model for model in dependency_order(dict(models)) if only is None or model.table in only]
    inputs = Inputs(connection, models)
    report = BuildReport()
    files = _files(models, folder)
    _follow_moved_folder(connection, files, inputs)
    if only is None:
        _drop_vanished(connection, models, inputs, report)
    with progress.task("Building tables", total=len(order)) as advance, on_one_thread(connection) as threads:
        for model in order:
            work = _plan(model, inputs, files.get(model.table))
            if work.is_nothing:
                report.unchanged.append(model.table)
            else:
                threads.for_rows(work.rows_read)
                report.builds.append(_build(connection, work, inputs))
            advance(1)
    write_comments(connection, order)
    write_lineage(connection, models)
    return report


@dataclass(frozen=True)
class _Work:
    """What is to be done for one model: the fingerprints that it should have, against those that it has."""

    model: SqlModel
    partition: str | None
    wanted: dict[str, str]
    recorded: dict[str, Built]
    rows_of_inputs: dict[str, int]
    sliced_inputs: tuple[str, ...]
    files: SliceFiles | None

    @property
    def is_new(self) -> bool:
        """Whether the table is made anew: it is not there, or its select or the columns it reads changed."""
        return SHAPE not in self.recorded or self.recorded[SHAPE].fingerprint != self.wanted[SHAPE]

    @property
    def changed(self) -> list[str]:
        return sorted(
            text
            for text, fingerprint in self.wanted.items()
            if text != SHAPE
            and (self.is_new or text not in self.recorded or self.recorded[text].fingerprint != fingerprint)
        )

    @property
    def rows_read(self) -> int:
        """Rows that are read of the inputs that are cut as the model is; of all inputs where it is built whole."""
        return self.rows_of(self.changed) if self.partition else sum(self.rows_of_inputs.values())

    def rows_of(self, slices: Sequence[str]) -> int:
        """Rows that some slices read together; a year that several of them look back to is read once."""
        years = with_years_before(slices, self.partition or "", self.model.header.look_back)
        return sum(self.rows_of_inputs.get(year, 0) for year in years)

    @property
    def removed(self) -> list[str]:
        return sorted(set(self.recorded) - set(self.wanted))

    @property
    def is_nothing(self) -> bool:
        return not (self.is_new or self.changed or self.removed)


def _plan(model: SqlModel, inputs: Inputs, files: SliceFiles | None) -> _Work:
    """Compares a model with what stands in the warehouse."""
    for table in model.inputs:
        if not inputs.exists(table):
            raise DeclarationError(
                f"reads {table}, which does not exist", where=str(model.path), remedy="declare its source, or build it"
            )
    recorded = inputs.builds.get(model.table, {}) if inputs.exists(model.table) else {}
    text, partition = text_fingerprint(model), inputs.cut_of(model.table)
    if partition is None:
        read = [digest(table, inputs.shape(table), inputs.fingerprint(table)) for table in model.inputs]
        rows = {SHAPE: sum(inputs.rows(table) for table in model.inputs)}
        return _Work(model, None, {SHAPE: digest(text, *read)}, recorded, rows, (), None)
    if files:
        recorded = files.still_there(recorded)
    cut = {table: found for table in model.inputs if (found := inputs.slices(table, partition)) is not None}
    shape = digest(text, *(digest(table, inputs.shape(table)) for table in model.inputs))
    whole = [digest(table, inputs.fingerprint(table)) for table in model.inputs if table not in cut]
    wanted, rows_of_inputs = {SHAPE: shape}, Counter[str]()
    for found in cut.values():
        rows_of_inputs.update(found)
    for slice_text in sorted({text for found in cut.values() for text in found}):
        years = with_years_before([slice_text], partition, model.header.look_back)
        read = [digest(table, inputs.fingerprint(table, partition, years)) for table in cut]
        wanted[slice_text] = digest(shape, *whole, *read)
    return _Work(model, partition, wanted, recorded, dict(rows_of_inputs), tuple(cut), files)


def _build(connection: duckdb.DuckDBPyConnection, work: _Work, inputs: Inputs) -> ModelBuild:
    """Builds what changed of one model, in one transaction."""
    model, started = work.model, time.perf_counter()
    connection.execute("begin")
    try:
        for macro in model.macros:
            connection.execute(macro.sql)
        connection.execute(f"create schema if not exists {model.schema}")
        rows = _build_rows(connection, work, inputs)
        seconds = time.perf_counter() - started
        built = {text: Built(work.wanted[text], count) for text, count in rows.items()}
        _record(connection, work, inputs, built, seconds)
        connection.execute("commit")
    except duckdb.Error as error:
        connection.execute("rollback")
        raise model_fault(error, model) from error
    except BaseException:
        connection.execute("rollback")
        raise
    kept = {text: old for text, old in work.recorded.items() if text in work.wanted}
    inputs.builds[model.table] = {**kept, **built}
    if work.is_new:
        inputs.columns[model.table] = tuple(described(connection, model.table).items())
    if work.files:
        work.files.keep_only(_slices(work.wanted))
    built_slices = work.changed if work.partition else [SHAPE]
    return ModelBuild(model.table, tuple(built_slices), tuple(work.removed), sum(rows.values()), seconds)


def _build_rows(connection: duckdb.DuckDBPyConnection, work: _Work, inputs: Inputs) -> dict[str, int]:
    """Builds what changed of one model; returns the rows of each slice that was built."""
    if work.is_new or work.partition is None:
        inputs.drop(work.model.table)
    if work.partition is None:
        return _build_whole(connection, work.model)
    if work.files:
        return _build_files(connection, work, work.partition, work.files)
    return _build_slices(connection, work, work.partition)


def _build_whole(connection: duckdb.DuckDBPyConnection, model: SqlModel) -> dict[str, int]:
    connection.execute(f"create table {model.table} as select * from (\n{model.sql}\n){_order(model)}")
    row = connection.execute(f"select count(*) from {model.table}").fetchone()
    return {SHAPE: int(row[0]) if row else 0}


def _build_slices(connection: duckdb.DuckDBPyConnection, work: _Work, partition: str) -> dict[str, int]:
    """Replaces the slices that changed; returns the rows of each."""
    model = work.model
    if work.is_new:
        connection.execute(f"create table {model.table} as select * from (\n{model.sql}\n) limit 0")
    elif gone := [*work.changed, *work.removed]:
        connection.execute(f"delete from {model.table} where {partition} in ({_literals(gone)})")
    for group in _groups(work):
        connection.execute(f"insert into {model.table} {_query(work, partition, group)}{_order(model)}")
    rows = dict.fromkeys(work.changed, 0)
    if work.changed:
        rows |= dict(
            connection.execute(
                f"select cast({partition} as varchar), count(*) from {model.table} "
                f"where {partition} in ({_literals(work.changed)}) group by 1"
            ).fetchall()
        )
    return {SHAPE: 0, **rows} if work.is_new else rows


def _build_files(
    connection: duckdb.DuckDBPyConnection, work: _Work, partition: str, files: SliceFiles
) -> dict[str, int]:
    """Writes the slices that changed, one file each, and lets the view read them; returns the rows of each."""
    rows = {
        text: files.write(
            connection, _query(work, partition, [text], _with_constant(partition, text)), text, work.wanted[text]
        )
        for text in work.changed
    }
    files.show(connection, described(connection, f"(\n{work.model.sql}\n)"), _slices(work.wanted))
    return {SHAPE: 0, **rows} if work.is_new else rows


def _with_constant(partition: str, text: str) -> str:
    """All columns; a school year as an enumeration of the one value that it has, which costs nothing to write."""
    if partition != "school_year":
        return "*"
    return f"* replace (cast({quoted(text)} as enum({quoted(text)})) as {partition})"


def _query(work: _Work, partition: str, slices: Sequence[str], columns: str = "*") -> str:
    """The model's select over some slices; its text starts a line, so that errors can say which."""
    years = with_years_before(slices, partition, work.model.header.look_back)
    text = restricted(work.model, work.sliced_inputs, partition, years)
    return f"select {columns} from (\n{text}\n) where {partition} in ({_literals(slices)})"


def _slices(fingerprints: Mapping[str, str]) -> dict[str, str]:
    return {text: fingerprint for text, fingerprint in fingerprints.items() if text != SHAPE}


def _order(model: SqlModel) -> str:
    """Marts lie in the order of their keys, as people read them; core tables do not, for sorting persons is dear."""
    if model.schema == "core":
        return ""
    columns = dict.fromkeys([*filter(None, [model.header.partition]), *model.header.key])
    return f" order by {', '.join(columns)}"


def _groups(work: _Work) -> list[list[str]]:
    """Slices that are built by one query each, by the rows that they read together."""
    groups: list[list[str]] = []
    for text in work.changed:
        if groups and work.rows_of([*groups[-1], text]) <= max(ROWS_TOGETHER, work.rows_of([text])):
            groups[-1].append(text)
        else:
            groups.append([text])
    return groups


def _record(
    connection: duckdb.DuckDBPyConnection, work: _Work, inputs: Inputs, built: Mapping[str, Built], seconds: float
) -> None:
    table = work.model.table
    for text in set(inputs.builds.get(table, {})) - set(work.wanted):
        connection.execute("delete from warehouse.builds where model = ? and slice = ?", [table, text])
    record_builds(connection, table, built, seconds)


def _files(models: Mapping[str, SqlModel], folder: Path | None) -> dict[str, SliceFiles]:
    """The files of the models that are kept in Parquet."""
    if folder is None:
        return {}
    return {table: SliceFiles.of(table, folder) for table, model in models.items() if model.header.kept_in == "parquet"}


def _follow_moved_folder(
    connection: duckdb.DuckDBPyConnection, files: Mapping[str, SliceFiles], inputs: Inputs
) -> None:
    """Lets views read their files where they are now."""
    for moved in views_elsewhere(connection, files.values()):
        recorded = {text: built.fingerprint for text, built in inputs.builds.get(moved.table, {}).items()}
        moved.show(connection, dict(inputs.columns[moved.table]), _slices(recorded))


def _drop_vanished(
    connection: duckdb.DuckDBPyConnection, models: Mapping[str, SqlModel], inputs: Inputs, report: BuildReport
) -> None:
    """Drops the tables of models whose files are gone."""
    for table in sorted(set(inputs.builds) - set(models)):
        if table.split(".")[0] == "plan":
            continue
        inputs.drop(table)
        connection.execute("delete from warehouse.builds where model = ?", [table])
        connection.execute("delete from warehouse.comments where model = ?", [table])
        report.dropped.append(table)


def _literals(texts: Sequence[str]) -> str:
    return ", ".join(quoted(text) for text in texts)
