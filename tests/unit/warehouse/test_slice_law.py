"""The law of slices: whatever arrives in whatever order, the tables are those of one build over everything."""

from __future__ import annotations

import tempfile
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from eduplan.warehouse.work import Work

from .conftest import Bench, new_bench

EACH_ALONE = property(lambda one: [[text] for text in one.changed])
"""Slices in groups of one."""

YEARS = ("2020-21", "2021-22", "2022-23")
TABLES = ("core.cells", "ch1_context.totals", "ch1_context.growth", "ch2_goals.summary")
Arrivals = list[tuple[str, list[tuple[str, int]]]]

arrivals = st.lists(
    st.tuples(
        st.sampled_from(YEARS),
        st.lists(
            st.tuples(st.sampled_from(("S1", "S2", "S3")), st.integers(0, 5)), max_size=3, unique_by=lambda row: row[0]
        ),
    ),
    min_size=1,
    max_size=6,
)


def declare(bench: Bench, kept_in: str) -> None:
    more = "partition: school_year"
    bench.source("roll", "school_code varchar, pupils integer, school_year varchar")
    bench.connection.execute("create table codes.weight as select 'S1' as code, 10 as weight")
    bench.model(
        "core.cells",
        "with heavy as (select code, weight from codes.weight)\n"
        "select school_year, school_code, pupils, weight,\n"
        "row_number() over (partition by school_year order by school_code) as place\n"
        "from staging.roll left join heavy on code = school_code",
        key="school_year, school_code",
        more=f"{more}\nkept_in: {kept_in}",
    )
    bench.model(
        "ch1_context.totals",
        "select school_year, sum(pupils) as pupils from core.cells group by all",
        key="school_year",
        more=more,
    )
    bench.model(
        "ch1_context.growth",
        "select n.school_year, n.pupils, b.pupils as before from ch1_context.totals n left join ch1_context.totals b "
        "on left(b.school_year, 4)::int + 1 = left(n.school_year, 4)::int",
        key="school_year",
        more=more + "\nlook_back: 1",
    )
    bench.model("ch2_goals.summary", "select count(*) as n, sum(before) as b from ch1_context.growth", key="n")


def send(bench: Bench, year: str, rows: list[tuple[str, int]]) -> None:
    bench.arrive("roll", year, [(school, pupils, year) for school, pupils in rows])


@settings(max_examples=12, deadline=None)
@given(arrivals=arrivals, together=st.booleans(), kept_in=st.sampled_from(("table", "parquet")))
def test_slice_by_slice_equals_one_whole_build(arrivals: Arrivals, together: bool, kept_in: str) -> None:
    with (
        tempfile.TemporaryDirectory() as first,
        tempfile.TemporaryDirectory() as second,
        nullcontext() if together else patch.object(Work, "groups", EACH_ALONE),
    ):
        by_slice, whole = new_bench(Path(first)), new_bench(Path(second))
        declare(by_slice, kept_in)
        declare(whole, "table")
        for year, rows in arrivals:
            send(by_slice, year, rows)
            by_slice.build()
        for year, rows in arrivals:
            send(whole, year, rows)
        whole.build()
        for table in TABLES:
            assert by_slice.rows(table) == whole.rows(table), table
        assert by_slice.build().builds == []
