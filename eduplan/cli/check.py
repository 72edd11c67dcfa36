"""``eduplan check``: whether all declarations are valid and fit together.

Belongs here: showing what was found. Does not belong here: finding it (``eduplan.declarations.check``).
"""

from __future__ import annotations

from typing import Annotated

import typer

from eduplan.cli.commands import command
from eduplan.cli.session import Session
from eduplan.errors import ExitCode


def register(app: typer.Typer) -> None:
    """Adds the command to the program."""

    @command(app, "check")
    def check(
        session: Session, json: Annotated[bool, typer.Option("--json", help="The result as JSON.")] = False
    ) -> None:
        """Reads all declarations and names the file, line and field of what is not valid; needs no data."""
        from eduplan.declarations.check import check_declarations

        summary = check_declarations(session.open_project())
        if json:
            from eduplan.cli.output import data_stream, write_json

            lines = [fault.line for fault in summary.faults]
            write_json(data_stream(), {"declarations": summary.counts, "notes": summary.notes, "faults": lines})
        else:
            for fault in summary.faults:
                session.err.print(f"eduplan: {fault.line}", markup=False, style="bold red")
            if not session.quiet:
                counts = ", ".join(f"{number} {name}" for name, number in summary.counts.items())
                session.out.print(counts, markup=False)
                for note in summary.notes:
                    session.out.print(note, markup=False, highlight=False)
                session.out.print(
                    "All declarations are valid." if summary.is_valid else f"{len(summary.faults)} faults."
                )
        if not summary.is_valid:
            raise typer.Exit(ExitCode.DECLARATION)
