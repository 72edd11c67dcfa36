"""What the codes are called in files. A test holds every label against the project's code lists.

Belongs here: code to label, in one or two styles. Does not belong here: headers, or who uses which style.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo import grades
from eduplan.demo.arrays import AnyArray

STATUS = ("在读", "休学", "离校", "毕业")
STATUS_SHORT = ("正常", "休学中", "已离校", "已毕业")
CHANGE = (
    "无", "新生入学", "转入", "市内转出", "市外转出", "休学", "复学", "留级", "辍学", "辍学返校", "毕业", "死亡",
)  # fmt: skip
ENTRY_MODE = ("", "就近入学", "摇号", "统一考试", "推荐", "民办招生", "其他")
PLACEMENT = ("无", "随班就读", "特教班", "特殊教育学校", "送教上门")
DISABILITY = ("无残疾", "视力残疾", "听力残疾", "言语残疾", "肢体残疾", "智力残疾", "精神残疾", "多重残疾")
STAGE = ("学前", "小学", "初中", "普通高中", "中等职业", "特殊教育")
SCHOOL_TYPE = {
    111: "幼儿园", 119: "附设幼儿班", 211: "小学", 218: "小学教学点", 311: "初级中学", 312: "九年一贯制学校",
    341: "完全中学",
    342: "高级中学", 345: "十二年一贯制学校", 361: "调整后中等职业学校", 365: "职业高中学校", 366: "技工学校",
    511: "盲人学校",
    512: "聋人学校", 513: "培智学校",
}  # fmt: skip
FOUNDER = {
    "education": "教育部门", "other_department": "其他部门", "enterprise": "地方企业", "institution": "事业单位",
    "armed_forces": "部队", "collective": "集体", "private": "民办", "sino_foreign": "中外合作",
}  # fmt: skip
DOCTOR_MODE = {"own": "自有", "shared": "共享", "bought": "购买服务", "stationed": "派驻"}
MODEL_LEVEL = {"none": "无", "city": "市级", "province": "省级"}
SYSTEM = {"6-3": "六三制", "5-4": "五四制"}
LEVEL = {"city": "市", "district": "区县", "town": "镇街"}

GRADE_STYLES = {"label": grades.LABELS, "short": grades.SHORT_LABELS, "code": grades.CODE_LABELS}
FLAG_STYLES = {"words": ("否", "是"), "digits": ("0", "1"), "letters": ("N", "Y")}
SEX_STYLES = {"words": ("女", "男"), "digits": ("2", "1"), "long": ("女性", "男性")}


def pick(labels: tuple[str, ...], places: AnyArray) -> pl.Series:
    """The label of each code; an empty label is no value."""
    return pl.Series([label or None for label in labels], dtype=pl.String).gather(np.asarray(places, dtype=np.int64))


def flags(values: AnyArray, style: str = "words") -> pl.Series:
    """Yes and no, in the style of a sender."""
    return pick(FLAG_STYLES[style], np.asarray(values, dtype=np.int64))


def from_map(labels: dict[str, str], values: AnyArray) -> pl.Series:
    """The label of each text code; an empty code is no value."""
    return pl.Series(np.asarray(values).astype(str), dtype=pl.String).replace_strict(
        {**labels, "": None}, return_dtype=pl.String
    )
