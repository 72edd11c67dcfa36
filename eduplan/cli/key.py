"""``eduplan key create``: the secret that person keys are made with.

Belongs here: the command. Does not belong here: making a key, or using it (``eduplan.staging.pseudonyms``).
"""

from __future__ import annotations

from typing import Annotated

import typer

from eduplan.cli.commands import command
from eduplan.cli.session import Session


def register(app: typer.Typer) -> None:
    """Adds the command to the program."""
    keys = typer.Typer(help="The secret that person keys are made with.", no_args_is_help=True)
    app.add_typer(keys, name="key")

    @command(keys, "create")
    def create(
        session: Session,
        if_missing: Annotated[bool, typer.Option("--if-missing", help="Leave a key that is there.")] = False,
    ) -> None:
        """Makes the key file that eduplan.yml names, readable by you alone; never replaces one."""
        from eduplan.staging.pseudonyms import create_key

        wanted = session.open_project().key_file
        if if_missing and wanted.exists():
            return
        path = create_key(wanted)
        if not session.quiet:
            session.out.print(f"The key is in {path}.", markup=False)
            session.out.print(
                "Keep a copy in a safe place: with another key no pupil of this year is known again next year."
            )
