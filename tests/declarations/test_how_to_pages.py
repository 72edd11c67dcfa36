"""The worked example of the how-to pages fits the declarations of this repository, as it is printed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_BLOCK = re.compile(r"^```(?:yaml|sql)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_PLACES = {
    "add-a-source.md": ["contracts/swimming_lessons.yml", "expectations/staging/swimming_lessons.yml"],
    "add-a-mart.md": ["sql/marts/ch4_system/swimming_lessons.sql", "expectations/ch4_system/swimming_lessons.yml"],
    "add-an-indicator.md": ["plan/indicators/swimming_lessons.yml"],
}

AFTER, ANSWERS = "- id: 4.1.4-01", "commitments: [4.1.3-01, 4.1.3-02]"


def test_pages_followed_one_after_the_other_give_a_valid_project(tmp_path: Path) -> None:
    for folder in ("contracts", "sql", "plan", "expectations"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "eduplan.yml", tmp_path)
    for page, places in _PLACES.items():
        blocks = _BLOCK.findall((ROOT / "docs" / "how-to" / page).read_text(encoding="utf-8"))
        for place, block in zip(places, blocks, strict=True):
            path = tmp_path / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block, encoding="utf-8")
    page = (ROOT / "docs" / "how-to" / "add-a-commitment.md").read_text(encoding="utf-8")
    chapter = tmp_path / "plan" / "commitments" / "ch4.yml"
    indicators = tmp_path / "plan" / "indicators" / "cmp_after_school.yml"
    promises, answering = chapter.read_text(encoding="utf-8"), indicators.read_text(encoding="utf-8")
    assert AFTER in promises
    assert ANSWERS in answering
    chapter.write_text(promises.replace(AFTER, f"{_BLOCK.findall(page)[0]}\n{AFTER}"), encoding="utf-8")
    indicators.write_text(answering.replace(ANSWERS, ANSWERS.replace("]", ", 4.1.3-09]")), encoding="utf-8")
    command = [sys.executable, "-m", "eduplan.cli.app", "check", "--project", tmp_path]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    counted = re.search(r"^commitments: .*$", page, re.MULTILINE)
    assert counted
    assert counted[0] in checked.stdout
