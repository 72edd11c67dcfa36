/*
title: {en: Teacher turnover, zh: 教师流失}
grain:
  en: one row a school, stage taught, sex, age band and school year
  zh: 每校、每任教学段、每性别、每年龄段、每学年一行
meaning:
  en: >
    Full-time teachers who left since the last census, retirement apart, and the active ones of that census. Ages are
    those of that census, for both. A school that sent no staff roll this year cannot have told who left, so that its
    teachers of last year are left out.
  zh: >
    上一统计时点以来离职的专任教师数（不含退休）与上年在职专任教师数；年龄均按上一统计时点计算。本年未报送教职工名册的学校无从得知离职者，
    其上年教师不计。
key: [school_year, school_code, stage, sex, item]
partition: school_year
look_back: 1
not_null: [division_code, urban_class, ownership, teachers_who_left, teachers_year_before]
codes: {sex: sex, item: age_band}
columns:
  stage: {en: Stage that the teachers teach; _U where the roll names none, zh: 任教学段；名册未注明者为 _U}
  item: {en: Age band at the census of the year before, zh: 上一统计时点年龄段}
publish:
  - name: teacher_turnover
    by: [division_code, sex]
    title: {en: Teacher turnover by district and sex, zh: 教师流失（分区县、性别）}
*/
with
staff as (
    select
        school_year,
        first_year_of(school_year) as first_year,
        school_code,
        coalesce(stage, '_U') as stage,
        sex,
        age,
        is_teacher,
        staff_status = 'left' and staff_category = 'full_time_teacher' as has_left
    from core.staff_year
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
        staff.school_code,
        staff.stage,
        staff.sex,
        age_band(staff.age - 1) as item,
        count(*) as teachers_who_left,
        0 as teachers_year_before
    from staff
    -- The first year has none before it, so that nothing can be said of those who left in it.
    inner join staffed_years on staff.first_year = staffed_years.first_year + 1
    where staff.has_left
    group by staff.school_year, staff.school_code, staff.stage, staff.sex, age_band(staff.age - 1)
    union all
    select
        reporting.school_year,
        staff.school_code,
        staff.stage,
        staff.sex,
        age_band(staff.age) as item,
        0 as teachers_who_left,
        count(*) as teachers_year_before
    from staff
    inner join reporting
        on staff.school_code = reporting.school_code and reporting.first_year = staff.first_year + 1
    where staff.is_teacher
    group by reporting.school_year, staff.school_code, staff.stage, staff.sex, age_band(staff.age)
),

schools as (select * from core.school_year)

select
    counted.school_year,
    counted.school_code,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    counted.stage,
    counted.sex,
    counted.item,
    cast(sum(counted.teachers_who_left) as bigint) as teachers_who_left,
    cast(sum(counted.teachers_year_before) as bigint) as teachers_year_before
from counted
inner join schools
    on counted.school_year = schools.school_year and counted.school_code = schools.school_code
group by
    counted.school_year,
    counted.school_code,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    counted.stage,
    counted.sex,
    counted.item
