"""Writes what a release may tell: copies of marts and plan tables in which small counts are left out.

Belongs here: the tables of the schema ``disclosure``. Does not belong here: what is left out
(:mod:`eduplan.disclosure.clusters`), what need not be done again (:mod:`eduplan.disclosure.kept`), or copying tables
into a release.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl

from eduplan.declarations.indicators import Indicator
from eduplan.declarations.models import SqlModel
from eduplan.disclosure.clusters import clusters, linking_columns, protect_year
from eduplan.disclosure.figures import MartFigures, PublishedTable, PublishedValue, figures_of_marts
from eduplan.disclosure.kept import Due, create_tables, due_years, forget
from eduplan.disclosure.marts import MartRows, Protection
from eduplan.indicators.marts import Marts
from eduplan.indicators.tables import CELL, DIMENSIONS, TOTAL
from eduplan.progress import Progress, Silent
from eduplan.project import Project
from eduplan.warehouse.fingerprints import digest
from eduplan.warehouse.slices import quoted

SUPPRESSED = "Q"
"""Observation status of a value that is known and not told (SDMX: missing value, suppressed)."""
MARK = "suppressed"
"""Column of a published mart that lists the columns whose value is not told in a row."""

_ENGINE = "6"
"""Raised when the engine would leave out other figures of the same."""


_ENOUGH_UNITS = 3
"""Hidden units of a dispersion that their sum and the dispersion, two equations, do not determine."""
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
                    connection.execute(
                        "insert into disclosure.protected_marts values (?, ?, ?)",
                        [table, marks[table], _rows_told(connection, found)],
                    )
                advance(len(marts_of))
    prints = dict(connection.execute("select mart, told from disclosure.protected_marts").fetchall())
    told = [
        Told(
            table.name,
            _stored(table.name),
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
    copies = _plan_tables(connection, indicators, counting) if _has_values(connection) else ()
    return told + [Told(table, _stored(table), table, (), digest(states[table], whole)) for table in copies]


def _comment(figures: MartFigures, table: PublishedTable) -> str | None:
    """What a table says that its mart is added up to."""
    title = next((each.title for each in figures.model.header.publish if table.name.endswith(f".{each.name}")), None)
    meaning = figures.model.header.meaning
    return f"{title.en}. {' '.join(meaning.en.split())} | {title.zh}。{meaning.zh}" if title else None


def _declared(figures: MartFigures, columns: Sequence[str]) -> str:
    """Fingerprint of all that decides what is left out, but for the rows."""
    texts = [figures.text(name) for name in columns]
    values = sorted(map(repr, figures.values))
    key = figures.model.header.key
    return digest(_ENGINE, sorted(figures.thresholds.items()), figures.tables, values, texts, list(columns), key)


def _rows_told(connection: duckdb.DuckDBPyConnection, figures: MartFigures) -> str:
    """Fingerprint of the rows that are told of a mart: another mart's may hide some of them."""
    hashes = [
        connection.execute(
            f"select count(*), cast(sum(cast(hash(told) as hugeint)) as varchar) from {_stored(table.name)} as told"
        ).fetchone()
        for table in figures.tables
    ]
    return digest(*hashes)


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
        _write_table(connection, figures, protection, table, columns, due)
    _keep_hidden_values(connection, figures, protection)
    mart = figures.model.table
    counts = [(mart, each.year, each.column, each.figures, each.small, each.hidden) for each in protection.counted]
    _insert(connection, "counts_by_year", pl.DataFrame(counts, orient="row", infer_schema_length=None))
    years = [(mart, year, fingerprint) for year, fingerprint in due.years.items()]
    _insert(connection, "years", pl.DataFrame(years, orient="row"))


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    if len(rows):
        connection.register("_rows", rows)
        connection.execute(f"insert into disclosure.{table} select * from _rows")
        connection.unregister("_rows")


def _write_table(
    connection: duckdb.DuckDBPyConnection,
    figures: MartFigures,
    protection: Protection,
    table: PublishedTable,
    columns: Sequence[str],
    due: Due,
) -> None:
    """A mart as it is, or added up to the columns of ``by``, with nulls where a figure is hidden."""
    model, cut, by = figures.model, table.cut, table.by
    hidden = protection.rows.select(cut.keys).with_columns(
        **{f"_hides_{count}": pl.Series(protection.hidden[cut, count]) for count in figures.thresholds}
    )
    hidden = hidden.filter(pl.any_horizontal("^_hides_.*$")).unique(subset=list(cut.keys))
    behind = {column: _persons_behind(figures, column, columns) for column in columns}
    measures = [column for column in columns if column not in by] if not by else _measures(figures, columns, by)
    connection.register("_hidden", hidden)
    chosen = f"where {figures.year} in ({', '.join(map(quoted, due.years)) or 'null'})"
    rows = (
        f"select {', '.join([*by, *(f'sum({column}) as {column}' for column in measures)])} "
        f"from {model.table} {chosen} group by all"
        if by
        else f"select {', '.join(columns)} from {model.table} {chosen}"
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
    stored = _stored(table.name)
    if due.kept:
        kept = ", ".join(map(quoted, sorted(due.kept)))
        connection.execute(f"delete from {stored} where {figures.year} not in ({kept})")
        connection.execute(f"insert into {stored} {query}")
    else:
        connection.execute(f"create or replace table {stored} as {query}")
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


def _keep_hidden_values(
    connection: duckdb.DuckDBPyConnection,
    figures: MartFigures,
    protection: Protection,
) -> None:
    """Notes which sides of which values of indicators are not told."""
    found = []
    for value in figures.values:
        hidden = protection.rows.filter(pl.Series(protection.hidden[value.cut, value.column]))
        found.append(_cells(figures, value, hidden.select(value.cut.keys).unique(), value.side))
        found.append(_cells(figures, value, _solvable(figures, value, protection), "value"))
    found = [rows for rows in found if len(rows)]
    if found:
        _insert(connection, "hidden_values_by_year", pl.concat(found))


def _cells(figures: MartFigures, value: PublishedValue, keys: pl.DataFrame, side: str) -> pl.DataFrame:
    """The cells of an indicator that some figures of a mart stand in."""
    time, *others = value.cut.keys
    area = {"school": "school_code", "district": "division_code"}.get(value.cells.level)
    return keys.select(
        mart=pl.lit(figures.model.table),
        year=pl.col(time),
        indicator=pl.lit(value.indicator),
        reference_year=pl.col(time).str.head(4).cast(pl.Int32) - value.year_offset,
        ref_area_level=pl.lit(value.cells.level),
        ref_area=pl.col(area) if area else pl.lit(TOTAL),
        **{name: pl.col(name) if name in others else pl.lit(TOTAL) for name in DIMENSIONS},
        side=pl.lit(side),
    )


def _solvable(figures: MartFigures, value: PublishedValue, protection: Protection) -> pl.DataFrame:
    """Where a dispersion and the sum of its units would give away the few units that are hidden."""
    of_units = [table.cut for table in figures.tables if value.units and set(value.units) <= set(table.cut.keys)]
    is_hidden = np.zeros(len(protection.rows), dtype=bool)
    for cut in of_units:
        is_hidden |= protection.hidden[cut, value.column]
    units = protection.rows.filter(pl.Series(is_hidden & protection.covered[value.cut])).lazy()
    keys = list(value.cut.keys)
    several = units.select(list(dict.fromkeys([*keys, *value.units]))).unique().group_by(keys).len()
    return several.filter(pl.col("len") < _ENOUGH_UNITS).select(keys).collect()


def _has_values(connection: duckdb.DuckDBPyConnection) -> bool:
    return bool(
        connection.execute(
            "select 1 from duckdb_tables() where schema_name = 'plan' and table_name = 'indicator_values' "
            "and database_name = current_database()"
        ).fetchall()
    )


def _plan_tables(
    connection: duckdb.DuckDBPyConnection, indicators: Mapping[str, Indicator], counting: Collection[str]
) -> tuple[str, ...]:
    """Copies of the plan's tables without the values that are not told.

    A failing unit is named, but its sums are told only where they are those of a published value: nothing else of
    the indicators that count persons (``counting``) has been proven to be safe.
    """
    cell = " and ".join(f"hidden.{name} = found.{name}" for name in ("indicator", *DIMENSIONS))
    # Equal columns alone, so that tables of all schools are joined by hashing.
    area = (
        "hidden.ref_area_level = found.ref_area_level "
        f"and hidden.ref_area = case when found.ref_area_level = 'city' then {quoted(TOTAL)} else found.ref_area end"
    )
    joined = f"{cell} and {area}"
    changes = [(code, each.change.of, each.change.years) for code, each in indicators.items() if each.change]
    further = "".join(
        f" union select {quoted(code)}, reference_year + {shift}, {', '.join(CELL)}, false, false "
        f"from direct where indicator = {quoted(of)}"
        for code, of, years in changes
        for shift in (0, years)
    )
    connection.execute(f"""
        create or replace temp table _not_told as
        with direct as (
            select indicator, reference_year, {", ".join(CELL)},
                bool_or(side = 'numerator') as numerator, bool_or(side = 'denominator') as denominator
            from disclosure.hidden_values_by_year group by all
        )
        select indicator, reference_year, {", ".join(CELL)},
            bool_or(numerator) as numerator, bool_or(denominator) as denominator
        from (select * from direct{further}) group by all
    """)
    at = f"left join _not_told as hidden on {joined} and hidden.reference_year = found.reference_year"
    _copy(connection, "plan.indicator_values", at, "hidden.indicator is not null", {
        "numerator": "hidden.numerator", "denominator": "hidden.denominator", "obs_value": "true",
        "interval_low": "true", "interval_high": "true",
    })  # fmt: skip
    before = joined.replace("hidden.", "before.")
    base = joined.replace("hidden.", "base.")
    joins = (
        f"{at} left join _not_told as before on {before} and before.reference_year = found.reference_year - 1 "
        f"left join _not_told as base on {base} and base.reference_year = found.baseline_year"
    )
    now, then, first = (f"{name}.indicator is not null" for name in ("hidden", "before", "base"))
    _copy(connection, "plan.status", joins, f"{now} or {then} or {first}", {
        "obs_value": now, "numerator": f"{now} and hidden.numerator", "denominator": f"{now} and hidden.denominator",
        "gap": f"{now} or {first}", "yearly_change": f"{now} or {then}", "cumulative_change": f"{now} or {first}",
        "baseline_value": first, "path_value": first,
    }, observed=now)  # fmt: skip
    of_unit = {"found.ref_area_level": "found.unit_level", "found.ref_area ": "found.unit_code "}
    same = [f"published.{name} = found.{name}" for name in ("indicator", "reference_year", *DIMENSIONS)]
    same += ["published.ref_area_level = found.unit_level", "published.ref_area = found.unit_code"]
    unit = f"{_replaced(at, of_unit)} left join plan.indicator_values as published on {' and '.join(same)}"
    counts_persons = f"found.indicator in ({', '.join(map(quoted, sorted(counting))) or 'null'})"
    unpublished = f"published.indicator is null and {counts_persons}"
    _copy(connection, "plan.failing_units", unit, f"{now} or ({unpublished})", {
        "numerator": f"hidden.numerator or ({unpublished})", "denominator": f"hidden.denominator or ({unpublished})",
        "obs_value": "true", "missing": "true",
    })  # fmt: skip
    return ("plan.indicator_values", "plan.status", "plan.failing_units")


def _replaced(text: str, by: Mapping[str, str]) -> str:
    for before, after in by.items():
        text = text.replace(before, after)
    return text


def _copy(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    joins: str,
    is_hidden: str,
    columns: Mapping[str, str],
    *,
    observed: str | None = None,
) -> None:
    """Copies a table of the plan with nulls where a column's condition holds."""
    names = [row[0] for row in connection.execute(f"describe {table}").fetchall()]
    shown = []
    for name in names:
        if name == "obs_status":
            told = f"case when {observed or is_hidden} then '{SUPPRESSED}' else found.obs_status end"
            shown.append(f"{told} as obs_status")
        elif name in columns:
            condition = columns[name] if columns[name] != "true" else is_hidden
            shown.append(f"case when not coalesce({condition}, false) then found.{name} end as {name}")
        else:
            shown.append(f"found.{name}")
    connection.execute(
        f"create or replace table {_stored(table)} as select {', '.join(shown)} from {table} as found {joins}"
    )


def _stored(table: str) -> str:
    return f"disclosure.{table.replace('.', '__')}"
