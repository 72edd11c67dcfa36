"""What the simulation knows of each year, after the damage of the files: the persons that a careful reader can count.

Belongs here: tables of persons, schools and numbers. Does not belong here: any indicator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

import numpy as np
import polars as pl

from eduplan.demo.arrays import AnyArray, Flags, Ints
from eduplan.demo.calendar import age_on_31_august
from eduplan.demo.city import DISTRICTS
from eduplan.demo.grades import GRADES, STAGES
from eduplan.demo.people import People
from eduplan.demo.qualifications import Qualifications
from eduplan.demo.roll import Change, EntryMode, Placement, RollAttributes, RollRows, Status
from eduplan.demo.schools import Schools
from eduplan.demo.staff import CATEGORIES, STAFF_STATUSES, Staff, StaffRows

SEXES = ("female", "male")


def _names(codes: type[IntEnum]) -> tuple[str, ...]:
    return tuple(code.name.lower() for code in codes)


def coded(labels: tuple[str, ...], places: AnyArray) -> pl.Series:
    """Codes as a categorical column: texts to read, small to keep."""
    names = pl.Series(labels, dtype=pl.Enum(sorted(set(labels))))
    return names.gather(np.asarray(places, dtype=np.int64))


@dataclass
class Facts:
    """The facts of all years.

    Attributes:
        schools: All schools.
        pupils: By year, one row a pupil: counted, active, and not kept out.
        moves: By year, one row for each staged roll row that is not active.
        has_roll: By year, whether a school has any staged roll row.
        divisions: By year, the list of divisions.
        register: By year, the listed schools with their figures (areas and values in hundredths).
        staff: By year, one row a staged staff row.
        has_staff: By year, whether a school has any staged staff row.
        screenings: By year and season, the staged rows.
        residents: By year, persons by ``district x age x sex``.
        vocational: By year, pupils by ``school x grade x sex``, and classes by school.
        entrants: By year, grade-one entrants by ``district x sex``, for the years before the roll.
        records: By source and year, the staged administrative records.
    """

    schools: Schools
    pupils: dict[int, pl.DataFrame] = field(default_factory=dict)
    moves: dict[int, pl.DataFrame] = field(default_factory=dict)
    has_roll: dict[int, Flags] = field(default_factory=dict)
    divisions: dict[int, pl.DataFrame] = field(default_factory=dict)
    register: dict[int, pl.DataFrame] = field(default_factory=dict)
    staff: dict[int, pl.DataFrame] = field(default_factory=dict)
    has_staff: dict[int, Flags] = field(default_factory=dict)
    screenings: dict[tuple[int, str], pl.DataFrame] = field(default_factory=dict)
    residents: dict[int, Ints] = field(default_factory=dict)
    vocational: dict[int, tuple[Ints, Ints]] = field(default_factory=dict)
    entrants: dict[int, Ints] = field(default_factory=dict)
    records: dict[tuple[str, int], pl.DataFrame] = field(default_factory=dict)

    @property
    def years(self) -> list[int]:
        """School years, in order."""
        return sorted(self.pupils)

    @property
    def area_codes(self) -> list[str]:
        """The districts' codes in the last year's list."""
        return [district.code_in(self.years[-1]) for district in DISTRICTS]

    @cached_property
    def school_table(self) -> pl.DataFrame:
        """One row a school, with the dimensions that figures are broken down by."""
        return pl.DataFrame(
            {
                "school": pl.Series(range(len(self.schools)), dtype=pl.Int32),
                "district": pl.Series(self.schools.district, dtype=pl.Int64),
                "school_type": pl.Series(self.schools.school_type, dtype=pl.Int64),
                "urban_class": self.schools.urban_class.tolist(),
                "ownership": np.where(self.schools.is_private, "private", "public").tolist(),
            }
        )

    def with_schools(self, table: pl.DataFrame) -> pl.DataFrame:
        """Adds the dimensions of its school to each row."""
        return table.drop("district", strict=False).join(self.school_table, on="school", how="left")

    def add_roll(self, year: int, rows: RollRows, attributes: RollAttributes, people: People) -> None:
        """Keeps the roll of a year."""
        person = rows.person
        table = pl.DataFrame(
            {
                "person": person, "school": rows.school, "stage": coded(STAGES, attributes.stage),
                "grade": coded(GRADES, rows.grade), "grade_number": pl.Series(attributes.grade_number, dtype=pl.Int8),
                "class_number": rows.class_number, "sex": coded(SEXES, people.is_male[person]),
                "age": pl.Series(age_on_31_august(people.birth[person], year), dtype=pl.Int16),
                "is_migrant": attributes.is_migrant, "is_left_behind": attributes.is_left_behind,
                "has_care_record": attributes.has_care_record, "is_bought_place": attributes.is_bought_place,
                "entry_mode": coded(_names(EntryMode), rows.entry_mode), "is_disabled": attributes.disability > 0,
                "placement": coded(_names(Placement), rows.placement),
                "is_five_four": self.schools.is_five_four[rows.school],
            }
        )  # fmt: skip
        self.pupils[year] = table.filter(pl.Series(rows.is_enrolled))
        others = rows.is_staged & (rows.status != Status.ACTIVE)
        moves = table.select("person", "school", "stage", "grade", "grade_number", "sex").with_columns(
            status=coded(_names(Status), rows.status), change=coded(_names(Change), rows.change)
        )
        self.moves[year] = moves.filter(pl.Series(others))
        self.has_roll[year] = np.bincount(rows.school[rows.is_staged], minlength=len(self.schools)) > 0

    def add_vocational(self, year: int, pupils: Ints, classes: Ints) -> None:
        """Keeps the numbers of the vocational schools."""
        self.vocational[year] = (pupils.copy(), classes)

    def add_public(self, year: int, divisions: pl.DataFrame, register: pl.DataFrame) -> None:
        """Keeps the list of divisions and the register."""
        self.divisions[year], self.register[year] = divisions, register.with_columns(pl.col("school").cast(pl.Int32))

    def add_population(self, year: int, residents: Ints) -> None:
        """Keeps the population."""
        self.residents[year] = residents

    def add_entrants(self, entrants: dict[int, Ints]) -> None:
        """Keeps the entrants of the years before the roll."""
        self.entrants = entrants

    def add_staff(self, year: int, rows: StaffRows, qualities: Qualifications, staff: Staff) -> None:
        """Keeps the staff roll of a year."""
        stages = (*STAGES, "none")
        table = pl.DataFrame(
            {
                "person": rows.person, "school": rows.school, "status": coded(STAFF_STATUSES, rows.status),
                "category": coded(CATEGORIES, rows.category), "stage": coded(stages, rows.stage),
                "sex": coded(SEXES, staff.is_male[rows.person]),
                "age": pl.Series(age_on_31_august(staff.birth[rows.person], year), dtype=pl.Int16),
                "entered_on": rows.entered_on, "is_rotated": rows.is_rotated,
                "education": pl.Series(qualities.education, dtype=pl.Int8),
                "subject": pl.Series(qualities.subject, dtype=pl.Int8),
                "title": pl.Series(qualities.title, dtype=pl.Int8),
                "certificate": pl.Series(qualities.certificate, dtype=pl.Int8),
                "backbone": pl.Series(qualities.backbone, dtype=pl.Int8),
                "mental_role": pl.Series(qualities.mental_role, dtype=pl.Int8),
                "training_hours": pl.Series(qualities.training_hours, dtype=pl.Int16),
            }
        )  # fmt: skip
        self.staff[year] = table.filter(pl.Series(rows.is_staged))
        self.has_staff[year] = np.bincount(rows.school[rows.is_staged], minlength=len(self.schools)) > 0

    def add_screening(self, year: int, season: str, staged: pl.DataFrame) -> None:
        """Keeps the staged rows of a season."""
        keep = staged.drop("class_number", "grade", "school", "district")
        self.screenings[year, season] = keep.with_columns(
            pl.col("person", "half_years", "screened_on").cast(pl.Int32), pl.col("lens").cast(pl.Int8)
        )
