"""The account of every source: how many rows its current files have, and what became of them.

Belongs here: reading it from the batches. Does not belong here: making a batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class SourceAccount:
    """The rows of one source that are current.

    Attributes:
        source: Name of the source.
        files: Current batches.
        rows_read: Rows in their files.
        rows_staged: Rows that made it.
        rows_quarantined: Rows that wait to be mended.
        rows_duplicate: Copies that were dropped.
        rows_dropped: Totals rows and footers that were dropped.
        cells_repaired: Cells that were repaired, by rules that are counted.
        years: Calendar years that their periods start in.
    """

    source: str
    files: int
    rows_read: int
    rows_staged: int
    rows_quarantined: int
    rows_duplicate: int
    rows_dropped: int
    cells_repaired: int
    years: list[str]


_ACCOUNT = """
select
    source, count(*), sum(rows_read)::bigint, sum(rows_staged)::bigint, sum(rows_quarantined)::bigint,
    sum(rows_duplicate)::bigint, sum(rows_dropped)::bigint, sum(cells_repaired)::bigint,
    list_sort(coalesce(list(distinct left(period, 4)) filter (period <> 'all'), []))
from landing.batches
where status = 'current'
group by source
order by source
"""


def source_accounts(connection: duckdb.DuckDBPyConnection) -> list[SourceAccount]:
    """The account of every source that sent something, by name."""
    return [SourceAccount(*row) for row in connection.execute(_ACCOUNT).fetchall()]


def source_account(connection: duckdb.DuckDBPyConnection, source: str) -> SourceAccount:
    """The account of one source; all zeros where it has sent nothing that is current."""
    nothing = SourceAccount(source, 0, 0, 0, 0, 0, 0, 0, [])
    return next((account for account in source_accounts(connection) if account.source == source), nothing)
