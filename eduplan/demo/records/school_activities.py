"""The yearly return of primary and secondary schools: what each stage offers, and whom it reaches.

Belongs here: the figures of the return. Does not belong here: what they are worth.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo import labels
from eduplan.demo.arrays import Flags, Floats, Ints
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, constant, full_width
from eduplan.demo.grades import Stage
from eduplan.demo.qualifications import SCHOOL_HEALTH_TYPES, SUBJECTS
from eduplan.demo.records.writing import Form, write_by_district
from eduplan.demo.records.year import CityYear
from eduplan.demo.staff import ACTIVE, NO_STAGE, TEACHER

SOURCE = "school_activities"
STAGES = (Stage.PRIMARY, Stage.JUNIOR, Stage.SENIOR_GENERAL)
_ARTS = (SUBJECTS.index("music"), SUBJECTS.index("art"))
_SUBJECT_GRADES = np.array([0, 60, 39, 42])
_ART_PERIODS_A_CLASS = np.array([0, 4, 4, 2])
_LOAD = np.array([0, 16, 14, 12])
_FLAGS = (
    "has_labour_week", "has_art_troupe", "has_parent_school", "has_parent_committee", "offers_after_school",
    "counts_after_school_as_work", "is_assessed_on_myopia",
)  # fmt: skip

_FORM = Form(
    source=SOURCE,
    title="中小学教育教学工作年报表",
    headers={
        "school_code": "学校标识码", "school_name": "学校名称", "stage": "学段", "pupils": "在校学生数",
        "staff": "教职工总数", "planned_subject_grades": "应开学科年级数",
        "offered_subject_grades": "开齐开足学科年级数", "art_periods": "音乐美术周课时",
        "part_time_art_periods": "其中兼职教师承担周课时", "labour_periods": "各年级劳动课最少周课时",
        "has_labour_week": "是否设劳动周", "pupils_in_practice": "参加劳动实践学生数",
        "health_periods": "各年级健康教育课最少学期课时", "has_art_troupe": "学生艺术团",
        "has_parent_school": "家长学校", "has_parent_committee": "家长委员会",
        "parent_sessions": "家长学校每学期最少活动次数", "visited_pupils": "本年家访学生数",
        "open_days": "校园开放日次数", "reception_days": "校长接待日次数",
        "practice_pupil_days": "基地实践与研学人日数", "at_risk_cases": "需帮扶学生案例数",
        "at_risk_cases_helped": "已制定方案并跟踪案例数",
        "offers_after_school": "是否开展课后服务", "counts_after_school_as_work": "课后服务是否计入工作量与绩效",
        "trained_pupils": "应急与防病培训学生数", "trained_staff": "应急与防病培训教职工数",
        "first_aid_staff": "持急救证教职工数", "is_assessed_on_myopia": "近视防控是否纳入考核并公布",
    },
    keep_out=(
        Defect("school_unknown", "V04", "school_code", "quarantine", constant("2199999998")),
        Defect("pupils_as_words", "number", "pupils", "quarantine", constant("约八百")),
        Defect("visited_more_than_all", "V31", "visited_pupils", "quarantine", constant("98765")),
        Defect("stage_unknown", "code", "stage", "quarantine", constant("综合部")),
    ),
    repaired=(
        Defect("full_width", "width", "staff", "repair", full_width),
        Defect("full_width_pupils", "width", "pupils", "repair", full_width),
    ),
    per_thousand=3.0,
)  # fmt: skip


def write(city: CityYear) -> None:
    """Writes the return of a year and keeps the rows that get through."""
    rows = _rows(city)
    texts = rows.select(
        school_code=pl.Series(city.schools.code.tolist()).gather(rows["school"]),
        school_name=pl.Series(city.schools.name.tolist()).gather(rows["school"]),
        stage=labels.pick(labels.STAGE, rows["stage"].to_numpy()),
        **{
            name: labels.flags(rows[name].to_numpy()) if name in _FLAGS else rows[name].cast(pl.String)
            for name in _FORM.headers
            if name not in ("school_code", "school_name", "stage")
        },
    )
    district = city.schools.district[rows["school"].to_numpy()]
    staged = write_by_district(city, _FORM, city.period, texts, district)
    city.facts.records[SOURCE, city.year] = rows.filter(pl.Series(staged))


class _Draws:
    """Draws for the rows of a year: whatever a school or stage has spreads over the years, and sooner in rich places.

    Args:
        city: The year.
        school: School of each row.
        stage: Stage of each row.
    """

    def __init__(self, city: CityYear, school: Ints, stage: Ints) -> None:
        self._city = city
        self._key = school * 6 + stage
        self._riches = np.array([each.wealth for each in DISTRICTS])[city.schools.district[school]] - 0.5
        self._school = school

    def number(self, salt: str) -> Floats:
        """A lasting number in [0, 1) for each row."""
        return self._city.draw(self._key, f"activities {salt}")

    def level(self, first: float, gain: float, wealth: float) -> Floats:
        """A share that grows over the years."""
        return np.asarray(first + gain * self._city.passed + wealth * self._riches)

    def has(self, salt: str, first: float, gain: float, wealth: float = 0.2) -> Flags:
        """Which rows have something."""
        return np.asarray(self.number(salt) < self.level(first, gain, wealth))

    def school_has(self, salt: str, first: float, gain: float, wealth: float = 0.2) -> Flags:
        """Which schools have something, the same in each of their stages."""
        return self._city.share(self._school, f"activities {salt}", first, gain, wealth=wealth)

    def part(self, whole: Ints, salt: str, first: float, gain: float, wealth: float = 0.2) -> Ints:
        """A part of a number; everybody where the draw is lucky."""
        lucky = self.has(f"all {salt}", first - 0.35, gain, wealth)
        share = np.clip(self.level(first, gain, wealth) + 0.2 * (self.number(salt) - 0.6), 0.0, 1.0)
        return np.where(lucky, whole, np.floor(whole * share).astype(np.int64))


def _rows(city: CityYear) -> pl.DataFrame:
    active = city.active[np.isin(city.schools.school_type[city.active], SCHOOL_HEALTH_TYPES)]
    place, column = np.nonzero(city.pupils[active][:, list(STAGES)])
    school, stage = active[place], np.array(STAGES, dtype=np.int64)[column]
    draws = _Draws(city, school, stage)
    pupils, staff = city.pupils[school, stage], _staff(city)[school, stage]
    planned = _SUBJECT_GRADES[stage] + np.where(city.schools.is_five_four[school], np.array([0, -10, 13, 0])[stage], 0)
    missing = 1 + (draws.number("missing subjects") * 3).astype(np.int64)
    periods = np.maximum(np.ceil(pupils / 45).astype(np.int64) * _ART_PERIODS_A_CLASS[stage], 2)
    gap = np.maximum(periods - _art_teachers(city)[school, stage] * _LOAD[stage], 0)
    cases = np.floor(pupils * 0.012 * draws.number(f"cases {city.year}")).astype(np.int64)
    service = np.isin(stage, (Stage.PRIMARY, Stage.JUNIOR)) & draws.school_has("service", 0.88, 0.03)
    return pl.DataFrame(
        {
            "school": school, "stage": stage, "pupils": pupils, "staff": staff,
            "planned_subject_grades": planned,
            "offered_subject_grades": np.where(draws.has("full course", 0.82, 0.03, 0.25), planned, planned - missing),
            "art_periods": periods,
            "part_time_art_periods": draws.part(gap, "part-time arts", 0.6, 0.07),
            "labour_periods": np.where(
                draws.has("labour", 0.85, 0.025, 0.25), 1 + (draws.number("labour twice") < 0.2), 0
            ),
            "has_labour_week": draws.school_has("labour week", 0.86, 0.025),
            "pupils_in_practice": draws.part(pupils, "practice", 0.86, 0.02),
            "health_periods": np.where(
                draws.has("health course", 0.8, 0.035, 0.25),
                4 + (draws.number("health more") * 3).astype(np.int64),
                1 + (draws.number("health less") * 3).astype(np.int64),
            ),
            "has_art_troupe": draws.school_has("troupe", 0.42, 0.05, 0.4),
            "has_parent_school": draws.school_has("parent school", 0.92, 0.015),
            "has_parent_committee": draws.school_has("parent committee", 0.95, 0.01),
            "parent_sessions": np.where(
                draws.school_has("parent sessions", 0.84, 0.03), 2 + (draws.number("more sessions") < 0.3), 1
            ),
            "visited_pupils": draws.part(pupils, "visits", 0.72, 0.04),
            "open_days": 1 + np.floor(2.4 * draws.number("open days") + 0.16 * city.passed).astype(np.int64),
            "reception_days": 5 + np.floor(8 * draws.number("reception") + 0.5 * city.passed).astype(np.int64),
            "practice_pupil_days": np.floor(pupils * (0.8 + draws.number("pupil days") + 0.2 * city.passed)).astype(
                np.int64
            ),
            "at_risk_cases": cases, "at_risk_cases_helped": draws.part(cases, "help", 0.8, 0.04),
            "offers_after_school": service,
            "counts_after_school_as_work": service & draws.school_has("service as work", 0.7, 0.06),
            "trained_pupils": draws.part(pupils, "pupil training", 0.84, 0.03),
            "trained_staff": draws.part(staff, "staff training", 0.86, 0.03),
            "first_aid_staff": np.floor(staff * (0.04 + 0.02 * city.passed) * (0.5 + draws.number("aid"))).astype(
                np.int64
            ),
            "is_assessed_on_myopia": draws.school_has("myopia assessed", 0.74, 0.055),
        }
    )  # fmt: skip


def _staff(city: CityYear) -> Ints:
    """Active staff by school and stage; those without a stage belong to the school's main one."""
    rows = city.staff_rows
    active = np.flatnonzero(rows.status == ACTIVE)
    school = rows.school[active]
    stage = np.where(rows.stage[active] == NO_STAGE, city.pupils.argmax(axis=1)[school], rows.stage[active])
    return _counted(city, school, stage)


def _art_teachers(city: CityYear) -> Ints:
    """Full-time teachers of music and art by school and stage."""
    rows = city.staff_rows
    wanted = (rows.status == ACTIVE) & (rows.category == TEACHER) & np.isin(city.qualities.subject, _ARTS)
    return _counted(city, rows.school[wanted], rows.stage[wanted])


def _counted(city: CityYear, school: Ints, stage: Ints) -> Ints:
    counts = np.zeros((len(city.schools), 6), dtype=np.int64)
    inside = stage < NO_STAGE
    np.add.at(counts, (school[inside], stage[inside]), 1)
    return counts
