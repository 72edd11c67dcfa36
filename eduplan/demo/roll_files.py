"""The pupil rolls as the districts send them: one file a district and school year.

Belongs here: columns, headers, styles and defects of the roll. Does not belong here: who is on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from eduplan.demo import labels
from eduplan.demo.arrays import stream
from eduplan.demo.calendar import cohort, day_texts
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import (
    Damage,
    Defect,
    FileAccount,
    apostrophe,
    constant,
    dotted_date,
    excel_serial,
    float_notation,
    full_width,
    lost_precision,
    other_day,
    share_out,
    wrong_check,
)
from eduplan.demo.grades import Grade
from eduplan.demo.identity import names
from eduplan.demo.people import People
from eduplan.demo.roll import RollAttributes, RollRows, Status
from eduplan.demo.schools import Schools
from eduplan.demo.shapes import Shape, write_table
from eduplan.periods import school_year_text

HEADERS = {
    "school_code": "学校标识码", "pupil_name": "姓名", "certificate_type": "身份证件类型",
    "identity_number": "身份证件号",
    "roll_number": "学籍号", "sex": "性别", "birth_date": "出生日期", "ethnic_group": "民族", "grade": "年级",
    "class_name": "班级",
    "roll_status": "学籍状态", "roll_change": "学籍异动", "roll_change_on": "异动日期", "entered_on": "入学年月",
    "entry_mode": "入学方式", "attendance_mode": "就读方式", "is_migrant": "是否进城务工人员随迁子女",
    "is_left_behind": "是否留守儿童", "has_care_record": "留守儿童关爱档案", "is_bought_place": "是否由政府购买学位",
    "had_preschool": "是否受过学前教育", "disability_type": "残疾类型", "placement": "安置方式",
}  # fmt: skip


@dataclass(frozen=True)
class RollStyle:
    """How one district writes its roll."""

    shape: Shape = field(default_factory=Shape)
    headers: dict[str, str] = field(default_factory=dict)
    grade: str = "label"
    flag: str = "words"
    sex: str = "words"
    date: str = "iso"
    class_name: str = "{}班"
    apostrophes: bool = False
    more_columns: bool = False


_TITLES = ("学生学籍名册", "填报单位：教育局基础教育科")
_FOOTERS = (("填表人：", "", "审核人："),)
STYLES: tuple[RollStyle, ...] = (
    RollStyle(Shape(encoding="utf-8-sig"), more_columns=True),
    RollStyle(Shape(), {"identity_number": "证件号码", "roll_number": "学籍主号", "grade": "所在年级"}, flag="digits"),
    RollStyle(
        Shape(encoding="gb18030", titles=_TITLES),
        {"identity_number": "身份证号", "school_code": "学校代码"},
        apostrophes=True,
    ),
    RollStyle(
        Shape(),
        {"birth_date": "出生年月", "class_name": "班级名称", "placement": "随班就读"},
        class_name="({})班",
        date="slashed",
    ),
    RollStyle(Shape(encoding="utf-8-sig"), {"entered_on": "入学日期"}, grade="code", sex="digits"),
    RollStyle(
        Shape(encoding="gb18030", titles=_TITLES[:1], footers=_FOOTERS),
        {
            "pupil_name": "学生姓名",
            "identity_number": "公民身份号码",
            "is_migrant": "随迁子女",
            "is_left_behind": "留守儿童",
        },
        grade="short",
    ),
    RollStyle(Shape(encoding="utf-16", separator="\t", suffix=".tsv"), {"identity_number": "证件号码"}),
    RollStyle(Shape(suffix=".csv.gz"), flag="letters", date="compact"),
    RollStyle(Shape(encoding="utf-8-sig"), {"school_code": "机构代码", "birth_date": "生日"}, class_name="第{}班"),
    RollStyle(Shape(), sex="long"),
    RollStyle(Shape(encoding="utf-8-sig", footers=_FOOTERS), {"identity_number": "身份证号"}),
    RollStyle(Shape(encoding="gb18030")),
)  # fmt: skip

_KEEP_OUT = (
    Defect("identity_float_notation", "V05", "identity_number", "quarantine", float_notation),
    Defect("identity_lost_precision", "V05", "identity_number", "quarantine", lost_precision),
    Defect("identity_wrong_check", "V05", "identity_number", "quarantine", wrong_check),
    Defect("grade_unknown", "code", "grade", "quarantine", constant("十五年级")),
    Defect("school_unknown", "V04", "school_code", "quarantine", constant("2199999999")),
    Defect("date_unreadable", "required", "birth_date", "quarantine", constant("不详")),
    Defect("change_before_entry", "V39", "entered_on", "quarantine", constant("2039-09-01"), needs=("roll_change_on",)),
    Defect("roll_number_short", "V06", "roll_number", "quarantine", constant("G99010120100101")),
)  # fmt: skip
_REPAIRED = (
    Defect("full_width", "width", "identity_number", "repair", full_width),
    Defect("apostrophe", "apostrophe", "identity_number", "repair", apostrophe),
    Defect("dotted_date", "", "birth_date", "repair", dotted_date),
    Defect("excel_serial_date", "excel_serial_date", "birth_date", "repair", excel_serial),
    Defect("birth_date_disagrees", "V07", "birth_date", "warning", other_day),
)


def write_roll(
    folder: Path, year: int, rows: RollRows, attributes: RollAttributes, people: People, schools: Schools, seed: int
) -> list[FileAccount]:
    """Writes the rolls of a school year, and marks the rows that their defects keep out.

    Args:
        folder: Folder of the source.
        year: School year.
        rows: All rows of the city; ``is_staged`` is set to False where a row is kept out.
        attributes: The attributes of these rows.
        people: All persons.
        schools: All schools.
        seed: Seed of the city.
    """
    period = school_year_text(year)
    active_rows = np.bincount(rows.person[rows.status == Status.ACTIVE], minlength=len(people))
    may_damage = (active_rows[rows.person] <= 1) & ~people.has_passport[rows.person]
    table_of = _RollTable(rows, attributes, people, schools)
    district_of_row = schools.district[rows.school]
    order = np.lexsort((rows.person, rows.class_number, rows.grade, rows.status, rows.school, district_of_row))
    bounds = np.searchsorted(district_of_row[order], np.arange(len(DISTRICTS) + 1))
    accounts = []
    for index, (district, style) in enumerate(zip(DISTRICTS, STYLES, strict=True)):
        places = order[bounds[index] : bounds[index + 1]]
        rng = stream(seed, "roll defects", year, district.code)
        damage = Damage(table_of.texts(places, style), may_damage[places], rng)
        for defect, count in share_out(_KEEP_OUT, len(places), 0.6, rng) + share_out(_REPAIRED, len(places), 3.0, rng):
            damage.apply(defect, count)
        damage.repeat(max(1, len(places) // 2000) if rng.random() < 0.7 else 0)
        account = FileAccount("pupil_roll", period, district.code_in(year))
        table = damage.finish(account, style.shape.rows_to_drop)
        if style.apostrophes:
            account.repairs["apostrophe"] = account.staged
        rows.is_staged[places[damage.is_quarantined]] = False
        written = table.rename({name: style.headers.get(name, HEADERS.get(name, name)) for name in table.columns})
        path = write_table(folder / period / f"{district.code_in(year)}_学籍名册", written, style.shape)
        account.file = path.name
        accounts.append(account)
    return accounts


class _RollTable:
    """Makes the texts of roll rows."""

    def __init__(self, rows: RollRows, attributes: RollAttributes, people: People, schools: Schools) -> None:
        self._rows, self._attributes, self._people = rows, attributes, people
        self._school_codes = pl.Series(schools.code.tolist())

    def texts(self, places: np.ndarray, style: RollStyle) -> pl.DataFrame:
        rows, more = self._rows, self._attributes
        person = rows.person[places]
        identity = self._people.identity(person)
        in_grades = rows.grade[places] >= Grade.P1
        class_names = pl.Series([style.class_name.format(number) for number in range(100)])
        had = labels.flags(self._people.had_preschool[person], style.flag)
        columns = {
            "school_code": self._school_codes.gather(rows.school[places]),
            "pupil_name": names(person, self._people.seed),
            "certificate_type": labels.pick(("居民身份证", "护照"), self._people.has_passport[person]),
            "identity_number": "'" + identity if style.apostrophes else identity,
            "roll_number": self._people.roll_numbers(person),
            "sex": labels.pick(labels.SEX_STYLES[style.sex], self._people.is_male[person]),
            "birth_date": day_texts(self._people.birth[person], style.date),
            "ethnic_group": labels.pick(
                _ETHNIC, (self._people.noise(person, "ethnic") ** 24 * len(_ETHNIC)).astype(np.int64)
            ),
            "grade": labels.pick(labels.GRADE_STYLES[style.grade], rows.grade[places]),
            "class_name": class_names.gather(rows.class_number[places].astype(np.int64)),
            "roll_status": labels.pick(
                labels.STATUS if style.grade == "label" else labels.STATUS_SHORT, rows.status[places]
            ),
            "roll_change": labels.pick(labels.CHANGE, rows.change[places]),
            "roll_change_on": day_texts(rows.change_on[places], style.date),
            "entered_on": day_texts(rows.entered_on[places], style.date),
            "entry_mode": labels.pick(labels.ENTRY_MODE, rows.entry_mode[places]),
            "attendance_mode": labels.pick(("走读", "住校"), more.is_boarding[places]),
            "is_migrant": labels.flags(more.is_migrant[places], style.flag),
            "is_left_behind": labels.flags(more.is_left_behind[places], style.flag),
            "has_care_record": labels.flags(more.has_care_record[places], style.flag),
            "is_bought_place": labels.flags(more.is_bought_place[places], style.flag),
            "had_preschool": pl.select(pl.when(pl.Series(in_grades)).then(had)).to_series(),
            "disability_type": labels.pick(labels.DISABILITY, more.disability[places]),
            "placement": labels.pick(labels.PLACEMENT, rows.placement[places]),
        }
        if style.more_columns:
            columns |= self._more_columns(person)
        return pl.DataFrame(columns)

    def _more_columns(self, person: np.ndarray) -> dict[str, pl.Series]:
        """Columns of a real roll export that no contract asks for."""
        fixed = {
            "曾用名": None,
            "国籍/地区": "中国",
            "港澳台侨外": "否",
            "政治面貌": "群众",
            "健康状况": "健康或良好",
            "户口性质": "农业家庭户口",
        }
        result = {name: pl.repeat(text, len(person), dtype=pl.String, eager=True) for name, text in fixed.items()}
        in_class = (self._people.noise(person, "seat") * 60).astype(np.int64) + 1
        result["班内学号"] = pl.Series(in_class).cast(pl.String)
        result["是否独生子女"] = labels.flags(self._people.noise(person, "only child") < 0.4)
        result["上下学方式"] = labels.pick(
            ("步行", "公共交通", "家长接送", "校车"), (self._people.noise(person, "way") * 4).astype(np.int64)
        )
        result["是否需要申请资助"] = labels.flags(self._people.noise(person, "aid") < 0.04)
        result["是否孤儿"] = labels.flags(self._people.noise(person, "orphan") < 0.001)
        result["出生年"] = pl.Series(cohort(self._people.birth[person])).cast(pl.String)
        return result


_ETHNIC = ("汉族", "满族", "回族", "蒙古族", "朝鲜族", "苗族")
