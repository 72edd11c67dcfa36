"""The bookkeeping tables of the warehouse: batches, repairs, findings, builds.

Belongs here: their definition. Does not belong here: filling them.
"""

from __future__ import annotations

import duckdb

SCHEMAS = ("landing", "staging", "codes", "reference", "core", "plan", "warehouse", "checks")

_TABLES = """
create table if not exists landing.batches (
    batch_id varchar primary key,
    source varchar not null,
    period varchar not null,
    sender varchar not null,
    path varchar not null,
    sha256 varchar not null,
    bytes bigint not null,
    modified_ns bigint not null,
    status varchar not null,
    message varchar,
    file_format varchar,
    encoding varchar,
    rows_read bigint not null,
    rows_staged bigint not null,
    rows_quarantined bigint not null,
    rows_duplicate bigint not null,
    rows_dropped bigint not null,
    records_staged bigint not null,
    cells_repaired bigint not null,
    contract_fingerprint varchar not null,
    references_fingerprint varchar not null,
    landed_at timestamptz not null,
    replaced_by varchar
);
create table if not exists landing.repairs (
    batch_id varchar not null,
    column_name varchar not null,
    rule varchar not null,
    cells bigint not null
);
create table if not exists landing.findings (
    batch_id varchar not null,
    rule varchar not null,
    severity varchar not null,
    column_name varchar not null,
    rows_affected bigint not null
);
create table if not exists landing.states (
    scope varchar primary key,
    state varchar not null,
    fingerprint varchar not null
);
create table if not exists warehouse.builds (
    model varchar not null,
    slice varchar not null,
    fingerprint varchar not null,
    rows_built bigint not null,
    seconds double not null,
    built_at timestamptz not null,
    primary key (model, slice)
);
create table if not exists warehouse.comments (
    model varchar primary key,
    fingerprint varchar not null
);
create table if not exists plan.lineage (
    table_name varchar not null,
    reads varchar not null,
    look_back integer not null
);
"""


def create_catalogue(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates the schemas and bookkeeping tables that do not exist yet.

    ``landing.batches.status`` is ``current``, ``replaced`` or ``failed``; a file's rows balance as
    ``rows_read = rows_staged + rows_quarantined + rows_duplicate + rows_dropped``.
    """
    for schema in SCHEMAS:
        connection.execute(f"create schema if not exists {schema}")
    connection.execute(_TABLES)
