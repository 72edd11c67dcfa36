"""Generating the demo city: one pass over the years, each source written as its year is simulated.

Belongs here: the order of the work. Does not belong here: what happens in any of its steps.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from eduplan.demo.careers import Careers
from eduplan.demo.defects import FileAccount
from eduplan.demo.identity import NumberRegister
from eduplan.demo.people import People
from eduplan.demo.register import Register
from eduplan.demo.register_files import division_rows, write_divisions, write_register
from eduplan.demo.roll import ACTIVE, attributes_of
from eduplan.demo.roll_files import write_roll
from eduplan.demo.schools import build_schools, towns_of_a_district
from eduplan.progress import Progress

TRUTH_FILE = "truth.json"


@dataclass
class DemoSummary:
    """What was generated.

    Attributes:
        folder: Folder that the files are in.
        files: Number of files.
        rows: Rows in them.
        pupils: Counted pupils by school year's first year, vocational pupils left out.
        schools: Schools that ever stand in the register.
    """

    folder: Path
    files: int = 0
    rows: int = 0
    pupils: dict[int, int] = field(default_factory=dict)
    schools: int = 0


def generate(
    folder: Path, *, scale: float, seed: int, years: tuple[int, int] = (2020, 2025), progress: Progress
) -> DemoSummary:
    """Writes the demo city's extracts, and beside them the true value of every indicator.

    Args:
        folder: Raw folder of a project; files of an earlier city in it are overwritten, others stay.
        scale: 1 is 3,500 schools and 1,000,000 pupils.
        seed: The same seed gives the same bytes.
        years: First and last school year, by the calendar year they start in.
        progress: Told how far the work is.
    """
    first_year, last_year = years
    schools = build_schools(scale, seed, first_year, last_year)
    people = People(NumberRegister(), seed)
    careers = Careers(people, schools, scale, seed, first_year)
    register = Register(schools, seed, first_year)
    towns = towns_of_a_district(scale)
    accounts: list[FileAccount] = []
    summary = DemoSummary(folder, schools=len(schools))
    careers.start()
    with progress.task("Making the demo city", last_year - first_year + 1) as advance:
        for year in range(first_year, last_year + 1):
            rows = careers.advance(year)
            attributes = attributes_of(rows, people, schools, year, first_year)
            counted = (rows.status == ACTIVE) & rows.is_counted
            pupils = np.zeros((len(schools), 6), dtype=np.int64)
            np.add.at(pupils, (rows.school[counted], attributes.stage[counted]), 1)
            accounts.append(write_divisions(folder / "division", year, division_rows(year, towns)))
            accounts.append(write_register(folder / "school_register", year, register.year(year, pupils), seed))
            accounts += write_roll(folder / "pupil_roll", year, rows, attributes, people, schools, seed)
            summary.pupils[year] = int(rows.is_enrolled.sum())
            advance(1)
    summary.files = len(accounts)
    summary.rows = sum(account.rows for account in accounts)
    truth = {
        "meta": {"seed": seed, "scale": scale, "years": [first_year, last_year]},
        "accounting": [asdict(a) for a in accounts],
    }
    (folder / TRUTH_FILE).write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return summary
