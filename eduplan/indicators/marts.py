"""What indicators need to know of a mart: its columns, its year, and how it is read.

Belongs here: reading a mart for a reference year. Does not belong here: grouping and summing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import duckdb

from eduplan.declarations.indicators import Indicator, Measure
from eduplan.errors import DeclarationError
from eduplan.periods import PeriodKind

_YEARS = {
    "school_year": "cast(left(school_year, 4) as integer)",
    "calendar_year": "cast(calendar_year as integer)",
}


@dataclass(frozen=True)
class Marts:
    """The columns of every table that an indicator may read.

    Attributes:
        columns: Column names with types, by qualified table.
    """

    columns: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection) -> Marts:
        """Reads the columns of a database."""
        rows = connection.execute(
            "select schema_name || '.' || table_name, list(column_name), list(data_type) from duckdb_columns() "
            "where database_name = current_database() and not internal group by 1"
        ).fetchall()
        return cls({table: dict(zip(names, types, strict=True)) for table, names, types in rows})

    def of_table(self, table: str, indicator: Indicator) -> Mapping[str, str]:
        """The columns of one mart.

        Raises:
            DeclarationError: There is no such table.
        """
        if table not in self.columns:
            raise DeclarationError(f"reads {table}, which no model makes", where=f"indicator {indicator.code}")
        return self.columns[table]

    def year(self, table: str, indicator: Indicator) -> str:
        """The expression that gives a row's reference year, from the column of the indicator's kind of period.

        Raises:
            DeclarationError: The mart has neither a school year nor a calendar year.
        """
        return _YEARS[self.year_column(table, indicator)]

    def year_column(self, table: str, indicator: Indicator) -> str:
        """The column that a row's reference year stands in.

        Raises:
            DeclarationError: The mart has neither a school year nor a calendar year.
        """
        columns = self.of_table(table, indicator)
        by_school_year = indicator.period is not PeriodKind.CALENDAR_YEAR
        for name in sorted(_YEARS, reverse=by_school_year):
            if name in columns:
                return name
        raise DeclarationError(
            f"{table} has neither school_year nor calendar_year", where=f"indicator {indicator.code}"
        )

    @staticmethod
    def of_years(rows: str, years: Collection[int] | None) -> str:
        """A query of rows with their reference year, cut down to some years; all of them where none are given."""
        if years is None:
            return rows
        return f"select * from ({rows}) where reference_year in ({', '.join(map(str, sorted(years))) or 'null'})"

    def rows(self, table: str, indicator: Indicator, *, offset: int = 0, where: str | None = None) -> str:
        """A query of a mart's rows in scope, with their reference year."""
        conditions = [f"({condition})" for condition in (indicator.where, where) if condition]
        scope = f" where {' and '.join(conditions)}" if conditions else ""
        shift = f" - ({offset})" if offset else ""
        return f"select {self.year(table, indicator)}{shift} as reference_year, * from {table}{scope}"


def measure_of(indicator: Indicator, side: str) -> Measure | None:
    """The numerator or denominator of an indicator in full, with its mart."""
    given = indicator.numerator if side == "numerator" else indicator.denominator
    if given is None:
        return None
    measure = given if isinstance(given, Measure) else Measure(column=given)
    return measure.model_copy(update={"mart": measure.mart or indicator.mart})


def marts_read(indicator: Indicator) -> set[str]:
    """The marts that an indicator itself reads."""
    measures = [measure_of(indicator, side) for side in ("numerator", "denominator")]
    tables = {measure.mart for measure in measures if measure} | {indicator.mart}
    if not isinstance(indicator.coverage, tuple):
        tables.add(indicator.coverage.mart)
    return {table for table in tables if table}


def period_of(indicator: Indicator, year: str) -> str:
    """The expression that gives the period of a value, as it is written, from that of its reference year."""
    if indicator.period is PeriodKind.CALENDAR_YEAR:
        return f"cast({year} as varchar)"
    return f"{year} || '-' || lpad(cast(({year} + 1) % 100 as varchar), 2, '0')"
