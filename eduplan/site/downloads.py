"""The values of every indicator as files: CSV, XLSX and Parquet, and its failing units as CSV.

Belongs here: which columns and files. Does not belong here: how a workbook is written (``eduplan.site.workbook``).

Files of an indicator whose values are those of the release before are its files: both releases share them on disk.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import polars as pl

from eduplan.indicators.tables import DIMENSIONS
from eduplan.site.workbook import MOST_ROWS, Sheets

FOLDER = "download"
"""Folder of the files in a site."""

_ROWS_AT_ONCE = 200_000
_DIMENSIONS = ", ".join(f"v.{name}" for name in DIMENSIONS)
_VALUES = f"""
select
    v.indicator, v.time_period, v.reference_year, v.ref_area_level, v.ref_area, {{names}}, {_DIMENSIONS},
    v.numerator, v.denominator, v.obs_value, v.obs_status, v.unit, v.units_reported, v.units_expected, v.coverage_pct,
    v.interval_low, v.interval_high, v.definition_version
from {{database}}plan.indicator_values as v
"""
_NAMES = "a.name_en as area_name_en, a.name_zh as area_name_zh"
_NO_NAMES = "null::varchar as area_name_en, null::varchar as area_name_zh"
_AREAS = "left join {database}plan.areas as a on a.ref_area_level = v.ref_area_level and a.ref_area = v.ref_area\n"
_ORDER = f"order by v.indicator, v.reference_year, v.time_period, v.ref_area_level, v.ref_area, {_DIMENSIONS}"
_FAILING = f"""
select
    v.indicator, v.time_period, v.unit_level, v.unit_code, v.unit_name, v.ref_area, {_DIMENSIONS}, v.numerator,
    v.denominator, v.missing, v.obs_value
from plan.failing_units as v
order by v.indicator, v.time_period desc, v.unit_level, v.missing desc, v.unit_code, {_DIMENSIONS}
"""


def write_downloads(
    connection: duckdb.DuckDBPyConnection,
    site: Path,
    *,
    has_areas: bool,
    has_failing: bool,
    unchanged: frozenset[str] = frozenset(),
    previous: Path | None = None,
    advance: Callable[[int], None],
) -> None:
    """Writes the files of all indicators.

    Args:
        connection: The release, for nobody else meanwhile.
        site: Folder of the site.
        has_areas: Whether the release has names of areas.
        has_failing: Whether it has units that fall short.
        unchanged: Indicators whose values are those of the release before.
        previous: The folder of its files.
        advance: Is told of every indicator that is done.
    """
    folder = site / FOLDER
    folder.mkdir()
    taken_over = {code for code in sorted(unchanged) if previous and _take_over(code, previous, folder)}
    advance(len(taken_over))
    query = values_query(has_areas=has_areas)
    for codes in _batches(connection, taken_over):
        values = connection.execute(f"{query} where v.indicator in (select unnest(?)) {_ORDER}", [codes]).pl()
        readable = _readable(values)
        sheets = Sheets(readable)
        place = 0
        for code, rows in values["indicator"].rle().struct.unnest().select("value", "len").iter_rows():
            values.slice(place, rows).write_parquet(folder / f"{code}.parquet", compression="zstd")
            # A spreadsheet needs the mark to see that it is UTF-8.
            readable.slice(place, rows).write_csv(folder / f"{code}.csv", include_bom=True)
            # A sheet that cannot hold all has the first rows: years come first, and the other files have everything.
            sheets.write(folder / f"{code}.xlsx", place, min(rows, MOST_ROWS), name=code)
            place += rows
            advance(1)
    if has_failing:
        failing = _readable(connection.execute(_FAILING).pl())
        for (code,), units in failing.partition_by("indicator", maintain_order=True, as_dict=True).items():
            units.write_csv(folder / f"{code}.failing.csv", include_bom=True)


def unchanged_since(previous: Path, current: Path) -> frozenset[str]:
    """Indicators with the same values, told with the same names, in two releases of the same program.

    Args:
        previous: Published database of the release before.
        current: Published database of this one.
    """
    from eduplan.release.comparison import both_releases

    with both_releases(previous, current) as connection:
        versions = [
            connection.execute(f"select eduplan_version from {name}.about.release").fetchone()
            for name in ("old_release", "new_release")
        ]
        if versions[0] != versions[1]:
            return frozenset()
        try:
            rows = connection.execute(f"{_fingerprints('old_release')} intersect {_fingerprints('new_release')}")
        except duckdb.CatalogException:  # a release of before these tables were as they are
            return frozenset()
        return frozenset(str(code) for code, *_ in rows.fetchall())


def values_query(database: str = "", *, has_areas: bool = True) -> str:
    """The values as the files have them, without their order."""
    names = _NAMES if has_areas else _NO_NAMES
    prefix = f"{database}." if database else ""
    return (_VALUES + (_AREAS if has_areas else "")).format(database=prefix, names=names)


def _fingerprints(database: str) -> str:
    values = values_query(database)
    return (
        f"select indicator, count(*), bit_xor(hash(each)), sum(hash(each)) from ({values}) as each group by indicator"
    )


def _take_over(code: str, previous: Path, folder: Path) -> bool:
    """Gives this release the files of the release before; nothing happens where there are none or disks differ."""
    files = [f"{code}.{ending}" for ending in ("csv", "xlsx", "parquet")]
    try:
        for name in files:
            os.link(previous / name, folder / name)
    except OSError:
        for name in files:
            (folder / name).unlink(missing_ok=True)
        return False
    return True


def _batches(connection: duckdb.DuckDBPyConnection, done: set[str]) -> Iterator[list[str]]:
    """Indicators that are still to be written, so many at once as fit into memory."""
    batch: list[str] = []
    rows = 0
    counted = connection.execute("select indicator, count(*) from plan.indicator_values group by indicator order by 1")
    for code, count in counted.fetchall():
        if code in done:
            continue
        if batch and rows + count > _ROWS_AT_ONCE:
            yield batch
            batch, rows = [], 0
        batch.append(code)
        rows += count
    if batch:
        yield batch


def _readable(frame: pl.DataFrame) -> pl.DataFrame:
    """Sums as numbers: six decimals of nothing are in nobody's way then."""
    decimals = [name for name, kind in frame.schema.items() if kind.is_decimal()]
    return frame.with_columns(pl.col(name).cast(pl.Float64) for name in decimals)
