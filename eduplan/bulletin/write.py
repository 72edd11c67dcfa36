"""Writes the bulletin of a release: a PDF and a workbook in each language.

Belongs here: files, and what to do where something for the PDF is missing. Does not belong here: what stands in them.

A release is read once for all languages, which are written one after the other; laying out a PDF takes less than a
second, and holds up no other thread.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eduplan.errors import EduplanError
from eduplan.project import Project
from eduplan.warehouse.connection import connect

if TYPE_CHECKING:
    import polars

    from eduplan.words.language import Language

FOLDER = "bulletin"
"""Folder of the bulletin in a release."""

SHEETS, PAPER = "xlsx", "pdf"
"""How the files end."""


@dataclass(frozen=True)
class Written:
    """What one call wrote.

    Attributes:
        files: The files.
        notices: What was left out and why, one line each.
    """

    files: Sequence[Path] = ()
    notices: Sequence[str] = ()


@dataclass(frozen=True)
class Order:
    """What is to be written.

    Attributes:
        project: The project.
        database: The published database.
        folder: Where the files go.
        year: Reference year; the latest without one.
        previous: Id and database of the release before, if there is one.
        name: Name of the files, without language and ending.
    """

    project: Project
    database: Path
    folder: Path
    year: int | None = None
    previous: tuple[str, Path] | None = None
    name: str = "bulletin"


def write_bulletin(order: Order, languages: Sequence[Language]) -> Written:
    """Writes the bulletin in some languages; the workbook also where the PDF has to be left out.

    Args:
        order: What is to be written.
        languages: Languages.

    Returns:
        The files, and what was left out; nothing for a release without indicators.

    Raises:
        EnvironmentFault: The release has nothing for that year.
    """
    from eduplan.bulletin.content import make_bulletin
    from eduplan.bulletin.material import read_material
    from eduplan.bulletin.paper import missing_for_paper, write_pdf
    from eduplan.bulletin.texts import load_texts, templates_folder
    from eduplan.bulletin.workbook import write_workbook

    connection = connect(order.database, order.project, read_only=True)
    try:
        material = read_material(
            connection,
            order.project,
            year=order.year,
            previous_id=order.previous[0] if order.previous else None,
            revised=_revised(order),
        )
    finally:
        connection.close()
    if material is None:
        return Written()
    order.folder.mkdir(parents=True, exist_ok=True)
    missing, folder = missing_for_paper(), templates_folder(order.project)
    files: list[Path] = []
    for lang in languages:
        bulletin = make_bulletin(material, load_texts(folder, lang))
        paper, sheets = (order.folder / f"{order.name}.{lang}.{ending}" for ending in (PAPER, SHEETS))
        if not missing:
            write_pdf(bulletin, order.project, paper)
            files.append(paper)
        write_workbook(bulletin, sheets)
        files.append(sheets)
    return Written(files, [f"the bulletin has no PDF: {missing}; then: eduplan bulletin"] if missing else [])


@contextmanager
def bulletin_meanwhile(order: Order, languages: Sequence[Language]) -> Iterator[Callable[[], Sequence[str]]]:
    """Writes the bulletin into a release that is being built, while the caller does something else.

    Yields:
        A function that waits until it is written and says what was left out and why, one line each.
    """
    if not languages:
        yield lambda: ()
        return
    with ThreadPoolExecutor(1, thread_name_prefix="bulletin") as waiting:
        pending = waiting.submit(_publish, order, languages)
        yield pending.result


def _publish(order: Order, languages: Sequence[Language]) -> Sequence[str]:
    """Writes the bulletin; one that fails does not stop the release, and its half-written files are taken away."""
    try:
        return write_bulletin(order, languages).notices
    except OSError:
        raise  # a full disk stops the release as it does everywhere
    except BaseException as error:  # the library that lays out pages is not Python, and its panics are no Exception
        shutil.rmtree(order.folder, ignore_errors=True)
        said = error.line if isinstance(error, EduplanError) else f"{type(error).__name__} in its templates or charts"
        return [f"the bulletin was left out: {said}; write it again with: eduplan bulletin"]


def _revised(order: Order) -> polars.DataFrame | None:
    """What was revised since the release before, if there is one that can be read."""
    if order.previous is None or not order.previous[1].is_file():
        return None
    from eduplan.release.comparison import revised_values

    return revised_values(order.previous[1], order.database)


def reference_year(period: str) -> int:
    """The reference year of a period: ``2024`` for ``2024-25`` and for ``2024``.

    Raises:
        ValueError: It is neither a school year nor a calendar year.
    """
    year, _, second = period.partition("-")
    is_year = len(year) == 4 and year.isdigit()
    if not is_year or (second and second != f"{(int(year) + 1) % 100:02d}"):
        raise ValueError("a bulletin is for a school year or a calendar year")
    return int(year)
