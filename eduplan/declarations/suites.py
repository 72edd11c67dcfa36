"""Expectation suites: what must be true of a table, one YAML a table, and cross checks in SQL.

Belongs here: the shape of suites and cross checks, and what makes one valid. Does not belong here: checks that
follow from contracts and model headers (``eduplan.checks.generated``), and running any of them.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import model_validator

from eduplan.declarations.contracts import Severity
from eduplan.declarations.loading import load_yaml_as
from eduplan.declarations.models import CheckHeader, line_of_query, split_header, tables_read
from eduplan.declarations.text import Bilingual, Declaration, Name
from eduplan.errors import DeclarationError

ROWS_QUERY = "unexpected_rows_expectation"

# Type of Great Expectations -> the arguments it needs, and those it may have. Only types with a known
# query for the offending rows stand here, because every result has to show them.
EXPECTATION_TYPES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "expect_column_values_to_not_be_null": (frozenset({"column"}), frozenset({"mostly"})),
    "expect_column_values_to_be_in_set": (frozenset({"column", "value_set"}), frozenset({"mostly"})),
    "expect_column_values_to_be_between": (
        frozenset({"column"}),
        frozenset({"min_value", "max_value", "strict_min", "strict_max", "mostly"}),
    ),
    "expect_column_pair_values_a_to_be_greater_than_b": (
        frozenset({"column_A", "column_B"}),
        frozenset({"or_equal", "mostly"}),
    ),
    "expect_table_row_count_to_be_between": (frozenset(), frozenset({"min_value", "max_value"})),
    "expect_table_columns_to_match_set": (frozenset({"column_set"}), frozenset({"exact_match"})),
    ROWS_QUERY: (frozenset({"unexpected_rows_query"}), frozenset()),
}

_TABLE = re.compile(r"^(?P<schema>[a-z][a-z0-9_]*)\.(?P<name>[a-z][a-z0-9_]*)$")


class Expectation(Declaration):
    """One expectation over a table, in the words of Great Expectations.

    Attributes:
        name: Last part of the check's name; made from type and column where it is left out.
        type: Type of the expectation; ``unexpected_rows_expectation`` takes any query over ``{batch}``.
        kwargs: Its arguments.
        rule: Rule of the catalogue, where one is meant.
        by_slice: Whether a query judges each school year or period by itself and reads no other table, so that a night
            runs it over what changed alone; a query over single rows is found to do so without being told.
        title: What is expected, in one line.
        why: What is wrong with a figure when this does not hold.
        remedy: What the reader can do about it.
    """

    name: Name | None = None
    type: str
    kwargs: dict[str, Any] = {}
    severity: Severity
    rule: str | None = None
    by_slice: bool = False
    title: Bilingual
    why: Bilingual
    remedy: Bilingual

    @model_validator(mode="after")
    def _fits_its_type(self) -> Expectation:
        if self.type not in EXPECTATION_TYPES:
            raise ValueError(f"unknown type {self.type!r}; known are {', '.join(sorted(EXPECTATION_TYPES))}")
        required, optional = EXPECTATION_TYPES[self.type]
        missing = sorted(required - set(self.kwargs))
        unknown = sorted(set(self.kwargs) - required - optional)
        if missing:
            raise ValueError(f"{self.type} needs {', '.join(missing)}")
        if unknown:
            raise ValueError(f"{self.type} does not take {', '.join(unknown)}")
        mostly = self.kwargs.get("mostly", 1)
        if not isinstance(mostly, int | float) or not 0 < mostly <= 1:
            raise ValueError(f"mostly is a share above 0 and up to 1, not {mostly}")
        least, most = self.kwargs.get("min_value"), self.kwargs.get("max_value")
        if least is not None and most is not None and least > most:
            raise ValueError(f"min_value {least} is above max_value {most}")
        if self.type == ROWS_QUERY:
            self._check_query(str(self.kwargs["unexpected_rows_query"]))
        return self

    @staticmethod
    def _check_query(query: str) -> None:
        try:
            fields = {field for _, field, _, _ in string.Formatter().parse(query) if field is not None}
        except ValueError as error:
            raise ValueError(f"unexpected_rows_query: {error}; double a brace that is meant literally") from error
        if fields != {"batch"}:
            raise ValueError("unexpected_rows_query reads the table as {batch}, and has no other field in braces")


class Suite(Declaration):
    """The expectations of one table."""

    table: str
    expectations: list[Expectation]

    @model_validator(mode="after")
    def _qualified(self) -> Suite:
        if _TABLE.match(self.table) is None:
            raise ValueError(f"table {self.table!r} is not written as schema.table")
        names = [expectation.name for expectation in self.expectations if expectation.name]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"expectations has {name} twice: their results could not be told apart")
        return self


@dataclass(frozen=True)
class CrossCheck:
    """A query over several tables that returns the offending rows.

    Attributes:
        name: File name without its ending.
        header: What the check says of itself.
        sql: The query.
        path: File that it stands in.
    """

    name: str
    header: CheckHeader
    sql: str
    path: Path

    @property
    def inputs(self) -> tuple[str, ...]:
        """Qualified names of the tables that the query reads."""
        return tables_read(self.sql, where=str(self.path), first_line=line_of_query(self.path, self.sql))


def load_suites(folder: Path) -> dict[str, Suite]:
    """Reads ``<schema>/<table>.yml`` of a folder, by table; an absent folder has none.

    Raises:
        DeclarationError: A suite is not valid, or stands in a file that is not its table's.
    """
    suites: dict[str, Suite] = {}
    for path in sorted(folder.glob("*/*.yml")):
        suite = load_yaml_as(Suite, path)
        if suite.table != f"{path.parent.name}.{path.stem}":
            raise DeclarationError(
                f"the suite of {suite.table} stands in {path.parent.name}/{path.name}",
                where=f"{path}:1",
                remedy=f"move it to {suite.table.replace('.', '/')}.yml",
            )
        for number, expectation in enumerate(suite.expectations):
            where = f"{path}: expectations.{number}"
            others = set(tables_of(expectation, suite.table, where=where)) - {suite.table}
            if expectation.by_slice and others:
                raise DeclarationError(f"by_slice: the query also reads {', '.join(sorted(others))}", where=where)
        suites[suite.table] = suite
    return suites


def tables_of(expectation: Expectation, table: str, *, where: str) -> tuple[str, ...]:
    """The tables that an expectation of a table reads, its own among them.

    Raises:
        DeclarationError: Its query is not SQL.
    """
    if expectation.type != ROWS_QUERY:
        return (table,)
    query = str(expectation.kwargs["unexpected_rows_query"]).format(batch=table)
    return tuple(sorted({table, *tables_read(query, where=where)}))


def load_cross_checks(folder: Path) -> dict[str, CrossCheck]:
    """Reads ``cross/*.sql`` of a folder, by name.

    Raises:
        DeclarationError: A check has no valid header, or its query is not SQL.
    """
    checks: dict[str, CrossCheck] = {}
    for path in sorted((folder / "cross").glob("*.sql")):
        header, sql = split_header(CheckHeader, path)
        check = CrossCheck(name=path.stem, header=header, sql=sql, path=path)
        if not check.inputs:
            raise DeclarationError("the query reads no table", where=str(path))
        checks[check.name] = check
    return checks
