"""What every command knows: the project, the language, and where output goes.

Belongs here: the options that work before and after a command, and the objects made from them. Does not belong here:
any command.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from eduplan.errors import EduplanError, ExitCode
from eduplan.words.language import Language

if TYPE_CHECKING:
    from rich.console import Console

    from eduplan.cli.bars import Bars
    from eduplan.project import Project

WIDTH_OF_A_FILE = 140
"""Columns of tables that go to a file or a pipe."""


class UsageFault(EduplanError):
    """The command line itself says something that cannot be done."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True)
class GlobalOptions:
    """The options that every command takes, before or after its name.

    Attributes:
        project: Folder with ``eduplan.yml``.
        data: Data folder, if not ``<project>/data``.
        lang: ``en`` or ``zh``.
        quiet: Show results and errors alone.
        debug: Show where an unexpected error happened.
    """

    project: Path | None = None
    data: Path | None = None
    lang: str | None = None
    quiet: bool = False
    debug: bool = False

    def over(self, outer: GlobalOptions) -> GlobalOptions:
        """These options where they are given, the outer ones where they are not."""
        return replace(
            outer,
            project=self.project or outer.project,
            data=self.data or outer.data,
            lang=self.lang or outer.lang,
            quiet=self.quiet or outer.quiet,
            debug=self.debug or outer.debug,
        )


class Session:
    """One call of the command line.

    Args:
        options: Options as they were given.
    """

    def __init__(self, options: GlobalOptions) -> None:
        self.options = options

    @property
    def quiet(self) -> bool:
        """Whether only results and errors are shown."""
        return self.options.quiet

    @cached_property
    def lang(self) -> Language:
        """Language of texts: ``--lang``, then ``EDUPLAN_LANG``, then the locale."""
        if self.options.lang:
            return _language(self.options.lang, "--lang")
        if wanted := os.environ.get("EDUPLAN_LANG"):
            return _language(wanted, "EDUPLAN_LANG")
        locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
        return "zh" if locale.lower().startswith("zh") else "en"

    def open_project(self, *, raw: Path | None = None) -> Project:
        """Opens the project that the options name.

        Args:
            raw: Folder of extracts, if not ``<data>/raw``.
        """
        from eduplan.project import Project

        root = self.options.project or os.environ.get("EDUPLAN_PROJECT") or "."
        data = self.options.data or os.environ.get("EDUPLAN_DATA") or None
        return Project.load(root, data=data, raw=raw or os.environ.get("EDUPLAN_RAW") or None)

    @cached_property
    def out(self) -> Console:
        """Where results go."""
        return _console(stderr=False)

    @cached_property
    def err(self) -> Console:
        """Where progress and errors go."""
        return _console(stderr=True)

    def bars(self) -> Bars:
        """Progress on the terminal; plain lines where it is none; nothing when quiet."""
        from eduplan.cli.bars import Bars

        return Bars(self.err, self.lang, quiet=self.quiet)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    class Quitting(Console):
        """A console whose reader may leave (head, less) without making a fault of it."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    console: Console = Quitting(stderr=stderr, highlight=False, soft_wrap=True)
    if console.width < 1 or (not console.is_terminal and "COLUMNS" not in os.environ):
        console.width = WIDTH_OF_A_FILE
    return console


def _language(text: str, origin: str) -> Language:
    wanted = text.lower()
    if wanted.startswith("zh"):
        return "zh"
    if wanted.startswith("en"):
        return "en"
    raise UsageFault(f"{text!r} is not a language", where=origin, remedy="use zh or en")
