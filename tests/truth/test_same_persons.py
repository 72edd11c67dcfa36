"""No two marts count the same persons under two names without saying so.

What one of them hides could be read in the other: see ``same_as:`` in ``sql/columns.yml``. They are found by their
numbers: where the sums of two counts agree for nearly every school or district that both have, they are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import duckdb
import polars as pl

from eduplan.disclosure.figures import MartFigures, figures_of_marts
from eduplan.night import Declarations
from eduplan.project import Project

NEARLY_ALL = 0.95
ENOUGH = 10
GROUPS = (
    ("school_code", "stage", "grade", "sex"),
    ("school_code", "stage", "sex"),
    ("school_code", "stage"),
    ("school_code",),
    ("division_code", "stage", "grade", "sex"),
    ("division_code", "stage"),
    ("division_code", "sex"),
    ("division_code",),
)
ALIKE_IN_THE_DEMO = {
    ("pupils_requesting", "pupils_served"): "every request for after-school service is met",
}

Sums = dict[tuple[str, ...], pl.DataFrame]


def related(figures: MartFigures, one: str, other: str) -> bool:
    """Whether one count of a mart is declared as a part of the other."""
    return one in figures.parts(other) or other in figures.parts(one)


def sums_of(warehouse: duckdb.DuckDBPyConnection, figures: MartFigures, year: str) -> Iterator[tuple[str, Sums]]:
    table = figures.model.table
    rows = warehouse.execute(f"select * from {table} where school_year = ?", [year]).pl()
    for count in figures.thresholds:
        yield (
            count,
            {
                by: rows.group_by(by).agg(persons=pl.col(count).sum().cast(pl.Int64))
                for by in GROUPS
                if set(by) <= set(rows.columns) and "item" not in rows.columns
            },
        )


def agree(one: Sums, other: Sums) -> bool:
    by = next((by for by in GROUPS if by in one and by in other), None)
    if by is None:
        return False
    both = one[by].join(other[by], on=by, nulls_equal=True, suffix="_other")
    both = both.filter((pl.col("persons") > 0) | (pl.col("persons_other") > 0))
    equal = both.filter(pl.col("persons") == pl.col("persons_other"))
    return len(both) >= ENOUGH and len(equal) >= NEARLY_ALL * len(both)


def test_counts_of_the_same_persons_say_so(demo_city) -> None:
    project = Project.load(data=demo_city.data)
    declarations = Declarations(project)
    models = {table: model for table, model in declarations.models.items() if model.schema.startswith("ch")}
    with duckdb.connect(str(demo_city.data / "work" / "working.duckdb"), read_only=True) as warehouse:
        columns = {
            table: [row[0] for row in warehouse.execute(f"describe {table}").fetchall()] for table in sorted(models)
        }
        figures = figures_of_marts(columns, models, declarations.indicators.values(), project.settings)
        (year,) = warehouse.execute("select max(school_year) from ch1_context.enrolment").fetchone()
        counts = {
            (table, count): sums
            for table, found in figures.items()
            if "school_year" in columns[table]
            for count, sums in sums_of(warehouse, found, year)
        }
    unsaid = set()
    for (mart, one), (other_mart, other) in combinations(counts, 2):
        told = [not figures[mart].is_withheld(one), not figures[other_mart].is_withheld(other)]
        same = figures[mart].persons(one) == figures[other_mart].persons(other)
        is_part = mart == other_mart and related(figures[mart], one, other)
        if all(told) and not same and not is_part and agree(counts[mart, one], counts[other_mart, other]):
            unsaid.add(tuple(sorted((one, other))))
    assert not unsaid - set(ALIKE_IN_THE_DEMO), unsaid
    assert ("pupils", "pupils") not in unsaid
