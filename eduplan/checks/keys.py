"""Keys that repeat nowhere, shown by their hashes.

Belongs here: which checks ask whether a key repeats, and showing at once that it does not. Does not belong here:
counting the keys that do, which is what the query of such a check is for.

DuckDB hashes a key in 10 ns and takes 150 to find out how many hashes are distinct; Polars takes 35 for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import sqlglot
from sqlglot import TokenType, exp

from eduplan.declarations.models import parsed


@dataclass(frozen=True)
class Key:
    """What no two rows of a table may have in common.

    Attributes:
        columns: The columns.
        where: Condition of the rows that are meant; all rows without one.
    """

    columns: tuple[str, ...]
    where: str | None = None


def repeated_keys(columns: Sequence[str]) -> str:
    """A rows query for the keys that more than one row has."""
    key = ", ".join(columns)
    return f"select {key}, count(*) as rows_with_this_key from {{batch}}\ngroup by {key} having count(*) > 1"


def key_asked(query: str, table: str) -> Key | None:
    """The key that a rows query finds the repetitions of; None where it asks something else.

    Args:
        query: ``select ... from {batch} [where ...] group by <columns> having count(*) > 1``.
        table: The table that it is asked of.
    """
    text = query.format(batch=table)
    tree = parsed(text)
    if not isinstance(tree, exp.Select) or set(_clauses(tree)) - {"where"} != {
        "expressions",
        "from_",
        "group",
        "having",
    }:
        return None
    group, having, source = tree.args["group"], tree.args["having"].this, tree.args["from_"].this
    columns = [each.name for each in group.expressions if isinstance(each, exp.Column) and not each.table]
    is_plain = columns and len(columns) == len(group.expressions) and set(_clauses(group)) == {"expressions"}
    is_table = isinstance(source, exp.Table) and source.sql() == table
    if (
        not is_plain
        or not is_table
        or having.sql() != "COUNT(*) > 1"
        or tree.find(exp.Subquery, exp.Exists, exp.Window)
    ):
        return None
    return Key(tuple(columns), _condition(text))


def repeats_nowhere(connection: duckdb.DuckDBPyConnection, batch: str, key: Key) -> bool:
    """Whether the hashes of a key show that it repeats nowhere; else it may, or two keys may share a hash."""
    meant = f" where {key.where}" if key.where else ""
    try:
        hashes = connection.execute(f"select hash({', '.join(key.columns)}) as hash from {batch}{meant}").pl()["hash"]
    except duckdb.Error:
        return False  # whoever runs the query says what is wrong
    return hashes.n_unique() == len(hashes)


def _clauses(tree: exp.Expression) -> list[str]:
    return [name for name, value in tree.args.items() if value]


def _condition(text: str) -> str | None:
    """What stands between ``where`` and ``group by``, letter by letter."""
    tokens = sqlglot.tokenize(text, read="duckdb")
    where = next((token for token in tokens if token.token_type is TokenType.WHERE), None)
    if where is None:
        return None
    group = next(token for token in tokens if token.token_type is TokenType.GROUP_BY)
    return text[where.end + 1 : group.start].strip()
