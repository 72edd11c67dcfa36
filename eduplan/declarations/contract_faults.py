"""What must fit between a contract, its code lists, the sources it refers to, and the database that runs its rules.

Belongs here: checks of contracts that need nothing but declarations. Does not belong here: the shape of one contract,
which its own model checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import sqlglot
from sqlglot import exp

from eduplan.declarations.contracts import CodeList, Contract
from eduplan.declarations.loading import place_of
from eduplan.declarations.models import parsed
from eduplan.errors import DeclarationError
from eduplan.project import Project
from eduplan.reading.header import comparable
from eduplan.staging.macros import load_macros
from eduplan.staging.schema import column_type, staged_types
from eduplan.staging.vocabulary import code_type

Fault = tuple[tuple[int | str, ...], str]
"""Where in the contract, and what is wrong there."""


def contract_faults(
    project: Project, contracts: Mapping[str, Contract], codes: Mapping[str, CodeList]
) -> list[DeclarationError]:
    """What does not fit, each with file, line and field."""
    found = []
    with duckdb.connect() as connection:
        load_macros(connection, project)
        for path in sorted(project.contracts.glob("*.yml")):
            contract = contracts[path.stem] if path.stem in contracts else _standing_in(path, contracts)
            for location, reason in _faults(connection, contract, contracts, codes):
                field = ".".join(str(part) for part in location)
                found.append(DeclarationError(f"{field}: {reason}", where=place_of(path, *location)))
    return found


def _standing_in(path: Path, contracts: Mapping[str, Contract]) -> Contract:
    """The contract of a file that is not called as its source is."""
    text = path.read_text(encoding="utf-8")
    return next(contract for source, contract in contracts.items() if f"source: {source}" in text.splitlines())


def _faults(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    contracts: Mapping[str, Contract],
    codes: Mapping[str, CodeList],
) -> Iterator[Fault]:
    yield from _alias_faults(contract)
    yield from _default_faults(connection, contract, codes)
    yield from _reference_faults(contract, contracts)
    yield from _rule_faults(contract, codes)
    yield from _expression_faults(connection, contract, codes)


def _alias_faults(contract: Contract) -> Iterator[Fault]:
    """Headers that would mean two columns."""
    meaning: dict[str, str] = {}
    for number, column in enumerate(contract.columns):
        if column.origin != "table":
            continue
        for alias in [column.name, *column.aliases]:
            other = meaning.setdefault(comparable(alias), column.name)
            if other != column.name:
                yield ("columns", number, "aliases"), f"{alias} already means {other}"


def _default_faults(
    connection: duckdb.DuckDBPyConnection, contract: Contract, codes: Mapping[str, CodeList]
) -> Iterator[Fault]:
    for number, column in enumerate(contract.columns):
        if column.default is None:
            continue
        if column.codes:
            known = [value.code for value in codes[column.codes].values]
            if column.default not in known:
                yield ("columns", number, "default"), f"{column.default} is no code of {column.codes}"
        else:
            read = f"select try_cast($1 as {column_type(column)}) is not null"
            if connection.execute(read, [str(column.default)]).fetchone() != (True,):
                yield ("columns", number, "default"), f"{column.default} is no {column.type}"


def _reference_faults(contract: Contract, contracts: Mapping[str, Contract]) -> Iterator[Fault]:
    for number, reference in enumerate(contract.references):
        column = reference.to_column or reference.column
        if column not in staged_types(contracts[reference.to]):
            field = "to_column" if reference.to_column else "column"
            yield ("references", number, field), f"{reference.to} has no column {column}"


def _rule_faults(contract: Contract, codes: Mapping[str, CodeList]) -> Iterator[Fault]:
    """Rules that quarantine could not tell apart or explain, and those that compare with a code that does not exist."""
    known = {
        column.name: {value.code for value in codes[column.codes].values} for column in contract.columns if column.codes
    }
    names = {column.name for column in contract.columns} | {column.name for column in contract.derive}
    values = {wide.value for wide in contract.unpivot}
    told: set[tuple[str, str]] = set()
    for place, rules in (("rules", contract.rules), ("row_rules", contract.row_rules)):
        for number, rule in enumerate(rules):
            if (rule.rule, rule.columns[0]) in told:
                reason = f"{rule.rule} of {rule.columns[0]} is another rule's already: begin with another column"
                yield (place, number, "columns"), reason
            told.add((rule.rule, rule.columns[0]))
            try:
                tree = parsed(rule.check)
            except sqlglot.errors.ParseError:
                continue  # the database says what is wrong
            read = {column.name for column in tree.find_all(exp.Column)} & names
            for unnamed in sorted(read - {*rule.columns} - values):
                yield (place, number, "columns"), f"check reads {unnamed}, so quarantine has to name it"
            for column, text in _compared(tree):
                if column in known and text not in known[column]:
                    yield (place, number, "check"), f"{text} is no code of {contract.by_name[column].codes}"


def _compared(tree: exp.Expr) -> Iterator[tuple[str, str]]:
    """Columns with the texts that an expression compares them with."""
    for found in tree.find_all(exp.EQ, exp.NEQ, exp.In):
        others = found.expressions if isinstance(found, exp.In) else [found.expression]
        if isinstance(found.this, exp.Column):
            yield from (
                (found.this.name, each.this) for each in others if isinstance(each, exp.Literal) and each.is_string
            )


def _expression_faults(
    connection: duckdb.DuckDBPyConnection, contract: Contract, codes: Mapping[str, CodeList]
) -> Iterator[Fault]:
    """Derived columns and rules that the database cannot run over the typed columns of the source."""
    typed = {
        column.name: code_type(codes[column.codes]) if column.codes else column_type(column)
        for column in contract.columns
    }
    staged = staged_types(contract)
    _sent(connection, typed)
    for number, derived in enumerate(contract.derive):
        if reason := _cannot_run(connection, f"select {derived.expression} from sent"):
            yield ("derive", number, "expression"), reason
    rules = [*contract.rules, *contract.row_rules]
    # Rules see what is staged and what a rule names, but no identity.
    named = {name for rule in rules for name in rule.columns}
    seen = {name: kind for name, kind in typed.items() if name in staged or name in named}
    own = {each.name for each in contract.derive} | {each.person_key for each in contract.columns if each.person_key}
    _sent(connection, seen | {name: staged[name] for name in own if name})
    for number, rule in enumerate(contract.rules):
        if reason := _cannot_run(connection, f"select not ({rule.check}) from sent"):
            yield ("rules", number, "check"), reason
    values = {wide.value for wide in contract.unpivot}
    for number, rule in enumerate(contract.row_rules):
        columns = "".join(f", {name}" for name in rule.columns if name not in values)
        if reason := _cannot_run(
            connection, f"select 1{columns} from sent group by 1{columns} having not ({rule.check})"
        ):
            yield ("row_rules", number, "check"), reason


def _sent(connection: duckdb.DuckDBPyConnection, types: Mapping[str, str]) -> None:
    """An empty table of rows as they stand when expressions are put to them."""
    columns = ", ".join(f"{name} {kind}" for name, kind in types.items())
    connection.execute(f"create or replace table sent ({columns})")


def _cannot_run(connection: duckdb.DuckDBPyConnection, query: str) -> str | None:
    try:
        connection.execute(query)
    except duckdb.Error as error:
        return str(error).splitlines()[0]
    return None
