/*
title: {en: Types of senior schools, zh: 高中学校类型}
grain:
  en: one row a school with general senior pupils and school year
  zh: 每所有普通高中学生的学校每学年一行
meaning:
  en: >
    Schools of the general senior stage, those recognised as comprehensive or characteristic on 31 December, and their
    pupils. A school may be both. A year whose register of programmes never came has no recognitions.
  zh: >
    有普通高中学生的学校、其中 12 月 31 日认定为综合高中或特色高中者及其学生数；一校可兼有两类。未收到项目登记表的年份不计认定数。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, urban_class, ownership, schools, senior_pupils, units_reported, units_expected]
*/
with
enrolment as (
    select
        school_year,
        school_code,
        cast(sum(pupils) as bigint) as senior_pupils
    from core.enrolment_cell
    where stage = 'senior_general' and pupils > 0
    group by school_year, school_code
),

schools as (select * from core.school_year),

designations as (select * from core.unit_designation),

registers as (
    select school_year
    from designations
    group by school_year
),

recognised as (
    select
        school_year,
        school_code,
        count(*) filter (where programme = 'comprehensive_senior_school') as comprehensive_titles,
        count(*) filter (where programme = 'characteristic_senior_school') as characteristic_titles
    from designations
    where is_counted and programme in ('comprehensive_senior_school', 'characteristic_senior_school')
    group by school_year, school_code
)

select
    enrolment.school_year,
    enrolment.school_code,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    cast(1 as bigint) as schools,
    case
        when registers.school_year is not null then cast(coalesce(recognised.comprehensive_titles, 0) > 0 as bigint)
    end as comprehensive_schools,
    case
        when registers.school_year is not null then cast(coalesce(recognised.characteristic_titles, 0) > 0 as bigint)
    end as characteristic_schools,
    enrolment.senior_pupils,
    case
        when registers.school_year is not null
            then case when recognised.school_code is not null then enrolment.senior_pupils else 0 end
    end as pupils_in_recognised_schools,
    case when registers.school_year is not null then 1 else 0 end as units_reported,
    1 as units_expected
from enrolment
inner join schools
    on enrolment.school_year = schools.school_year and enrolment.school_code = schools.school_code
left join registers on enrolment.school_year = registers.school_year
left join recognised
    on enrolment.school_year = recognised.school_year and enrolment.school_code = recognised.school_code
