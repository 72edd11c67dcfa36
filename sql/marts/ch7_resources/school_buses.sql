/*
title: {en: School buses, zh: 校车}
grain:
  en: one row a school with buses and school year
  zh: 每所有校车的学校每学年一行
meaning:
  en: >
    Buses in the list, and those whose permit and inspection are valid on the census date and that have an attendant.
    Expected are the buses that the safety return declares.
  zh: 台账所列校车数，以及统计时点许可与检验均有效且配有照管人员的校车数；应报数取安全防范情况表所填校车数。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, buses, compliant_buses, units_reported, units_expected]
*/
with
schools as (select * from core.school_year),

declared as (
    select
        school_year,
        school_code,
        school_buses
    from staging.safety_return
    where school_buses > 0
),

listed as (
    select
        school_year,
        school_code,
        count(*) as buses,
        count(*) filter (
            where
            is_valid_at_census(permit_valid_to, school_year)
            and is_valid_at_census(inspection_valid_to, school_year)
            and has_attendant
        ) as compliant_buses
    from staging.school_bus
    group by school_year, school_code
)

select
    schools.school_year,
    schools.school_code,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    coalesce(listed.buses, 0) as buses,
    coalesce(listed.compliant_buses, 0) as compliant_buses,
    coalesce(listed.buses, 0) as units_reported,
    cast(greatest(coalesce(listed.buses, 0), coalesce(declared.school_buses, 0)) as bigint) as units_expected
from schools
left join declared
    on schools.school_year = declared.school_year and schools.school_code = declared.school_code
left join listed
    on schools.school_year = listed.school_year and schools.school_code = listed.school_code
where listed.buses is not null or declared.school_buses is not null
