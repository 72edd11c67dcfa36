"""The tables of the plan: dictionary, values, targets, status, failing units, areas and commitments.

Belongs here: their definition and the order of their columns. Does not belong here: filling them.

The working warehouse has whole numbers, so the decimals of values and status are null in it; a release says in how many
it tells each (``eduplan.disclosure.plan_tables``).
"""

from __future__ import annotations

import duckdb

DIMENSIONS = ("stage", "urban_class", "ownership", "sex", "grade", "item")
"""Breakdown columns of values and status, in order."""

TOTAL = "_T"
"""What a breakdown column says where a value is not broken down by it."""

UNKNOWN = "_U"
"""What a breakdown column says for rows whose value is not known."""

CELL = ("ref_area_level", "ref_area", *DIMENSIONS)
"""Columns that, with the indicator, name a series."""

_TABLES = """
create table if not exists plan.indicators (
    indicator varchar not null,
    definition_version integer not null,
    chapter varchar not null,
    name_en varchar not null,
    name_zh varchar not null,
    definition_en varchar not null,
    definition_zh varchar not null,
    kind varchar not null,
    unit varchar not null,
    scale integer not null,
    decimals integer not null,
    direction varchar not null,
    period_kind varchar not null,
    source_text varchar not null,
    evidence varchar not null,
    always_by varchar[] not null,
    disaggregations varchar[] not null,
    commitments varchar[] not null,
    formula json not null,
    targets json not null,
    note_en varchar,
    note_zh varchar,
    source_text_zh varchar
);
create table if not exists plan.indicator_values (
    indicator varchar not null,
    definition_version integer not null,
    period_kind varchar not null,
    time_period varchar not null,
    reference_year integer not null,
    ref_area_level varchar not null,
    ref_area varchar not null,
    stage varchar not null,
    urban_class varchar not null,
    ownership varchar not null,
    sex varchar not null,
    grade varchar not null,
    item varchar not null,
    numerator decimal(38, 6),
    denominator decimal(38, 6),
    obs_value double,
    obs_status varchar not null,
    unit varchar not null,
    units_reported bigint,
    units_expected bigint,
    coverage_pct double,
    interval_low double,
    interval_high double,
    decimals integer
);
alter table plan.indicator_values add column if not exists interval_low double;
alter table plan.indicator_values add column if not exists interval_high double;
alter table plan.indicator_values add column if not exists decimals integer;
create table if not exists plan.targets (
    indicator varchar not null,
    target_number integer not null,
    kind varchar not null,
    series varchar not null,
    sign integer not null,
    target_value decimal(18, 6),
    target_upper decimal(18, 6),
    start_year integer not null,
    deadline integer,
    baseline_value decimal(18, 6),
    tolerance decimal(18, 6) not null,
    evidence varchar not null,
    stage varchar,
    urban_class varchar,
    ownership varchar,
    sex varchar,
    grade varchar,
    item varchar,
    levels varchar[] not null
);
create table if not exists plan.status (
    indicator varchar not null,
    target_number integer not null,
    kind varchar not null,
    ref_area_level varchar not null,
    ref_area varchar not null,
    stage varchar not null,
    urban_class varchar not null,
    ownership varchar not null,
    sex varchar not null,
    grade varchar not null,
    item varchar not null,
    time_period varchar not null,
    reference_year integer not null,
    obs_value double,
    numerator decimal(38, 6),
    denominator decimal(38, 6),
    obs_status varchar not null,
    unit varchar not null,
    target_value double,
    target_upper double,
    deadline integer,
    baseline_year integer,
    baseline_value double,
    baseline_is_working boolean,
    path_value double,
    gap double,
    yearly_change double,
    yearly_test boolean,
    cumulative_change double,
    cumulative_test boolean,
    units_reported bigint,
    units_expected bigint,
    coverage_pct double,
    status varchar not null,
    reason varchar not null,
    is_latest boolean not null,
    decimals integer,
    compared_decimals integer
);
alter table plan.status add column if not exists decimals integer;
alter table plan.status add column if not exists compared_decimals integer;
create table if not exists plan.failing_units (
    indicator varchar not null,
    target_number integer not null,
    time_period varchar not null,
    reference_year integer not null,
    unit_level varchar not null,
    unit_code varchar not null,
    unit_name varchar,
    ref_area varchar,
    stage varchar not null,
    urban_class varchar not null,
    ownership varchar not null,
    sex varchar not null,
    grade varchar not null,
    item varchar not null,
    numerator decimal(38, 6),
    denominator decimal(38, 6),
    missing decimal(38, 6),
    obs_value double
);
create table if not exists plan.areas (
    ref_area_level varchar not null,
    ref_area varchar not null,
    name_zh varchar not null,
    name_en varchar,
    parent varchar
);
create table if not exists plan.target_areas (
    indicator varchar not null,
    target_number integer not null,
    ref_area varchar not null,
    target_value decimal(18, 6) not null
);
create table if not exists plan.commitments (
    commitment varchar not null,
    chapter varchar not null,
    chapter_number integer not null,
    chapter_title_en varchar not null,
    chapter_title_zh varchar not null,
    section varchar not null,
    section_title_en varchar not null,
    section_title_zh varchar not null,
    label_en varchar not null,
    label_zh varchar not null,
    tier varchar not null,
    commitment_type varchar not null,
    office varchar not null,
    office_en varchar not null,
    office_zh varchar not null,
    deadline integer,
    is_yearly boolean not null,
    target_en varchar,
    target_zh varchar,
    answered_by varchar not null,
    task_en varchar,
    task_zh varchar,
    note_en varchar,
    note_zh varchar
);
create table if not exists plan.commitment_indicators (
    commitment varchar not null,
    indicator varchar not null,
    is_computed boolean not null
);
create table if not exists plan.headlines (
    headline_number integer not null,
    indicator varchar not null
);
create table if not exists plan.commitment_baselines (
    commitment varchar not null,
    baseline_number integer not null,
    indicator varchar,
    label_en varchar,
    label_zh varchar,
    calendar_year integer not null,
    baseline_value decimal(18, 6) not null,
    is_doubtful boolean not null
);
create table if not exists plan.registered_indicators (
    indicator varchar not null,
    definition_version integer not null,
    chapter varchar not null,
    name_en varchar not null,
    name_zh varchar not null,
    numerator_en varchar not null,
    numerator_zh varchar not null,
    denominator_en varchar,
    denominator_zh varchar,
    unit varchar not null,
    direction varchar not null,
    period_kind varchar not null,
    disaggregations varchar[] not null,
    source_text varchar not null,
    evidence varchar not null,
    target_en varchar,
    target_zh varchar,
    waits_for varchar[] not null,
    note_en varchar,
    note_zh varchar,
    source_text_zh varchar
);
create table if not exists plan.commitment_status (
    commitment varchar not null,
    ref_area_level varchar not null,
    ref_area varchar not null,
    time_period varchar,
    status varchar not null,
    reason varchar not null,
    indicator varchar,
    target_number integer,
    stage varchar,
    item varchar,
    target_evidence varchar,
    judged bigint not null,
    met bigint not null,
    on_track bigint not null,
    at_risk bigint not null,
    off_track bigint not null,
    missed bigint not null,
    insufficient_data bigint not null
);
"""


def told_decimals(connection: duckdb.DuckDBPyConnection, row: str, column: str = "decimals") -> str:
    """SQL of the decimals in which a release tells a row; null in a release of before releases said so.

    Args:
        connection: The release.
        row: What a query calls ``plan.indicator_values`` or ``plan.status``.
        column: ``decimals``, or ``compared_decimals`` of a status.
    """
    told = connection.execute(
        "select 1 from duckdb_columns() where database_name = current_database() and schema_name = 'plan' "
        "and table_name = 'status' and column_name = ?",
        [column],
    ).fetchone()
    return f"{row}.{column}" if told else "cast(null as integer)"


def create_plan_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates the tables of the plan that do not exist yet, and the columns that they did not have at first."""
    connection.execute("create schema if not exists plan")
    connection.execute(_TABLES)
    for table in ("plan.indicators", "plan.registered_indicators"):
        connection.execute(f"alter table {table} add column if not exists source_text_zh varchar")
