/*
title: {en: Teacher turnover, zh: 教师流失}
grain:
  en: one row a division, sex and school year
  zh: 每区划、每性别、每学年一行
meaning:
  en: >
    Full-time teachers who left since the last census, retirement apart, and the active ones of that census, for
    divisions with a staff roll in both years.
  zh: 上一统计时点以来离职的专任教师数（不含退休）与上年在职专任教师数，仅含两年均有名册的区划。
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
        division_code,
        sex,
        count(*) filter (where is_teacher) as teachers,
        count(*) filter (where staff_status = 'left' and staff_category = 'full_time_teacher') as teachers_who_left
    from core.staff_year
    group by school_year, division_code, sex
)

select
    later.school_year,
    later.division_code,
    later.sex,
    later.teachers_who_left,
    earlier.teachers as teachers_year_before
from staff as later
inner join staff as earlier
    on
        later.division_code = earlier.division_code
        and later.sex = earlier.sex
        and later.first_year = earlier.first_year + 1
