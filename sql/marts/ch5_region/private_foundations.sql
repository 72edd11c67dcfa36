/*
title: {en: Private schools outside compulsory education, zh: 非义务教育民办学校}
grain:
  en: one row an active private kindergarten, senior or vocational school and school year
  zh: 每所在办民办幼儿园、普通高中、中职学校、每学年一行
meaning:
  en: >
    Private schools whose type has no compulsory stage, those founded since the last census by the day in the register,
    and the places that these were approved for. Attached classes are no schools of their own.
  zh: >
    办学类型不含义务教育学段的民办学校，以及其中上一统计时点以来建校者（按名录建校日期）与其核定学位数。附设班不计。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, urban_class, ownership, stage, schools, new_schools, new_schools_with_places]
codes: {stage: stage, school_type: school_type}
columns:
  stage: {en: First stage of the school's type, zh: 办学类型的首个学段}
  new_schools: {en: Schools founded since the last census, zh: 上一统计时点以来新建校数, unit: schools}
  new_schools_with_places: {en: Of these with their approved places known, zh: 其中已填报核定学位者, unit: schools}
  new_places: {en: Places that new schools were approved for, zh: 新建校核定学位数, unit: places}
*/
with
schools as (
    select
        *,
        coalesce(founded_on > census_date_before(school_year, 1), false) as is_new
    from core.school_year
    where
        is_active
        and ownership = 'private'
        and first_stage in ('preschool', 'senior_general', 'senior_vocational')
        and not is_attached_class(school_type)
),

facilities as (select * from staging.facilities)

select
    schools.school_year,
    schools.school_code,
    schools.school_type,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    schools.first_stage as stage,
    cast(1 as bigint) as schools,
    cast(schools.is_new as bigint) as new_schools,
    cast(schools.is_new and facilities.places is not null as bigint) as new_schools_with_places,
    case when schools.is_new then cast(facilities.places as bigint) else 0 end as new_places
from schools
left join facilities
    on schools.school_year = facilities.school_year and schools.school_code = facilities.school_code
