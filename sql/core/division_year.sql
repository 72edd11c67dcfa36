/*
title: {en: Divisions by year, zh: 分年度行政区划}
grain: {en: one row a calendar year and division of that year's list, zh: 每个日历年份及当年区划表中的区划一行}
meaning:
  en: The division list of a year under today's codes, with what each district was recognised for.
  zh: 以现行代码表示的当年区划表，以及各区县获得的认定情况。
key: [calendar_year, division_code]
not_null: [school_year, listed_code, division_name, division_level]
codes: {division_level: division_level}
*/
with
listed as (select * from staging.division),

current_codes as (
    select
        division_code,
        min(current_division_code) as current_division_code
    from core.division
    group by division_code
)

select
    listed.calendar_year,
    school_year_of(listed.calendar_year) as school_year,
    current_codes.current_division_code as division_code,
    listed.division_code as listed_code,
    listed.division_name,
    listed.division_name_en,
    listed.division_level,
    coalesce(parents.current_division_code, listed.parent_code) as parent_code,
    coalesce(listed.is_functional_zone, false) as is_functional_zone,
    coalesce(listed.recognised_universal_preschool, false) as recognised_universal_preschool,
    coalesce(listed.recognised_quality_balanced, false) as recognised_quality_balanced
from listed
inner join current_codes on listed.division_code = current_codes.division_code
left join current_codes as parents on listed.parent_code = parents.division_code
