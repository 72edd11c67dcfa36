"""Weekly lessons by subject, and professional posts by grade: two returns of schools in the autumn term.

Belongs here: the figures and their files. Does not belong here: who teaches what (``qualifications``).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import Ints
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, constant, full_width
from eduplan.demo.grades import STAGES, Stage
from eduplan.demo.labels import STAGE, pick
from eduplan.demo.qualifications import SUBJECTS
from eduplan.demo.records.writing import Form, write_by_district
from eduplan.demo.records.year import CityYear
from eduplan.demo.staff import ACTIVE, TEACHER

_TIMETABLE = Form(
    source="timetable",
    title="分学科周课时统计表",
    headers={
        "school_code": "学校标识码", "school_name": "学校名称", "stage": "学段", "subject": "学科",
        "weekly_lessons": "周课时总数",
    },
    keep_out=(
        Defect("lessons_in_words", "number", "weekly_lessons", "quarantine", constant("按计划")),
        Defect("unknown_subject", "code", "subject", "quarantine", constant("阅读")),
    ),
    repaired=(Defect("full_width", "width", "weekly_lessons", "repair", full_width),),
)  # fmt: skip
_POSTS = Form(
    source="school_posts",
    title="专业技术岗位设置与聘用表",
    headers={
        "school_code": "学校标识码", "school_name": "学校名称", "approved_senior_posts": "高级岗位核准数",
        "filled_senior_posts": "高级岗位聘用数", "approved_middle_posts": "中级岗位核准数",
        "filled_middle_posts": "中级岗位聘用数", "approved_junior_posts": "初级岗位核准数",
        "filled_junior_posts": "初级岗位聘用数",
    },
    keep_out=(Defect("posts_in_words", "number", "approved_middle_posts", "quarantine", constant("待批")),),
    repaired=(Defect("full_width", "width", "school_code", "repair", full_width),),
    per_thousand=4.0,
)  # fmt: skip
_SUBJECT_LABELS = (
    "", "语文", "数学", "英语", "道德与法治", "物理", "化学", "生物", "历史", "地理", "科学", "体育",
    "音乐", "美术", "信息技术", "劳动",
)  # fmt: skip
_LOADS = {Stage.PRIMARY: 16, Stage.JUNIOR: 14, Stage.SENIOR_GENERAL: 12}
_TAUGHT = {
    Stage.PRIMARY: (1, 2, 3, 4, 10, 11, 12, 13, 14, 15),
    Stage.JUNIOR: (1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15),
    Stage.SENIOR_GENERAL: (1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14),
}
_ATTACHED = (119, 218)
POSTS = tuple(f"{what}_{grade}_posts" for grade in ("senior", "middle", "junior") for what in ("approved", "filled"))


def write(city: CityYear) -> None:
    """Writes both returns of a year."""
    _write_timetable(city)
    _write_posts(city)


def _teachers(city: CityYear) -> Ints:
    """Active full-time teachers by school, stage and subject."""
    rows = city.staff_rows
    chosen = (rows.status == ACTIVE) & (rows.category == TEACHER)
    counts = np.zeros((len(city.schools), len(STAGES) + 1, len(SUBJECTS)), dtype=np.int64)
    np.add.at(counts, (rows.school[chosen], rows.stage[chosen], city.qualities.subject[chosen]), 1)
    return counts


def _write_timetable(city: CityYear) -> None:
    """Lessons follow the teachers that a school has; gaps are larger in poor districts and in a few subjects."""
    counts = _teachers(city)
    parts = []
    for stage, subjects in _TAUGHT.items():
        school = np.flatnonzero(city.pupils[:, stage] > 0)
        place, which = (part.ravel() for part in np.indices((len(school), len(subjects))))
        subject = np.array(subjects)[which]
        parts.append(np.column_stack([school[place], np.full(len(place), int(stage)), subject]))
    school, stage, subject = np.concatenate(parts).T
    wealth = np.array([district.wealth for district in DISTRICTS])[city.schools.district[school]]
    draw = city.draw((school * 8 + stage) * 32 + subject, "lessons")
    want = np.maximum(0.0, 1.05 - wealth - 0.05 * city.passed) * np.where(np.isin(subject, (11, 12, 13, 14)), 0.9, 0.35)
    have = counts[school, stage, subject]
    load = np.array([_LOADS.get(Stage(each), 0) for each in range(len(STAGES))])[stage]
    lessons = np.round(load * (have * (0.86 + 0.13 * draw) + want * (draw > 0.55) * (0.3 + 0.05 * have)))
    lessons = np.maximum(lessons, 1).astype(np.int64)
    table = pl.DataFrame(
        {
            "school": pl.Series(school, dtype=pl.Int32),
            "stage": pl.Series([STAGES[each] for each in stage.tolist()]),
            "subject": subject,
            "lessons": lessons,
        }
    )
    texts = table.select(
        pl.Series("school_code", city.schools.code[school].tolist()),
        pl.Series("school_name", city.schools.name[school].tolist()),
        pick(STAGE, stage).alias("stage"),
        pick(_SUBJECT_LABELS, subject).alias("subject"),
        pl.col("lessons").cast(pl.String).alias("weekly_lessons"),
    )
    staged = write_by_district(city, _TIMETABLE, city.period, texts, city.schools.district[school])
    city.facts.records["timetable", city.year] = table.filter(pl.Series(staged))


def _write_posts(city: CityYear) -> None:
    """Posts follow the staff; poor districts leave senior posts empty, and a few schools fill more than approved."""
    school = city.active
    public = ~city.schools.is_private[school] & ~np.isin(city.schools.school_type[school], _ATTACHED)
    school = school[public]
    staff = np.maximum(_teachers(city).sum(axis=(1, 2))[school], 2)
    wealth = np.array([district.wealth for district in DISTRICTS])[city.schools.district[school]]
    shares = {"senior": 0.28, "middle": 0.42, "junior": 0.30}
    columns: dict[str, Ints] = {}
    for grade, share in shares.items():
        approved = np.maximum(1, np.round(staff * share * (0.95 + 0.15 * city.draw(school, f"{grade} posts"))))
        usual = {"senior": 0.72, "middle": 0.93, "junior": 0.88}[grade] + (0.18 * wealth if grade == "senior" else 0.0)
        filled = np.round(approved * np.minimum(1.0, usual + 0.012 * city.passed + 0.1 * city.draw(school, grade)))
        over = city.draw(school, f"{grade} over") < 0.03 - 0.004 * city.passed
        columns[f"approved_{grade}_posts"] = approved.astype(np.int64)
        columns[f"filled_{grade}_posts"] = np.where(over, approved + 1, filled).astype(np.int64)
    table = pl.DataFrame({"school": pl.Series(school, dtype=pl.Int32), **columns})
    texts = table.select(
        pl.Series("school_code", city.schools.code[school].tolist()),
        pl.Series("school_name", city.schools.name[school].tolist()),
        pl.col(POSTS).cast(pl.String),
    )
    staged = write_by_district(city, _POSTS, city.period, texts, city.schools.district[school])
    city.facts.records["school_posts", city.year] = table.filter(pl.Series(staged))
