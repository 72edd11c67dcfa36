"""``eduplan demo``: writes the extracts of the invented city.

Belongs here: options and the closing line. Does not belong here: making the city (``eduplan.demo``).
"""

from __future__ import annotations

import re
from typing import Annotated

import typer

from eduplan.cli.commands import command
from eduplan.cli.session import Session, UsageFault

_YEARS = re.compile(r"(?P<first>\d{4})(?:-(?P<last>\d{4}))?")


def register(app: typer.Typer) -> None:
    """Adds the command to the program."""

    @command(app, "demo")
    def demo(
        session: Session,
        scale: Annotated[float, typer.Option(help="1 is 3,500 schools and 1,000,000 pupils.", min=0.001)] = 0.02,
        seed: Annotated[int, typer.Option(help="The same seed gives the same city.")] = 1,
        years: Annotated[str, typer.Option(help="School years by the year that they start in.")] = "2020-2025",
    ) -> None:
        """Writes the extracts that a bureau of an invented city would get, with their defects, into data/raw."""
        first, last = year_range(years)
        project = session.open_project()
        folder = project.raw
        from eduplan.demo.generation import generate
        from eduplan.demo.outlines import write_outlines
        from eduplan.site.outlines import OUTLINES

        with session.bars() as bars:
            made = generate(folder, scale=scale, seed=seed, years=(first, last), progress=bars)
        write_outlines(project.data / OUTLINES, year=last, seed=seed)
        if not session.quiet:
            session.out.print(f"{made.files} files with {made.rows} rows are in {folder}.", markup=False)


def year_range(text: str) -> tuple[int, int]:
    """Reads ``2020-2025`` or ``2020``.

    Raises:
        UsageFault: The text is neither, or ends before it begins.
    """
    match = _YEARS.fullmatch(text)
    if match is None:
        raise UsageFault(f"{text!r} is not a range of years", where="--years", remedy="write it as 2020-2025")
    first = int(match["first"])
    last = int(match["last"] or first)
    if last < first:
        raise UsageFault(f"{text!r} ends before it begins", where="--years", remedy="write it as 2020-2025")
    return first, last
