"""Refuses to publish a column that is about one person.

Belongs here: which columns those are, and the refusal. Does not belong here: suppression of small cells.

Names are followed through the models: ``person_key as pupil`` in a model makes ``pupil`` as private as what it
renames, in that model and in all that read it. Counting persons is what marts are for, so a count is not private.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import duckdb
from sqlglot import exp

from eduplan.declarations.contracts import Contract, Privacy
from eduplan.declarations.models import SqlModel, dependency_order, parsed
from eduplan.errors import CheckFailure

_PRIVATE = (Privacy.IDENTITY, Privacy.PERSON, Privacy.RESTRICTED)

# What hands a value on as it is. Anything else (a count, a comparison, a sum) makes another value of it.
_HANDS_ON = (
    exp.Cast,
    exp.TryCast,
    exp.Paren,
    exp.Coalesce,
    exp.Min,
    exp.Max,
    exp.AnyValue,
    exp.First,
    exp.Last,
    exp.FirstValue,
    exp.LastValue,
    exp.NthValue,
    exp.MD5,
    exp.SHA,
    exp.SHA2,
    exp.Concat,
    exp.DPipe,
    exp.Subquery,
    exp.Select,
    exp.Alias,
    exp.ArrayAgg,
    exp.GroupConcat,
    exp.Order,
    exp.Ordered,
    exp.Distinct,
    exp.Window,
    exp.Lag,
    exp.Lead,
)


def private_names(contracts: Mapping[str, Contract]) -> set[str]:
    """Names of the staged columns that may not leave the load."""
    names = {"person_key"}
    for contract in contracts.values():
        private = {column.name for column in contract.columns if column.privacy in _PRIVATE}
        names |= private | {column.person_key for column in contract.columns if column.person_key}
        identities = {column.name for column in contract.columns if column.is_identity}
        names |= {
            derived.name
            for derived in contract.derive
            if derived.type.value == "date" and identities & set(re.findall(r"[a-z_][a-z0-9_]*", derived.expression))
        }
    return names


def refuse_private_columns(
    columns: Mapping[str, Iterable[str]], models: Mapping[str, SqlModel], contracts: Mapping[str, Contract]
) -> None:
    """Makes sure that no published table has a person-level column.

    Args:
        columns: Columns of each published table, by qualified name.
        models: All models, by qualified name.
        contracts: Contracts by source.

    Raises:
        CheckFailure: A table has one; nothing may be published.
    """
    base = private_names(contracts)
    by_table = _names_by_model(models, base)
    found = sorted(
        f"{table}.{column}"
        for table, names in columns.items()
        for column in names
        if column in by_table.get(table, base)
    )
    if found:
        raise CheckFailure(
            f"would publish what is known of single persons: {', '.join(found)}",
            where=found[0].rsplit(".", 1)[0],
            remedy="a mart holds counts; leave the column out of its last select",
        )


def published_columns(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, list[str]]:
    """The columns of each table, in order."""
    return {table: [row[0] for row in connection.execute(f"describe {table}").fetchall()] for table in tables}


def _names_by_model(models: Mapping[str, SqlModel], base: set[str]) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for model in dependency_order(dict(models)):
        inherited = base.union(*(names.get(table, set()) for table in model.inputs))
        names[model.table] = _with_new_names(model.sql, inherited)
    return names


def _with_new_names(sql: str, private: set[str]) -> set[str]:
    """Adds the names that a query gives to private columns, and to those names in turn."""
    if not any(name in sql for name in private):
        return private
    aliases = list(parsed(sql).find_all(exp.Alias))
    names, before = set(private), 0
    while len(names) > before:
        before = len(names)
        names |= {alias.alias for alias in aliases if any(column in names for column in _handed_on(alias.this))}
    return names


def _handed_on(expression: exp.Expression) -> Iterable[str]:
    """The columns whose values an expression hands on as they are."""
    if isinstance(expression, exp.Column):
        yield expression.name
    elif isinstance(expression, _HANDS_ON):
        for part in (expression.this, expression.expression, *expression.expressions):
            if isinstance(part, exp.Expression):
                yield from _handed_on(part)
