"""Grades and stages as small numbers, and how a pupil moves from one to the next.

Belongs here: the ladder of grades of both school systems. Does not belong here: who moves.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from eduplan.demo.arrays import AnyArray, Ints


class Grade(IntEnum):
    """The grades, in the order in which files and tables count them."""

    K0 = 0
    K1 = 1
    K2 = 2
    K3 = 3
    KX = 4
    P1 = 5
    P2 = 6
    P3 = 7
    P4 = 8
    P5 = 9
    P6 = 10
    J1 = 11
    J2 = 12
    J3 = 13
    S1 = 14
    S2 = 15
    S3 = 16
    X = 17
    V1 = 18
    V2 = 19
    V3 = 20


class Stage(IntEnum):
    """The stages."""

    PRESCHOOL = 0
    PRIMARY = 1
    JUNIOR = 2
    SENIOR_GENERAL = 3
    SENIOR_VOCATIONAL = 4
    SPECIAL = 5


GRADES = tuple(grade.name.lower() for grade in Grade)
STAGES = tuple(stage.name.lower() for stage in Stage)
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

_STAGE_OF_GRADE: Ints = np.array([0] * 5 + [1] * 6 + [2] * 3 + [3] * 3 + [5] + [4] * 3)


def stage_of(grade: AnyArray, is_five_four: AnyArray, is_special: AnyArray) -> Ints:
    """The stage of a grade in a school: grade six is junior in the 5-4 system, and a special school is special."""
    stage = _STAGE_OF_GRADE[grade]
    stage = np.where(is_five_four & (grade == Grade.P6), Stage.JUNIOR, stage)
    return np.asarray(np.where(is_special, Stage.SPECIAL, stage))


def is_last_grade(grade: AnyArray, is_five_four: AnyArray, is_special: AnyArray) -> AnyArray:
    """Whether a pupil who is promoted from a grade changes stage or leaves school."""
    last = (grade == Grade.K3) | (grade == Grade.J3) | (grade == Grade.S3)
    last_primary = np.where(is_five_four, grade == Grade.P5, grade == Grade.P6)
    return np.asarray(last | (last_primary & ~is_special))
