/*
title: {en: A school has no more teachers than staff, zh: 专任教师不多于教职工}
table: ch7_resources.staffing
severity: critical
rule: V15
why:
  en: Teachers would be counted from other rows than the staff that they are part of.
  zh: 专任教师与教职工的计数来源不一致。
remedy:
  en: Look at the marts of teachers and staffing.
  zh: 检查教师与编制集市。
*/
with

teachers as (
    select
        school_year,
        school_code,
        cast(sum(teachers) as bigint) as teachers
    from ch7_resources.teachers
    group by school_year, school_code
)

select
    teachers.school_year,
    teachers.school_code,
    teachers.teachers,
    staffing.staff
from teachers
left join ch7_resources.staffing as staffing
    on teachers.school_year = staffing.school_year and teachers.school_code = staffing.school_code
where teachers.teachers > coalesce(staffing.staff, 0)
