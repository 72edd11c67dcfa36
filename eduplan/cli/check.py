"""``eduplan check``: whether all declarations are valid.

Belongs here: reading every declaration and showing what is wrong. Does not belong here: what makes one valid.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sized
from typing import TYPE_CHECKING, Annotated

import typer

from eduplan.cli.commands import command
from eduplan.cli.session import Session
from eduplan.errors import DeclarationError, ExitCode

if TYPE_CHECKING:
    from eduplan.project import Project


def register(app: typer.Typer) -> None:
    """Adds the command to the program."""

    @command(app, "check")
    def check(
        session: Session, json: Annotated[bool, typer.Option("--json", help="The result as JSON.")] = False
    ) -> None:
        """Reads all declarations and names the file, line and field of what is not valid; runs nothing."""
        counts, faults = check_declarations(session.open_project())
        if json:
            from eduplan.cli.output import write_json

            write_json(sys.stdout, {"declarations": counts, "faults": [fault.line for fault in faults]})
        else:
            for fault in faults:
                session.err.print(f"eduplan: {fault.line}", markup=False, style="bold red")
            if not session.quiet:
                session.out.print(", ".join(f"{number} {name}" for name, number in counts.items()), markup=False)
                session.out.print("All declarations are valid." if not faults else f"{len(faults)} not valid.")
        if faults:
            raise typer.Exit(ExitCode.DECLARATION)


def check_declarations(project: Project) -> tuple[dict[str, int], list[DeclarationError]]:
    """Reads everything that a project declares.

    Returns:
        How many of each kind are valid, and the first fault of each kind that is not.
    """
    from eduplan.declarations.contracts import load_code_lists, load_contracts
    from eduplan.declarations.indicators import load_indicators
    from eduplan.declarations.models import dependency_order, load_column_texts, load_models
    from eduplan.declarations.suites import load_cross_checks, load_suites

    readers: dict[str, Callable[[], Sized]] = {
        "code lists": lambda: load_code_lists(project.contracts / "codes"),
        "contracts": lambda: load_contracts(project.contracts),
        "column texts": lambda: load_column_texts(project.sql),
        "models": lambda: dependency_order(load_models(project.sql)),
        "indicators": lambda: load_indicators(project.plan),
        "suites": lambda: load_suites(project.expectations),
        "cross checks": lambda: load_cross_checks(project.expectations),
    }
    counts: dict[str, int] = {}
    faults: list[DeclarationError] = []
    for name, read in readers.items():
        try:
            counts[name] = len(read())
        except DeclarationError as fault:
            faults.append(fault)
    if not faults:
        faults += unknown_marts(project)
    return counts, faults


def unknown_marts(project: Project) -> list[DeclarationError]:
    """Indicators that are computed from a mart, or a column of it, that no model makes."""
    import sqlglot
    from sqlglot import exp

    from eduplan.declarations.indicators import Measure, load_indicators
    from eduplan.declarations.models import load_models

    columns: dict[str, set[str]] = {}
    for table, model in load_models(project.sql).items():
        tree = sqlglot.parse_one(model.sql, read="duckdb")
        columns[table] = set(tree.named_selects) if isinstance(tree, exp.Query) else set()
    faults: list[DeclarationError] = []
    for code, indicator in load_indicators(project.plan).items():
        for measure in (indicator.numerator, indicator.denominator):
            if measure is None:
                continue
            mart = (measure.mart if isinstance(measure, Measure) else None) or indicator.mart
            column = measure.column if isinstance(measure, Measure) else measure
            if mart not in columns:
                faults.append(DeclarationError(f"{code} is computed from {mart}, which no model makes"))
            elif column not in columns[mart] and "*" not in columns[mart]:
                faults.append(DeclarationError(f"{code} sums {mart}.{column}, which the mart does not have"))
    return faults
