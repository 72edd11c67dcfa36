"""The values of every indicator as files: CSV, XLSX and Parquet, and its failing units as CSV.

Belongs here: which columns and files. Does not belong here: how a workbook is written (``eduplan.site.workbook``).

Files of an indicator whose values are those of the release before are its files: both releases share them on disk.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from eduplan import __version__
from eduplan.checks.offending import literal
from eduplan.indicators.tables import DIMENSIONS
from eduplan.project import Project
from eduplan.site.build import SITE
from eduplan.site.workbook import MOST_ROWS, Sheets
from eduplan.warehouse.connection import connect

FOLDER = "download"
"""Folder of the files in a site."""

PARQUET = "parquet"
"""Folder of the Parquet files in a release."""

_NEEDED = {"indicators", "indicator_values"}

_ROWS_AT_ONCE = 200_000
_DIMENSIONS = ", ".join(f"v.{name}" for name in DIMENSIONS)
_VALUES = f"""
select
    v.indicator, v.time_period, v.reference_year, v.ref_area_level, v.ref_area, {{names}}, {_DIMENSIONS},
    v.numerator, v.denominator, v.obs_value, v.obs_status, v.unit, v.units_reported, v.units_expected, v.coverage_pct,
    v.interval_low, v.interval_high, v.decimals, v.definition_version
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


@contextmanager
def downloads_meanwhile(project: Project, release: Path, previous: Path | None) -> Iterator[Downloads]:
    """Writes the files of a release that is being built, while the caller does something else.

    Yields:
        What starts it, once the Parquet files of the release are written, and waits for it.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="downloads") as pool:
        yield Downloads(pool, project, release, previous)


@dataclass
class Downloads:
    """The files of all indicators, made from the Parquet files of a release.

    Attributes:
        pool: The thread that writes them.
        project: For its limits of memory.
        release: Folder of the release.
        previous: Published database of the release before, if there is one.
    """

    pool: ThreadPoolExecutor
    project: Project
    release: Path
    previous: Path | None
    _pending: Future[None] | None = None

    def start(self) -> None:
        """Starts to write them; the Parquet files must be there."""
        self._pending = self.pool.submit(self._write)

    def wait(self) -> None:
        """Waits until they are written."""
        if self._pending:
            self._pending.result()

    def _write(self) -> None:
        connection = connect(":memory:", self.project)
        try:
            connection.execute("set threads = 1; create schema plan")  # a second thread has the pages to write
            for path in sorted((self.release / PARQUET / "plan").glob("*.parquet")):
                connection.execute(f"create view plan.{path.stem} as from read_parquet({literal(str(path))})")
            write_downloads(connection, self.release / SITE, previous=self.previous)
        finally:
            connection.close()


def write_downloads(connection: duckdb.DuckDBPyConnection, site: Path, *, previous: Path | None = None) -> None:
    """Writes the files of all indicators, if there are any.

    Args:
        connection: The tables of the plan in a release, for nobody else meanwhile.
        site: Folder of the site.
        previous: Published database of the release before; files of what did not change are shared with it.
    """
    tables = _tables(connection)
    if not tables >= _NEEDED or not connection.execute("from plan.indicators limit 1").fetchone():
        return
    folder = site / FOLDER
    folder.mkdir(parents=True)
    unchanged = unchanged_since(previous, connection) if previous else frozenset()
    taken_over = {
        code for code in sorted(unchanged) if previous and _take_over(code, previous.parent / SITE / FOLDER, folder)
    }
    query = values_query(has_areas="areas" in tables)
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
    if "failing_units" in tables:
        failing = _readable(connection.execute(_FAILING).pl())
        for (code,), units in failing.partition_by("indicator", maintain_order=True, as_dict=True).items():
            units.write_csv(folder / f"{code}.failing.csv", include_bom=True)


def unchanged_since(previous: Path, connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Indicators with the same values, told with the same names, as in a release before that this program made.

    Args:
        previous: Published database of the release before.
        connection: The tables of the plan in this release.
    """
    connection.execute(f"attach {literal(str(previous))} as old_release (read_only)")
    try:
        if connection.execute("select eduplan_version from old_release.about.release").fetchone() != (__version__,):
            return frozenset()
        rows = connection.execute(f"{_fingerprints('old_release')} intersect {_fingerprints('')}").fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):  # a release of before these tables were as they are
        return frozenset()
    finally:
        connection.execute("detach old_release")
    return frozenset(str(code) for code, *_ in rows)


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    rows = connection.execute(
        "select table_name from information_schema.tables "
        "where table_catalog = current_database() and table_schema = 'plan'"
    ).fetchall()
    return {name for (name,) in rows}


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
