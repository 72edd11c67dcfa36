"""Computes the values of indicators from their declarations.

Belongs here: which indicators are due, and writing ``plan.indicator_values``. Does not belong here: the queries
themselves (``formulas``), coverage, or what a value means for a target (``status``).

An indicator is computed again when its formula, or a build of a mart that it reads, is another than last time.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from eduplan.declarations.indicators import Indicator, IndicatorKind
from eduplan.declarations.models import SqlModel
from eduplan.errors import DeclarationError, EduplanError
from eduplan.indicators import years as years_built
from eduplan.indicators.changes import change_query
from eduplan.indicators.coverage import CoverageCounts, with_coverage
from eduplan.indicators.dictionary import write_areas, write_dictionary
from eduplan.indicators.formulas import values_query
from eduplan.indicators.intervals import with_interval
from eduplan.indicators.marts import Marts, marts_read, period_of
from eduplan.indicators.tables import CELL, create_plan_tables
from eduplan.indicators.together import is_sum, together, values_of_all
from eduplan.progress import Progress
from eduplan.project import Project
from eduplan.warehouse.fingerprints import Built, digest, record_builds
from eduplan.warehouse.lineage import write_lineage
from eduplan.warehouse.slices import quoted
from eduplan.warehouse.threads import on_one_thread

_ENGINE = "2"
"""Raised when the engine would give other values from the same declarations and marts."""
_BUILD = "plan.indicator_values"
_TEXTS = {"name", "definition", "targets", "commitments", "note", "source", "decimals", "direction", "chapter"}
"""Fields of an indicator that its values do not depend on."""
_WITHOUT_DENOMINATOR = (IndicatorKind.COUNT, IndicatorKind.DISTINCT, IndicatorKind.CHANGE)
_STATUS_OF_ONE = "case when obs_value is null then 'M' else 'A' end"
_STATUS_OF_TWO = (
    "case when denominator = 0 or {undefined} then 'N' when numerator is null or denominator is null then 'M' "
    "else 'A' end"
)
"""Observed, missing, or not applicable because there is nothing to divide by, or no such index of these units."""


@dataclass(frozen=True)
class ComputeReport:
    """What one call computed.

    Attributes:
        computed: Indicators whose values were written.
        unchanged: Indicators that nothing was done for.
        removed: Indicators that are no longer declared.
        rows: Values that were written.
    """

    computed: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    rows: int


def compute_indicators(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    indicators: Mapping[str, Indicator],
    models: Mapping[str, SqlModel],
    *,
    progress: Progress,
) -> ComputeReport:
    """Writes the values of every indicator that is due, the dictionary and the areas.

    Args:
        connection: The working warehouse with its marts.
        project: For the code of the whole area.
        indicators: All indicators, by code.
        models: All models, for the lineage.
        progress: Where the reader sees how far it is.

    Raises:
        DeclarationError: An indicator asks for what its mart does not have.
    """
    create_plan_tables(connection)
    ordered = in_order(indicators)
    wanted = _fingerprints(connection, project, ordered)
    recorded = dict(
        connection.execute("select slice, fingerprint from warehouse.builds where model = ?", [_BUILD]).fetchall()
    )
    due = [found for found in ordered if wanted[found.code] is None or recorded.get(found.code) != wanted[found.code]]
    removed = sorted(set(recorded) - set(indicators))
    rows = 0
    if due or removed:
        connection.execute("begin")
        try:
            with on_one_thread(connection):
                _forget(connection, removed)
                rows = _compute(connection, project, due, indicators, models, wanted, progress)
            connection.execute("commit")
        except BaseException:
            connection.execute("rollback")
            raise
    write_dictionary(connection, ordered)
    write_areas(connection, project)
    write_lineage(connection, models)
    codes = {indicator.code for indicator in due}
    unchanged = tuple(indicator.code for indicator in ordered if indicator.code not in codes)
    return ComputeReport(tuple(sorted(codes)), unchanged, tuple(removed), rows)


def in_order(indicators: Mapping[str, Indicator]) -> list[Indicator]:
    """The indicators, each change after what it is a change of.

    Raises:
        DeclarationError: Changes refer to each other in a circle.
    """
    ordered: dict[str, Indicator] = {}

    def visit(code: str, trail: tuple[str, ...]) -> None:
        if code in trail:
            raise DeclarationError("is a change of itself", where=f"indicator {code}")
        change = indicators[code].change
        if change:
            visit(change.of, (*trail, code))
        ordered.setdefault(code, indicators[code])

    for code in sorted(indicators):
        visit(code, ())
    return list(ordered.values())


def _fingerprints(
    connection: duckdb.DuckDBPyConnection, project: Project, ordered: Sequence[Indicator]
) -> dict[str, str | None]:
    """What each indicator's values depend on; None where a mart is no model, so that nothing is known of it."""
    builds = dict(
        connection.execute(
            "select model, string_agg(slice || fingerprint, ',' order by slice) from warehouse.builds group by model"
        ).fetchall()
    )
    found: dict[str, str | None] = {}
    for indicator in ordered:
        marks = [builds.get(table) for table in sorted(marts_read(indicator))]
        if indicator.change:
            marks.append(found[indicator.change.of])
        complete = all(mark is not None for mark in marks)
        found[indicator.code] = digest(_formula(indicator, project), *marks) if complete else None
    return found


def _formula(indicator: Indicator, project: Project) -> str:
    """Fingerprint of all that an indicator's values depend on beside its marts."""
    return digest(_ENGINE, project.settings.city_code, indicator.model_dump_json(exclude=_TEXTS))


def _forget(connection: duckdb.DuckDBPyConnection, codes: Sequence[str], years: Collection[int] | None = None) -> None:
    """Removes the values of some indicators, of all years by default, and the record of what they were made of."""
    literals = ", ".join(quoted(code) for code in codes) or "null"
    meant = "" if years is None else f" and reference_year in ({', '.join(map(str, sorted(years))) or 'null'})"
    connection.execute(f"delete from plan.indicator_values where indicator in ({literals}){meant}")
    connection.execute(
        f"delete from warehouse.builds where model in ('{_BUILD}', '{years_built.BUILD}') and slice in ({literals})"
    )


def _compute(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    due: Sequence[Indicator],
    indicators: Mapping[str, Indicator],
    models: Mapping[str, SqlModel],
    wanted: Mapping[str, str | None],
    progress: Progress,
) -> int:
    marts, counts = Marts.of(connection), CoverageCounts(connection)
    slices, known = years_built.slices_built(connection), years_built.recorded(connection)
    prints = {
        indicator.code: years_built.prints_of_years(indicator, _formula(indicator, project), marts, models, slices)
        for indicator in due
    }
    started = time.perf_counter()
    with progress.task("Computing indicators", total=len(due)) as advance:
        for group in together(due, marts):
            codes = [indicator.code for indicator in group]
            years = years_built.years_to_compute([(prints[code], known.get(code)) for code in codes])
            _forget(connection, codes, years)
            query = _query(group, indicators, marts, project, counts, years)
            try:
                if years is None or years:
                    connection.execute(f"insert into plan.indicator_values by name {query}")
            except duckdb.Error as error:
                raise _fault(connection, error, group, indicators, marts, project) from error
            advance(len(group))
        counts.drop()
        rows = _rows_written(connection, due)
    built = {indicator.code: Built(wanted[indicator.code] or "", rows.get(indicator.code, 0)) for indicator in due}
    record_builds(connection, _BUILD, built, time.perf_counter() - started)
    by_year = {code: Built(years_built.as_record(found), 0) for code, found in prints.items() if found}
    record_builds(connection, years_built.BUILD, by_year, 0.0)
    _check_unique(connection, due)
    return sum(rows.values())


def _query(
    group: Sequence[Indicator],
    indicators: Mapping[str, Indicator],
    marts: Marts,
    project: Project,
    counts: CoverageCounts,
    years: Collection[int] | None = None,
) -> str:
    """The rows of ``plan.indicator_values`` of indicators that go together; of plain sums for some years alone."""
    city_code = project.settings.city_code
    if is_sum(group[0]):
        found = values_of_all(group, marts, city_code, counts, _row, years)
    else:
        (indicator,) = group
        if indicator.kind is IndicatorKind.CHANGE and indicator.change:
            values = change_query(indicator, indicators[indicator.change.of])
            found = with_interval(indicator, values, marts, city_code)
        else:
            values = with_interval(indicator, values_query(indicator, marts, city_code), marts, city_code)
            found = with_coverage(indicator, values, marts, city_code, counts)
        found = f"select {_row(indicator)}, units_reported, units_expected from ({found})"
    return (
        f"select *, units_reported * 100.0 / nullif(units_expected, 0) as coverage_pct from ({found}) "
        "where reference_year is not null"
    )


def _row(indicator: Indicator) -> str:
    """The columns of ``plan.indicator_values`` that an indicator decides, from the columns of its values."""
    undefined = "obs_value is null and denominator > 0" if indicator.kind is IndicatorKind.DISPERSION else "false"
    is_single = indicator.kind in _WITHOUT_DENOMINATOR
    status = _STATUS_OF_ONE if is_single else _STATUS_OF_TWO.format(undefined=undefined)
    sampled = {} if indicator.sample else dict.fromkeys(("interval_low", "interval_high"), "cast(null as double)")
    columns = {
        "indicator": quoted(indicator.code),
        "definition_version": str(indicator.version),
        "period_kind": quoted(indicator.period),
        "time_period": period_of(indicator, "reference_year"),
        **{name: name for name in ("reference_year", *CELL, "numerator", "denominator", "obs_value")},
        "obs_status": status,
        "unit": quoted(indicator.unit),
        **{name: sampled.get(name, name) for name in ("interval_low", "interval_high")},
    }
    return ", ".join(f"{expression} as {name}" for name, expression in columns.items())


def _fault(
    connection: duckdb.DuckDBPyConnection,
    error: duckdb.Error,
    group: Sequence[Indicator],
    indicators: Mapping[str, Indicator],
    marts: Marts,
    project: Project,
) -> EduplanError:
    """What to say of a query that failed: where its text is at fault, the first indicator that has the fault."""
    line = str(error).splitlines()[0]
    if not isinstance(error, duckdb.ProgrammingError):
        return EduplanError(line, where=f"indicator {', '.join(indicator.code for indicator in group)}")
    for indicator in group:
        try:
            connection.execute(f"explain {_query([indicator], indicators, marts, project, CoverageCounts())}")
        except duckdb.Error as own:
            return DeclarationError(str(own).splitlines()[0], where=f"indicator {indicator.code}")
    return DeclarationError(line, where=f"indicator {group[0].code}")


def _rows_written(connection: duckdb.DuckDBPyConnection, due: Sequence[Indicator]) -> dict[str, int]:
    codes = ", ".join(quoted(indicator.code) for indicator in due)
    query = f"select indicator, count(*) from plan.indicator_values where indicator in ({codes or 'null'}) group by all"
    return dict(connection.execute(query).fetchall())


def _check_unique(connection: duckdb.DuckDBPyConnection, due: Sequence[Indicator]) -> None:
    """A value is there once: one row an indicator, period and cell."""
    key = ", ".join(["indicator", "reference_year", *CELL])
    codes = ", ".join(quoted(indicator.code) for indicator in due)
    row = connection.execute(
        f"select indicator from plan.indicator_values where indicator in ({codes or 'null'}) "
        f"group by {key} having count(*) > 1 limit 1"
    ).fetchone()
    if row:
        raise EduplanError("has two values for one cell and year", where=f"indicator {row[0]}")
