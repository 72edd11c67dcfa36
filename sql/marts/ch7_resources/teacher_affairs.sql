/*
title: {en: Ethics cases and duties beside teaching, zh: 师德与教师减负}
grain: {en: one row a district and school year, zh: 每区县每学年一行}
meaning:
  en: >
    Cases of misconduct, those closed in time and announced, and the teachers whom they are set against; items on the
    district's list of duties that may enter schools, and weekly hours of such duties by survey. Teachers are counted
    for districts that sent both the return and a staff roll.
  zh: >
    师德失范案件、按期办结并通报者及对应的专任教师数；区县非教学事项清单项数与调查所得每周非教学工时。专任教师仅统计年报与教职工
    名册均已报送的区县。
key: [school_year, division_code]
partition: school_year
not_null: [reporting_districts, units_reported, units_expected]
*/
with
listed as (
    select *
    from core.division_year
    where division_level = 'district'
),

returns as (select * from staging.district_return),

teachers as (
    select
        school_year,
        division_code,
        cast(count(*) filter (where is_teacher) as bigint) as teachers
    from core.staff_year
    group by school_year, division_code
)

select
    listed.school_year,
    listed.division_code,
    cast(returns.division_code is not null as bigint) as reporting_districts,
    cast(returns.ethics_cases as bigint) as ethics_cases,
    cast(returns.ethics_cases_handled as bigint) as ethics_cases_handled,
    case when teachers.division_code is not null then cast(returns.ethics_cases as bigint) end
        as ethics_cases_with_teachers,
    case when returns.division_code is not null then teachers.teachers end as teachers,
    cast(returns.duty_items as bigint) as duty_items,
    cast(returns.surveyed_teachers as bigint) as surveyed_teachers,
    returns.duty_hours,
    cast(returns.division_code is not null and teachers.division_code is not null as bigint) as reported_with_staff,
    cast(returns.division_code is not null as bigint) as units_reported,
    cast(1 as bigint) as units_expected
from listed
left join returns
    on listed.school_year = returns.school_year and listed.listed_code = returns.division_code
left join teachers
    on listed.school_year = teachers.school_year and listed.division_code = teachers.division_code
