"""Builds the models: in dependency order, and only the slices whose select or inputs changed.

Belongs here: building. Does not belong here: what is due (``work``), what a model means, or checking its rows.

A model with ``partition: school_year`` is built a slice at a time: inputs that have the same column are read for the
slice alone. The law is that this gives the same rows as a whole build; ``tests/unit/warehouse`` holds the engine to it.
A model's changes are one transaction, so that a failure leaves the table as it was. A model ``kept_in: parquet`` is a
view over one file a slice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import duckdb

from eduplan.declarations.models import SqlModel, dependency_order
from eduplan.progress import Progress
from eduplan.warehouse.comments import write_comments
from eduplan.warehouse.faults import model_fault
from eduplan.warehouse.fingerprints import Built, Inputs, record_builds
from eduplan.warehouse.lineage import write_lineage
from eduplan.warehouse.slice_files import SliceFiles, described, views_elsewhere
from eduplan.warehouse.slices import SHAPE, quoted, restricted, with_years_before
from eduplan.warehouse.streams import Streams
from eduplan.warehouse.threads import Threads, on_one_thread
from eduplan.warehouse.work import Work, plan_work


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
        streams = Streams(
            connection,
            threads,
            plan=lambda table: _planned(models[table], inputs, files, report),
            split=lambda work: _slices_to_write(work, threads),
            size=lambda work: work.rows_read,
            do=lambda cursor, work, written: _build(cursor, work, inputs, threads, dict(written)),
            note=lambda done: _note(connection, done, inputs, report),
        )
        _prepare(connection, order)
        streams.run({model.table: set(model.inputs) - {model.table} for model in order}, advance)
    places = {model.table: place for place, model in enumerate(order)}
    report.builds.sort(key=lambda build: places[build.table])
    write_comments(connection, order)
    write_lineage(connection, models)
    return report


@dataclass(frozen=True)
class _Done:
    """What was done for a model, and its slices as they stand now."""

    build: ModelBuild
    slices: dict[str, Built]


def _planned(model: SqlModel, inputs: Inputs, files: Mapping[str, SliceFiles], report: BuildReport) -> Work | None:
    """What is to be done for a model, if anything."""
    work = plan_work(model, inputs, files.get(model.table))
    if work.is_nothing:
        report.unchanged.append(model.table)
        return None
    return work


def _note(connection: duckdb.DuckDBPyConnection, done: _Done, inputs: Inputs, report: BuildReport) -> None:
    """Lets those that read a model know how it stands now."""
    table = done.build.table
    inputs.builds[table] = done.slices
    if not inputs.exists(table):
        inputs.columns[table] = tuple(described(connection, table).items())
    report.builds.append(done.build)


def _prepare(connection: duckdb.DuckDBPyConnection, models: Sequence[SqlModel]) -> None:
    """Makes macros and schemas, which several streams must not make at once."""
    made: set[str] = set()
    connection.execute("begin")
    for model in models:
        try:
            for text in (*(macro.sql for macro in model.macros), f"create schema if not exists {model.schema}"):
                if text not in made:
                    connection.execute(text)
                    made.add(text)
        except duckdb.Error as error:
            connection.execute("rollback")
            raise model_fault(error, model) from error
    connection.execute("commit")


def _build(
    connection: duckdb.DuckDBPyConnection,
    work: Work,
    inputs: Inputs,
    threads: Threads,
    written: Mapping[str, _Written],
) -> _Done:
    """Builds what changed of one model, in one transaction.

    Args:
        connection: A cursor of the working warehouse.
        work: What is to be done.
        inputs: What the model reads.
        threads: The threads of the warehouse.
        written: The slices whose files are written already.
    """
    model, started = work.model, time.perf_counter()
    connection.execute("begin")
    try:
        rows = _build_rows(connection, work, inputs, threads, written)
        seconds = time.perf_counter() - started + sum(each.seconds for each in written.values())
        built = {text: Built(work.wanted[text], count) for text, count in rows.items()}
        _record(connection, work, inputs, built, seconds)
        connection.execute("commit")
    except duckdb.Error as error:
        connection.execute("rollback")
        raise model_fault(error, model) from error
    except BaseException:
        connection.execute("rollback")
        raise
    if work.files:
        work.files.keep_only(_slices(work.wanted))
    kept = {text: old for text, old in work.recorded.items() if text in work.wanted}
    built_slices = work.changed if work.partition else [SHAPE]
    build = ModelBuild(model.table, tuple(built_slices), tuple(work.removed), sum(rows.values()), seconds)
    return _Done(build, {**kept, **built})


def _build_rows(
    connection: duckdb.DuckDBPyConnection,
    work: Work,
    inputs: Inputs,
    threads: Threads,
    written: Mapping[str, _Written],
) -> dict[str, int]:
    """Builds what changed of one model; returns the rows of each slice that was built."""
    if work.is_new or work.partition is None:
        inputs.drop(work.model.table, connection)
    if work.partition is None:
        threads.for_rows(work.rows_read)
        return _build_whole(connection, work.model)
    if work.files:
        return _show_files(connection, work, work.files, written)
    return _build_slices(connection, work, work.partition, threads)


def _build_whole(connection: duckdb.DuckDBPyConnection, model: SqlModel) -> dict[str, int]:
    connection.execute(f"create table {model.table} as select * from (\n{model.sql}\n){_order(model)}")
    row = connection.execute(f"select count(*) from {model.table}").fetchone()
    return {SHAPE: int(row[0]) if row else 0}


def _build_slices(
    connection: duckdb.DuckDBPyConnection, work: Work, partition: str, threads: Threads
) -> dict[str, int]:
    """Replaces the slices that changed; returns the rows of each."""
    model = work.model
    if work.is_new:
        connection.execute(f"create table {model.table} as select * from (\n{model.sql}\n) limit 0")
    elif gone := [*work.changed, *work.removed]:
        connection.execute(f"delete from {model.table} where {partition} in ({_literals(gone)})")
    for group in work.groups:
        threads.for_rows(work.rows_of(group))
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


@dataclass(frozen=True)
class _Written:
    """The file of a slice that was written: its rows, and how long it took."""

    rows: int
    seconds: float


def _slices_to_write(work: Work, threads: Threads) -> list[Callable[[duckdb.DuckDBPyConnection], tuple[str, _Written]]]:
    """The files that are written of a model that is kept in Parquet, one a slice that changed, in any order."""
    if work.files is None or work.partition is None:
        return []
    return [partial(_write_slice, work, work.partition, work.files, text, threads) for text in work.changed]


def _write_slice(
    work: Work, partition: str, files: SliceFiles, text: str, threads: Threads, connection: duckdb.DuckDBPyConnection
) -> tuple[str, _Written]:
    started = time.perf_counter()
    threads.for_rows(work.rows_of([text]))
    query = _query(work, partition, [text], _with_constant(partition, text))
    try:
        rows = files.write(connection, query, text, work.wanted[text])
    except duckdb.Error as error:
        raise model_fault(error, work.model) from error
    return text, _Written(rows, time.perf_counter() - started)


def _show_files(
    connection: duckdb.DuckDBPyConnection, work: Work, files: SliceFiles, written: Mapping[str, _Written]
) -> dict[str, int]:
    """Lets the view read the files as they are now; returns the rows of each slice that was written."""
    files.show(connection, described(connection, f"(\n{work.model.sql}\n)"), _slices(work.wanted))
    rows = {text: each.rows for text, each in written.items()}
    return {SHAPE: 0, **rows} if work.is_new else rows


def _with_constant(partition: str, text: str) -> str:
    """All columns; a school year as an enumeration of the one value that it has, which costs nothing to write."""
    if partition != "school_year":
        return "*"
    return f"* replace (cast({quoted(text)} as enum({quoted(text)})) as {partition})"


def _query(work: Work, partition: str, slices: Sequence[str], columns: str = "*") -> str:
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


def _record(
    connection: duckdb.DuckDBPyConnection, work: Work, inputs: Inputs, built: Mapping[str, Built], seconds: float
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
        inputs.drop(table, connection)
        connection.execute("delete from warehouse.builds where model = ?", [table])
        connection.execute("delete from warehouse.comments where model = ?", [table])
        report.dropped.append(table)


def _literals(texts: Sequence[str]) -> str:
    return ", ".join(quoted(text) for text in texts)
