"""What a release may tell: copies of marts and plan tables in which small counts are left out.

Belongs here: which marts are due, and the order of the steps. Does not belong here: the steps: what is left out
(:mod:`eduplan.disclosure.clusters`), what need not be done again (:mod:`eduplan.disclosure.kept`), the copies
(:mod:`eduplan.disclosure.tables`, :mod:`eduplan.disclosure.plan_tables`), or copying tables into a release.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import duckdb
import polars as pl

from eduplan.declarations.indicators import Indicator
from eduplan.declarations.models import SqlModel
from eduplan.disclosure.clusters import clusters, linking_columns, protect_year
from eduplan.disclosure.figures import MartFigures, PublishedTable, figures_of_marts
from eduplan.disclosure.kept import Due, create_tables, due_years, forget, note
from eduplan.disclosure.marts import MartRows, Protection
from eduplan.disclosure.plan_tables import copied, copy_plan_tables, has_values
from eduplan.disclosure.tables import rows_told, stored, write_table
from eduplan.disclosure.values import keep_hidden_values
from eduplan.indicators.marts import Marts
from eduplan.progress import Progress, Silent
from eduplan.project import Project
from eduplan.warehouse.fingerprints import digest

_ENGINE = "11"
"""Raised when the engine would leave out other figures of the same."""

_AHEAD = 8
"""Clusters whose rows are read before the first is finished."""


@dataclass(frozen=True)
class Told:
    """A table of the release and where its rows stand.

    Attributes:
        table: Its name in the release.
        stored: The table of the working warehouse that has the rows.
        origin: The mart or table of the plan that it is made of.
        key: Columns that its rows are sorted by; empty for all.
        fingerprint: What its rows depend on.
        comment: What it says of itself, where that is not what its origin says.
    """

    table: str
    stored: str
    origin: str
    key: tuple[str, ...]
    fingerprint: str
    comment: str | None = None


def protect(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    models: Mapping[str, SqlModel],
    indicators: Mapping[str, Indicator],
    states: Mapping[str, str],
    *,
    progress: Progress | None = None,
) -> list[Told]:
    """Writes the protected copies of every mart that counts persons, and of the tables of the plan.

    Args:
        connection: The working warehouse, outside a transaction.
        project: For the thresholds.
        models: The published marts, by qualified name.
        indicators: All indicators, by code.
        states: Fingerprint of the rows of each mart and each table of the plan.
        progress: Where the reader sees how far it is.
    """
    create_tables(connection)
    marts = Marts.of(connection)
    columns = {table: list(marts.columns[table]) for table in models}
    figures = figures_of_marts(columns, models, indicators.values(), project.settings)
    declared = {table: _declared(found, columns[table]) for table, found in figures.items()}
    together = clusters(figures)
    marks: dict[str, str] = {}
    for cluster in together:
        mark = digest(*[digest(declared[table], states[table]) for table in cluster])
        marks |= dict.fromkeys(cluster, mark)
    known = dict(connection.execute("select mart, fingerprint from disclosure.protected_marts").fetchall())
    for table in sorted(set(known) - set(figures)):
        forget(connection, table)
    due = [
        {table: figures[table] for table in cluster}
        for cluster in together
        if any(known.get(table) != marks[table] for table in cluster)
    ]
    if due:
        work = [
            (cluster, due_years(connection, cluster, {table: declared[table] for table in cluster})) for cluster in due
        ]
        with (progress or Silent()).task("Protecting small counts", sum(map(len, due))) as advance:
            for (marts_of, years), protections in _protections(connection, work, project.settings.threads):
                for table, found in marts_of.items():
                    forget(connection, table, years.kept)
                    _write(connection, found, columns[table], protections[table], years)
                for table, found in marts_of.items():
                    connection.execute(
                        "insert into disclosure.protected_marts values (?, ?, ?)",
                        [table, marks[table], rows_told(connection, found)],
                    )
                advance(len(marts_of))
    prints = dict(connection.execute("select mart, told from disclosure.protected_marts").fetchall())
    told = [
        Told(
            table.name,
            stored(table.name),
            mart,
            table.by or tuple(found.model.header.key),
            digest(declared[mart], prints[mart]),
            _comment(found, table),
        )
        for mart, found in figures.items()
        for table in found.tables
    ]
    told += [
        Told(table, table, table, tuple(model.header.key), states[table])
        for table, model in models.items()
        if table not in figures
    ]
    whole = digest(*sorted(marks.items()))
    counting = {value.indicator for found in figures.values() for value in found.values}
    least = project.settings.smallest_count
    copies = copy_plan_tables(connection, indicators, counting, least) if has_values(connection) else ()
    return told + [Told(table, copied(table), table, (), digest(states[table], whole)) for table in copies]


def _comment(figures: MartFigures, table: PublishedTable) -> str | None:
    """What a table says that its mart is added up to."""
    title = next((each.title for each in figures.model.header.publish if table.name.endswith(f".{each.name}")), None)
    meaning = figures.model.header.meaning
    return f"{title.en}. {' '.join(meaning.en.split())} | {title.zh}。{meaning.zh}" if title else None


def _declared(figures: MartFigures, columns: Sequence[str]) -> str:
    """Fingerprint of all that decides what is left out, but for the rows."""
    texts = [figures.text(name) for name in columns]
    values = sorted(map(repr, figures.values))
    header = figures.model.header
    return digest(
        _ENGINE,
        sorted(figures.thresholds.items()),
        figures.tables,
        values,
        texts,
        list(columns),
        header.key,
        header.follows,
    )


_Work = tuple[Mapping[str, MartFigures], Due]


def _protections(
    connection: duckdb.DuckDBPyConnection, work: Sequence[_Work], threads: int
) -> Iterator[tuple[_Work, dict[str, Protection]]]:
    """What is left out of each cluster; several years are worked out at a time.

    Programmes are solved outside Python. While they are, the rows of the next clusters are read.
    """
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        at_work: deque[tuple[_Work, dict[str, Protection], dict[str, Future[dict[str, Protection]]]]] = deque()

        def finished() -> tuple[_Work, dict[str, Protection]]:
            task, empty, years = at_work.popleft()
            found = [future.result() for future in years.values()]
            return task, {
                table: Protection.together([nothing, *(year[table] for year in found if table in year)])
                for table, nothing in empty.items()
            }

        try:
            for cluster, due in work:
                linking = linking_columns(cluster)
                rows = {table: MartRows.of(connection, of, due.years, linking) for table, of in cluster.items()}
                by_year = {table: each.by_year() for table, each in rows.items()}
                years = {
                    year: pool.submit(
                        protect_year, year, {table: each[year] for table, each in by_year.items() if year in each}
                    )
                    for year in due.years
                }
                at_work.append(((cluster, due), {table: each.nothing() for table, each in rows.items()}, years))
                if len(at_work) > _AHEAD:
                    yield finished()
            while at_work:
                yield finished()
        finally:
            for _, _, years in at_work:
                for future in years.values():
                    future.cancel()


def _write(
    connection: duckdb.DuckDBPyConnection,
    figures: MartFigures,
    columns: Sequence[str],
    protection: Protection,
    due: Due,
) -> None:
    for table in figures.tables:
        write_table(connection, figures, protection, table, columns, due)
    keep_hidden_values(connection, figures, protection)
    mart = figures.model.table
    counts = [(mart, each.year, each.column, each.figures, each.small, each.hidden) for each in protection.counted]
    note(connection, "counts_by_year", pl.DataFrame(counts, orient="row", infer_schema_length=None))
    years = [(mart, year, fingerprint) for year, fingerprint in due.years.items()]
    note(connection, "years", pl.DataFrame(years, orient="row"))
