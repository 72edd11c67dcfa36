/*
title: {en: Special schools, zh: 特殊教育学校}
grain: {en: one row an active special school and school year, zh: 每所在办特殊教育学校每学年一行}
meaning:
  en: >
    Special schools and those recognised on 31 December for provision from preschool to senior classes. A year whose
    register of programmes never came has no recognitions.
  zh: 特殊教育学校及其中 12 月 31 日认定为十五年一贯制者。未收到项目登记表的年份不计认定数。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, urban_class, ownership, schools, units_reported, units_expected]
*/
with
schools as (
    select *
    from core.school_year
    where is_active and is_special_school and not is_attached_class(school_type)
),

designations as (select * from core.unit_designation),

registers as (
    select school_year
    from designations
    group by school_year
),

recognised as (
    select
        school_year,
        school_code
    from designations
    where is_counted and programme = 'fifteen_year_special_school'
    group by school_year, school_code
)

select
    schools.school_year,
    schools.school_code,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    cast(1 as bigint) as schools,
    case when registers.school_year is not null then cast(recognised.school_code is not null as bigint) end
        as fifteen_year_schools,
    case when registers.school_year is not null then 1 else 0 end as units_reported,
    1 as units_expected
from schools
left join registers on schools.school_year = registers.school_year
left join recognised
    on schools.school_year = recognised.school_year and schools.school_code = recognised.school_code
