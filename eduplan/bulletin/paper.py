"""The bulletin on paper: Typst lays out the templates with what the pages say, and writes a PDF.

Belongs here: laying out, and what the machine must have for it. Does not belong here: what the pages say
(``eduplan.bulletin.pages``), or how they look (``site/bulletin``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from eduplan.bulletin.content import Bulletin
from eduplan.bulletin.fonts import families, installed_fonts
from eduplan.bulletin.pages import pages
from eduplan.bulletin.texts import templates_folder
from eduplan.errors import DeclarationError
from eduplan.project import Project

TEMPLATE = "bulletin.typ"
_PLACE = re.compile(r"┌─ (\S+?)(:\d+)")
"""Where Typst says that it stumbled."""


def missing_for_paper() -> str:
    """What this machine lacks for a PDF and how to get it; empty if it has everything."""
    if not families(installed_fonts().families()):
        return "no font with Chinese characters is installed (Debian: apt-get install fonts-noto-cjk)"
    return ""


def write_pdf(bulletin: Bulletin, project: Project, path: Path) -> None:
    """Writes the bulletin as PDF that can also be read aloud (PDF/UA-1).

    Args:
        bulletin: What it says.
        project: The project, whose own templates are used if it has some.
        path: The file.

    Raises:
        DeclarationError: A template does not do what it should; the line says which and where.
    """
    # Written here and not by Typst, whose error for a full disk is none of the system's.
    path.write_bytes(laid_out(pages(bulletin), templates_folder(project), bulletin.material.created_at))


def laid_out(says: Mapping[str, Any], folder: Path, created_at: datetime) -> bytes:
    """Lays out what the pages say.

    Args:
        says: What they say; it goes to the templates as data and never as markup, so that a name with a sign that
            means something to Typst stays a name.
        folder: The folder of templates.
        created_at: When the release was made, so that the same one gives the same bytes again.
    """
    import typst

    fonts = installed_fonts()
    whole = {**says, "fonts": families(fonts.families())}
    try:
        made = typst.compile(
            str(folder / TEMPLATE),
            root=str(folder),
            font_paths=fonts,
            sys_inputs={"bulletin": json.dumps(whole, ensure_ascii=False, allow_nan=False)},
            pdf_standards="ua-1",
            timestamp=created_at,
        )
    except typst.TypstError as error:
        place = _PLACE.search(error.diagnostic)
        where = str(folder / place[1]) + place[2] if place else str(folder / TEMPLATE)
        raise DeclarationError(f"the page cannot be laid out: {error.message}", where=where) from error
    assert isinstance(made, bytes)  # noqa: S101 - a PDF is one file
    return made
