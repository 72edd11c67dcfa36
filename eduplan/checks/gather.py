"""All checks of a project: generated ones, suites and cross checks, each with a name of its own.

Belongs here: putting them together and refusing what no table stands behind. Does not belong here: running them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlglot
from sqlglot import TokenType, exp

from eduplan.checks.check import Check
from eduplan.checks.generated import checks_of_contract, checks_of_model, checks_of_references
from eduplan.checks.keys import Key, key_asked
from eduplan.declarations.contracts import CodeList, Contract, load_code_lists
from eduplan.declarations.models import SqlModel, parsed
from eduplan.declarations.suites import (
    ROWS_QUERY,
    CrossCheck,
    Expectation,
    Suite,
    load_cross_checks,
    load_suites,
    tables_of,
)
from eduplan.errors import DeclarationError
from eduplan.project import Project

_SHORT_NAMES = {
    "expect_column_values_to_not_be_null": "not_null",
    "expect_column_values_to_be_in_set": "in_set",
    "expect_column_values_to_be_between": "between",
    "expect_column_pair_values_a_to_be_greater_than_b": "greater",
    "expect_table_row_count_to_be_between": "row_count",
    "expect_table_columns_to_match_set": "column_set",
    ROWS_QUERY: "query",
}

# Judging a row by itself, these types need no other row of the table.
_ROW_BY_ROW = frozenset(
    {
        "expect_column_values_to_not_be_null",
        "expect_column_values_to_be_in_set",
        "expect_column_values_to_be_between",
        "expect_column_pair_values_a_to_be_greater_than_b",
    }
)

# Parts of a query for which a row cannot be judged alone, or not in the words of its own table.
_MORE_THAN_A_ROW = (
    exp.With, exp.Join, exp.Group, exp.Having, exp.Window, exp.Subquery, exp.SetOperation, exp.AggFunc, exp.Distinct,
    exp.Limit, exp.Exists, exp.Order, exp.TableAlias,
)  # fmt: skip

# Schemas whose tables are neither models nor sources, but which a check may read.
_ENGINE_SCHEMAS = frozenset({"plan", "codes", "reference", "landing"})


def gather_checks(
    project: Project,
    models: Mapping[str, SqlModel],
    contracts: Mapping[str, Contract],
    *,
    sources_with_batches: Collection[str] = (),
) -> list[Check]:
    """Every check of a project, in order of their names.

    Args:
        project: The project.
        models: Models by qualified name.
        contracts: Contracts by source.
        sources_with_batches: Sources that sent something, whose tables may therefore not be empty.

    Raises:
        DeclarationError: A suite or cross check is not valid, names an unknown table, or two have one name.
    """
    codes = load_code_lists(project.contracts / "codes")
    checks: list[Check] = []
    for source, contract in contracts.items():
        checks += checks_of_contract(contract, codes, has_batch=source in sources_with_batches)
        checks += checks_of_references(contract, contracts)
    for model in models.values():
        _check_codes(model, codes)
        checks += checks_of_model(model, codes)
    known = {f"staging.{source}" for source in [*contracts, "quarantine"]} | set(models)
    for suite in load_suites(project.expectations).values():
        where = project.expectations / f"{suite.table.replace('.', '/')}.yml"
        _check_known([suite.table], known, str(where))
        checks += _checks_of_suite(suite, known, str(where))
    for cross in load_cross_checks(project.expectations).values():
        _check_known([cross.header.table, *cross.inputs], known, str(cross.path))
        checks.append(_check_of_cross(cross))
    return _with_unique_names(checks, str(project.expectations))


def _checks_of_suite(suite: Suite, known: set[str], where: str) -> list[Check]:
    checks = []
    for expectation in suite.expectations:
        reads = tables_of(expectation, suite.table, where=where)
        _check_known(reads, known, where)
        condition = _row_condition(expectation, suite.table)
        checks.append(
            Check(
                check_id=f"{suite.table}.{expectation.name or _default_name(expectation)}",
                table=suite.table,
                expectation=expectation.type,
                kwargs=expectation.kwargs,
                severity=expectation.severity,
                rule=expectation.rule,
                title=expectation.title,
                why=expectation.why,
                remedy=expectation.remedy,
                reads=reads,
                condition=condition,
                key=_key(expectation, suite.table),
                sliceable=expectation.by_slice or condition is not None or _is_row_by_row(expectation),
            )
        )
    return checks


def _is_row_by_row(expectation: Expectation) -> bool:
    return expectation.type in _ROW_BY_ROW and "mostly" not in expectation.kwargs


def _row_condition(expectation: Expectation, table: str) -> str | None:
    """The condition of a query over single rows; None for one that needs more than one row or table."""
    if expectation.type != ROWS_QUERY:
        return None
    text = str(expectation.kwargs["unexpected_rows_query"]).format(batch=table)
    tree = parsed(text)
    if not isinstance(tree, exp.Select) or tree.find(*_MORE_THAN_A_ROW) or len(list(tree.find_all(exp.Select))) > 1:
        return None
    where = next(
        (token for token in sqlglot.tokenize(text, read="duckdb") if token.token_type is TokenType.WHERE), None
    )
    return text[where.end + 1 :].strip() if where else None


def _key(expectation: Expectation, table: str) -> Key | None:
    if expectation.type != ROWS_QUERY:
        return None
    return key_asked(str(expectation.kwargs["unexpected_rows_query"]), table)


def _check_of_cross(cross: CrossCheck) -> Check:
    header = cross.header
    return Check(
        check_id=f"cross.{cross.name}",
        table=header.table,
        expectation=ROWS_QUERY,
        kwargs={"unexpected_rows_query": cross.sql.replace("{", "{{").replace("}", "}}")},
        severity=header.severity,
        rule=header.rule,
        title=header.title,
        why=header.why,
        remedy=header.remedy,
        reads=tuple(sorted({header.table, *cross.inputs})),
    )


def _default_name(expectation: Expectation) -> str:
    columns = [str(expectation.kwargs[key]) for key in ("column", "column_A", "column_B") if key in expectation.kwargs]
    return ".".join([_SHORT_NAMES[expectation.type], *columns])


def _check_codes(model: SqlModel, codes: Mapping[str, CodeList]) -> None:
    missing = sorted(set(model.header.codes.values()) - set(codes))
    if missing:
        raise DeclarationError(f"codes: no code list {', '.join(missing)}", where=f"{model.path}:1")


def _check_known(tables: Collection[str], known: set[str], where: str) -> None:
    unknown = sorted(table for table in tables if table not in known and table.split(".")[0] not in _ENGINE_SCHEMAS)
    if unknown:
        raise DeclarationError(f"no contract or model makes {', '.join(unknown)}", where=where)


def _with_unique_names(checks: list[Check], where: str) -> list[Check]:
    by_name: dict[str, Check] = {}
    for check in checks:
        if check.check_id in by_name:
            raise DeclarationError(
                f"two checks are called {check.check_id}",
                where=where,
                remedy="a suite repeats what the declarations say already, or needs a 'name'",
            )
        by_name[check.check_id] = check
    return [by_name[name] for name in sorted(by_name)]
