"""The list of divisions and the school register, as the bureau's own offices send them: one file a year for the city.

Belongs here: headers, shapes and defects of the two. Does not belong here: the figures themselves.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from eduplan.demo import labels
from eduplan.demo.arrays import stream
from eduplan.demo.calendar import census_day, day_texts
from eduplan.demo.city import CITY_CODE, CITY_NAME_EN, CITY_NAME_ZH, DISTRICTS, RENAME_YEAR
from eduplan.demo.defects import Damage, Defect, FileAccount, constant, full_width
from eduplan.demo.shapes import Shape, write_table
from eduplan.periods import school_year_text


def town_code(district: int, town: int, year: int) -> str:
    """The code of a town in a year: it changes with that of its district."""
    return f"{DISTRICTS[district].code_in(year)}{100 + town:03d}"


def division_rows(year: int, towns: int) -> pl.DataFrame:
    """The list of divisions of a calendar year, typed."""
    rows: list[dict[str, object]] = [
        {
            "division_code": CITY_CODE,
            "division_name": CITY_NAME_ZH,
            "division_name_en": CITY_NAME_EN,
            "division_level": "city",
        }
    ]
    for index, district in enumerate(DISTRICTS):
        renamed = district.new_code is not None and year >= RENAME_YEAR
        code = district.code_in(year)
        zh, en = district.name_in(year)
        rows.append(
            {
                "division_code": code, "division_name": zh, "division_name_en": en, "division_level": "district",
                "parent_code": CITY_CODE, "predecessor_code": district.code if renamed else None,
                "is_functional_zone": district.is_functional_zone,
                "recognised_universal_preschool": year >= district.universal_preschool_from,
                "recognised_quality_balanced": year >= district.quality_balanced_from,
            }
        )  # fmt: skip
        for town in range(towns):
            old = town_code(index, town, RENAME_YEAR - 1) if renamed else None
            rows.append(
                {
                    "division_code": town_code(index, town, year), "division_name": f"{zh[:2]}第{town + 1}镇",
                    "division_name_en": f"{en} Town {town + 1}", "division_level": "town", "parent_code": code,
                    "predecessor_code": old,
                }
            )  # fmt: skip
    schema = {
        "division_code": pl.String, "division_name": pl.String, "division_name_en": pl.String,
        "division_level": pl.String,
        "parent_code": pl.String, "predecessor_code": pl.String, "is_functional_zone": pl.Boolean,
        "recognised_universal_preschool": pl.Boolean, "recognised_quality_balanced": pl.Boolean,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema).with_columns(pl.col(pl.Boolean).fill_null(value=False))


_DIVISION_HEADERS = {
    "division_code": "行政区划代码", "division_name": "行政区划名称", "division_name_en": "英文名称",
    "division_level": "级别",
    "parent_code": "上级代码", "predecessor_code": "原代码", "is_functional_zone": "是否功能区",
    "recognised_universal_preschool": "学前普及普惠县认定", "recognised_quality_balanced": "义务教育优质均衡县认定",
}  # fmt: skip


def write_divisions(folder: Path, year: int, rows: pl.DataFrame) -> FileAccount:
    """Writes the list of divisions of a calendar year."""
    texts = rows.with_columns(
        labels.from_map(labels.LEVEL, rows["division_level"].to_numpy()).alias("division_level"),
        *(labels.flags(rows[name].to_numpy()).alias(name) for name, kind in rows.schema.items() if kind == pl.Boolean),
    )
    shape = Shape(encoding="gb18030" if year % 2 else "utf-8-sig")
    path = write_table(folder / str(year) / "行政区划表", texts.rename(_DIVISION_HEADERS), shape)
    return FileAccount("division", str(year), "bureau", path.name, rows=len(rows), staged=len(rows))


GROUPS = {
    "基本信息": {
        "school_code": "学校标识码", "school_name": "学校名称", "school_type": "办学类型", "founder": "举办者",
        "division_code": "所属区划代码", "town_code": "镇街代码", "urban_rural_code": "城乡分类代码",
        "school_system": "学制",
        "founded_on": "建校年月", "closed_on": "停办日期", "is_boarding_school": "是否寄宿制学校",
        "school_group_id": "教育集团编号",
    },
    "幼儿园情况": {
        "is_inclusive_kindergarten": "普惠性民办园", "is_public_kindergarten": "公办幼儿园",
        "model_level": "示范园级别",
        "is_town_centre_kindergarten": "乡镇公办中心园", "activity_area_m2": "幼儿活动用房面积",
        "outdoor_area_m2": "户外活动场地面积",
    },
    "办学条件": {
        "building_area_m2": "校舍建筑面积", "teaching_area_m2": "教学及辅助用房面积",
        "sports_area_m2": "体育运动场馆面积",
        "equipment_value_yuan": "教学仪器设备值", "multimedia_rooms": "网络多媒体教室数",
        "has_resource_room": "资源教室",
        "dormitory_beds": "宿舍床位数",
    },
    "卫生保健": {
        "health_professionals": "校医人数", "health_teachers": "保健教师人数", "doctor_mode": "校医配备方式",
    },
}  # fmt: skip
_HUNDREDTHS = (
    "building_area_m2", "teaching_area_m2", "activity_area_m2", "outdoor_area_m2", "sports_area_m2",
    "equipment_value_yuan",
)  # fmt: skip


def write_register(folder: Path, year: int, register: pl.DataFrame, seed: int) -> FileAccount:
    """Writes the register of a school year: a workbook with title rows, a header of two rows, and footer lines."""
    period = school_year_text(year)
    texts = _register_texts(register, year)
    rng = stream(seed, "register defects", year)
    # A row kept out would take its pupils with it, so only a school that is listed but not active may be damaged badly.
    planned = (
        register.select((pl.col("founded_on") > census_day(year)) & pl.col("teaching_area_m2").is_null())
        .to_series()
        .to_numpy()
    )
    damage = Damage(texts, np.ones(len(texts), dtype=bool), rng)
    damage.apply(Defect("full_width", "width", "school_code", "repair", full_width), 2)
    damage.repeat(2)
    idle = Damage(damage.table, planned, rng)
    idle.apply(Defect("founder_unknown", "code", "founder", "quarantine", constant("待定")), 1)
    damage.table, damage.is_quarantined = idle.table, idle.is_quarantined
    damage.defects += idle.defects
    damage.findings += idle.findings
    shape = Shape(
        suffix=".xlsx",
        titles=("学校基本情况表", f"学年：{period}    填报单位：{CITY_NAME_ZH}教育局发展规划科"),
        groups=tuple(cell for group, headers in GROUPS.items() for cell in (group, *[""] * (len(headers) - 1))),
        footers=(("填表人：", "", "审核人：", "", "联系电话："), ("报出日期：",)),
    )
    account = FileAccount("school_register", period, "city")
    table = damage.finish(account, shape.rows_to_drop)
    headers = {name: header for group in GROUPS.values() for name, header in group.items()}
    path = write_table(folder / period / "学校基本情况表", table.select(list(headers)).rename(headers), shape)
    account.file = path.name
    return account


def _register_texts(register: pl.DataFrame, year: int) -> pl.DataFrame:
    district = register["district"].to_numpy()
    codes = [each.code_in(year) for each in DISTRICTS]
    towns = [town_code(d, t, year) for d, t in zip(district.tolist(), register["town"].to_list(), strict=True)]
    types = {str(code): label for code, label in labels.SCHOOL_TYPE.items()}
    return register.with_columns(
        pl.Series("division_code", [codes[place] for place in district.tolist()]),
        pl.Series("town_code", towns),
        labels.from_map(types, register["school_type"].to_numpy()).alias("school_type"),
        labels.from_map(labels.FOUNDER, register["founder"].to_numpy()).alias("founder"),
        labels.from_map(labels.SYSTEM, register["school_system"].to_numpy()).alias("school_system"),
        labels.from_map(labels.MODEL_LEVEL, register["model_level"].to_numpy()).alias("model_level"),
        labels.from_map(labels.DOCTOR_MODE, register["doctor_mode"].to_numpy()).alias("doctor_mode"),
        pl.col("urban_rural_code").cast(pl.String),
        pl.when(pl.col("school_group_id") != "").then(pl.col("school_group_id")),
        day_texts(register["founded_on"].to_numpy()).alias("founded_on"),
        day_texts(register["closed_on"].to_numpy()).alias("closed_on"),
        *(
            labels.flags(register[name].to_numpy()).alias(name)
            for name, kind in register.schema.items()
            if kind == pl.Boolean
        ),
        *(hundredths(pl.col(name)).alias(name) for name in _HUNDREDTHS),
        pl.col("multimedia_rooms", "dormitory_beds", "health_professionals", "health_teachers").cast(pl.String),
    )


def hundredths(column: pl.Expr) -> pl.Expr:
    """Whole hundredths as text with two decimals."""
    return pl.format("{}.{}", column // 100, (column % 100).cast(pl.String).str.zfill(2))
