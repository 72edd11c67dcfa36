/*
title: {en: Consents and files of mental health, zh: 心理健康知情同意与档案}
grain: {en: one row a school with pupils of grades 4 to 12 and school year, zh: 每所有四至十二年级学生的学校每学年一行}
meaning:
  en: >
    What the school reports of consents to the screening and of files kept and reviewed, beside the pupils in scope.
  zh: 学校所报筛查知情同意、建档与年度更新情况，并列应覆盖学生数。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, pupils_in_scope, units_reported, units_expected]
*/
with
pupils as (
    select
        school_year,
        school_code,
        division_code,
        cast(sum(pupils_in_scope) as bigint) as pupils_in_scope
    from ch3_development.mental_health
    group by school_year, school_code, division_code
),

returns as (select * from staging.mental_health_return)

select
    pupils.school_year,
    pupils.school_code,
    pupils.division_code,
    pupils.pupils_in_scope,
    case when returns.school_code is null then 0 else pupils.pupils_in_scope end as pupils_in_scope_reported,
    coalesce(returns.consented_pupils, 0) as consented_pupils,
    coalesce(returns.files_kept, 0) as files_kept,
    coalesce(returns.files_reviewed, 0) as files_reviewed,
    case when returns.school_code is null then 0 else 1 end as units_reported,
    1 as units_expected
from pupils
left join returns on pupils.school_year = returns.school_year and pupils.school_code = returns.school_code
