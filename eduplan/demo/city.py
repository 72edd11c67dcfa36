"""The invented city: its districts, how they differ, and how large each birth cohort is.

Belongs here: everything that a reader may want to turn, so that the scorecard has something to say.
Does not belong here: how schools, pupils or files are made of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eduplan.demo.arrays import Floats

CITY_CODE = "990100"
CITY_NAME_ZH = "示范市"
CITY_NAME_EN = "Demo City"
RENAME_YEAR = 2023
"""Calendar year in which the last district changes its code."""


@dataclass(frozen=True)
class District:
    """One district and what makes it differ from the others.

    Attributes:
        code: Code before the change of codes; ``new_code`` afterwards.
        weight: Share of the city's children.
        urban: Shares of city, town and rural schools.
        wealth: 0 to 1: staff, areas and equipment follow it.
        preschool: Points that its preschool ratio lies above or below the city's.
        inclusive: Share of private kindergartens that are inclusive in 2020, and its yearly gain.
        public_kindergarten: Share of children that public kindergartens draw.
        private: Share of compulsory pupils in private schools, and its yearly change.
        migrant: Share of migrant pupils, and how much likelier than others they are in a private school.
        large_primary: Largest primary class of 2020, and how much it falls a year.
        large_junior: The same of the junior stage.
        myopia: Points that its myopia lies above the city's in 2020, and how many points it falls a year.
        drop_out: Chance a year that a pupil of grades 1 to 9 drops out.
        zone_entry: Share of public entrants placed by zone or lottery.
        mental_health: Share of schools with a mental-health teacher in 2020, and its yearly gain.
        doctors: Share of schools with the doctors they need in 2020, and its yearly gain.
        rotation: Chance a year that a teacher of long standing rotates.
        ordinary_class: Share of pupils with disability that enter an ordinary class.
        universal_preschool_from: Year of its recognition as universal in preschool.
        quality_balanced_from: Year of its recognition as balanced in quality.
    """

    code: str
    name_zh: str
    name_en: str
    weight: float
    urban: tuple[float, float, float]
    wealth: float
    new_code: str | None = None
    name_zh_after: str | None = None
    name_en_after: str | None = None
    system: str = "6-3"
    is_functional_zone: bool = False
    preschool: float = 0.0
    inclusive: tuple[float, float] = (0.68, 0.05)
    public_kindergarten: float = 0.52
    private: tuple[float, float] = (0.045, -0.002)
    migrant: tuple[float, float] = (0.14, 1.6)
    large_primary: tuple[float, float] = (46.0, 0.5)
    large_junior: tuple[float, float] = (51.0, 0.5)
    myopia: tuple[float, float] = (0.0, 1.3)
    drop_out: float = 0.0002
    zone_entry: float = 0.985
    mental_health: tuple[float, float] = (0.80, 0.12)
    doctors: tuple[float, float] = (0.70, 0.05)
    rotation: float = 0.105
    ordinary_class: float = 0.58
    universal_preschool_from: int = 2023
    quality_balanced_from: int = 2030

    def code_in(self, year: int) -> str:
        """The code that the district has in a year."""
        return self.new_code if self.new_code and year >= RENAME_YEAR else self.code

    def name_in(self, year: int) -> tuple[str, str]:
        """Chinese and English name of a year."""
        if self.new_code and year >= RENAME_YEAR:
            return self.name_zh_after or self.name_zh, self.name_en_after or self.name_en
        return self.name_zh, self.name_en


DISTRICTS: tuple[District, ...] = (
    District(
        "990101", "明澜区", "Minglan", 0.155, (0.86, 0.09, 0.05), 0.92, preschool=1.2, public_kindergarten=0.60,
        private=(0.055, -0.003), migrant=(0.20, 1.5), myopia=(3.5, 1.6), drop_out=0.0, mental_health=(0.95, 0.05),
        doctors=(0.90, 0.03), rotation=0.125, ordinary_class=0.64, universal_preschool_from=2021,
        quality_balanced_from=2024,
    ),
    District(
        "990102", "映湖区", "Yinghu", 0.130, (0.80, 0.15, 0.05), 0.85, preschool=0.8, public_kindergarten=0.58,
        private=(0.060, -0.004), migrant=(0.22, 2.0), large_primary=(52.0, 1.5), myopia=(3.0, 1.5), drop_out=0.0001,
        mental_health=(0.92, 0.05), doctors=(0.85, 0.03), rotation=0.12, universal_preschool_from=2022,
        quality_balanced_from=2025,
    ),
    District(
        "990103", "叠云区", "Dieyun", 0.110, (0.62, 0.26, 0.12), 0.70, preschool=0.3, large_primary=(50.0, 1.0),
        large_junior=(56.0, 1.5), myopia=(1.0, 1.4), private=(0.050, -0.002), rotation=0.115,
        universal_preschool_from=2022,
    ),
    District(
        "990104", "枕河区", "Zhenhe", 0.100, (0.55, 0.30, 0.15), 0.62, public_kindergarten=0.46, inclusive=(0.55, 0.07),
        private=(0.075, -0.004), migrant=(0.19, 3.6), large_primary=(59.0, 2.2), large_junior=(60.0, 2.2),
        myopia=(0.5, 0.6),
        mental_health=(0.70, 0.10), doctors=(0.60, 0.06),
    ),
    District(
        "990105", "启港区", "Qigang", 0.085, (0.60, 0.28, 0.12), 0.74, system="5-4", is_functional_zone=True,
        preschool=0.6,
        private=(0.055, 0.0), migrant=(0.24, 1.8), myopia=(1.5, 1.5), drop_out=0.0001, universal_preschool_from=2022,
        large_primary=(48.0, 0.8), mental_health=(0.88, 0.07),
    ),
    District(
        "990106", "翠屿县", "Cuiyu", 0.085, (0.10, 0.50, 0.40), 0.38, preschool=-1.4, public_kindergarten=0.44,
        inclusive=(0.50, 0.05), private=(0.030, 0.0), migrant=(0.05, 2.6), large_primary=(62.0, 2.0),
        large_junior=(66.0, 2.4),
        myopia=(-4.0, 0.4), drop_out=0.0006, zone_entry=0.93, mental_health=(0.55, 0.10), doctors=(0.40, 0.07),
        rotation=0.085,
        ordinary_class=0.50, universal_preschool_from=2025,
    ),
    District(
        "990107", "砚桥市", "Yanqiao", 0.080, (0.28, 0.44, 0.28), 0.52, preschool=-0.5, private=(0.040, 0.002),
        migrant=(0.10, 2.2), large_primary=(70.0, 3.5), large_junior=(60.0, 2.0), myopia=(-1.5, 1.2),
        mental_health=(0.72, 0.14),
        doctors=(0.55, 0.07), rotation=0.095, universal_preschool_from=2024,
    ),
    District(
        "990108", "安栎市", "Anli", 0.070, (0.25, 0.45, 0.30), 0.50, preschool=-0.8, public_kindergarten=0.47,
        private=(0.035, 0.0), migrant=(0.08, 2.0), large_primary=(55.0, 2.0), myopia=(-2.0, 1.1), drop_out=0.0003,
        mental_health=(0.65, 0.15), doctors=(0.50, 0.08), system="5-4", universal_preschool_from=2024,
    ),
    District(
        "990109", "松黛县", "Songdai", 0.060, (0.08, 0.47, 0.45), 0.32, preschool=-1.8, public_kindergarten=0.42,
        inclusive=(0.45, 0.05), private=(0.025, 0.0), migrant=(0.04, 2.4), large_primary=(57.0, 1.5),
        large_junior=(61.0, 1.5),
        myopia=(-5.0, 0.5), drop_out=0.0007, zone_entry=0.95, mental_health=(0.50, 0.12), doctors=(0.35, 0.08),
        rotation=0.08,
        ordinary_class=0.48, universal_preschool_from=2025,
    ),
    District(
        "990110", "漾口区", "Yangkou", 0.050, (0.52, 0.30, 0.18), 0.66, preschool=0.4, private=(0.045, -0.002),
        migrant=(0.12, 1.4),
        myopia=(0.5, 1.7), drop_out=0.0, ordinary_class=0.62, universal_preschool_from=2022, rotation=0.115,
    ),
    District(
        "990111", "望礁县", "Wangjiao", 0.030, (0.05, 0.55, 0.40), 0.45, preschool=-2.6, public_kindergarten=0.62,
        private=(0.020, 0.0), migrant=(0.03, 1.5), myopia=(-6.0, 0.9), drop_out=0.0004, mental_health=(0.60, 0.14),
        doctors=(0.45, 0.09), rotation=0.075, universal_preschool_from=2026,
    ),
    District(
        "990112", "稻阳县", "Daoyang County", 0.045, (0.15, 0.48, 0.37), 0.44, new_code="990113",
        name_zh_after="稻阳区",
        name_en_after="Daoyang", preschool=-1.0, private=(0.030, 0.0), migrant=(0.06, 2.0), large_primary=(54.0, 1.5),
        myopia=(-3.0, 1.2), drop_out=0.0003, mental_health=(0.62, 0.15), doctors=(0.48, 0.08),
        universal_preschool_from=2024,
    ),
)  # fmt: skip

_COHORT_THOUSANDS = {
    2000: 57, 2001: 58, 2002: 59, 2003: 60, 2004: 61, 2005: 60, 2006: 61, 2007: 65, 2008: 66, 2009: 66, 2010: 67,
    2011: 69, 2012: 72, 2013: 71, 2014: 74, 2015: 72, 2016: 78, 2017: 84, 2018: 78, 2019: 69, 2020: 61, 2021: 53,
    2022: 48, 2023: 44, 2024: 43, 2025: 41,
}  # fmt: skip


def cohort_size(cohort: int, district: District, scale: float) -> int:
    """Children of a district who turn 0 between 1 September before and 31 August of a year."""
    known = _COHORT_THOUSANDS
    thousands = known.get(cohort, known[min(known)] if cohort < min(known) else known[max(known)])
    return max(2, round(thousands * 1000 * scale * district.weight))


def weights() -> Floats:
    """The districts' shares of the city's children, which add up to one."""
    raw = np.array([district.weight for district in DISTRICTS])
    return np.asarray(raw / raw.sum())
