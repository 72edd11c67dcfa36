"""The errors that people see: what happened, where, and what to do about it.

Belongs here: exception classes and exit codes. Does not belong here: anything that raises them.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of the command line; ``docs/reference/exit-codes.md`` explains each."""

    OK = 0
    FAILED = 1
    USAGE = 2
    DECLARATION = 3
    INPUT = 4
    CHECKS = 5
    LOCKED = 6
    ENVIRONMENT = 7


class EduplanError(Exception):
    """An error with one clear line for a person: what, where, what to do.

    Args:
        what: What happened, without identities.
        where: File, table, line or setting that it concerns.
        remedy: What the reader can do about it.
    """

    exit_code: ExitCode = ExitCode.FAILED

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(self.line)

    @property
    def line(self) -> str:
        """The error as the one line that is shown and logged."""
        place = f"{self.where}: " if self.where else ""
        advice = f" ({self.remedy})" if self.remedy else ""
        return f"{place}{self.what}{advice}"


class UnknownName(EduplanError):
    """What was asked for by its name does not exist."""

    exit_code = ExitCode.USAGE


class DeclarationError(EduplanError):
    """A contract, model, indicator or suite is not valid."""

    exit_code = ExitCode.DECLARATION


class InputError(EduplanError):
    """A file that arrived cannot be read, recognised or balanced."""

    exit_code = ExitCode.INPUT


class CheckFailure(EduplanError):
    """A blocking expectation failed, so nothing was released."""

    exit_code = ExitCode.CHECKS


class LockedError(EduplanError):
    """Another process holds the working warehouse."""

    exit_code = ExitCode.LOCKED


class EnvironmentFault(EduplanError):
    """The machine lacks something: a key file, disk space, a release, a permission."""

    exit_code = ExitCode.ENVIRONMENT
