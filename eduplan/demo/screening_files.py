"""The screening as the districts send it: one file a district and season.

Belongs here: columns, headers, units and defects of the screening. Does not belong here: its results.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from eduplan.demo import labels
from eduplan.demo.arrays import Flags, stream
from eduplan.demo.calendar import day_texts
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import (
    Damage,
    Defect,
    FileAccount,
    apostrophe,
    constant,
    dotted_date,
    excel_serial,
    full_width,
    lost_precision,
    share_out,
    wrong_check,
)
from eduplan.demo.identity import names
from eduplan.demo.people import People
from eduplan.demo.schools import Schools
from eduplan.demo.shapes import Shape, write_table
from eduplan.periods import school_year_text

HEADERS = {
    "school_code": "学校标识码", "pupil_name": "姓名", "identity_number": "身份证件号", "sex": "性别",
    "birth_date": "出生日期",
    "grade": "年级", "screened_on": "检查日期", "is_retest": "是否复测", "is_valid": "是否有效数据",
    "lens_type": "戴镜情况",
    "naked_acuity_right": "裸眼视力(右)", "naked_acuity_left": "裸眼视力(左)", "corrected_acuity_right": "矫正视力(右)",
    "corrected_acuity_left": "矫正视力(左)", "sphere_right": "球镜(右)", "sphere_left": "球镜(左)",
    "cylinder_right": "柱镜(右)",
    "cylinder_left": "柱镜(左)", "height_cm": "身高", "weight_kg": "体重", "fitness_total": "体质健康总分",
    "mental_screened": "心理筛查", "has_mental_file": "心理健康档案", "mental_level": "心理预警等级",
    "mental_followed_up": "30日内跟踪",
}  # fmt: skip
_AUTUMN_ONLY = (
    "height_cm", "weight_kg", "fitness_total", "mental_screened", "has_mental_file", "mental_level",
    "mental_followed_up",
)  # fmt: skip
_DEVICE = {
    "naked_acuity_right": "右眼裸眼视力", "naked_acuity_left": "左眼裸眼视力", "corrected_acuity_right": "右眼矫正视力",
    "corrected_acuity_left": "左眼矫正视力", "sphere_right": "右眼屈光球镜S", "sphere_left": "左眼屈光球镜S",
    "cylinder_right": "右眼屈光柱镜C", "cylinder_left": "左眼屈光柱镜C", "identity_number": "身份证/护照",
}  # fmt: skip
_GROUPED = {
    "naked_acuity_right": "裸眼(右)", "naked_acuity_left": "裸眼(左)", "corrected_acuity_right": "矫正(右)",
    "corrected_acuity_left": "矫正(左)",
}  # fmt: skip
GROUP_OF = {
    **dict.fromkeys(_GROUPED, "视力检查"),
    **dict.fromkeys(("sphere_right", "sphere_left", "cylinder_right", "cylinder_left"), "屈光"),
    **dict.fromkeys(("height_cm", "weight_kg", "fitness_total"), "体格与体质"),
    **dict.fromkeys(("mental_screened", "has_mental_file", "mental_level", "mental_followed_up"), "心理健康"),
}
LENS = ("不戴镜", "框架眼镜", "隐形眼镜", "夜戴角膜塑形镜")
MENTAL = ("无预警", "一级", "二级", "三级")
_DECIMAL_ACUITY = dict(
    zip(
        range(40, 54),
        ("0.1", "0.12", "0.15", "0.2", "0.25", "0.3", "0.4", "0.5", "0.6", "0.8", "1.0", "1.2", "1.5", "2.0"),
        strict=True,
    )
)


@dataclass(frozen=True)
class ScreeningStyle:
    """How one district writes its screening."""

    shape: Shape = field(default_factory=Shape)
    headers: dict[str, str] = field(default_factory=dict)
    groups: bool = False
    decimal_acuity: bool = False
    missing: str | None = None
    flag: str = "words"
    grade: str = "label"


STYLES: tuple[ScreeningStyle, ...] = (
    ScreeningStyle(Shape(encoding="utf-8-sig")),
    ScreeningStyle(headers=_DEVICE, missing="--", flag="digits"),
    ScreeningStyle(
        Shape(encoding="gb18030", titles=("学生健康监测表", "单位：区教育局")), {"identity_number": "身份证号"}
    ),
    ScreeningStyle(headers={"screened_on": "筛查日期", "height_cm": "身高(cm)", "weight_kg": "体重(kg)"}, missing="/"),
    ScreeningStyle(Shape(encoding="utf-8-sig"), grade="code"),
    ScreeningStyle(Shape(encoding="gb18030", titles=("学生健康监测表",)), _GROUPED, groups=True),
    ScreeningStyle(Shape(encoding="utf-16", separator="\t", suffix=".tsv"), _DEVICE),
    ScreeningStyle(Shape(suffix=".csv.gz"), flag="letters"),
    ScreeningStyle(Shape(encoding="utf-8-sig", footers=(("填表人：", "", "审核人："),)), missing="--"),
    ScreeningStyle(headers=_DEVICE, grade="short"),
    ScreeningStyle(Shape(encoding="utf-8-sig"), decimal_acuity=True),
    ScreeningStyle(Shape(encoding="gb18030"), {"fitness_total": "体测总分", "lens_type": "戴镜类型"}),
)

_KEEP_OUT = (
    Defect("identity_lost_precision", "V05", "identity_number", "quarantine", lost_precision),
    Defect("identity_wrong_check", "V05", "identity_number", "quarantine", wrong_check),
    Defect("acuity_out_of_range", "V23", "naked_acuity_right", "quarantine", constant("9.9")),
    Defect("sphere_out_of_range", "V23", "sphere_left", "quarantine", constant("-35.00")),
    Defect("height_out_of_range", "V28", "height_cm", "quarantine", constant("1650")),
    Defect("weight_as_words", "V28", "weight_kg", "quarantine", constant("四十公斤")),
    Defect("school_unknown", "V04", "school_code", "quarantine", constant("3199999999")),
    Defect("screened_before_birth", "V39", "screened_on", "quarantine", constant("1999-09-01")),
)
_REPAIRED = (
    Defect("full_width", "width", "identity_number", "repair", full_width),
    Defect("apostrophe", "apostrophe", "identity_number", "repair", apostrophe),
    Defect("dotted_date", "", "screened_on", "repair", dotted_date),
    Defect("excel_serial_date", "excel_serial_date", "birth_date", "repair", excel_serial),
)


def write_screening(
    folder: Path, year: int, season: str, found: pl.DataFrame, is_on_roll: Flags, people: People, schools: Schools
) -> tuple[list[FileAccount], Flags]:
    """Writes the screening of a season.

    Args:
        folder: Folder of the source.
        year: School year.
        season: ``autumn`` or ``spring``.
        found: The rows of the season.
        is_on_roll: Of each person, whether a row of the year's roll was staged.
        people: All persons.
        schools: All schools.

    Returns:
        The accounts of the files, and which of the rows are staged.
    """
    period = f"{school_year_text(year)}-{season}"
    staged = np.zeros(len(found), dtype=bool)
    bounds = np.searchsorted(found["district"].to_numpy(), np.arange(len(DISTRICTS) + 1))
    accounts = []
    for index, (district, style) in enumerate(zip(DISTRICTS, STYLES, strict=True)):
        part = found[int(bounds[index]) : int(bounds[index + 1])]
        rng = stream(people.seed, "screening defects", year, season, district.code)
        texts = _texts(part, people, schools, style)
        if season == "spring":
            texts = texts.drop(_AUTUMN_ONLY)
        person = part["person"].to_numpy()
        on_roll = is_on_roll[person]
        damage = Damage(texts, on_roll & ~people.has_passport[person], rng)
        for defect, count in share_out(_KEEP_OUT, len(part), 0.9, rng) + share_out(_REPAIRED, len(part), 2.0, rng):
            damage.apply(defect, count)
        damage.repeat(max(1, len(part) // 2500) if rng.random() < 0.7 else 0)
        damage.is_quarantined |= ~on_roll
        damage.defects["not_on_roll"] = damage.findings["V26"] = int((~on_roll).sum())
        account = FileAccount("health_screening", period, district.code_in(year))
        table = damage.finish(account, style.shape.rows_to_drop)
        account.repairs |= _repairs_of_style(damage.table.filter(pl.Series(~damage.is_quarantined)), style)
        staged[bounds[index] : bounds[index + 1]] = ~damage.is_quarantined
        headers = {name: style.headers.get(name, HEADERS[name]) for name in table.columns}
        shape = _with_groups(style.shape, table.columns) if style.groups else style.shape
        path = write_table(folder / period / f"{district.code_in(year)}_学生健康监测表", table.rename(headers), shape)
        account.file = path.name
        accounts.append(account)
    return accounts, staged


def _repairs_of_style(table: pl.DataFrame, style: ScreeningStyle) -> dict[str, int]:
    """Cells that a reader repairs because the whole file is written so."""
    repairs = {}
    if style.missing is not None:
        repairs["placeholder"] = int(table.select((pl.col(pl.String) == style.missing).sum()).sum_horizontal().item())
    if style.decimal_acuity:
        acuities = table.select(name for name in table.columns if "acuity" in name)
        repairs["decimal_acuity"] = sum(len(column) - column.null_count() for column in acuities)
    return repairs


def _with_groups(shape: Shape, columns: list[str]) -> Shape:
    """Adds the header row of groups; the first column of a group carries its text, as merged cells are exported."""
    texts = [GROUP_OF.get(name, HEADERS[name]) for name in columns]
    cells = tuple(text if not place or texts[place - 1] != text else "" for place, text in enumerate(texts))
    return Shape(shape.encoding, shape.separator, shape.suffix, shape.titles, cells, shape.footers)


def _texts(part: pl.DataFrame, people: People, schools: Schools, style: ScreeningStyle) -> pl.DataFrame:
    person = part["person"].to_numpy()

    def tenths(name: str) -> pl.Series:
        return part.select(pl.format("{}.{}", pl.col(name) // 10, pl.col(name) % 10)).to_series()

    def acuity(name: str) -> pl.Series:
        if style.decimal_acuity:
            return part[name].cast(pl.Int64).replace_strict(_DECIMAL_ACUITY, return_dtype=pl.String, default=None)
        return tenths(name)

    def quarters(name: str) -> pl.Series:
        value = pl.col(name)
        sign = pl.when(value < 0).then(pl.lit("-")).otherwise(pl.lit(""))
        whole, part_of = value.abs() // 100, (value.abs() % 100).cast(pl.String).str.zfill(2)
        return part.select(pl.format("{}{}.{}", sign, whole, part_of)).to_series()

    def coded(texts: tuple[str, ...], name: str) -> pl.Series:
        return part[name].cast(pl.Int64).replace_strict(dict(enumerate(texts)), return_dtype=pl.String, default=None)

    columns = {
        "school_code": pl.Series(schools.code.tolist()).gather(part["school"].to_numpy()),
        "pupil_name": names(person, people.seed),
        "identity_number": people.identity(person),
        "sex": labels.pick(labels.SEX_STYLES["words"], people.is_male[person]),
        "birth_date": day_texts(people.birth[person]),
        "grade": labels.pick(labels.GRADE_STYLES[style.grade], part["grade"].to_numpy()),
        "screened_on": day_texts(part["screened_on"].to_numpy()),
        "is_retest": labels.flags(part["is_retest"].to_numpy(), style.flag),
        "is_valid": labels.flags(part["is_valid"].to_numpy(), style.flag),
        "lens_type": coded(LENS, "lens"),
        **{
            f"{state}_acuity_{eye}": acuity(f"{state}_{eye}")
            for state in ("naked", "corrected")
            for eye in ("right", "left")
        },
        **{
            f"{part_of}_{eye}": quarters(f"{part_of}_{eye}")
            for part_of in ("sphere", "cylinder")
            for eye in ("right", "left")
        },
        "height_cm": tenths("height"),
        "weight_kg": tenths("weight"),
        "fitness_total": tenths("fitness"),
        "mental_screened": labels.flags(part["is_mental_screened"].to_numpy(), style.flag),
        "has_mental_file": labels.flags(part["has_mental_file"].to_numpy(), style.flag),
        "mental_level": coded(MENTAL, "mental_level"),
        "mental_followed_up": coded(labels.FLAG_STYLES[style.flag], "follow_up"),
    }
    table = pl.DataFrame(columns)
    if style.missing is not None:
        measured = [
            name for name in table.columns if name.split("_")[0] in ("naked", "corrected", "sphere", "cylinder")
        ]
        table = table.with_columns(pl.col(measured).fill_null(style.missing))
    return table
