"""The files that hold numbers and no persons: school census, population, grade-one entrants of earlier years.

Belongs here: their wide and long tables, totals rows and defects. Does not belong here: the numbers themselves.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from eduplan.demo.arrays import Ints, stream
from eduplan.demo.city import CITY_NAME_ZH, DISTRICTS
from eduplan.demo.defects import FileAccount
from eduplan.demo.grades import LABELS
from eduplan.demo.schools import Schools
from eduplan.demo.shapes import Shape, write_table
from eduplan.periods import school_year_text

FEMALE, MALE = 0, 1
_LONG_DISTRICT = "990110"
_CENSUS_SHAPES = (
    Shape(encoding="utf-8-sig"), Shape(), Shape(encoding="gb18030", titles=("学校分年级学生统计表", "单位：人")),
    Shape(),
    Shape(encoding="utf-8-sig"), Shape(encoding="gb18030", titles=("学校分年级学生统计表",)),
    Shape(encoding="utf-16", separator="\t", suffix=".tsv"), Shape(suffix=".csv.gz"), Shape(encoding="utf-8-sig"),
    Shape(), Shape(suffix=".xlsx", titles=("学校分年级学生统计表",)), Shape(encoding="gb18030"),
)  # fmt: skip


def write_census(
    folder: Path, year: int, pupils: Ints, classes: Ints, schools: Schools, seed: int
) -> list[FileAccount]:
    """Writes the census of a school year: wide by grade and sex with a totals row, in one district long.

    Args:
        folder: Folder of the source.
        year: School year.
        pupils: Pupils by ``school x grade x sex``, vocational ones included.
        classes: Classes by school.
        schools: All schools.
        seed: Seed of the city.
    """
    period = school_year_text(year)
    runs = pupils.sum(axis=(1, 2)) > 0
    accounts = []
    for index, (district, shape) in enumerate(zip(DISTRICTS, _CENSUS_SHAPES, strict=True)):
        mine = np.flatnonzero(runs & (schools.district == index))
        account = FileAccount("school_census", period, district.code_in(year))
        if district.code == _LONG_DISTRICT:
            table = _long(mine, pupils, classes, schools)
            account.rows = account.staged = len(table)
        else:
            rng = stream(seed, "census defects", year, district.code)
            table = _wide(mine, pupils, classes, schools, account, rng)
        path = write_table(folder / period / f"{district.code_in(year)}_学校分年级学生统计表", table, shape)
        account.file = path.name
        accounts.append(account)
    return accounts


def _wide(
    mine: Ints, pupils: Ints, classes: Ints, schools: Schools, account: FileAccount, rng: np.random.Generator
) -> pl.DataFrame:
    counts = pupils[mine]
    totals = counts.sum(axis=(1, 2))
    wrong = np.zeros(len(mine), dtype=bool)
    if rng.random() < 0.35:
        # The roll has these schools as well, so nothing but the comparison of the two is lost.
        candidates = np.flatnonzero(~schools.is_vocational[mine])
        wrong[rng.choice(candidates, 1)] = True
    columns = {
        "学校标识码": [*schools.code[mine].tolist(), "合计"],
        "学校名称": [*schools.name[mine].tolist(), None],
        "教学班数": [*classes[mine].tolist(), int(classes[mine].sum())],
        "在校生合计": [*(totals + np.where(wrong, 10, 0)).tolist(), int(totals.sum())],
    }
    for grade, label in enumerate(LABELS):
        present = counts[:, grade].sum(axis=1) > 0
        if not present.any():
            continue
        for sex, text in ((MALE, "男生"), (FEMALE, "女生")):
            cells = [
                number if here else None
                for number, here in zip(counts[:, grade, sex].tolist(), present.tolist(), strict=True)
            ]
            columns[f"{label}{text}数"] = [*cells, int(counts[:, grade, sex].sum())]
    cells_of_school = 2 * (counts.sum(axis=2) > 0).sum(axis=1)
    account.rows, account.dropped = len(mine) + 1, 1
    account.quarantined = int(wrong.sum())
    account.staged = len(mine) - account.quarantined
    account.cells_staged = int(cells_of_school[~wrong].sum())
    account.cells_quarantined = int(cells_of_school[wrong].sum())
    if account.quarantined:
        account.defects = {"total_differs": account.quarantined}
        account.findings = {"V12": account.quarantined}
    return pl.DataFrame(columns).cast(pl.String)


def _long(mine: Ints, pupils: Ints, classes: Ints, schools: Schools) -> pl.DataFrame:
    counts = pupils[mine]
    present = np.repeat(counts.sum(axis=2)[:, :, None] > 0, 2, axis=2)
    school, grade, sex = np.nonzero(present)
    return pl.DataFrame(
        {
            "机构代码": schools.code[mine][school],
            "单位": schools.name[mine][school],
            "年级": np.array(LABELS)[grade],
            "性别": np.array(["女", "男"])[sex],
            "学生数": counts[school, grade, sex],
            "班数": classes[mine][school],
        }
    ).cast(pl.String)


def write_population(folder: Path, year: int, residents: Ints) -> FileAccount:
    """Writes the population of a calendar year: wide by age and sex, with a totals row."""
    oldest = residents.shape[1]
    columns: dict[str, list[object]] = {
        "行政区划代码": [*(each.code_in(year) for each in DISTRICTS), "合计"],
        "地区": [*(each.name_in(year)[0] for each in DISTRICTS), CITY_NAME_ZH],
    }
    for age in range(oldest):
        for sex, text in ((MALE, "男"), (FEMALE, "女")):
            columns[f"{age}岁{text}"] = [*residents[:, age, sex].tolist(), int(residents[:, age, sex].sum())]
    shape = Shape(encoding="gb18030", titles=(f"{year}年分年龄常住人口", "单位：人"), footers=(("数据来源：统计局",),))
    path = write_table(
        folder / str(year) / "分年龄常住人口", pl.DataFrame(columns, strict=False).cast(pl.String), shape
    )
    rows = len(DISTRICTS)
    cells = rows * oldest * 2
    return FileAccount(
        "population", str(year), "bureau", path.name, rows=rows + 2, staged=rows, dropped=2, cells_staged=cells
    )


def write_entrants(folder: Path, entrants: dict[int, Ints]) -> FileAccount:
    """Writes the grade-one entrants of earlier years, under the codes that the districts had then."""
    records = [
        {
            "行政区划代码": district.code,
            "地区": district.name_zh,
            "入学学年": school_year_text(year),
            "男生数": str(int(entrants[year][index, MALE])),
            "女生数": str(int(entrants[year][index, FEMALE])),
        }
        for year in sorted(entrants)
        for index, district in enumerate(DISTRICTS)
    ]
    path = write_table(folder / "历年小学一年级新生数", pl.DataFrame(records), Shape(encoding="utf-8-sig"))
    rows = len(records)
    return FileAccount("entrant_history", "all", "bureau", path.name, rows=rows, staged=rows, cells_staged=2 * rows)
