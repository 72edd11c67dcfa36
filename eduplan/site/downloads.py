"""The values of every indicator as files: CSV, XLSX and Parquet, and its failing units as CSV.

Belongs here: which columns and files. Does not belong here: how a workbook is written (``eduplan.site.workbook``).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl

from eduplan.indicators.tables import DIMENSIONS
from eduplan.site.reading import ReleaseReader
from eduplan.site.workbook import MOST_ROWS, write_workbook

_DIMENSIONS = ", ".join(f"v.{name}" for name in DIMENSIONS)
_VALUES = f"""
select
    v.indicator, v.time_period, v.reference_year, v.ref_area_level, v.ref_area, a.name_en as area_name_en,
    a.name_zh as area_name_zh, {_DIMENSIONS}, v.numerator, v.denominator, v.obs_value, v.obs_status, v.unit,
    v.units_reported, v.units_expected, v.coverage_pct, v.interval_low, v.interval_high, v.definition_version
from plan.indicator_values as v
left join plan.areas as a on a.ref_area_level = v.ref_area_level and a.ref_area = v.ref_area
order by v.indicator, v.reference_year, v.time_period, v.ref_area_level, v.ref_area, {_DIMENSIONS}
"""
_VALUES_WITHOUT_NAMES = (
    _VALUES.replace("a.name_en", "null::varchar")
    .replace("a.name_zh", "null::varchar")
    .replace("left join plan.areas as a on a.ref_area_level = v.ref_area_level and a.ref_area = v.ref_area\n", "")
)
_FAILING = f"""
select
    v.indicator, v.time_period, v.unit_level, v.unit_code, v.unit_name, v.ref_area, {_DIMENSIONS}, v.numerator,
    v.denominator, v.missing, v.obs_value
from plan.failing_units as v
order by v.indicator, v.time_period desc, v.unit_level, v.missing desc, v.unit_code, {_DIMENSIONS}
"""


def write_downloads(
    connection: duckdb.DuckDBPyConnection, reader: ReleaseReader, site: Path, *, advance: Callable[[int], None]
) -> None:
    """Writes the files of all indicators.

    Args:
        connection: The release.
        reader: The release, for what it has.
        site: Folder of the site.
        advance: Is told of every indicator that is done.
    """
    folder = site / "download"
    folder.mkdir()
    values = connection.execute(_VALUES if reader.has("plan.areas") else _VALUES_WITHOUT_NAMES).pl()
    by_code = values.partition_by("indicator", maintain_order=True, as_dict=True)
    readable = _readable(values).partition_by("indicator", maintain_order=True, as_dict=True)
    for (code,), plain in readable.items():
        by_code[code,].write_parquet(folder / f"{code}.parquet", compression="zstd")
        plain.write_csv(
            folder / f"{code}.csv", include_bom=True
        )  # a spreadsheet needs the mark to see that it is UTF-8
        # A sheet that cannot hold all rows has the first ones: years come first, and the other files have everything.
        write_workbook(plain.head(MOST_ROWS), folder / f"{code}.xlsx", sheet=str(code))
        advance(1)
    if reader.has("plan.failing_units"):
        failing = _readable(connection.execute(_FAILING).pl())
        for (code,), units in failing.partition_by("indicator", maintain_order=True, as_dict=True).items():
            units.write_csv(folder / f"{code}.failing.csv", include_bom=True)


def _readable(frame: pl.DataFrame) -> pl.DataFrame:
    """Sums as numbers: six decimals of nothing are in nobody's way then."""
    decimals = [name for name, kind in frame.schema.items() if kind.is_decimal()]
    return frame.with_columns(pl.col(name).cast(pl.Float64) for name in decimals)
