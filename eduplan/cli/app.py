"""The program ``eduplan``.

Belongs here: the list of commands and the options before them. Does not belong here: what a command does.
"""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from eduplan.cli import (
    bulletin,
    check,
    demo,
    diff,
    explain,
    export,
    key,
    quarantine,
    releases,
    run,
    serve,
    sql,
    status,
    ui,
)
from eduplan.cli.commands import DataOption, DebugOption, LangOption, ProjectOption, QuietOption
from eduplan.cli.session import GlobalOptions

app = typer.Typer(
    name="eduplan",
    help="Follows a city's five-year education plan, from raw extracts to published figures.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"eduplan {version('eduplan')}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    project: ProjectOption = None,
    data: DataOption = None,
    lang: LangOption = None,
    quiet: QuietOption = False,
    debug: DebugOption = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    del version
    context.obj = GlobalOptions(project=project, data=data, lang=lang, quiet=quiet, debug=debug)


for module in (demo, run, status, sql, quarantine, explain, releases, diff, export, check, key, serve, ui, bulletin):
    module.register(app)


def main() -> None:
    """Entry point of the installed program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that lacks a character shows another instead
            stream.reconfigure(errors="replace")
    app(prog_name="eduplan")


if __name__ == "__main__":
    main()
