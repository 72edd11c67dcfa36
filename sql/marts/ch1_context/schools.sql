/*
title: {en: Schools, zh: 学校}
grain: {en: one row a school and school year, zh: 每所学校每学年一行}
meaning:
  en: The register with what each school counts as, its pupils and what it has.
  zh: 学校名录、是否计为独立学校、在校生数与基本条件。
key: [school_year, school_code]
partition: school_year
not_null: [school_name, division_code, urban_class, ownership, schools, pupils, units_reported, units_expected]
codes: {school_type: school_type, founder: founder, model_level: model_level, school_system: school_system}
*/
with
schools as (select * from core.school_year),

enrolment as (
    select
        school_year,
        school_code,
        cast(sum(pupils) as bigint) as pupils
    from core.enrolment_cell
    group by school_year, school_code
)

select
    schools.school_year,
    schools.school_code,
    schools.school_name,
    schools.school_type,
    schools.founder,
    schools.ownership,
    schools.division_code,
    schools.town_code,
    schools.urban_class,
    schools.school_system,
    schools.model_level,
    schools.school_group_id,
    schools.is_boarding_school,
    schools.is_active,
    cast(schools.is_active and not is_attached_class(schools.school_type) as bigint) as schools,
    coalesce(enrolment.pupils, 0) as pupils,
    schools.building_area_m2,
    schools.teaching_area_m2,
    schools.activity_area_m2,
    schools.outdoor_area_m2,
    schools.sports_area_m2,
    schools.equipment_value_yuan,
    schools.multimedia_rooms,
    schools.dormitory_beds,
    cast(schools.is_active as bigint) as units_reported,
    cast(schools.is_active as bigint) as units_expected
from schools
left join enrolment
    on schools.school_year = enrolment.school_year and schools.school_code = enrolment.school_code
