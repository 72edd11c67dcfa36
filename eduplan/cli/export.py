"""``eduplan export``: a release in the formats of other systems.

Belongs here: the commands. Does not belong here: any format (``eduplan.exports``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eduplan.cli.commands import command
from eduplan.cli.session import Session
from eduplan.cli.sql import AsOfOption, open_database
from eduplan.exports.version import MessageVersion

DEFAULT_LEVELS = ["city", "district"]


def register(app: typer.Typer) -> None:
    """Adds the commands to the program."""
    exports = typer.Typer(help="A release in the formats of other systems.", no_args_is_help=True)
    app.add_typer(exports, name="export")

    @command(exports, "sdmx")
    def sdmx(
        session: Session,
        output: Annotated[Path, typer.Option(help="Folder to write to; made where it does not exist.")],
        level: Annotated[
            list[str], typer.Option(help="Level of area (city, district, town, school); may be repeated.")
        ] = DEFAULT_LEVELS,
        message: Annotated[MessageVersion, typer.Option(help="Version of SDMX-ML.")] = MessageVersion.V30,
        as_of: AsOfOption = None,
    ) -> None:
        """Writes the indicator values as SDMX-CSV 2.0 and SDMX-ML, with their data structure and code lists."""
        from eduplan.exports.sdmx import write_sdmx_files

        connection = open_database(session, as_of=as_of)
        try:
            files = write_sdmx_files(connection, session.open_project(), output, levels=level, version=message)
        finally:
            connection.close()
        if not session.quiet:
            for file in files:
                session.out.print(str(file), markup=False)
