"""Grades and stages as small numbers, and how a pupil moves from one to the next.

Belongs here: the ladder of grades of both school systems. Does not belong here: who moves.
"""

from __future__ import annotations

import numpy as np

from eduplan.demo.arrays import AnyArray, Ints

GRADES = (
    "k0", "k1", "k2", "k3", "kx", "p1", "p2", "p3", "p4", "p5", "p6",
    "j1", "j2", "j3", "s1", "s2", "s3", "x", "v1", "v2", "v3",
)  # fmt: skip
INDEX = {grade: place for place, grade in enumerate(GRADES)}
K0, K1, K2, K3, KX, P1, P5, P6, J1, J3, S1, S3, X = (
    INDEX[grade] for grade in ("k0", "k1", "k2", "k3", "kx", "p1", "p5", "p6", "j1", "j3", "s1", "s3", "x")
)
NUMBERS: Ints = np.array([-3, -2, -1, 0, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 10, 11, 12])
LABELS = (
    "托班", "小班", "中班", "大班", "混龄班", "一年级", "二年级", "三年级", "四年级", "五年级", "六年级",
    "七年级", "八年级", "九年级", "高一", "高二", "高三", "特教班", "中职一", "中职二", "中职三",
)  # fmt: skip
SHORT_LABELS = (
    "托儿班", "幼儿园小班", "幼儿园中班", "幼儿园大班", "混合班", "小一", "小二", "小三", "小四", "小五", "小六",
    "初一", "初二", "初三", "高中一年级", "高中二年级", "高中三年级", "特教班", "职一", "职二", "职三",
)  # fmt: skip
CODE_LABELS = (
    "50", "51", "52", "53", "混龄班", "01", "02", "03", "04", "05", "06",
    "11", "12", "13", "21", "22", "23", "49", "31", "32", "33",
)  # fmt: skip

STAGES = ("preschool", "primary", "junior", "senior_general", "senior_vocational", "special")
PRESCHOOL, PRIMARY, JUNIOR, SENIOR, VOCATIONAL, SPECIAL = range(6)
_STAGE_OF_GRADE: Ints = np.array([0] * 5 + [1] * 6 + [2] * 3 + [3] * 3 + [5] + [4] * 3)


def stage_of(grade: AnyArray, is_five_four: AnyArray, is_special: AnyArray) -> Ints:
    """The stage of a grade in a school: grade six is junior in the 5-4 system, and a special school is special."""
    stage = _STAGE_OF_GRADE[grade]
    stage = np.where(is_five_four & (grade == P6), JUNIOR, stage)
    return np.asarray(np.where(is_special, SPECIAL, stage))


def is_last_grade(grade: AnyArray, is_five_four: AnyArray, is_special: AnyArray) -> AnyArray:
    """Whether a pupil who is promoted from a grade changes stage or leaves school."""
    last = (grade == K3) | (grade == J3) | (grade == S3)
    last_primary = np.where(is_five_four, grade == P5, grade == P6)
    return np.asarray(last | (last_primary & ~is_special))
