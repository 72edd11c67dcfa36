"""The staff rolls as the districts send them: one file a district and school year, and one district is late.

Belongs here: columns, headers, shapes and defects of the staff roll. Does not belong here: who works where.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from eduplan.demo import labels
from eduplan.demo.arrays import stream
from eduplan.demo.calendar import day_texts
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import (
    Damage,
    Defect,
    FileAccount,
    constant,
    dotted_date,
    excel_serial,
    full_width,
    lost_precision,
    other_day,
    share_out,
    wrong_check,
)
from eduplan.demo.identity import identity_numbers, names
from eduplan.demo.qualifications import NO_HOURS, Qualifications
from eduplan.demo.schools import Schools
from eduplan.demo.shapes import Shape, write_table
from eduplan.demo.staff import Staff, StaffRows
from eduplan.periods import school_year_text

LATE_DISTRICT = "990109"
"""Its last staff roll never arrives."""

HEADERS = {
    "school_code": "学校标识码", "staff_name": "姓名", "identity_number": "身份证件号", "sex": "性别",
    "birth_date": "出生年月",
    "staff_category": "教职工类别", "staff_status": "在职状态", "is_established": "是否在编",
    "stage_taught": "主要任课学段",
    "subject": "任教学科", "education_level": "最高学历", "professional_title": "专业技术职务",
    "certificate_kind": "教师资格证种类",
    "backbone_level": "骨干教师级别", "mental_health_role": "是否心理健康教育教师", "entered_school_on": "进本校年月",
    "rotated_this_year": "本学年交流轮岗", "training_hours": "继续教育学时", "is_special_education_trained": "特教培训",
}  # fmt: skip
CATEGORY = ("专任教师", "校长", "行政人员", "教辅人员", "工勤人员", "保育员", "卫生保健人员")
STATUS = ("在职", "退休", "离职")
SUBJECT = (
    "", "语文", "数学", "英语", "道德与法治", "物理", "化学", "生物", "历史", "地理", "科学", "体育", "音乐", "美术",
    "信息技术", "劳动", "学前教育", "专业课", "特殊教育",
)  # fmt: skip
EDUCATION = ("", "初中及以下", "高中", "中专", "大学专科", "大学本科", "硕士研究生", "博士研究生")
TITLE = ("未定级", "三级教师", "二级教师", "一级教师", "高级教师", "正高级教师")
BACKBONE = ("无", "校级", "县级", "市级", "省级", "国家级")
CERTIFICATE = ("无", "幼儿园", "小学", "初级中学", "高级中学", "中等职业学校")
MENTAL_ROLE = ("否", "专职", "兼职")


@dataclass(frozen=True)
class StaffStyle:
    """How one district writes its staff roll."""

    shape: Shape = field(default_factory=Shape)
    headers: dict[str, str] = field(default_factory=dict)
    flag: str = "words"
    date: str = "iso"


STYLES: tuple[StaffStyle, ...] = (
    StaffStyle(Shape(encoding="utf-8-sig")),
    StaffStyle(headers={"identity_number": "身份证号", "staff_category": "岗位类别"}, flag="digits"),
    StaffStyle(
        Shape(
            encoding="gb18030", titles=("教职工名册", "填报单位：教育局教师工作科"), footers=(("填表人：", "审核人："),)
        )
    ),
    StaffStyle(headers={"stage_taught": "任教学段", "education_level": "学历", "professional_title": "职称"}),
    StaffStyle(Shape(encoding="utf-8-sig"), {"training_hours": "五年继续教育学时"}, date="slashed"),
    StaffStyle(Shape(encoding="gb18030", titles=("教职工名册",)), {"identity_number": "证件号码"}),
    StaffStyle(Shape(encoding="utf-16", separator="\t", suffix=".tsv")),
    StaffStyle(Shape(suffix=".csv.gz"), {"birth_date": "出生日期"}, flag="letters", date="compact"),
    StaffStyle(Shape(encoding="utf-8-sig")),
    StaffStyle(headers={"rotated_this_year": "是否交流轮岗", "mental_health_role": "心理健康教师"}),
    StaffStyle(Shape(encoding="gb18030", suffix=".xls", titles=("教职工名册",))),
    StaffStyle(Shape(encoding="gb18030"), {"subject": "主要任教学科"}),
)

_KEEP_OUT = (
    Defect("identity_lost_precision", "V05", "identity_number", "quarantine", lost_precision),
    Defect("identity_wrong_check", "V05", "identity_number", "quarantine", wrong_check),
    Defect("school_unknown", "V04", "school_code", "quarantine", constant("2199999998")),
    Defect("hours_as_words", "number", "training_hours", "quarantine", constant("三百六十左右")),
    Defect("education_unknown", "code", "education_level", "quarantine", constant("函授在读")),
    Defect("date_unreadable", "required", "birth_date", "quarantine", constant("不详")),
)
_REPAIRED = (
    Defect("full_width", "width", "identity_number", "repair", full_width),
    Defect("dotted_date", "", "entered_school_on", "repair", dotted_date),
    Defect("excel_serial_date", "excel_serial_date", "birth_date", "repair", excel_serial),
    Defect("birth_date_disagrees", "V07", "birth_date", "warning", other_day),
)


def write_staff(
    folder: Path,
    year: int,
    rows: StaffRows,
    qualities: Qualifications,
    staff: Staff,
    schools: Schools,
    seed: int,
    *,
    is_last: bool,
) -> list[FileAccount]:
    """Writes the staff rolls of a school year, and marks the rows that do not get through.

    Args:
        folder: Folder of the source.
        year: School year.
        rows: All rows of the city; ``is_staged`` is set to False where a row is kept out or never sent.
        qualities: The attributes of these rows.
        staff: All staff.
        schools: All schools.
        seed: Seed of the city.
        is_last: Whether it is the last year, whose file of one district is late.
    """
    period = school_year_text(year)
    district_of_row = schools.district[rows.school]
    order = np.lexsort((rows.person, rows.category, rows.school, district_of_row))
    bounds = np.searchsorted(district_of_row[order], np.arange(len(DISTRICTS) + 1))
    accounts = []
    for index, (district, style) in enumerate(zip(DISTRICTS, STYLES, strict=True)):
        places = order[bounds[index] : bounds[index + 1]]
        if is_last and district.code == LATE_DISTRICT:
            rows.is_staged[places] = False
            continue
        rng = stream(seed, "staff defects", year, district.code)
        texts = _texts(places, rows, qualities, staff, schools, style, seed)
        damage = Damage(texts, np.ones(len(places), dtype=bool), rng)
        for defect, count in share_out(_KEEP_OUT, len(places), 1.5, rng) + share_out(_REPAIRED, len(places), 6.0, rng):
            damage.apply(defect, count)
        damage.repeat(max(1, len(places) // 1500) if rng.random() < 0.6 else 0)
        account = FileAccount("staff_roll", period, district.code_in(year))
        table = damage.finish(account, style.shape.rows_to_drop)
        rows.is_staged[places[damage.is_quarantined]] = False
        headers = {name: style.headers.get(name, HEADERS[name]) for name in table.columns}
        path = write_table(folder / period / f"{district.code_in(year)}_教职工名册", table.rename(headers), style.shape)
        account.file = path.name
        accounts.append(account)
    return accounts


def _texts(
    places: np.ndarray,
    rows: StaffRows,
    qualities: Qualifications,
    staff: Staff,
    schools: Schools,
    style: StaffStyle,
    seed: int,
) -> pl.DataFrame:
    person = rows.person[places]
    hours = qualities.training_hours[places]
    return pl.DataFrame(
        {
            "school_code": pl.Series(schools.code.tolist()).gather(rows.school[places]),
            "staff_name": names(person.astype(np.int64) + 10**9, seed),
            "identity_number": identity_numbers(staff.number[person]),
            "sex": labels.pick(labels.SEX_STYLES["words"], staff.is_male[person]),
            "birth_date": day_texts(staff.birth[person], style.date),
            "staff_category": labels.pick(CATEGORY, rows.category[places]),
            "staff_status": labels.pick(STATUS, rows.status[places]),
            "is_established": labels.flags(qualities.is_established[places], style.flag),
            "stage_taught": labels.pick((*labels.STAGE, ""), rows.stage[places]),
            "subject": labels.pick(SUBJECT, qualities.subject[places]),
            "education_level": labels.pick(EDUCATION, qualities.education[places]),
            "professional_title": labels.pick(TITLE, qualities.title[places]),
            "certificate_kind": labels.pick(CERTIFICATE, qualities.certificate[places]),
            "backbone_level": labels.pick(BACKBONE, qualities.backbone[places]),
            "mental_health_role": labels.pick(MENTAL_ROLE, qualities.mental_role[places]),
            "entered_school_on": day_texts(rows.entered_on[places], style.date),
            "rotated_this_year": labels.flags(rows.is_rotated[places], style.flag),
            "training_hours": pl.select(
                pl.when(pl.Series(hours != NO_HOURS)).then(pl.Series(hours).cast(pl.String))
            ).to_series(),
            "is_special_education_trained": labels.flags(qualities.is_special_trained[places], style.flag),
        }
    )
