/*
title: {en: Teacher turnover, zh: 教师流失}
grain:
  en: one row a division, sex and school year
  zh: 每区划、每性别、每学年一行
meaning:
  en: >
    Full-time teachers who left since the last census, retirement apart, and the active ones of that census. A school
    that sent no staff roll this year cannot have told who left, so that its teachers of last year are left out.
  zh: >
    上一统计时点以来离职的专任教师数（不含退休）与上年在职专任教师数；本年未报送教职工名册的学校无从得知离职者，其上年教师不计。
key: [school_year, division_code, sex]
partition: school_year
look_back: 1
not_null: [teachers_who_left, teachers_year_before]
codes: {sex: sex}
*/
with
staff as (
    select
        school_year,
        first_year_of(school_year) as first_year,
        school_code,
        division_code,
        sex,
        count(*) filter (where is_teacher) as teachers,
        count(*) filter (where staff_status = 'left' and staff_category = 'full_time_teacher') as teachers_who_left
    from core.staff_year
    group by school_year, school_code, division_code, sex
),

reporting as (
    select
        school_year,
        first_year_of(school_year) as first_year,
        school_code
    from core.school_reporting
    where staff_rows > 0
),

staffed_years as (
    select first_year
    from staff
    group by first_year
),

counted as (
    select
        staff.school_year,
        staff.division_code,
        staff.sex,
        staff.teachers_who_left,
        0 as teachers_year_before
    from staff
    -- The first year has none before it, so that nothing can be said of those who left in it.
    inner join staffed_years on staff.first_year = staffed_years.first_year + 1
    union all
    select
        reporting.school_year,
        staff.division_code,
        staff.sex,
        0 as teachers_who_left,
        staff.teachers as teachers_year_before
    from staff
    inner join reporting
        on staff.school_code = reporting.school_code and reporting.first_year = staff.first_year + 1
)

select
    school_year,
    division_code,
    sex,
    cast(sum(teachers_who_left) as bigint) as teachers_who_left,
    cast(sum(teachers_year_before) as bigint) as teachers_year_before
from counted
group by school_year, division_code, sex
