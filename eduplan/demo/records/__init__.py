"""The administrative records of the demo city: what the bureau's other offices send beside rolls, staff and screening.

Belongs here: one module a source, each with a function ``write`` that makes a year's records, writes their files and
keeps what a careful reader can count of them in ``Facts.records``. Does not belong here: any indicator.
"""

from __future__ import annotations

from collections.abc import Callable

from eduplan.demo.records import (
    after_school_service,
    aid,
    canteens,
    course_choice,
    data_catalogue,
    digital_return,
    district_return,
    facilities,
    finance,
    hazards,
    higher_education,
    home_teaching,
    homework_survey,
    ict_training,
    incidents,
    information_systems,
    kindergarten_quality,
    literacy_tests,
    mental_health_return,
    payroll,
    programme_persons,
    programmes,
    quality_monitoring,
    safety_return,
    school_activities,
    school_buses,
    school_finance,
    smart_homework,
    special_needs_register,
    special_teachers,
    teaching_posts,
    training_bodies,
    vision_referral,
    vocational,
    vocational_body,
)
from eduplan.demo.records.year import CityYear

SOURCES: tuple[Callable[[CityYear], None], ...] = (
    facilities.write,
    kindergarten_quality.write,
    special_needs_register.write,
    home_teaching.write,
    special_teachers.write,
    safety_return.write,
    hazards.write,
    incidents.write,
    canteens.write,
    school_buses.write,
    finance.write,
    school_finance.write,
    aid.write,
    teaching_posts.write,
    vision_referral.write,
    mental_health_return.write,
    after_school_service.write,
    homework_survey.write,
    training_bodies.write,
    quality_monitoring.write,
    digital_return.write,
    smart_homework.write,
    data_catalogue.write,
    information_systems.write,
    literacy_tests.write,
    ict_training.write,
    payroll.write,
    programmes.write,
    programme_persons.write,
    school_activities.write,
    district_return.write,
    vocational.write,
    vocational_body.write,
    higher_education.write,
    course_choice.write,
)
"""The sources, in the order in which they are written."""


def write_records(city: CityYear) -> None:
    """Writes a year's files of every source."""
    for write in SOURCES:
        write(city)
