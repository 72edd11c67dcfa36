"""The schools of the city: how many of each kind stand in each district, and what stays with a school over the years.

Belongs here: founding, closing and everything that a school keeps. Does not belong here: pupils, staff, yearly figures.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from eduplan.demo.arrays import AnyArray, Flags, Floats, Ints, normal_noise, stream
from eduplan.demo.calendar import day_of
from eduplan.demo.city import CITY_CODE, DISTRICTS, cohort_size
from eduplan.demo.grades import Stage

NEVER = 9999
PUBLIC, INCLUSIVE, PRIVATE = 0, 1, 2
"""Sectors of a kindergarten; other schools are public or private."""


@dataclass(frozen=True)
class Kind:
    """One kind of school: its type, sector, count at scale 1, least count a district, and the stages that it enters.

    ``place`` draws the counts towards districts: with their children, with rural children, or with wealth.
    """

    school_type: int
    sector: int
    total: int
    least: int
    stages: tuple[int, ...]
    place: str = "children"
    typical_size: float = 1.0


KINDS = (
    Kind(111, PUBLIC, 1010, 4, (Stage.PRESCHOOL,), typical_size=1.15),
    Kind(111, INCLUSIVE, 880, 2, (Stage.PRESCHOOL,), typical_size=0.95),
    Kind(111, PRIVATE, 340, 1, (Stage.PRESCHOOL,), "wealth", 0.8),
    Kind(119, PUBLIC, 60, 0, (Stage.PRESCHOOL,), "rural", 0.12),
    Kind(211, PUBLIC, 660, 2, (Stage.PRIMARY,)),
    Kind(211, PRIVATE, 24, 0, (Stage.PRIMARY,), "wealth", 1.2),
    Kind(218, PUBLIC, 100, 0, (Stage.PRIMARY,), "rural", 0.14),
    Kind(312, PUBLIC, 100, 1, (Stage.PRIMARY, Stage.JUNIOR), typical_size=0.9),
    Kind(312, PRIVATE, 26, 0, (Stage.PRIMARY, Stage.JUNIOR), "wealth", 0.9),
    Kind(311, PUBLIC, 195, 1, (Stage.JUNIOR,)),
    Kind(341, PUBLIC, 36, 0, (Stage.JUNIOR, Stage.SENIOR_GENERAL), typical_size=0.8),
    Kind(342, PUBLIC, 66, 1, (Stage.SENIOR_GENERAL,)),
    Kind(345, PRIVATE, 16, 0, (Stage.PRIMARY, Stage.JUNIOR, Stage.SENIOR_GENERAL), "wealth", 0.6),
    Kind(365, PUBLIC, 30, 1, ()),
    Kind(361, PUBLIC, 8, 0, ()),
    Kind(366, PRIVATE, 8, 0, ()),
    Kind(513, PUBLIC, 12, 1, ()),
    Kind(512, PUBLIC, 1, 0, ()),
    Kind(511, PUBLIC, 1, 0, ()),
)
SPECIAL_TYPES = (511, 512, 513)
VOCATIONAL_TYPES = (361, 365, 366)

_CODE_CLASS = {111: 11, 119: 11, 211: 21, 218: 21, 312: 31, 311: 31, 341: 34, 342: 34, 345: 34,
               365: 36, 361: 36, 366: 36, 513: 51, 512: 51, 511: 51}  # fmt: skip


@dataclass
class Schools:
    """One element a school, in every array.

    Attributes:
        opened: First school year (its starting calendar year) of the school.
        closed: School year in which it is listed as closed.
        attraction: Weight by which it draws entrants of its stages.
        inclusive_from: School year from which a private kindergarten is recognised as inclusive.
        quality: Roughly normal; staff, areas and results of the school follow it.
    """

    code: NDArray[np.str_]
    name: NDArray[np.str_]
    school_type: Ints
    district: Ints
    town: Ints
    sector: Ints
    founder: NDArray[np.str_]
    urban_rural: Ints
    opened: Ints
    founded_on: Ints
    closed: Ints
    closed_on: Ints
    attraction: Floats
    inclusive_from: Ints
    is_public_kindergarten: Flags
    town_centre_from: Ints
    quality: Floats

    def __len__(self) -> int:
        return len(self.code)

    @property
    def is_private(self) -> Flags:
        """Whether the founder is private."""
        return np.isin(self.founder, ("private", "sino_foreign"))

    @property
    def urban_class(self) -> NDArray[np.str_]:
        """City, town or rural, by the code of the place."""
        return np.select([self.urban_rural < 120, self.urban_rural < 200], ["city", "town"], "rural")

    @property
    def is_five_four(self) -> Flags:
        """Whether the school runs five plus four years."""
        five_four = np.array([district.system == "5-4" for district in DISTRICTS])
        return np.asarray(five_four[self.district] & ~self.is_special)

    @property
    def is_special(self) -> Flags:
        """Whether it is a school for pupils with disability."""
        return np.isin(self.school_type, SPECIAL_TYPES)

    @property
    def is_vocational(self) -> Flags:
        """Whether it is a vocational school, which has no person roll."""
        return np.isin(self.school_type, VOCATIONAL_TYPES)

    def is_active(self, year: int) -> Flags:
        """Whether the school is open on the census date of a school year."""
        return np.asarray((self.opened <= year) & (self.closed > year))

    def is_listed(self, year: int) -> Flags:
        """Whether a year's register has the school: from the year before it opens to the year in which it closes."""
        return np.asarray((self.opened - 1 <= year) & (self.closed >= year))

    def enters(self, stage: int) -> Flags:
        """Whether the school takes entrants of a stage."""
        types = [kind.school_type for kind in KINDS if stage in kind.stages]
        return np.isin(self.school_type, types)

    def reordered(self, order: AnyArray) -> Schools:
        """The same schools in another order."""
        return Schools(**{field.name: getattr(self, field.name)[order] for field in fields(self)})


def towns_of_a_district(scale: float) -> int:
    """How many towns each district has: fewer in a small city, so that its few kindergartens can cover them."""
    return 3 if scale < 0.1 else 6 if scale < 0.5 else 12


def build_schools(scale: float, seed: int, first_year: int, last_year: int) -> Schools:
    """Founds the schools of the city, those that open or close between the years included."""
    rng = stream(seed, "schools")
    kind_of, district_of = _counts(scale)
    size = len(kind_of)
    types = np.array([kind.school_type for kind in KINDS])[kind_of]
    sector = np.array([kind.sector for kind in KINDS])[kind_of]
    keys = np.arange(size)
    district = district_of
    urban = _urban_rural(types, district, rng)
    founder = _founders(types, sector, rng)
    opened, founded_on, closed, closed_on = _life(types, kind_of, district, first_year, last_year, rng)
    attraction = np.exp(0.55 * np.clip(normal_noise(keys, "attraction", seed), -1.8, 1.5))
    attraction *= np.array([kind.typical_size for kind in KINDS])[kind_of]
    attraction *= np.select([urban < 120, urban < 200], [1.25, 1.0], 0.55)
    _raise_flagships(attraction, types, sector, district, scale)
    gain = np.array([each.inclusive[1] for each in DISTRICTS])[district]
    inclusive_from = np.full(size, NEVER)
    inclusive_from[(types == 111) & (sector == INCLUSIVE)] = 2017
    turns = (types == 111) & (sector == PRIVATE)
    wait = rng.geometric(np.clip(gain, 0.01, 0.9))
    inclusive_from[turns] = first_year + wait[turns]
    town_count = towns_of_a_district(scale)
    town = rng.integers(0, town_count, size)
    public_kindergarten = (types == 111) & (sector == PUBLIC) & (founder != "enterprise")
    town_centre_from = _town_centres(public_kindergarten, district, town, town_count, opened, closed, first_year)
    sequence = rng.permutation(size) + 1
    number = np.char.zfill((sequence * 7 % 999_983).astype(str), 6)
    classes = np.array([_CODE_CLASS[each] for each in types]).astype(str)
    code = np.char.add(np.char.add(classes, CITY_CODE[:2]), number)
    schools = Schools(
        code=code, name=_names(types, district, keys), school_type=types, district=district, town=town, sector=sector,
        founder=founder, urban_rural=urban, opened=opened, founded_on=founded_on, closed=closed, closed_on=closed_on,
        attraction=attraction, inclusive_from=inclusive_from, is_public_kindergarten=public_kindergarten,
        town_centre_from=town_centre_from, quality=normal_noise(keys, "quality", seed),
    )  # fmt: skip
    return schools.reordered(np.lexsort((schools.code, schools.district)))


def _counts(scale: float) -> tuple[Ints, Ints]:
    kinds: list[int] = []
    districts: list[int] = []
    for place, kind in enumerate(KINDS):
        pull = np.array([each.weight * _pull(kind.place, each.urban[2], each.wealth) for each in DISTRICTS])
        expected = kind.total * scale * pull / pull.sum()
        for index in range(len(DISTRICTS)):
            count = max(kind.least, round(float(expected[index])))
            if not count and _wants_one(kind, index):
                count = 1
            kinds += [place] * count
            districts += [index] * count
    return np.array(kinds), np.array(districts)


def _pull(place: str, rural: float, wealth: float) -> float:
    return {"children": 1.0, "rural": 0.1 + 3 * rural, "wealth": 0.3 + wealth}[place]


def _wants_one(kind: Kind, district: int) -> bool:
    """Whether a small city still gets one school of a rare kind in a district."""
    if kind.place == "rural":
        return DISTRICTS[district].urban[2] >= 0.28
    if kind.school_type == 312:
        return DISTRICTS[district].private[0] >= 0.035
    if kind.school_type in (341, 345, 366, 361):
        return district in {341: (0, 2, 3, 6, 8), 345: (0, 1, 4), 366: (3,), 361: (1,)}[kind.school_type]
    return kind.school_type in (511, 512) and district == 0


def _urban_rural(types: Ints, district: Ints, rng: np.random.Generator) -> Ints:
    shares = np.array([each.urban for each in DISTRICTS])[district]
    draw = rng.random(len(types))
    area = np.where(draw < shares[:, 2], 2, np.where(draw < shares[:, 2] + shares[:, 1], 1, 0))
    area = np.where(np.isin(types, (218, 119)), 2, area)
    area = np.where(np.isin(types, (341, 342, 345, 365, 361, 366, 511, 512, 513)) & (area == 2), 1, area)
    # Where there are villages, the first primary and the first nine-year school stand in one: each has a rural one.
    for kind in (211, 312):
        for index, each in enumerate(DISTRICTS):
            if each.urban[2] > 0.1:
                area[np.flatnonzero((types == kind) & (district == index))[:1]] = 2
    fine = rng.random(len(types))
    city = np.where(fine < 0.75, 111, 112)
    town = np.where(fine < 0.6, 121, np.where(fine < 0.95, 122, 123))
    rural = np.where(fine < 0.35, 210, 220)
    return np.asarray(np.select([area == 0, area == 1], [city, town], rural))


def _founders(types: Ints, sector: Ints, rng: np.random.Generator) -> NDArray[np.str_]:
    draw = rng.random(len(types))
    founder = np.where(sector == PUBLIC, "education", "private").astype("U20")
    public_kindergarten = (types == 111) & (sector == PUBLIC)
    founder[public_kindergarten & (draw < 0.22)] = "collective"
    founder[public_kindergarten & (draw < 0.10)] = "institution"
    founder[public_kindergarten & (draw < 0.05)] = "enterprise"
    founder[public_kindergarten & (draw < 0.01)] = "armed_forces"
    founder[(types == 365) & (draw < 0.15)] = "other_department"
    founder[(types == 345) & (draw < 0.2)] = "sino_foreign"
    return founder


def _life(
    types: Ints, kind_of: Ints, district: Ints, first_year: int, last_year: int, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints, Ints]:
    size = len(types)
    founded_year = rng.integers(1952, 2019, size)
    month = rng.integers(0, 2, size) * 6 + 2
    founded_on = np.array([day_of(int(y), int(m), 1) for y, m in zip(founded_year, month, strict=True)])
    opened = founded_year.copy()
    closed = np.full(size, NEVER)
    closed_on = np.full(size, -1)
    # Only kinds that have company in their district come and go: the last of its kind stays.
    group = kind_of * len(DISTRICTS) + district
    company = np.bincount(group, minlength=len(KINDS) * len(DISTRICTS))[group]
    may_change = (company >= 4) & np.isin(types, (111, 211, 218))
    draw = rng.random(size)
    years = np.arange(first_year + 1, last_year + 1)
    if len(years):
        when = rng.choice(years, size)
        closing = may_change & (draw < 0.012 * len(years)) & (types != 211)
        opening = may_change & (draw > 1 - 0.008 * len(years)) & ~closing
        rare = np.flatnonzero(may_change)
        if len(rare) >= 8:
            # A small city sees at least one school open and one close.
            closing[rare[types[rare] == 111][:1]] = True
            opening[rare[types[rare] == 111][-1:]] = True
            opening &= ~closing
        closed[closing] = when[closing]
        opened[opening] = when[opening]
        summer = np.array([day_of(int(y), 7, 31) for y in when])
        spring = np.array([day_of(int(y), 5, 20) for y in when])
        closed_on[closing] = summer[closing]
        founded_on[opening] = spring[opening]
    return opened, founded_on, closed, closed_on


_FLAGSHIPS = {
    0: (211, 6, 1180),
    1: (312, 9, 1350),
    2: (312, 9, 1150),
    3: (311, 3, 620),
    5: (211, 6, 350),
    6: (211, 6, 400),
}
"""By district: type of its large public school, grades of that type, and pupils wanted."""


def _raise_flagships(attraction: Floats, types: Ints, sector: Ints, district: Ints, scale: float) -> None:
    """Makes one large school in each of the larger districts, so that a small city has some of over 1,000 pupils."""
    for index, (kind, grades, wanted) in _FLAGSHIPS.items():
        first = np.flatnonzero((types == kind) & (district == index) & (sector == PUBLIC))[:1]
        rivals = np.flatnonzero((district == index) & (sector == PUBLIC) & np.isin(types, (211, 218, 311, 312, 341)))
        pupils = grades * cohort_size(2012, DISTRICTS[index], scale)
        share = min(0.78, wanted / max(pupils, 1))
        stages = next(each.stages for each in KINDS if each.school_type == kind)
        alike = [each.school_type for each in KINDS if set(each.stages) & set(stages)]
        rivals = rivals[np.isin(types[rivals], alike)]
        others = float(attraction[rivals].sum() - attraction[first].sum()) / len(stages)
        attraction[first] = np.maximum(attraction[first], others * share / (1 - share))


def _town_centres(
    public_kindergarten: Flags, district: Ints, town: Ints, town_count: int, opened: Ints, closed: Ints, first_year: int
) -> Ints:
    """Moves a lasting public kindergarten into each town that a district covers; poorer districts cover them later."""
    start = np.full(len(district), NEVER)
    for index, each in enumerate(DISTRICTS):
        lasting = np.flatnonzero(public_kindergarten & (district == index) & (opened < first_year) & (closed == NEVER))
        for place, school in enumerate(lasting[:town_count]):
            town[school] = place
            late = int(place * (1.1 - each.wealth) * 12 / town_count)
            start[school] = first_year - 1 + late
    return start


_TYPE_NAMES = {111: "幼儿园", 119: "附设幼儿班", 211: "小学", 218: "教学点", 312: "学校", 311: "初级中学", 341: "中学",
               342: "高级中学", 345: "实验学校", 365: "职业中等专业学校", 361: "中等专业学校", 366: "技工学校",
               513: "启智学校", 512: "聋人学校", 511: "盲人学校"}  # fmt: skip
_ROOTS = ("晨曦", "书林", "清溪", "文澜", "知行", "致远", "明德", "博雅", "听涛", "松涛", "星河", "云帆", "春晖",
          "海棠", "紫荆", "白桦", "流云", "望岳", "半山", "沁园", "竹溪", "金穗", "蓝湾", "雨荷")  # fmt: skip


def _names(types: Ints, district: Ints, keys: Ints) -> NDArray[np.str_]:
    names = [
        f"{DISTRICTS[d].name_zh[:2]}{_ROOTS[(k * 7 + t) % len(_ROOTS)]}第{k + 1}{_TYPE_NAMES[t]}"
        for t, d, k in zip(types.tolist(), district.tolist(), keys.tolist(), strict=True)
    ]
    return np.array(names)
