"""How long work tells a person how far it is.

Belongs here: the interface that the engine calls, and the silent one. The command line brings the bars.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Progress(Protocol):
    """Receives the tasks of a run."""

    def task(self, title: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        """Opens a task of ``total`` steps; the value of the context advances it by a number of steps."""
        ...

    def say(self, line: str) -> None:
        """Shows one line that is worth reading while work goes on."""
        ...


class Silent:
    """Shows nothing."""

    def task(self, title: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        """See :class:`Progress`."""
        del title, total
        return nullcontext(_ignore)

    def say(self, line: str) -> None:
        """See :class:`Progress`."""
        del line


def _ignore(steps: int) -> None:
    del steps
