"""The rows that a bulletin is made of, from the published database alone.

Belongs here: queries. Does not belong here: what a reader sees of their rows (``eduplan.bulletin.content``).
"""

from __future__ import annotations

from typing import Any

import duckdb

from eduplan.checks.offending import literal
from eduplan.indicators.tables import DIMENSIONS, told_decimals

Row = dict[str, Any]

_PARTS = ", ".join(DIMENSIONS)
_SERIES = f"indicator, {_PARTS}"


_TOLD = {
    "$compared_decimals_of_status": ("s", "compared_decimals"),
    "$decimals_of_status": ("s", "decimals"),
    "$decimals_of_value": ("v", "decimals"),
}
"""What a query says for the decimals in which rows are told, which older releases do not say."""


def _of(table: str, columns: str) -> str:
    """Columns as those of one table."""
    return ", ".join(f"{table}.{column}" for column in columns.split(", "))


YEAR = "select max(reference_year) from plan.indicator_values where period_kind = 'school_year'"
_ANY_YEAR = "select max(reference_year) from plan.indicator_values"

PERIOD = """
select time_period from plan.indicator_values where reference_year = $year
order by period_kind = 'school_year' desc limit 1
"""

# The latest judgement of every target until the year of the bulletin.
JUDGED = f"""
select
    i.chapter, s.indicator, i.kind as indicator_kind, i.name_en, i.name_zh, s.target_number, s.kind, i.direction,
    s.ref_area, {_of("s", _PARTS)}, s.time_period, s.reference_year,
    s.obs_value, s.obs_status, s.unit, i.decimals as indicator_decimals, $decimals_of_status as decimals,
    $compared_decimals_of_status as compared_decimals, s.target_value, s.target_upper, s.deadline, s.path_value,
    s.coverage_pct, s.status, s.reason, i.definition_en, i.definition_zh, i.source_text, i.evidence,
    i.definition_version, t.evidence as target_evidence
from plan.status as s
join plan.indicators as i using (indicator)
left join plan.targets as t using (indicator, target_number)
where s.ref_area_level = $level and s.reference_year <= $year
qualify row_number() over (
    partition by s.indicator, s.target_number, s.ref_area, {_of("s", _PARTS)}
    order by s.reference_year desc
) = 1
order by i.chapter, s.indicator, s.target_number, s.stage, s.item, s.ref_area
"""

# Indicators that nothing is promised of, in their latest year with a value.
CONTEXT = f"""
select
    i.chapter, v.indicator, i.kind as indicator_kind, i.name_en, i.name_zh, 1 as target_number, null as kind,
    i.direction, v.ref_area, {_of("v", _PARTS)}, v.time_period,
    v.reference_year, v.obs_value, v.obs_status, v.unit, i.decimals as indicator_decimals,
    $decimals_of_value as decimals, null as compared_decimals, null as target_value, null as target_upper,
    null as deadline, null as path_value, v.coverage_pct, null as status, null as reason,
    i.definition_en, i.definition_zh, i.source_text, i.evidence, i.definition_version, null as target_evidence
from plan.indicator_values as v
join plan.indicators as i using (indicator)
where v.ref_area_level = $level and v.reference_year <= $year
    and (v.obs_value is not null or v.obs_status = 'Q')
    and v.indicator not in (select indicator from plan.status)
    and (list_contains(i.always_by, 'stage') or v.stage = '_T')
    and (list_contains(i.always_by, 'item') or v.item = '_T')
    and v.urban_class = '_T' and v.ownership = '_T' and v.sex = '_T' and v.grade = '_T'
qualify v.reference_year = max(v.reference_year) over (partition by v.indicator)
order by i.chapter, v.indicator, v.stage, v.item, v.ref_area
"""

# Every value of the city until the year of the bulletin, for trends and for the year before.
HISTORY = f"""
select {_SERIES}, reference_year, obs_value, obs_status, $decimals_of_value as decimals
from plan.indicator_values as v
where ref_area_level = 'city' and reference_year <= $year
order by {_SERIES}, reference_year
"""

HEADLINES = """
select
    h.indicator, coalesce(r.name_en, '') as name_en, coalesce(r.name_zh, '') as name_zh,
    r.indicator is not null as is_registered
from plan.headlines as h
left join plan.registered_indicators as r using (indicator)
order by h.headline_number
"""

# Values of districts for headline indicators, where a district has no status.
DISTRICT_VALUES = f"""
select v.ref_area, v.reference_year, {_of("v", _SERIES)}, v.obs_value,
    v.obs_status, v.unit, i.decimals as indicator_decimals, $decimals_of_value as decimals
from plan.indicator_values as v
join plan.indicators as i using (indicator)
join plan.headlines as h using (indicator)
where v.ref_area_level = 'district' and v.reference_year <= $year
"""

# Districts of the year: one that was merged or renamed before it has no values any more.
DISTRICTS = """
select ref_area, name_en, name_zh
from plan.areas as areas
where ref_area_level = 'district' and exists (
    select 1 from plan.indicator_values as v
    where v.ref_area_level = 'district' and v.ref_area = areas.ref_area and v.reference_year = $year
        and v.obs_status in ('A', 'Q')
)
order by ref_area
"""

# Schools, towns and districts that a target lacks, the largest gaps first; a unit counts once, however many of its
# parts fall short. The count is that of all of them.
FAILING = """
with
latest as (
    select * from plan.failing_units
    where reference_year <= $year
    qualify reference_year = max(reference_year) over (partition by indicator, target_number)
),
units as (
    select indicator, target_number, reference_year, unit_level, unit_code, any_value(unit_name) as name_zh,
        sum(missing) as missing
    from latest
    group by indicator, target_number, reference_year, unit_level, unit_code
)
select *, count(*) over (partition by indicator, target_number, unit_level) as units
from units
qualify
    row_number() over (partition by indicator, target_number, unit_level order by missing desc, unit_code) <= $most
order by indicator, target_number, unit_level, missing desc, unit_code
"""

COMMITMENTS = """
select
    c.commitment, c.chapter, c.chapter_number, c.chapter_title_en, c.chapter_title_zh, c.section, c.label_en,
    c.label_zh, c.office_en, c.office_zh, c.deadline, c.is_yearly, c.target_en, c.target_zh, s.status, s.reason,
    s.indicator, s.time_period
from plan.commitments as c
join plan.commitment_status as s using (commitment)
where s.ref_area_level = 'city'
order by c.chapter_number, c.section, c.commitment
"""

SOURCES = """
select
    source, count(*) as files, sum(rows_read) as rows_read, sum(rows_staged) as rows_staged,
    sum(rows_quarantined) as rows_quarantined, sum(rows_duplicate) as rows_duplicate,
    sum(rows_dropped) as rows_dropped, sum(cells_repaired) as cells_repaired
from about.batches
group by source
order by source
"""

CHECKS = """
select severity, count(*) as checks, count(*) filter (where not success) as failed
from about.checks
group by severity
order by case severity when 'critical' then 1 when 'error' then 2 else 3 end
"""

FAILED_CHECKS = """
select severity, table_name, rule, title_en, title_zh, why_en, why_zh, rows_unexpected, rows_total
from about.checks
where not success
order by case severity when 'critical' then 1 when 'error' then 2 else 3 end, table_name, check_id
"""

OBSERVATIONS = """
select ref_area_level, obs_status, count(*) as observations
from plan.indicator_values
where reference_year <= $year
group by ref_area_level, obs_status
"""

SUPPRESSION = "select mart, counted, figures, small, hidden from about.suppression order by mart, counted"


def rows(connection: duckdb.DuckDBPyConnection, query: str, **values: object) -> list[Row]:
    """The rows of a query as one dictionary each.

    Years and levels are written into it: a process that binds a value has DuckDB import pandas, for half a second.
    """
    for said, (row, column) in _TOLD.items():
        if said in query:
            query = query.replace(said, told_decimals(connection, row, column))
    for name, value in values.items():
        query = query.replace(f"${name}", literal(value))
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Qualified names of the tables that the release has."""
    found = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    return {name for (name,) in found}


def latest_year(connection: duckdb.DuckDBPyConnection) -> int | None:
    """The latest school year that has a value, or else the latest year of any kind."""
    for query in (YEAR, _ANY_YEAR):
        row = connection.execute(query).fetchone()
        if row and row[0] is not None:
            return int(row[0])
    return None
