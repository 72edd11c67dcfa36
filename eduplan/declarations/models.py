"""SQL models: a select with a header that says title, grain, key, partition and meaning in both languages.

Belongs here: the header and what the text of a model depends on. Does not belong here: running models.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Literal, TypeVar

import sqlglot
from pydantic import Field, model_validator
from sqlglot import exp

from eduplan.declarations.contracts import Severity
from eduplan.declarations.loading import load_yaml_as, parse_yaml_as, read_text
from eduplan.declarations.macros import Macro, load_macros, macros_used
from eduplan.declarations.text import Bilingual, Declaration, Name
from eduplan.errors import DeclarationError

Header = TypeVar("Header")

_HEADER = re.compile(r"\A/\*\n(?P<yaml>.*?)\n\*/\n", re.DOTALL)


class Counted(Declaration):
    """Where the persons are counted that a column counts again, such as those of another year.

    Attributes:
        mart: Qualified mart.
        columns: Its column, or those that add up to it or leave it over, such as all and the others.
        where: SQL predicate over its columns of the rows that are meant.
        years_before: How many years before.
    """

    mart: str
    columns: list[Name] = Field(min_length=1)
    where: str | None = None
    years_before: int = Field(default=0, ge=0)


class ColumnText(Declaration):
    """What a column means, in both languages, with its unit.

    Attributes:
        unit: Unit of its numbers. A column of ``persons`` is protected in a release where a mart has it.
        of: The persons that these are a part of, where the same table has them; or, for an amount, the persons that it
            was measured of.
        divides: The same for parts that have nobody in common: all columns that divide another are disjoint.
        same_as: The column that counts the same persons elsewhere, under its own name.
        disclosure: ``sensitive`` for what must not be told of ten, ``open`` for what anybody may know, ``withheld`` for
            what a release does not tell, because it tells it elsewhere.
        counted: Where a release tells of these persons, in the year that they are of; it withholds the column.
    """

    en: str
    zh: str
    unit: str | None = None
    of: Name | None = None
    divides: Name | None = None
    same_as: Name | None = None
    disclosure: Literal["standard", "sensitive", "open", "withheld"] = "standard"
    counted: Counted | None = None


class Publication(Declaration):
    """A table of the release that is made of a mart too fine to be published as it is.

    Attributes:
        name: Its name in the mart's schema.
        by: Columns that its rows are grouped by, beside the time; counts are added up.
        title: What it is.
    """

    name: Name
    by: list[Name]
    title: Bilingual


class Follows(Declaration):
    """A mart that says what became of persons whom another counts: their sum is known where that one tells it.

    Attributes:
        column: The column that counts them.
        mart: Qualified mart that counted them before, in a column of the same name.
        by: Columns of both by which the persons are the same.
        where: SQL predicate of the rows that count persons of the other; None for all.
        among: SQL predicate over the other's rows of the persons who are followed; None for all.
        within: SQL predicates over columns of both, of those among them that values are made of.
        years_before: How many years before.
    """

    column: Name
    mart: str
    by: list[Name] = Field(min_length=1)
    where: str | None = None
    among: str | None = None
    within: list[str] = Field(default_factory=list)
    years_before: int = Field(default=1, ge=0)


class ModelHeader(Declaration):
    """The YAML comment at the top of a model.

    Attributes:
        key: Columns that identify a row; unique and never null, checked from here.
        partition: Column by which the model is built a slice at a time; the result must be the same as a whole build.
            Inputs that have the same column are read for the slice alone, all others whole.
        kept_in: ``parquet`` for a model with millions of rows, such as persons: one file a slice, written in a third of
            the time that a table takes. It needs a partition.
        look_back: Years before its slice that the model also reads (1 for a model that compares with last year).
        columns: Meaning of columns that ``sql/columns.yml`` does not have or that mean something else here.
        not_null: Further columns that are never null.
        codes: Code list of a column, checked from here.
        warning: What a reader must not do with the table ("do not add over grades").
        publish: The tables that a release has instead of this one; empty where it is published as it is.
        follows: Where the persons were counted before whose ways it tells: their sums are known from there.
    """

    title: Bilingual
    grain: Bilingual
    meaning: Bilingual
    key: list[Name] = Field(min_length=1)
    partition: Literal["school_year", "calendar_year"] | None = None
    kept_in: Literal["table", "parquet"] = "table"
    look_back: int = Field(default=0, ge=0)
    not_null: list[Name] = []
    codes: dict[Name, Name] = {}
    columns: dict[Name, ColumnText] = {}
    warning: Bilingual | None = None
    publish: list[Publication] = []
    follows: Follows | None = None

    @model_validator(mode="after")
    def _consistent(self) -> ModelHeader:
        if self.look_back and self.partition is None:
            raise ValueError("look_back needs a partition")
        if self.kept_in == "parquet" and self.partition is None:
            raise ValueError("kept_in: parquet needs a partition")
        return self


class CheckHeader(Declaration):
    """The YAML comment at the top of ``expectations/cross/*.sql``, a query that returns offending rows.

    Attributes:
        table: The table that the check is shown with.
        rule: Rule of the catalogue, where one is meant.
    """

    title: Bilingual
    table: str
    severity: Severity
    rule: str | None = None
    why: Bilingual
    remedy: Bilingual


@dataclass(frozen=True)
class SqlModel:
    """One model: ``schema.name``, its header and its select.

    Attributes:
        schema: ``core`` or a chapter such as ``ch4_system``.
        name: Table name.
        header: What the model says of itself.
        sql: The select, without header and without a closing semicolon.
        path: File that it stands in.
        macros: Macros that the select calls, each after what it needs.
        shared_texts: Column texts of ``sql/columns.yml``.
    """

    schema: str
    name: str
    header: ModelHeader
    sql: str
    path: Path
    macros: tuple[Macro, ...] = ()
    shared_texts: Mapping[str, ColumnText] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """Qualified table name."""
        return f"{self.schema}.{self.name}"

    def column_text(self, column: str) -> ColumnText | None:
        """What a column means: the header's text, or else the shared one."""
        return self.header.columns.get(column) or self.shared_texts.get(column)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Qualified names of the tables that the select reads, found in its text."""
        return tables_read(self.sql, where=str(self.path), first_line=line_of_query(self.path, self.sql))


@cache
def parsed(sql: str) -> exp.Expr:
    """The tree of a DuckDB query, for those who only look at it."""
    return sqlglot.parse_one(sql, read="duckdb")


def tables_read(sql: str, *, where: str, first_line: int = 1) -> tuple[str, ...]:
    """The qualified tables that a DuckDB query reads, in name order.

    Args:
        sql: The query.
        where: File that it stands in.
        first_line: Line of the file that it starts on.

    Raises:
        DeclarationError: The text is not one SQL query.
    """
    try:
        tree = parsed(sql)
    except sqlglot.errors.ParseError as error:
        first = error.errors[0] if error.errors else {}
        place = f"{where}:{first.get('line', 1) + first_line - 1}"
        raise DeclarationError(f"not valid SQL: {first.get('description', error)}", where=place) from error
    return tuple(sorted({f"{table.db}.{table.name}" for table in tree.find_all(exp.Table) if table.db}))


def load_models(folder: Path) -> dict[str, SqlModel]:
    """Reads ``core/*.sql`` and ``marts/<schema>/*.sql``, by qualified name.

    Raises:
        DeclarationError: A model has no header, its header is not valid, or it reads an unknown model.
    """
    models: dict[str, SqlModel] = {}
    macros, texts = load_macros(folder), load_column_texts(folder)
    for schema, path in _model_files(folder):
        header, sql = split_header(ModelHeader, path)
        used = macros_used(sql, macros)
        model = SqlModel(
            schema=schema, name=path.stem, header=header, sql=sql, path=path, macros=used, shared_texts=texts
        )
        models[model.table] = model
    for model in models.values():
        for table in model.inputs:
            if table.split(".")[0] not in ("staging", "codes", "reference", "landing", "plan") and table not in models:
                raise DeclarationError(f"reads {table}, which no model makes", where=str(model.path))
    return models


def _model_files(folder: Path) -> list[tuple[str, Path]]:
    core = [("core", path) for path in sorted((folder / "core").glob("*.sql"))]
    return core + [(path.parent.name, path) for path in sorted((folder / "marts").glob("*/*.sql"))]


def split_header(header_type: type[Header], path: Path) -> tuple[Header, str]:
    """Reads a SQL file with a YAML comment on top.

    Returns:
        The header and the query below it.
    """
    text = read_text(path)
    match = _HEADER.match(text)
    if match is None:
        raise DeclarationError("the file does not start with a YAML comment", where=f"{path}:1")
    header = parse_yaml_as(header_type, match["yaml"], where=str(path), first_line=2)
    return header, text[match.end() :].strip().removesuffix(";").strip()


def line_of_query(path: Path, sql: str) -> int:
    """The line that a query starts on in its file, below its header."""
    before, found, _ = read_text(path).partition(sql) if path.is_file() else ("", "", "")
    return before.count("\n") + 1 if found else 1


def load_column_texts(folder: Path) -> dict[str, ColumnText]:
    """Reads ``sql/columns.yml``: each column defined once, used by every table that has it."""
    path = folder / "columns.yml"
    return load_yaml_as(dict[str, ColumnText], path) if path.exists() else {}


def dependency_order(models: dict[str, SqlModel]) -> list[SqlModel]:
    """The models, each after those that it reads.

    Raises:
        DeclarationError: Models read each other in a circle.
    """
    state: dict[str, Literal["open", "done"]] = {}
    ordered: list[SqlModel] = []

    def visit(table: str, trail: tuple[str, ...]) -> None:
        if state.get(table) == "done":
            return
        if table in trail:
            circle = " -> ".join([*trail[trail.index(table) :], table])
            raise DeclarationError(f"models read each other in a circle: {circle}", where=str(models[table].path))
        for needed in models[table].inputs:
            if needed in models:
                visit(needed, (*trail, table))
        state[table] = "done"
        ordered.append(models[table])

    for table in sorted(models):
        visit(table, ())
    return ordered
