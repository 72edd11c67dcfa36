"""Lineage of columns: what a column of a model is counted from, down to the columns that senders fill in.

Belongs here: following names through a select. Does not belong here: which tables read which (``lineage``).

A column comes from every column in the expression that makes it; what only joins or filters rows does not count. A
number of rows comes from the rows of the table that the select begins with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlglot import exp

from eduplan.declarations.models import SqlModel, parsed

ROWS = "*"
"""Stands for the rows of a table, where these are counted and none of its columns is."""


class Origin(NamedTuple):
    """A column of a table."""

    table: str
    column: str


Origins = frozenset[Origin]


@dataclass(frozen=True)
class Relation:
    """What a query gives.

    Attributes:
        columns: The origins of each of its columns.
        rows: Where its rows come from.
        passing: Tables of which it passes on columns that nobody has listed.
    """

    columns: Mapping[str, Origins] = field(default_factory=dict)
    rows: Origins = frozenset()
    passing: frozenset[str] = frozenset()

    def origins(self, column: str) -> Origins | None:
        """The origins of a column; nothing if it has no such column."""
        if column in self.columns:
            return self.columns[column]
        return frozenset(Origin(table, column) for table in self.passing) or None


Known = Mapping[str, Relation]


def column_lineage(models: Mapping[str, SqlModel]) -> dict[str, dict[str, Origins]]:
    """For each table and column of the models, the columns of sources that it comes from.

    Tables that a model is published as have the columns of the model.
    """
    direct = {table: _query(parsed(model.sql), {}) for table, model in models.items()}
    known: dict[Origin, Origins] = {}

    def below(origin: Origin) -> Origins:
        if origin.table not in direct:
            return frozenset((origin,))
        if origin not in known:
            known[origin] = frozenset()  # a model never reads itself, but a mistaken one must not hang
            relation = direct[origin.table]
            own = relation.rows if origin.column == ROWS else relation.origins(origin.column) or frozenset()
            known[origin] = frozenset().union(*(below(each) for each in own))
        return known[origin]

    found = {
        table: {column: below(Origin(table, column)) for column in relation.columns}
        for table, relation in direct.items()
    }
    for table, model in models.items():
        for publication in model.header.publish:
            found[f"{model.schema}.{publication.name}"] = found[table]
    return found


def _query(node: exp.Expr, known: Known) -> Relation:
    """What a select, a union or a query in brackets gives."""
    inner = dict(known)
    for common in node.ctes if isinstance(node, exp.Query) else ():
        inner.setdefault(common.alias, Relation())  # a recursive one reads itself
        inner[common.alias] = _query(common.this, inner)
    if isinstance(node, exp.SetOperation):
        return _union(_query(node.left, inner), _query(node.right, inner))
    if isinstance(node, exp.Subquery):
        return _query(node.this, inner)
    return _select(node, inner) if isinstance(node, exp.Select) else Relation()


def _union(left: Relation, right: Relation) -> Relation:
    """Columns of both sides by their place; the names are those of the left."""
    pairs = zip(left.columns.items(), right.columns.values(), strict=False)
    columns = {name: own | other for (name, own), other in pairs}
    return Relation({**left.columns, **columns}, left.rows | right.rows, left.passing | right.passing)


def _select(node: exp.Select, known: Known) -> Relation:
    sources = dict(_sources(node, known))
    columns: dict[str, Origins] = {}
    passing: frozenset[str] = frozenset()
    for projection in node.expressions:
        star = _star(projection)
        if star is None:
            columns[projection.alias_or_name] = _origins(projection, sources, columns, known)
            continue
        owner, left_out = star
        for name, relation in sources.items():
            if owner in ("", name):
                passing |= relation.passing
                taken = {column: own for column, own in relation.columns.items() if column not in left_out}
                columns = {**taken, **columns}
    return Relation(columns, _rows(sources), passing)


def _star(projection: exp.Expr) -> tuple[str, set[str]] | None:
    """Whose columns a star takes, and which it leaves out; nothing if it is none."""
    star = projection.this if isinstance(projection, exp.Column) else projection
    if not isinstance(star, exp.Star):
        return None
    owner = projection.table if isinstance(projection, exp.Column) else ""
    return owner, {each.name for each in star.args.get("except_") or star.args.get("except") or ()}


def _sources(node: exp.Select, known: Known) -> Iterator[tuple[str, Relation]]:
    """What the select reads, by the name that it has there."""
    begin = node.args.get("from_") or node.args.get("from")
    joins = node.args.get("joins") or ()
    for source in [*([begin.this] if begin else ()), *(join.this for join in joins)]:
        yield source.alias_or_name, _source(source, known)


def _source(source: exp.Expr, known: Known) -> Relation:
    if isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier):
        if not source.db and source.name in known:
            return known[source.name]
        table = f"{source.db}.{source.name}"
        return Relation({}, frozenset((Origin(table, ROWS),)), frozenset((table,)))
    return _query(source, known) if isinstance(source, exp.Query) else Relation()


def _origins(
    projection: exp.Expr, sources: Mapping[str, Relation], before: Mapping[str, Origins], known: Known
) -> Origins:
    """Where the columns of an expression come from; those of a query in it are the query's."""
    found: Origins = frozenset()
    for node in projection.walk(prune=lambda each: isinstance(each, exp.Select)):
        if isinstance(node, exp.Column):
            found |= _column(node, sources, before)
        elif isinstance(node, exp.Select):
            inner = _select(node, known)
            found |= frozenset().union(*inner.columns.values())
        elif isinstance(node, exp.Count) and isinstance(node.this, exp.Star | None):
            found |= _rows(sources)
    value = projection.unalias()
    while isinstance(value, exp.Cast):
        value = value.this
    if not found and not isinstance(value, exp.Null) and not (isinstance(value, exp.Literal) and value.is_string):
        return _rows(sources)  # a 1 that is summed above counts the rows
    return found


def _rows(sources: Mapping[str, Relation]) -> Origins:
    """The rows of a select: those of the table that it begins with."""
    return next(iter(sources.values()), Relation()).rows


def _column(node: exp.Column, sources: Mapping[str, Relation], before: Mapping[str, Origins]) -> Origins:
    if node.table:
        relation = sources.get(node.table)
        return (relation.origins(node.name) if relation else None) or frozenset()
    listed = [relation.columns[node.name] for relation in sources.values() if node.name in relation.columns]
    if listed:
        return frozenset().union(*listed)
    if node.name in before:
        return before[node.name]
    passed = [relation.origins(node.name) or frozenset() for relation in sources.values()]
    return frozenset().union(*passed)
