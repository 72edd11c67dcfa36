"""Rows that repeat a key within their file.

Belongs here: finding them, and what happens to them. Does not belong here: what a person who is on two rolls means
(core says that).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb

from eduplan.staging.faults import Faults
from eduplan.staging.numbering import FILE
from eduplan.staging.plan import FilePlan

REPEATED, DUPLICATES = "_eduplan_repeated", "_eduplan_duplicates"


@dataclass(frozen=True)
class Duplicates:
    """The duplicates of some files.

    Attributes:
        rows: How many rows of each file are dropped, by its place.
        condition: SQL: `` and`` the row is not one of them.
    """

    rows: Mapping[int, int] = field(default_factory=dict)
    condition: str = ""


def drop_duplicates(connection: duckdb.DuckDBPyConnection, plan: FilePlan, rows: str, faults: Faults) -> Duplicates:
    """Finds the rows that repeat a key; of ``exact`` contracts, those that differ become faults.

    Rows that have a fault already take no part: they must not push a good row out.

    Args:
        connection: Where the rows are.
        plan: What was read.
        rows: The table of rows.
        faults: The faults so far; key conflicts are added.
    """
    wide = {field.column for field in plan.wide_fields}
    key = [name for name in plan.contract.key if name not in wide] or ["row_number"]
    live = f"{rows} where not _is_dropped{faults.condition}"
    own = [] if faults.files == 1 else [FILE]
    hashed = f"hash({', '.join([*own, *key])})"
    # A hash that occurs once is a key that occurs once; only the others are compared in full.
    numbers = "row_number" if not wide else "distinct row_number"
    repeated = connection.execute(
        f"create or replace temp table {REPEATED} as "
        f"select {hashed} as key_hash from {live} group by all having count({numbers}) > 1"
    ).fetchone()
    if not repeated or not repeated[0]:
        return Duplicates()
    content = ", ".join(f"'{name}': {name}" for name in plan.contract.staged_columns)
    one_row = (
        f"select row_number, {', '.join(f'any_value({name}) as {name}' for name in key if name != 'row_number')}, "
        f"list({{{content}}} order by _id) as content "
        f"from {live} and {hashed} in (select key_hash from {REPEATED}) group by row_number"
    )
    keys = ", ".join([*own, *key])
    connection.execute(
        f"create or replace temp table {DUPLICATES} as select row_number, "
        f"row_number() over (partition by {keys} order by row_number) as place, "
        f"row_number() over (partition by {keys} order by row_number desc) as place_from_end, "
        f"row_number() over (partition by {keys}, content order by row_number) as copy, "
        f"count(*) over (partition by {keys}, content) <> count(*) over (partition by {keys}) as differs "
        f"from ({one_row})"
    )
    return _Decision(connection, plan, faults).decide()


class _Decision:
    """What the contract says of rows that repeat a key."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, plan: FilePlan, faults: Faults) -> None:
        self._connection = connection
        self._how = plan.contract.duplicates
        self._faults = faults

    def decide(self) -> Duplicates:
        surplus = {"exact": "copy > 1", "first": "place > 1", "last": "place_from_end > 1"}[self._how]
        if self._how == "exact":
            self._faults.add_key_conflicts(f"{DUPLICATES} where differs and copy = 1")
        dropped = f"select row_number from {DUPLICATES} where {surplus}"
        rows = self._connection.execute(f"select {FILE}, count(*) from ({dropped}) group by all").fetchall()
        return Duplicates(rows=dict(rows), condition=f" and row_number not in ({dropped})")
