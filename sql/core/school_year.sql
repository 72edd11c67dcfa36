/*
title: {en: Schools by year, zh: 分学年学校}
grain: {en: one row a school and school year, zh: 每所学校每学年一行}
meaning:
  en: The register of a school year with division codes brought to today's, urban class and ownership.
  zh: 当学年学校名录，区划代码已统一为现行代码，并附城乡类别与公办民办属性。
key: [school_year, school_code]
partition: school_year
not_null: [school_name, school_type, division_code, urban_class, ownership, is_active]
codes: {school_type: school_type, founder: founder, school_system: school_system, model_level: model_level}
*/
with
register as (select * from staging.school_register),

current_codes as (
    select
        division_code,
        min(current_division_code) as current_division_code
    from core.division
    group by division_code
)

select
    register.school_year,
    register.school_code,
    register.school_name,
    register.school_type,
    register.founder,
    founders.ownership,
    coalesce(districts.current_division_code, register.division_code) as division_code,
    coalesce(towns.current_division_code, register.town_code) as town_code,
    register.urban_rural_code,
    places.urban_class,
    register.school_system,
    register.founded_on,
    register.closed_on,
    coalesce(register.founded_on <= census_date(register.school_year), true)
    and coalesce(register.closed_on > census_date(register.school_year), true) as is_active,
    school_types.stages[1] as first_stage,
    list_contains(school_types.stages, 'special') as is_special_school,
    list_contains(school_types.stages, 'senior_vocational') as is_vocational_school,
    coalesce(register.is_boarding_school, false) as is_boarding_school,
    coalesce(register.is_public_kindergarten, false) as is_public_kindergarten,
    coalesce(register.is_inclusive_kindergarten, false) as is_inclusive_kindergarten,
    coalesce(register.is_town_centre_kindergarten, false) as is_town_centre_kindergarten,
    coalesce(register.model_level, 'none') as model_level,
    register.school_group_id,
    register.building_area_m2,
    register.teaching_area_m2,
    register.activity_area_m2,
    register.outdoor_area_m2,
    register.sports_area_m2,
    register.equipment_value_yuan,
    register.multimedia_rooms,
    register.dormitory_beds,
    coalesce(register.has_resource_room, false) as has_resource_room,
    register.health_professionals,
    register.health_teachers,
    register.doctor_mode
from register
left join codes.school_type as school_types on register.school_type = school_types.code
left join codes.founder as founders on register.founder = founders.code
left join codes.urban_rural as places on register.urban_rural_code = places.code
left join current_codes as districts on register.division_code = districts.division_code
left join current_codes as towns on register.town_code = towns.division_code
