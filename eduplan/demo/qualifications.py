"""What staff rows say of a person: education, subject, title, certificate, backbone, training, mental-health role.

Belongs here: attributes that follow from person, school and year. Does not belong here: who works where.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eduplan.demo.arrays import Flags, Floats, Ints, noise
from eduplan.demo.calendar import age_on_31_august
from eduplan.demo.city import DISTRICTS
from eduplan.demo.grades import Stage
from eduplan.demo.schools import PUBLIC, Schools
from eduplan.demo.staff import ACTIVE, HEAD, NO_STAGE, TEACHER, Staff, StaffRows

SUBJECTS = (
    "", "chinese", "mathematics", "english", "politics", "physics", "chemistry", "biology", "history", "geography",
    "science",
    "physical_education", "music", "art", "technology", "labour", "preschool", "vocational", "special",
)  # fmt: skip
_PE, _MUSIC, _ART = 11, 12, 13
_TIMETABLE: dict[int, tuple[int, ...]] = {
    # One turn of twenty posts; a school starts at a place of its own, so that even a small one has its share of each.
    Stage.PRIMARY: (1, 2, 11, 1, 3, 2, 13, 1, 10, 2, 12, 1, 4, 2, 11, 1, 3, 14, 1, 2),
    Stage.JUNIOR: (1, 2, 3, 11, 5, 1, 2, 3, 6, 4, 12, 1, 2, 3, 7, 8, 9, 11, 13, 14),
    Stage.SENIOR_GENERAL: (1, 2, 3, 5, 6, 7, 1, 2, 3, 8, 9, 4, 11, 1, 2, 3, 5, 6, 14, 12),
    Stage.PRESCHOOL: (16,) * 20,
    Stage.SENIOR_VOCATIONAL: (17, 1, 2, 17, 3, 17, 11, 17, 14, 17) * 2,
    Stage.SPECIAL: (18, 18, 18, 11, 18, 12, 18, 18, 13, 18) * 2,
}
EDUCATION = ("", "junior", "senior", "secondary_vocational", "associate", "bachelor", "master", "doctor")
"""The place in the list is the rank."""
TITLES = ("none", "third", "second", "first", "senior", "full_senior")
BACKBONE = ("none", "school", "county", "city", "province", "national")
CERTIFICATES = ("none", "preschool", "primary", "junior", "senior", "secondary_vocational")
MENTAL_ROLES = ("none", "full_time", "part_time")
NO_HOURS = -1
SCHOOL_HEALTH_TYPES = (211, 311, 312, 341, 342, 345)


@dataclass
class Qualifications:
    """One element a staff row, in every array; the numbers are places in the lists above."""

    education: Ints
    subject: Ints
    title: Ints
    certificate: Ints
    backbone: Ints
    mental_role: Ints
    training_hours: Ints
    is_established: Flags
    is_special_trained: Flags


def qualifications_of(
    rows: StaffRows, staff: Staff, schools: Schools, pupils: Ints, year: int, first_year: int, seed: int
) -> Qualifications:
    """Derives the attributes of the staff rows of a year.

    Args:
        rows: Rows of the year.
        staff: All staff.
        schools: All schools.
        pupils: Pupils by school and stage.
        year: School year.
        first_year: First school year of the city.
        seed: Seed of the city.
    """
    person, school, stage = rows.person, rows.school, rows.stage
    t = year - first_year
    district = schools.district[school]
    wealth = np.array([each.wealth for each in DISTRICTS])[district]
    taught = stage != NO_STAGE
    teaches = taught & (rows.category == TEACHER)
    age = age_on_31_august(staff.birth[person], year)
    education = _education(staff, person, stage, age, wealth, t)
    backbone = _backbone(staff, person, wealth, age, t)
    title_score = (age - 22) / 38 + 0.25 * (staff.noise(person, "title") - 0.5) + 0.08 * wealth
    title = np.digitize(title_score, (0.05, 0.08, 0.30, 0.84, 1.08))
    certified = staff.noise(person, "certificate") < np.where(
        stage == Stage.PRESCHOOL, 0.925 + 0.05 * wealth + 0.006 * t, 0.997
    )
    right = np.array([1, 2, 3, 4, 5, 2, 0])[stage]
    hours_low = staff.noise(person, "training") > 0.86 + 0.09 * wealth + 0.012 * t
    hours = np.where(hours_low, 120 + 230 * staff.noise(person, "low hours"), 360 + 120 * staff.noise(person, "hours"))
    hours = np.where(staff.noise(person, "no hours") < 0.03, NO_HOURS, hours).astype(np.int64)
    slot = staff.slot[person] % 20
    table = np.array([_TIMETABLE[each] for each in range(6)] + [(0,) * 20])
    return Qualifications(
        education=np.where(taught, education, np.minimum(education, 5)),
        subject=np.where(teaches, table[stage, slot], 0),
        title=np.where(taught, title, 0),
        certificate=np.where(taught & certified, right, 0),
        backbone=np.where(taught, backbone, 0),
        mental_role=_mental_roles(rows, schools, pupils, t, seed),
        training_hours=np.where(teaches | (rows.category == HEAD), hours, NO_HOURS),
        is_established=(schools.sector[school] == PUBLIC)
        & (staff.noise(person, "post") < np.where(stage == Stage.PRESCHOOL, 0.45, 0.9)),
        is_special_trained=taught
        & (staff.noise(person, "special training") < np.where(stage == Stage.SPECIAL, 0.9, 0.05)),
    )


def _education(staff: Staff, person: Ints, stage: Ints, age: Ints, wealth: Floats, t: int) -> Ints:
    """The rank of the highest education: the young and the rich districts have more, and every year some add a step."""
    usual = np.array([4.05, 4.75, 5.05, 5.2, 5.1, 4.8, 3.6])[stage]
    score = (
        usual + 0.9 * (staff.noise(person, "education") - 0.5) + 0.022 * (38 - age) + 0.25 * (wealth - 0.6) + 0.03 * t
    )
    floor = np.array([3, 3, 4, 5, 4, 3, 1])[stage]
    weak = staff.noise(person, "unqualified") < np.array([0.012, 0.004, 0.006, 0.012, 0.03, 0.004, 0.0])[stage]
    rank = np.maximum(np.clip(np.floor(score + 0.35), 1, 6), floor)
    rank = np.where(weak, np.maximum(floor - 1, 1), rank)
    return np.where(
        staff.noise(person, "doctor") < np.where(stage == Stage.SENIOR_GENERAL, 0.004, 0.0), 7, rank
    ).astype(np.int64)


def _backbone(staff: Staff, person: Ints, wealth: Floats, age: Ints, t: int) -> Ints:
    share = np.where(age < 27, 0.03, 0.15 + 0.13 * wealth + 0.010 * t)
    draw = staff.standing[person]
    steps = [draw < share * 0.015, draw < share * 0.09, draw < share * 0.35, draw < share, draw < share + 0.12]
    return np.select(steps, [5, 4, 3, 2, 1], 0)


def _mental_roles(rows: StaffRows, schools: Schools, pupils: Ints, t: int, seed: int) -> Ints:
    """One teacher of a school takes the role, full time in most large schools."""
    keys = np.arange(len(schools))
    total = pupils.sum(axis=1)
    plan = np.array([each.mental_health for each in DISTRICTS])[schools.district]
    richness = np.array([each.wealth for each in DISTRICTS])[schools.district]
    has_role = noise(keys, "mental teacher", seed) < plan[:, 0] + plan[:, 1] * t
    full_chance = np.where(total > 1000, 0.30 + 0.16 * t + 0.3 * richness, 0.2)
    full = noise(keys, "mental full time", seed) < full_chance
    role = np.where(has_role & np.isin(schools.school_type, SCHOOL_HEALTH_TYPES), np.where(full, 1, 2), 0)
    teachers = np.flatnonzero((rows.status == ACTIVE) & (rows.category == TEACHER))
    first = np.full(len(schools), -1)
    # The one who has been listed longest; writing backwards leaves the first of each school.
    first[rows.school[teachers][::-1]] = teachers[::-1]
    roles = np.zeros(len(rows), dtype=np.int64)
    chosen = np.flatnonzero((first >= 0) & (role > 0))
    roles[first[chosen]] = role[chosen]
    return roles
