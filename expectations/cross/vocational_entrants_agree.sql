/*
title: {en: Programmes and census have the same entrants, zh: 专业招生数与统计报表一年级学生数一致}
table: ch4_system.vocational_programmes
severity: warning
rule: V40
why:
  en: A programme is missing from the return, or was counted in another year; shares of entrants are then of a part.
  zh: 专业情况表漏报专业或年度有误，招生相关比例只代表部分学生。
remedy:
  en: Compare the programmes with the first grade of the census, and ask the school for the missing one.
  zh: 对照统计报表一年级学生数，请学校补报遗漏专业。
*/
with

on_the_return as (
    select
        school_year,
        school_code,
        cast(sum(entrants) as bigint) as entrants
    from ch4_system.vocational_programmes
    group by school_year, school_code
),

on_the_form as (
    select
        school_year,
        school_code,
        cast(sum(pupils) as bigint) as entrants
    from core.enrolment_cell
    where stage = 'senior_vocational' and grade_number = 10
    group by school_year, school_code
)

select
    on_the_return.school_year,
    on_the_return.school_code,
    on_the_return.entrants as entrants_of_programmes,
    on_the_form.entrants as entrants_of_census
from on_the_return
inner join on_the_form
    on on_the_return.school_year = on_the_form.school_year and on_the_return.school_code = on_the_form.school_code
where abs(on_the_return.entrants - on_the_form.entrants) * 50 > on_the_form.entrants
