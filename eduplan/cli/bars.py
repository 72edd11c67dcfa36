"""Progress of long work: bars on a terminal, plain lines elsewhere.

Belongs here: how progress looks. Does not belong here: what is done meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from eduplan.words.language import Language
from eduplan.words.night import task_text, took_text

WORTH_A_LINE_SECONDS = 2.0
"""A finished task that took longer leaves a line behind."""


class Bars:
    """Implements :class:`eduplan.progress.Progress` for people.

    Args:
        console: Console that shows the work, normally the one on standard error.
        lang: Language of the tasks.
        quiet: Show nothing at all.
    """

    def __init__(self, console: Console, lang: Language, *, quiet: bool = False) -> None:
        self._console = console
        self._lang = lang
        self._quiet = quiet
        self._live: Progress | None = None

    def __enter__(self) -> Self:
        if self._console.is_terminal and not self._quiet:
            self._live = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=self._console,
                transient=True,
            )
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    @contextmanager
    def task(self, title: str, total: int) -> Iterator[Callable[[int], None]]:
        """See :class:`eduplan.progress.Progress`."""
        started = time.monotonic()
        live = self._live
        if live is None:
            yield _ignore
        else:
            task = live.add_task(task_text(title, self._lang), total=total)
            try:
                yield lambda steps: live.advance(task, steps)
            finally:
                live.remove_task(task)
        seconds = time.monotonic() - started
        if seconds >= WORTH_A_LINE_SECONDS:
            self.say(took_text(title, seconds, self._lang))

    def say(self, line: str) -> None:
        """See :class:`eduplan.progress.Progress`."""
        if not self._quiet:
            self._console.print(line, markup=False)


def _ignore(steps: int) -> None:
    """Without a bar there is nothing to advance."""
