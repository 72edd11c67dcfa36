"""Optimizers of DuckDB that some statements must do without.

Belongs here: switching them off and on. Does not belong here: which statement must do without which, and why.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

COMMON_SUBEXPRESSIONS = "common_subexpressions"
"""Takes what two expressions share out of both: also out of a ``try``, so that its errors are no longer caught."""
IN_CLAUSE = "in_clause"
"""Makes joins of long ``in`` lists, which lose the order of the rows."""


@contextmanager
def without_optimizers(connection: duckdb.DuckDBPyConnection, *names: str) -> Iterator[None]:
    """Switches optimizers off for a while. The setting is that of the whole database."""
    connection.execute(f"set disabled_optimizers = '{','.join(names)}'")
    try:
        yield
    finally:
        connection.execute("reset disabled_optimizers")
