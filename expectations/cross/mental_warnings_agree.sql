/*
title: {en: Schools report the warnings that their screening has, zh: 学校所报预警人数与筛查记录一致}
table: ch3_development.mental_health_crises
severity: warning
rule: V40
why:
  en: The screening and the return of a district tell of different pupils; one of the two is not complete.
  zh: 筛查记录与工作情况表所指学生不一致，其中之一不完整。
remedy:
  en: The district compares both lists in confidence.
  zh: 由区县保密核对两份名单。
*/
with

screened as (
    select
        school_year,
        division_code,
        cast(sum(warned_pupils) as bigint) as warned_pupils
    from ch3_development.mental_health
    group by school_year, division_code
),

reported as (
    select *
    from ch3_development.mental_health_crises
    where units_reported = units_expected
)

select
    reported.school_year,
    reported.division_code,
    reported.reported_warned_pupils,
    screened.warned_pupils
from reported
inner join screened
    on reported.school_year = screened.school_year and reported.division_code = screened.division_code
where abs(reported.reported_warned_pupils - screened.warned_pupils) * 10 > screened.warned_pupils + 20
