/*
title: {en: Help for pupils at risk, zh: 问题行为学生帮扶}
grain:
  en: one row a district, stage and school year
  zh: 每区县、每学段、每学年一行
meaning:
  en: >
    Cases that schools identified and those with a plan and follow-up, summed over the district: what one school
    reported is not published.
  zh: 学校识别的需帮扶案例数及其中已制定方案并跟踪者，按区县汇总；不公布单个学校数据。
key: [school_year, division_code, stage]
partition: school_year
not_null: [identified_cases, helped_cases]
codes: {stage: stage}
*/
with
schools as (
    select *
    from core.school_year
    where is_active and is_ordinary_school(school_type)
),

returns as (
    select *
    from staging.school_activities
    where is_health_stage(stage)
)

select
    returns.school_year,
    schools.division_code,
    returns.stage,
    cast(sum(returns.at_risk_cases) as bigint) as identified_cases,
    cast(sum(returns.at_risk_cases_helped) as bigint) as helped_cases
from returns
inner join schools on returns.school_year = schools.school_year and returns.school_code = schools.school_code
group by returns.school_year, schools.division_code, returns.stage
