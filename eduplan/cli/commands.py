"""Registers commands: the global options on each of them, and one clear line for every error.

Belongs here: what surrounds a command. Does not belong here: what a command does.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_type_hints

import typer

from eduplan.cli.session import GlobalOptions, Session
from eduplan.errors import ExitCode
from eduplan.faults import describe_unexpected, explain, masked_traceback

Body = TypeVar("Body", bound=Callable[..., None])

INTERRUPTED = 130
_PANEL = "Options of every command"

ProjectOption = Annotated[
    Path | None,
    typer.Option(
        help="Folder with eduplan.yml; EDUPLAN_PROJECT or the current folder by default.", rich_help_panel=_PANEL
    ),
]
DataOption = Annotated[
    Path | None, typer.Option(help="Data folder; EDUPLAN_DATA or PROJECT/data by default.", rich_help_panel=_PANEL)
]
LangOption = Annotated[
    str | None, typer.Option(help="zh or en; EDUPLAN_LANG or the locale by default.", rich_help_panel=_PANEL)
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Results and errors only.", rich_help_panel=_PANEL)]
DebugOption = Annotated[
    bool, typer.Option("--debug", help="Show where an unexpected error happened.", rich_help_panel=_PANEL)
]

_GLOBALS: dict[str, tuple[Any, object]] = {
    "project": (ProjectOption, None),
    "data": (DataOption, None),
    "lang": (LangOption, None),
    "quiet": (QuietOption, False),
    "debug": (DebugOption, False),
}


def command(app: typer.Typer, name: str, **settings: Any) -> Callable[[Body], Body]:
    """Registers a function, whose first argument is the session, as a command that also takes the global options.

    Args:
        app: Application that it belongs to.
        name: Name on the command line.
        settings: Passed on to Typer.
    """

    def register(function: Body) -> Body:
        def run(context: typer.Context, **values: Any) -> None:
            given = GlobalOptions(**{option: values.pop(option) for option in _GLOBALS})
            outer = context.find_object(GlobalOptions) or GlobalOptions()
            session = Session(given.over(outer))
            code = guarded(session, lambda: function(session, **values))
            if code:
                raise typer.Exit(code)

        _give_signature(run, function)
        app.command(name, help=inspect.getdoc(function), **settings)(run)
        return function

    return register


def guarded(session: Session, work: Callable[[], None]) -> int:
    """Runs a command and turns whatever goes wrong into one line and an exit code."""
    try:
        work()
    except typer.Exit as wanted:
        return wanted.exit_code
    except KeyboardInterrupt:
        _complain(session, "stopped; what was committed stays, and the last release stands")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has seen enough; what is still buffered must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except Exception as error:
        known = explain(error)
        _complain(session, known.line if known else describe_unexpected(error))
        if session.options.debug:
            session.err.print(masked_traceback(error), markup=False, style="dim")
        return known.exit_code if known else ExitCode.FAILED
    return ExitCode.OK


def _complain(session: Session, line: str) -> None:
    session.err.print(f"eduplan: {' '.join(line.split())}", markup=False, style="bold red")


def _give_signature(run: Callable[..., None], function: Callable[..., None]) -> None:
    """Gives the wrapper the parameters of the function, after the context and before the global options."""
    hints = get_type_hints(function, include_extras=True)
    own = [
        parameter.replace(annotation=hints[parameter.name], kind=inspect.Parameter.KEYWORD_ONLY)
        for parameter in list(inspect.signature(function).parameters.values())[1:]
    ]
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in _GLOBALS.items()
    ]
    context = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    parameters = [context, *own, *shared]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
