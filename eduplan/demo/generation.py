"""Generating the demo city: one pass over the years, each source written as its year is simulated.

Belongs here: the order of the work. Does not belong here: what happens in any of its steps.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from eduplan.demo.aggregate_files import write_census, write_entrants, write_population
from eduplan.demo.arrays import Ints
from eduplan.demo.calendar import age_on_31_august
from eduplan.demo.careers import Careers
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import FileAccount
from eduplan.demo.grades import GRADES, Grade, Stage
from eduplan.demo.identity import NumberRegister
from eduplan.demo.people import People
from eduplan.demo.population import OLDEST, entrants_of, population_of
from eduplan.demo.qualifications import Qualifications, qualifications_of
from eduplan.demo.records import write_records
from eduplan.demo.records.year import CityYear
from eduplan.demo.register import Register
from eduplan.demo.register_files import division_rows, write_divisions, write_register
from eduplan.demo.roll import RollAttributes, RollRows, Status, attributes_of
from eduplan.demo.roll_files import write_roll
from eduplan.demo.schools import Schools, build_schools, towns_of_a_district
from eduplan.demo.screening import SEASONS, screening_rows
from eduplan.demo.screening_files import write_screening
from eduplan.demo.staff import Staff, StaffRows
from eduplan.demo.staff_files import write_staff
from eduplan.demo.truth import known_answers
from eduplan.demo.truth.facts import Facts
from eduplan.demo.vocational import VocationalPupils, classes_of
from eduplan.progress import Progress

TRUTH_FILE = "truth.json"


@dataclass
class DemoSummary:
    """What was generated.

    Attributes:
        folder: Folder that the files are in.
        files: Number of files.
        rows: Rows in them.
        pupils: Pupils by school year's first year, vocational pupils included.
        schools: Schools that ever stand in the register.
    """

    folder: Path
    files: int = 0
    rows: int = 0
    pupils: dict[int, int] = field(default_factory=dict)
    schools: int = 0


class _City:
    """The simulated city while it is generated."""

    def __init__(self, folder: Path, scale: float, seed: int, first_year: int, last_year: int) -> None:
        self.folder, self.scale, self.seed = folder, scale, seed
        self.first_year, self.last_year = first_year, last_year
        self.schools: Schools = build_schools(scale, seed, first_year, last_year)
        numbers = NumberRegister()
        self.people = People(numbers, seed)
        self.careers = Careers(self.people, self.schools, scale, seed, first_year)
        self.careers.start()
        self.register = Register(self.schools, seed, first_year)
        self.staff = Staff(numbers, self.schools, seed, first_year)
        self.vocational = VocationalPupils(self.schools, seed, first_year)
        self.facts = Facts(self.schools)
        self.accounts: list[FileAccount] = []
        self.entrants: dict[int, Ints] = {}

    def year(self, year: int) -> int:
        """Simulates a year, writes its files and keeps its facts; gives the number of pupils."""
        rows = self.careers.advance(year)
        attributes = attributes_of(rows, self.people, self.schools, year, self.first_year)
        counted = (rows.status == Status.ACTIVE) & rows.is_counted
        by_grade = self._by_grade(rows, counted)
        vocational = self._vocational(year, rows, attributes, counted)
        by_grade[:, GRADES.index("v1") :] = vocational
        by_stage = np.zeros((len(self.schools), 6), dtype=np.int64)
        np.add.at(by_stage, (rows.school[counted], attributes.stage[counted]), 1)
        by_stage[:, Stage.SENIOR_VOCATIONAL] = vocational.sum(axis=(1, 2))
        register = self._write_public(year, by_stage)
        classes = self._classes(rows, counted) + classes_of(vocational)
        self.accounts += write_census(self.folder / "school_census", year, by_grade, classes, self.schools, self.seed)
        self._write_population(year, rows, attributes, counted, vocational)
        self.accounts += write_roll(
            self.folder / "pupil_roll", year, rows, attributes, self.people, self.schools, self.seed
        )
        self.facts.add_roll(year, rows, attributes, self.people)
        self.facts.add_vocational(year, vocational, classes_of(vocational))
        staff_rows, qualities = self._write_staff(year, by_stage)
        self._write_screenings(year, rows, attributes)
        write_records(
            CityYear(
                self.folder, year, self.first_year, self.last_year, self.scale, self.seed, self.schools, register,
                by_stage, rows, attributes, self.people, staff_rows, qualities, self.staff, self.facts, self.accounts,
            )
        )  # fmt: skip
        return int(by_grade.sum())

    def _by_grade(self, rows: RollRows, counted: np.ndarray) -> Ints:
        result = np.zeros((len(self.schools), len(GRADES), 2), dtype=np.int64)
        np.add.at(
            result,
            (rows.school[counted], rows.grade[counted], self.people.is_male[rows.person[counted]].astype(int)),
            1,
        )
        return result

    def _classes(self, rows: RollRows, counted: np.ndarray) -> Ints:
        key = (rows.school[counted].astype(np.int64) * len(GRADES) + rows.grade[counted]) * 100 + rows.class_number[
            counted
        ]
        return np.bincount(np.unique(key) // (100 * len(GRADES)), minlength=len(self.schools))

    def _vocational(self, year: int, rows: RollRows, attributes: RollAttributes, counted: np.ndarray) -> Ints:
        district = self.schools.district[rows.school]
        left = (rows.status == Status.GRADUATED) & (attributes.stage == Stage.JUNIOR)
        leavers = np.bincount(district[left & (rows.grade == Grade.J3)], minlength=len(DISTRICTS))
        entrants = np.bincount(district[counted & (rows.grade == Grade.S1)], minlength=len(DISTRICTS))
        return self.vocational.advance(year, leavers, entrants)

    def _write_public(self, year: int, by_stage: Ints) -> pl.DataFrame:
        divisions = division_rows(year, towns_of_a_district(self.scale))
        register = self.register.year(year, by_stage)
        self.accounts.append(write_divisions(self.folder / "division", year, divisions))
        self.accounts.append(write_register(self.folder / "school_register", year, register, self.seed))
        self.facts.add_public(year, divisions, register)
        return register

    def _write_population(
        self, year: int, rows: RollRows, attributes: RollAttributes, counted: np.ndarray, vocational: Ints
    ) -> None:
        person = rows.person[counted]
        district = self.schools.district[rows.school[counted]]
        age = np.clip(age_on_31_august(self.people.birth[person], year), 0, OLDEST)
        sex = self.people.is_male[person].astype(np.int64)
        stage = attributes.stage[counted]
        shape = (len(DISTRICTS), OLDEST + 1, 2)
        preschool, everybody = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        young = stage == Stage.PRESCHOOL
        np.add.at(preschool, (district[young], age[young], sex[young]), 1)
        np.add.at(everybody, (district, age, sex), 1)
        senior = np.zeros((len(DISTRICTS), 2), dtype=np.int64)
        np.add.at(senior, (district[stage == Stage.SENIOR_GENERAL], sex[stage == Stage.SENIOR_GENERAL]), 1)
        np.add.at(senior, self.schools.district, vocational.sum(axis=1))
        residents = population_of(year, self.first_year, preschool, everybody, senior, self.scale)
        self.accounts.append(write_population(self.folder / "population", year, residents))
        self.facts.add_population(year, residents)
        ninth = np.zeros((len(DISTRICTS), 2), dtype=np.int64)
        leaving = (rows.grade[counted] == Grade.J3) & (stage == Stage.JUNIOR)
        np.add.at(ninth, (district[leaving], sex[leaving]), 1)
        self.entrants[year - 8] = entrants_of(year, ninth, self.seed)
        if year == self.first_year:
            self._earlier_entrants(year, rows.grade[counted], district, sex)

    def _earlier_entrants(self, year: int, grade: np.ndarray, district: np.ndarray, sex: np.ndarray) -> None:
        """The entrants of the years before the first, taken from the grades that they are in now."""
        for back in range(1, 8):
            now = np.zeros((len(DISTRICTS), 2), dtype=np.int64)
            in_grade = grade == Grade.P1 + back
            np.add.at(now, (district[in_grade], sex[in_grade]), 1)
            self.entrants[year - back] = np.maximum(now - 1, 0)

    def _write_staff(self, year: int, by_stage: Ints) -> tuple[StaffRows, Qualifications]:
        rows = self.staff.advance(year, by_stage)
        qualities = qualifications_of(rows, self.staff, self.schools, by_stage, year, self.first_year, self.seed)
        self.accounts += write_staff(
            self.folder / "staff_roll",
            year,
            rows,
            qualities,
            self.staff,
            self.schools,
            self.seed,
            is_last=year == self.last_year,
        )
        self.facts.add_staff(year, rows, qualities, self.staff)
        return rows, qualities

    def _write_screenings(self, year: int, rows: RollRows, attributes: RollAttributes) -> None:
        is_on_roll = np.zeros(len(self.people), dtype=bool)
        is_on_roll[rows.person[rows.is_staged]] = True
        for season in SEASONS:
            if season == "spring" and year == self.last_year:
                continue
            found = screening_rows(rows, attributes, self.people, self.schools, year, self.first_year, season)
            accounts, staged = write_screening(
                self.folder / "health_screening", year, season, found, is_on_roll, self.people, self.schools
            )
            self.accounts += accounts
            self.facts.add_screening(year, season, found.filter(pl.Series(staged)))

    def finish(self) -> None:
        """Writes what only the end of the simulation knows."""
        earlier = {year: numbers for year, numbers in self.entrants.items() if year < self.first_year}
        self.accounts.append(write_entrants(self.folder / "entrant_history", earlier))
        self.facts.add_entrants(earlier)


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
    city = _City(folder, scale, seed, first_year, last_year)
    summary = DemoSummary(folder, schools=len(city.schools))
    with progress.task("Making the demo city", last_year - first_year + 2) as advance:
        for year in range(first_year, last_year + 1):
            summary.pupils[year] = city.year(year)
            advance(1)
        city.finish()
        truth = {
            "meta": {"seed": seed, "scale": scale, "years": [first_year, last_year]},
            "accounting": [asdict(account) for account in city.accounts],
            "indicators": known_answers(city.facts),
        }
        (folder / TRUTH_FILE).write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        advance(1)
    summary.files = len(city.accounts)
    summary.rows = sum(account.rows for account in city.accounts)
    return summary
