"""The return of vocational schools: one row a school and programme.

Belongs here: programmes, teachers, training places, graduates, outside training and income, and the file. Does not
belong here: the pupils, whom the school census has.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import Floats, Ints
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Defect, constant, full_width
from eduplan.demo.records.writing import Form, write_by_district
from eduplan.demo.records.year import CityYear

_FORM = Form(
    source="vocational",
    title="中等职业学校专业办学情况表",
    headers={
        "school_code": "学校标识码", "school_name": "学校名称", "programme_code": "专业代码",
        "programme_name": "专业名称", "programme_status": "设置状态", "industry_chain": "对接重点产业链",
        "entrants": "招生数",
        "continuous_entrants": "中高职贯通招生数", "pilot_pupils": "1+X试点学生数", "certified_pupils": "1+X取证学生数",
        "training_places": "实训工位数", "training_equipment_yuan": "实训设备值", "graduates": "毕业生数",
        "employed_graduates": "就业人数", "continuing_graduates": "升学人数", "matching_graduates": "对口人数",
        "full_time_teachers": "专任教师数", "part_time_teachers": "兼职教师折合数",
        "professional_teachers": "专业课教师数", "dual_qualified_teachers": "双师型教师数",
        "training_person_times": "社会培训人次",
        "training_person_days": "社会培训人日", "service_income_yuan": "技术与培训服务到款",
    },
    keep_out=(
        Defect("dual_above_professional", "V15", "dual_qualified_teachers", "quarantine", constant("9999")),
        Defect("placed_above_graduates", "V31", "employed_graduates", "quarantine", constant("9999")),
        Defect("short_programme_code", "pattern", "programme_code", "quarantine", constant("7102")),
    ),
    repaired=(Defect("full_width", "width", "training_places", "repair", full_width),),
    per_thousand=8.0,
    repairs_per_thousand=12.0,
)  # fmt: skip
_PROGRAMMES = (
    ("660301", "机电技术应用", 2), ("660103", "智能制造技术", 2), ("660302", "工业机器人应用", 2),
    ("660601", "家电智能装调", 1), ("710201", "计算机应用", 3), ("710202", "工业互联网技术", 3),
    ("710205", "大数据应用", 3), ("710301", "人工智能应用", 3), ("700206", "汽车运用与维修", 0),
    ("700301", "船舶驾驶", 4), ("610401", "海水养殖", 4), ("720201", "护理", 5),
    ("790303", "老年服务与管理", 5), ("720801", "康复技术", 5), ("730701", "电子商务", 0),
    ("730801", "物流服务与管理", 6), ("610101", "种子生产技术", 7), ("610202", "园林技术", 7),
    ("740101", "旅游服务与管理", 8), ("740201", "中餐烹饪", 8), ("770102", "学前教育", 0),
    ("750101", "工艺美术", 0), ("640301", "建筑工程施工", 0), ("730301", "会计事务", 0),
)  # fmt: skip
"""Code, name, and the industry chain that it serves, in the order of ``CHAINS``."""
CHAINS = ("无", "智能家电", "装备制造", "数字经济", "海洋产业", "康养健康", "现代物流", "现代农业", "文化旅游")
STATUSES = ("延续", "新增", "升级", "撤销")
CONTINUING, OPENED, UPGRADED, CLOSED = range(4)


def write(city: CityYear) -> None:
    """Makes and writes the return of the vocational schools; one of them sends none in the first year."""
    active = city.active[city.schools.is_vocational[city.active]]
    sends = active if city.passed else active[:-1]
    school, programme, status = _offered(city, sends)
    table = _table(city, school, programme, status)
    codes, names, chains = zip(*_PROGRAMMES, strict=True)
    texts = table.select(
        pl.Series("school_code", city.schools.code[school].tolist()),
        pl.Series("school_name", city.schools.name[school].tolist()),
        pl.Series(codes, dtype=pl.String).gather(programme).alias("programme_code"),
        pl.Series(names, dtype=pl.String).gather(programme).alias("programme_name"),
        pl.Series(STATUSES, dtype=pl.String).gather(status).alias("programme_status"),
        pl.Series(CHAINS, dtype=pl.String).gather(np.array(chains)[programme]).alias("industry_chain"),
        pl.exclude("school", "status", "chain").cast(pl.String),
    )
    staged = write_by_district(city, _FORM, city.period, texts, city.schools.district[school])
    city.facts.records["vocational", city.year] = table.filter(pl.Series(staged))


def _offered(city: CityYear, schools: Ints) -> tuple[Ints, Ints, Ints]:
    """School, programme and status of each row: a school keeps most programmes, opens one now and then, closes some.

    The schools of a small city have few pupils and few programmes.
    """
    count = len(_PROGRAMMES)
    keys = schools[:, None] * 64 + np.arange(count)[None, :]
    wanted = city.draw(keys, "programme")
    # The modern programmes are in favour: they come first more often.
    wanted = wanted - 0.25 * (np.array([chain for _, _, chain in _PROGRAMMES]) == 3)[None, :]
    place = np.argsort(np.argsort(wanted, axis=1), axis=1)
    most = int(np.clip(round(3 + 120 * city.scale), 4, 9))
    later = (city.draw(keys, "opening") * 9).astype(np.int64) + 1
    first = city.first_year - 1 + np.where(place < most - 2, 0, later)
    last = np.where(
        city.draw(keys, "closing") < 0.16,
        city.first_year + (city.draw(keys, "closing year") * 8).astype(np.int64),
        9999,
    )
    last = np.maximum(last, first + 2)
    # The first programme of a school stays, so that its pupils have one.
    last = np.where(place == 0, 9999, last)
    listed = (place < most) & (first <= city.year) & (city.year <= last)
    row, programme = np.nonzero(listed)
    school = schools[row]
    upgraded = city.draw(school * 64 + programme + 4096 * city.year, "upgrade") < 0.07
    status = np.select(
        [first[row, programme] == city.year, last[row, programme] == city.year, upgraded],
        [OPENED, CLOSED, UPGRADED],
        CONTINUING,
    )
    return school, programme.astype(np.int64), status.astype(np.int64)


def _table(city: CityYear, school: Ints, programme: Ints, status: Ints) -> pl.DataFrame:
    pupils, _ = city.facts.vocational[city.year]
    grades = pupils.sum(axis=2)
    keys = school * 64 + programme
    wealth = np.array([each.wealth for each in DISTRICTS])[city.schools.district[school]]
    good = 0.16 * (wealth - 0.5) + 0.10 * (city.draw(school, "vocational quality") - 0.5)
    t = city.passed
    weight = np.where(status == CLOSED, 0.0, 0.4 + city.draw(keys, "size"))

    def spread(whole: Ints) -> Ints:
        """Shares a number of each school among its programmes; what is left goes to the first."""
        total = np.bincount(school, weights=weight, minlength=len(grades))[school]
        parts = np.floor(whole[school] * weight / total).astype(np.int64)
        starts = np.flatnonzero(np.diff(school, prepend=-1))
        rest = whole[school[starts]] - np.add.reduceat(parts, starts)
        offered = np.where(status == CLOSED, len(school), np.arange(len(school)))
        parts[np.minimum.reduceat(offered, starts)] += rest
        return parts

    def some(whole: Ints, share: Floats | float, salt: str) -> Ints:
        # Rounded by chance, so that small programmes do not pull the city's share down.
        chance = city.draw(keys + 4096 * city.year, salt)
        return np.asarray(np.minimum(whole, np.floor(whole * np.clip(share, 0, 1) + chance)), dtype=np.int64)

    entrants = spread(grades[:, 0])
    inside = entrants + spread(grades[:, 1] + grades[:, 2])
    teachers = spread(np.maximum(np.round(grades.sum(axis=1) / 19.6).astype(np.int64), 1))
    teachers = teachers + some(teachers, 0.5 * np.clip(good, 0, 1) + 0.02 * t, "teachers")
    part_time = some(teachers, 0.12, "part time")
    professional = some(teachers, 0.62, "professional")
    dual = some(professional, 0.44 + 0.028 * t + good, "dual")
    graduates = spread(np.floor(grades[:, 2] * 0.95).astype(np.int64))
    employed = some(graduates, 0.47 - 0.02 * t, "employed")
    continuing = np.minimum(graduates - employed, some(graduates, 0.46 + 0.02 * t, "continuing"))
    pilot = np.where(city.draw(keys, "pilot") < 0.30 + 0.07 * t, inside, 0)
    times = np.round(inside * (1.35 + 0.14 * t + 1.2 * good) * (0.6 + 0.8 * city.draw(keys, "training"))).astype(
        np.int64
    )
    return pl.DataFrame(
        {
            "school": pl.Series(school, dtype=pl.Int32), "status": status,
            "chain": np.array([chain for _, _, chain in _PROGRAMMES])[programme], "entrants": entrants,
            "continuous_entrants": some(entrants, 0.22 + 0.03 * t + 0.3 * good, "continuous"), "pilot_pupils": pilot,
            "certified_pupils": some(pilot, 0.42 + 0.05 * t + good, "certified"),
            "training_places": _whole(inside * (0.44 + 0.022 * t + 0.6 * good)),
            "training_equipment_yuan": _whole(inside * (2500 + 130 * t + 3200 * good)),
            "graduates": graduates, "employed_graduates": employed, "continuing_graduates": continuing,
            "matching_graduates": some(employed + continuing, 0.70 + 0.02 * t, "matching"),
            "full_time_teachers": teachers, "part_time_teachers": part_time, "professional_teachers": professional,
            "dual_qualified_teachers": dual, "training_person_times": times,
            "training_person_days": _whole(times * (2.2 + city.draw(keys, "days"))),
            "service_income_yuan": _whole(teachers * (5200 + 900 * t) * (0.3 + 1.5 * city.draw(keys, "income"))),
        }
    )  # fmt: skip


def _whole(amount: Floats) -> Ints:
    return np.asarray(np.round(amount), dtype=np.int64)
