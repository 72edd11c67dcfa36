"""The yearly figures of each school: flags, areas, equipment, doctors, as the statistics form has them.

Belongs here: how these figures follow from the school, its pupils and the year. Does not belong here: the file.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import AnyArray, Floats, Ints, noise, normal_noise
from eduplan.demo.city import DISTRICTS
from eduplan.demo.grades import Stage
from eduplan.demo.roll import boarding_share
from eduplan.demo.schools import NEVER, Schools

_TEACHING: dict[int, float] = {
    Stage.PRIMARY: 4.5,
    Stage.JUNIOR: 5.8,
    Stage.SENIOR_GENERAL: 6.5,
    Stage.SENIOR_VOCATIONAL: 7.0,
    Stage.SPECIAL: 14.0,
}
_SPORTS: dict[int, float] = {
    Stage.PRIMARY: 7.5,
    Stage.JUNIOR: 10.2,
    Stage.SENIOR_GENERAL: 10.0,
    Stage.SENIOR_VOCATIONAL: 9.0,
    Stage.SPECIAL: 15.0,
}
_EQUIPMENT: dict[int, float] = {
    Stage.PRIMARY: 2000.0,
    Stage.JUNIOR: 2500.0,
    Stage.SENIOR_GENERAL: 3600.0,
    Stage.SENIOR_VOCATIONAL: 6500.0,
    Stage.SPECIAL: 8000.0,
}
_ROOMS: dict[int, float] = {
    Stage.PRIMARY: 2.3,
    Stage.JUNIOR: 2.4,
    Stage.SENIOR_GENERAL: 2.6,
    Stage.SENIOR_VOCATIONAL: 2.2,
    Stage.SPECIAL: 10.0,
}


class Register:
    """Makes the register of each year; buildings grow with the pupils and do not shrink with them."""

    def __init__(self, schools: Schools, seed: int, first_year: int) -> None:
        self._schools, self._seed, self._first_year = schools, seed, first_year
        self._capacity: Floats = np.zeros((len(schools), 6))
        self._keys = np.arange(len(schools))

    def year(self, year: int, pupils: Ints) -> pl.DataFrame:
        """The register of a school year.

        Args:
            year: School year.
            pupils: Pupils by school and stage.

        Returns:
            One row a listed school, with ``school`` as its index. Dates are day numbers, -1 for none; areas and values
            are whole hundredths of their unit.
        """
        schools, t = self._schools, year - self._first_year
        self._capacity = np.maximum(self._capacity, pupils)
        total = pupils.sum(axis=1)
        wealth = np.array([each.wealth for each in DISTRICTS])[schools.district]
        kindergarten = np.isin(schools.school_type, (111, 119))
        kindergarten_only = np.where(kindergarten, 1.0, np.nan)
        other_only = np.where(kindergarten, np.nan, 1.0)
        level = (0.96 + 0.30 * wealth) * (1 + 0.022 * t) * np.exp(0.09 * schools.quality)
        teaching = self._amount(_TEACHING, level, "teaching", 0.14)
        space = np.exp(0.16 * normal_noise(self._keys, "space", self._seed)) * (1.02 + 0.18 * wealth) * (1 + 0.01 * t)
        children = np.maximum(self._capacity[:, Stage.PRESCHOOL], 1)
        activity = children * 8.17 * space
        building = np.where(kindergarten, activity * 1.45, teaching * (1.7 + 0.6 * self._noise("building")))
        boarding = boarding_share(schools, self._seed)
        boarders = np.where(boarding > 0, np.ceil(total * boarding * (0.96 + 0.3 * self._noise("beds"))), np.nan)
        has_doctor = self._noise("doctor") < self._district("doctors", 0) + self._district("doctors", 1) * t
        needs = np.where((boarding > 0) | (total >= 600), np.ceil(total / 600), 0)
        professionals = np.where(
            needs == 0, self._noise("small doctor") < 0.2, np.where(has_doctor, needs, np.maximum(needs - 1, 0))
        )
        professionals = np.where((professionals == 0) & (self._noise("left empty") < 0.5), np.nan, professionals)
        teachers = np.where(has_doctor | (self._noise("health teacher") < 0.3), 1 + (total > 1500), 0)
        grouped = self._noise("group") < 0.34 + 0.05 * t + 0.2 * wealth
        five_four = schools.is_five_four
        systems = np.where(
            kindergarten | schools.is_special | schools.is_vocational, "", np.where(five_four, "5-4", "6-3")
        )
        modes = np.array(["own", "shared", "bought", "stationed"])[(self._noise("mode") * 4).astype(int)]
        inclusive = schools.is_private & (schools.school_type == 111) & (schools.inclusive_from <= year)
        outdoor = children * 4.0 * space * (0.94 + 0.3 * self._noise("outdoor"))
        equipment = self._amount(_EQUIPMENT, level * (1 + 0.03 * t), "equipment", 0.2)
        rooms = self._amount(_ROOMS, level, "rooms", 0.12) / 100
        has_room = self._noise("resource room") < 0.58 + 0.07 * t
        frame = pl.DataFrame(
            {
                "school": self._keys,
                "school_code": schools.code, "school_name": schools.name, "school_type": schools.school_type,
                "founder": schools.founder, "district": schools.district, "town": schools.town,
                "urban_rural_code": schools.urban_rural, "school_system": systems,
                "founded_on": schools.founded_on, "closed_on": np.where(schools.closed <= year, schools.closed_on, -1),
                "is_boarding_school": boarding > 0,
                "is_inclusive_kindergarten": inclusive,
                "is_public_kindergarten": schools.is_public_kindergarten,
                "model_level": self._model_levels(t, wealth),
                "is_town_centre_kindergarten": schools.town_centre_from <= year,
                "school_group_id": self._groups(grouped),
                "building_area_m2": _cents(building),
                "teaching_area_m2": _cents(teaching * other_only),
                "activity_area_m2": _cents(activity * kindergarten_only),
                "outdoor_area_m2": _cents(outdoor * kindergarten_only),
                "sports_area_m2": _cents(self._amount(_SPORTS, level, "sports", 0.18) * other_only),
                "equipment_value_yuan": _cents(equipment * other_only),
                "multimedia_rooms": _whole(np.maximum(1, np.round(rooms)) * other_only),
                "has_resource_room": has_room & np.isin(schools.school_type, (211, 311, 312)),
                "dormitory_beds": _whole(boarders),
                "health_professionals": _whole(np.where(kindergarten, np.nan, professionals)),
                "health_teachers": _whole(np.where(kindergarten, np.nan, teachers)),
                "doctor_mode": np.where(kindergarten, "", modes),
            },
            nan_to_null=True,
        )  # fmt: skip
        numbers = [name for name, kind in frame.schema.items() if kind == pl.Float64]
        return frame.with_columns(pl.col(numbers).cast(pl.Int64)).filter(pl.Series(schools.is_listed(year)))

    def _noise(self, salt: str) -> Floats:
        return noise(self._keys, salt, self._seed)

    def _district(self, name: str, part: int) -> Floats:
        return np.array([getattr(each, name)[part] for each in DISTRICTS])[self._schools.district]

    def _amount(self, per_pupil: dict[int, float], level: Floats, salt: str, spread: float) -> Floats:
        need = sum(self._capacity[:, stage] * amount for stage, amount in per_pupil.items())
        factor = np.exp(spread * normal_noise(self._keys, salt, self._seed))
        return np.asarray(np.maximum(need, 60.0) * level * factor)

    def _model_levels(self, t: int, wealth: Floats) -> AnyArray:
        draw = self._noise("model")
        levels = np.where(
            draw < 0.05 + 0.004 * t, "province", np.where(draw < 0.22 + 0.012 * t + 0.1 * wealth, "city", "none")
        )
        return np.where(self._schools.school_type == 111, levels, "none")

    def _groups(self, grouped: AnyArray) -> AnyArray:
        group = (self._noise("group number") * 9).astype(int) + 1
        names = [f"G{d + 1:02d}{g}" for d, g in zip(self._schools.district.tolist(), group.tolist(), strict=True)]
        return np.where(grouped & (self._schools.closed == NEVER), np.array(names), "")


def _cents(amount: Floats) -> Floats:
    """An amount in hundredths, whole; not a number stays so."""
    return np.asarray(np.round(amount * 100))


def _whole(amount: Floats) -> Floats:
    return np.asarray(np.round(amount))
