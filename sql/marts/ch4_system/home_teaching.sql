/*
title: {en: Teaching at home, zh: 送教上门}
grain:
  en: one row a division, kind of disability and school year
  zh: 每区划、每残疾类型、每学年一行
meaning:
  en: Pupils taught at home, the weeks that they were to be taught, and the visits and hours that took place.
  zh: 送教上门学生数、应送教周数，以及实际送教次数与学时。
key: [school_year, division_code, item]
partition: school_year
not_null: [pupils_taught_at_home, pupil_weeks, visits, teaching_hours]
codes: {item: disability_type}
columns:
  item: {en: Kind of disability, zh: 残疾类型}
*/
with
returns as (select * from staging.home_teaching),

schools as (select * from core.school_year)

select
    returns.school_year,
    schools.division_code,
    returns.disability_type as item,
    cast(sum(returns.pupils_taught_at_home) as bigint) as pupils_taught_at_home,
    cast(sum(returns.pupil_weeks) as bigint) as pupil_weeks,
    cast(sum(returns.visits) as bigint) as visits,
    sum(returns.teaching_hours) as teaching_hours
from returns
inner join schools
    on returns.school_year = schools.school_year and returns.school_code = schools.school_code
group by returns.school_year, schools.division_code, returns.disability_type
