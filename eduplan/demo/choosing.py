"""How pupils are shared among the schools of a year, and how the entrants of a school are shared among classes.

Belongs here: drawing a school by its attraction, filling classes. Does not belong here: why somebody needs a school.
"""

from __future__ import annotations

import numpy as np

from eduplan.demo.arrays import AnyArray, Floats, Ints, noise, rank_in_group
from eduplan.demo.city import DISTRICTS
from eduplan.demo.grades import GRADES, Grade, Stage
from eduplan.demo.schools import PUBLIC, Schools


class SchoolChoice:
    """The schools of one year that take entrants, by district, stage and sector, with their attraction.

    Args:
        schools: All schools.
        year: School year.
        established_before: Only schools that opened before this year, for those who join a higher grade.
    """

    def __init__(self, schools: Schools, year: int, established_before: int | None = None) -> None:
        open_now = schools.is_active(year)
        if established_before is not None:
            open_now &= schools.opened < established_before
        self._pools: dict[tuple[int, int, bool], tuple[Ints, Floats]] = {}
        for stage in (Stage.PRESCHOOL, Stage.PRIMARY, Stage.JUNIOR, Stage.SENIOR_GENERAL):
            takes = open_now & schools.enters(stage)
            for district in range(len(DISTRICTS)):
                here = takes & (schools.district == district)
                for private in (False, True):
                    pool = np.flatnonzero(here & ((schools.sector != PUBLIC) == private))
                    if len(pool):
                        self._pools[district, stage, private] = (pool, np.cumsum(schools.attraction[pool]))

    def draw(self, district: AnyArray, stage: int, private: AnyArray, rng: np.random.Generator) -> Ints:
        """Draws a school for each pupil; where a district has none of the sector, one of the other."""
        chosen = np.full(len(district), -1, dtype=np.int64)
        chance = rng.random(len(district))
        for index in range(len(DISTRICTS)):
            for sector in (False, True):
                mine = np.flatnonzero((district == index) & (private == sector))
                if not len(mine):
                    continue
                pool, weights = self._pools.get((index, stage, sector)) or self._pools[index, stage, not sector]
                chosen[mine] = pool[
                    np.searchsorted(weights, chance[mine] * weights[-1], side="right").clip(0, len(pool) - 1)
                ]
        return chosen


def largest_class(
    schools: Schools, school: AnyArray, grade: AnyArray, stage: AnyArray, year: int, first_year: int, seed: int
) -> Ints:
    """The largest class that a school forms of the entrants of a year."""
    t = year - first_year
    start = np.array([[d.large_primary[0], d.large_junior[0]] for d in DISTRICTS])
    fall = np.array([[d.large_primary[1], d.large_junior[1]] for d in DISTRICTS])
    district = schools.district[school]
    column = (stage != Stage.PRIMARY).astype(np.int64)
    floor = np.where(stage == Stage.PRIMARY, 45, 50)
    crowding = noise(school, "crowding", seed)
    limit = start[district, column] - fall[district, column] * t
    limit = np.maximum(floor, limit - np.where(crowding < 0.6, 9.0 * crowding, 0.0))
    limit = np.where(
        stage == Stage.SENIOR_GENERAL, np.maximum(50, start[district, 1] - 3 - 1.2 * fall[district, 1] * t), limit
    )
    kindergarten = np.select([grade <= Grade.K1, grade == Grade.K2, grade == Grade.K3], [25, 30, 35], 30)
    crowded = (crowding > 0.72 + 0.05 * t).astype(np.int64) * 4
    limit = np.where(stage == Stage.PRESCHOOL, kindergarten + crowded, limit)
    limit = np.where(grade == Grade.KX, 30, limit)
    return np.asarray(np.where(schools.is_special[school], 10, limit)).astype(np.int64)


def fill_classes(
    school: AnyArray, grade: AnyArray, class_number: AnyArray, limit: AnyArray, rng: np.random.Generator
) -> Ints:
    """Gives a class to each pupil who has none (number 0) and leaves the others where they are."""
    group = school.astype(np.int64) * len(GRADES) + grade
    size = int(group.max()) + 1 if len(group) else 0
    placed = class_number > 0
    classes = np.zeros(size, dtype=np.int64)
    np.maximum.at(classes, group[placed], class_number[placed])
    existing = np.bincount(group[placed], minlength=size)
    fresh = np.flatnonzero(~placed)
    fresh = fresh[rng.permutation(len(fresh))]
    joining = np.bincount(group[fresh], minlength=size)
    most = np.zeros(size, dtype=np.int64)
    np.maximum.at(most, group[fresh], limit[fresh])
    needed = -(-(existing + joining) // np.maximum(most, 1))
    opens_new = (classes == 0) | ((joining > most // 2) & (needed > classes))
    first = np.where(opens_new, classes, 0)
    count = np.maximum(np.where(opens_new, needed - classes, classes), 1)
    rank = rank_in_group(group[fresh])
    result = class_number.astype(np.int64).copy()
    mine = group[fresh]
    result[fresh] = first[mine] + rank % count[mine] + 1
    return result
