"""What differs between two releases: tables, rows, definitions, files, and every revised value with its cause.

Belongs here: finding differences, from the two published databases alone. Does not belong here: showing them, or
deciding whether a revision is allowed (``eduplan.release.official``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from eduplan.checks.offending import literal
from eduplan.errors import EduplanError, EnvironmentFault
from eduplan.indicators.explain import reach_of
from eduplan.indicators.tables import CELL, DIMENSIONS, TOTAL

CAUSES = ("definition", "disclosure", "batches", "declarations")
"""Why a value may differ, the first that holds:

``definition``: the indicator is new, gone, or defined by another version, so the two values are not comparable;
``disclosure``: the value is suppressed in one of the releases and told in the other;
``batches``: files below the indicator arrived, were replaced, read anew or withdrawn;
``declarations``: none of that, so a table, a contract or the program itself counts otherwise.
"""

_VALUES = "plan.indicator_values"
_KEY = ("indicator", "time_period", *CELL)
_EMPTY: dict[str, pl.DataType | type[pl.DataType]] = {
    "indicator": pl.String,
    "time_period": pl.String,
    "reference_year": pl.Int32,
    **dict.fromkeys(CELL, pl.String),
    "unit": pl.String,
    "change": pl.String,
    "old_value": pl.Float64,
    "new_value": pl.Float64,
    "old_status": pl.String,
    "new_status": pl.String,
    "old_decimals": pl.Int32,
    "new_decimals": pl.Int32,
    "old_numerator": pl.Decimal(38, 6),
    "new_numerator": pl.Decimal(38, 6),
    "old_denominator": pl.Decimal(38, 6),
    "new_denominator": pl.Decimal(38, 6),
    "cause": pl.String,
    "batches": pl.List(pl.String),
}

_COLUMNS = """
select
    coalesce(o.table_name, n.table_name) as table_name, coalesce(o.column_name, n.column_name) as column_name,
    o.data_type as old_type, n.data_type as new_type,
    case when o.table_name is null then 'added' when n.table_name is null then 'removed' else 'retyped' end as change
from (
    select schema_name || '.' || table_name as table_name, column_name, data_type
    from duckdb_columns() where database_name = 'old_release' and not internal
) as o
full join (
    select schema_name || '.' || table_name as table_name, column_name, data_type
    from duckdb_columns() where database_name = 'new_release' and not internal
) as n on n.table_name = o.table_name and n.column_name = o.column_name
where o.data_type is distinct from n.data_type
order by 1, 2
"""

_BATCHES = """
with gone as (
    select *, row_number() over (partition by source, period, sender order by file_name, sha256) as place
    from (
        select source, period, sender, file_name, sha256, rows_staged from old_release.about.batches
        except all select source, period, sender, file_name, sha256, rows_staged from new_release.about.batches
    )
),

come as (
    select *, row_number() over (partition by source, period, sender order by file_name, sha256) as place
    from (
        select source, period, sender, file_name, sha256, rows_staged from new_release.about.batches
        except all select source, period, sender, file_name, sha256, rows_staged from old_release.about.batches
    )
)

select
    source, period, sender, o.file_name as old_file, n.file_name as new_file,
    case
        when o.sha256 is null then 'arrived' when n.sha256 is null then 'withdrawn'
        when o.sha256 <> n.sha256 then 'replaced' else 'read anew'
    end as change
from gone as o
full join come as n using (source, period, sender, place)
order by source, period, sender, old_file, new_file
"""

_DEFINITIONS = """
select
    indicator, o.definition_version as old_version, n.definition_version as new_version,
    case
        when o.indicator is null then 'added' when n.indicator is null then 'removed' else 'new version'
    end as change
from old_release.plan.indicators as o
full join new_release.plan.indicators as n using (indicator)
where o.definition_version is distinct from n.definition_version
order by indicator
"""

_FINGERPRINTS = (
    "select indicator, count(*), bit_xor(hash(each)), sum(hash(each)) from ({values}) as each group by indicator"
)

_CHANGED = """
with found as (
    select
        {key},
        coalesce(n.reference_year, o.reference_year) as reference_year,
        coalesce(n.unit, o.unit) as unit,
        case
            when o.obs_status is null then 'added' when n.obs_status is null then 'withdrawn' else 'revised'
        end as change,
        o.obs_value as old_value, n.obs_value as new_value, o.obs_status as old_status, n.obs_status as new_status,
        o.decimals as old_decimals, n.decimals as new_decimals,
        o.numerator as old_numerator, n.numerator as new_numerator,
        o.denominator as old_denominator, n.denominator as new_denominator
    from ({old}) as o
    full join ({new}) as n using ({key})
    where o.obs_value is distinct from n.obs_value or o.obs_status is distinct from n.obs_status
),

files as (
    select
        reach.indicator, years.reference_year,
        list_sort(list(distinct changed.source || ' ' || changed.period)) as batches
    from reach
    join (select distinct indicator, reference_year from found) as years using (indicator)
    join changed
        on list_contains(reach.sources, changed.source)
        and (
            changed.period = 'all'
            or try_cast(left(changed.period, 4) as integer)
            between years.reference_year - reach.years_back and years.reference_year + reach.years_ahead
        )
    group by all
)

select
    {columns},
    case
        when indicator in (from redefined) then 'definition'
        when (old_status = 'Q') <> (new_status = 'Q') then 'disclosure'
        when round(old_value, least(old_decimals, new_decimals)) = round(new_value, least(old_decimals, new_decimals))
            and old_decimals <> new_decimals then 'disclosure'
        when len(files.batches) > 0 then 'batches'
        else 'declarations'
    end as cause,
    coalesce(files.batches, []) as batches
from found
left join files using (indicator, reference_year)
where {wanted}
order by {key}
"""


@dataclass(frozen=True)
class Comparison:
    """Everything that differs between two releases.

    Attributes:
        columns: Columns that were added, removed or retyped; ``change`` says which.
        rows: Tables whose row count differs, with ``old_rows`` and ``new_rows``; null where there is no such table.
        definitions: Indicators that were added, removed, or have another definition version.
        batches: Files that arrived, were replaced, read anew or withdrawn.
        values: Indicator values that were revised, added or withdrawn; see :func:`revised_values`.
    """

    columns: pl.DataFrame
    rows: pl.DataFrame
    definitions: pl.DataFrame
    batches: pl.DataFrame
    values: pl.DataFrame

    @property
    def is_empty(self) -> bool:
        """Whether a reader would see no difference."""
        return all(part.is_empty() for part in (self.columns, self.rows, self.definitions, self.batches, self.values))


def compare(old: Path, new: Path) -> Comparison:
    """Compares two releases.

    Args:
        old: Published DuckDB file of the earlier release.
        new: Published DuckDB file of the later one.
    """
    with both_releases(old, new) as connection:
        return Comparison(
            columns=connection.execute(_COLUMNS).pl(),
            rows=_rows(connection),
            definitions=_definitions(connection),
            batches=_batches(connection),
            values=_values(connection, "true"),
        )


def revised_values(old: Path, new: Path) -> pl.DataFrame:
    """The values that both releases know of and tell otherwise: another number or another observation status.

    Args:
        old: Published DuckDB file of the earlier release.
        new: Published DuckDB file of the later one, which may still be in the folder that it is built in.

    Returns:
        One row a value, ordered: ``indicator, time_period, reference_year``, the cell (``ref_area_level, ref_area,
        stage, ...``), ``unit``, ``change`` (always ``revised`` here), ``old_value, new_value, old_status, new_status``
        (A, M, N, Q as in ``plan.indicator_values``), numerators and denominators, ``cause`` (one of :data:`CAUSES`) and
        ``batches``: the files below the indicator that changed, as ``source period``.
    """
    with both_releases(old, new) as connection:
        return _values(connection, "change = 'revised'")


@contextmanager
def both_releases(old: Path, new: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Two releases in one connection, as ``old_release`` and ``new_release``."""
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
        for name, path in (("old_release", old), ("new_release", new)):
            try:
                connection.execute(f"attach {literal(str(path))} as {name} (read_only)")
            except duckdb.IOException as error:
                raise EnvironmentFault(
                    "the release cannot be opened: " + str(error).splitlines()[0],
                    where=str(path),
                    remedy="its file is spoilt or gone; compare with another",
                ) from error
        yield connection


def _names(connection: duckdb.DuckDBPyConnection, database: str, table: str) -> list[str]:
    rows = connection.execute(
        "select column_name from duckdb_columns() where database_name = ? and schema_name || '.' || table_name = ? "
        "order by column_index",
        [database, table],
    ).fetchall()
    return [name for (name,) in rows]


def _have(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> bool:
    """Whether both releases have a table with these columns."""
    return all(set(columns) <= set(_names(connection, name, table)) for name in ("old_release", "new_release"))


def _rows(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    tables = connection.execute(
        "select database_name, schema_name || '.' || table_name from duckdb_tables() "
        "where database_name in ('old_release', 'new_release') order by all"
    ).fetchall()
    counts = " union all ".join(
        f"select {literal(database)} as database, {literal(table)} as table_name, count(*) as n from {database}.{table}"
        for database, table in tables
    )
    return connection.execute(
        "select table_name, any_value(n) filter (where database = 'old_release') as old_rows, "
        f"any_value(n) filter (where database = 'new_release') as new_rows from ({counts}) group by table_name "
        "having old_rows is distinct from new_rows order by table_name"
    ).pl()


def _definitions(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    if not _have(connection, "plan.indicators", ("indicator", "definition_version")):
        return pl.DataFrame()
    return connection.execute(_DEFINITIONS).pl()


def _batches(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    return connection.execute(_BATCHES).pl()


def _values(connection: duckdb.DuckDBPyConnection, wanted: str) -> pl.DataFrame:
    if not _have(connection, _VALUES, ("indicator", "obs_value", "obs_status")) or not _have(
        connection, "plan.indicators", ("indicator", "definition_version")
    ):
        return pl.DataFrame(schema=_EMPTY)
    connection.execute(f"create temp table changed as {_BATCHES}")
    connection.execute(f"create temp table redefined as select indicator from ({_DEFINITIONS})")
    whole = {database: _values_of(connection, database) for database in ("old_release", "new_release")}
    # Most indicators are told as they were, which a hash shows in a quarter of the time that joining them takes.
    old, new = (_FINGERPRINTS.format(values=values) for values in whole.values())
    connection.execute(
        f"create temp table differing as select distinct indicator from "
        f"(({old} except {new}) union all ({new} except {old}))"
    )
    both = {
        database: f"select * from ({values}) semi join differing using (indicator)"
        for database, values in whole.items()
    }
    connection.execute(
        "create temp table touched as select distinct indicator from "
        f"(select * from ({both['old_release']}) except select * from ({both['new_release']}))"
    )
    _write_reach(connection)
    found = connection.execute(
        _CHANGED.format(
            key=", ".join(_KEY),
            old=both["old_release"],
            new=both["new_release"],
            columns=", ".join(name for name in _EMPTY if name not in ("cause", "batches")),
            wanted=wanted,
        )
    ).pl()
    connection.execute(
        "drop table changed; drop table redefined; drop table differing; drop table touched; drop table reach"
    )
    return found


def _values_of(connection: duckdb.DuckDBPyConnection, database: str) -> str:
    """The values of one release; an older one may lack a breakdown, of which it then tells the total."""
    names = set(_names(connection, database, _VALUES))
    columns = ["indicator", "time_period", "reference_year", "ref_area_level", "ref_area"]
    columns += [name if name in names else f"{literal(TOTAL)} as {name}" for name in DIMENSIONS]
    columns += ["unit", "obs_value", "obs_status", "numerator", "denominator"]
    columns.append("decimals" if "decimals" in names else "cast(null as integer) as decimals")
    return f"select {', '.join(columns)} from {database}.{_VALUES}"


def _write_reach(connection: duckdb.DuckDBPyConnection) -> None:
    """The sources below every indicator with a difference, by the lineage of the release that still has it."""
    connection.execute(
        "create temp table reach (indicator varchar, sources varchar[], years_back integer, years_ahead integer)"
    )
    if not _have(connection, "plan.lineage", ("table_name", "reads", "look_back")):
        return
    codes = [code for (code,) in connection.execute("from touched order by indicator").fetchall()]
    entries = []
    for code in codes:
        for database in ("new_release", "old_release"):
            connection.execute(f"use {database}")
            try:
                reach = reach_of(connection, code)
            except EduplanError:
                continue  # that release does not have it
            entries.append((code, list(reach.sources), reach.years_back, reach.years_ahead))
            break
    connection.execute("use memory")
    if entries:
        connection.executemany("insert into reach values (?, ?, ?, ?)", entries)
