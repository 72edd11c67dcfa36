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
    """

    source: str
    files: int
    rows_read: int
    rows_staged: int
    rows_quarantined: int
    rows_duplicate: int
    rows_dropped: int
    cells_repaired: int


CURRENT = "(from landing.batches where status = 'current')"
"""The batches that the working warehouse counts."""
PUBLISHED = "about.batches"
"""The batches that a release was made of."""

_ACCOUNT = """
select
    source, count(*), sum(rows_read)::bigint, sum(rows_staged)::bigint, sum(rows_quarantined)::bigint,
    sum(rows_duplicate)::bigint, sum(rows_dropped)::bigint, sum(cells_repaired)::bigint
from {batches}
where ($source is null or source = $source) and ($year is null or starts_with(period, $year))
group by source
order by source
"""


def source_accounts(
    connection: duckdb.DuckDBPyConnection, source: str | None = None, year: str | None = None, of: str = CURRENT
) -> list[SourceAccount]:
    """The account of every source that sent something, by name.

    Args:
        connection: The working warehouse, or a release.
        source: Only this source.
        year: Only periods that start in this calendar year.
        of: The batches of the one or of the other.
    """
    rows = connection.execute(_ACCOUNT.format(batches=of), {"source": source, "year": year}).fetchall()
    return [SourceAccount(*row) for row in rows]


def source_account(
    connection: duckdb.DuckDBPyConnection, source: str, year: str | None = None, of: str = CURRENT
) -> SourceAccount:
    """The account of one source; all zeros where it has sent nothing that is current."""
    found = source_accounts(connection, source, year, of)
    return found[0] if found else SourceAccount(source, 0, 0, 0, 0, 0, 0, 0)


def years_sent(connection: duckdb.DuckDBPyConnection, of: str = CURRENT) -> list[tuple[str, str]]:
    """The sources that sent something, each with the calendar years that its periods start in."""
    return connection.execute(f"select distinct source, left(period, 4) from {of} order by all").fetchall()
