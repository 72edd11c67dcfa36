"""Draws ``docs/images/scorecard.svg`` from a release: ``python docs/images/draw_scorecard.py DATA [SUBJECT]``."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from rich.console import Console

from eduplan.cli.scorecard import print_scorecard
from eduplan.cli.status import lines_of, read_rows
from eduplan.project import Project
from eduplan.release.release import open_release

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Draws a part of the scorecard in English and in Chinese."""
    project = Project.load(ROOT, data=sys.argv[1])
    subject = sys.argv[2] if len(sys.argv) > 2 else "FIN"
    with open_release(project) as release:
        rows = read_rows(release, subject, None)
    title = f"eduplan status {subject}"
    for lang, name in (("en", "scorecard.svg"), ("zh", "scorecard.zh.svg")):
        console = Console(record=True, width=120, file=io.StringIO())
        print_scorecard(console, lines_of(rows, project, lang, area=None), title=title, lang=lang)
        drawing = re.sub(r"@font-face \{.*?\}\s*", "", console.export_svg(title=title), flags=re.DOTALL)
        (ROOT / "docs" / "images" / name).write_text(drawing.replace("Fira Code,", ""), encoding="utf-8")


if __name__ == "__main__":
    main()
