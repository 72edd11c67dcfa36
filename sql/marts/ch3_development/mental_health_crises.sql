/*
title: {en: Mental-health crises and calls for help, zh: 心理危机与求助}
grain: {en: one row a division and school year, zh: 每区划每学年一行}
meaning:
  en: >
    Crisis cases, those referred to a hospital, those seen there within seven days and those back at school with a plan,
    and calls for help. A school has one or two a year, so nothing below the district is kept.
  zh: 心理危机个案、转介医疗机构、7 日内接诊、返校跟踪方案人数及求助次数。单校个案极少，故不保留区县以下数据。
key: [school_year, division_code]
partition: school_year
not_null: [pupils_in_scope_reported, cases_of_crisis, cases_referred, cases_answered, cases_with_plan, hotline_calls]
*/
with
schools as (select * from ch3_development.mental_health_files),

returns as (select * from staging.mental_health_return)

select
    schools.school_year,
    schools.division_code,
    cast(sum(schools.pupils_in_scope_reported) as bigint) as pupils_in_scope_reported,
    cast(coalesce(sum(returns.flagged_pupils), 0) as bigint) as reported_warned_pupils,
    cast(coalesce(sum(returns.flagged_followed_up), 0) as bigint) as reported_followed_up,
    cast(coalesce(sum(returns.crisis_cases), 0) as bigint) as cases_of_crisis,
    cast(coalesce(sum(returns.crisis_referred), 0) as bigint) as cases_referred,
    cast(coalesce(sum(returns.crisis_answered), 0) as bigint) as cases_answered,
    cast(coalesce(sum(returns.crisis_with_plan), 0) as bigint) as cases_with_plan,
    cast(coalesce(sum(returns.hotline_calls), 0) as bigint) as hotline_calls,
    cast(sum(schools.units_reported) as bigint) as units_reported,
    cast(sum(schools.units_expected) as bigint) as units_expected
from schools
left join returns on schools.school_year = returns.school_year and schools.school_code = returns.school_code
group by schools.school_year, schools.division_code
