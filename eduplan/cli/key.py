"""``eduplan key create``: the secret that person keys are made with.

Belongs here: making the key file. Does not belong here: using it.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Annotated

import typer

from eduplan.cli.commands import command
from eduplan.cli.session import Session
from eduplan.errors import EnvironmentFault

KEY_BYTES = 32


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
        wanted = session.open_project().key_file
        if if_missing and wanted.exists():
            return
        path = create_key(wanted)
        if not session.quiet:
            session.out.print(f"The key is in {path}.", markup=False)
            session.out.print(
                "Keep a copy in a safe place: with another key no pupil of this year is known again next year."
            )


def create_key(path: Path) -> Path:
    """Writes a new random key, mode 0600.

    Raises:
        EnvironmentFault: There is a key already.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise EnvironmentFault(
            "there is a key already, and it is not replaced",
            where=str(path),
            remedy="every person key depends on it; move it away yourself if you are sure",
        ) from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
    return path
