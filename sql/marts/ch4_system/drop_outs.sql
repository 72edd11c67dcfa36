/*
title: {en: Drop-outs, zh: 辍学}
grain:
  en: one row a division, sex and school year
  zh: 每区划、每性别、每学年一行
meaning:
  en: >
    Pupils of grades 1 to 9 who dropped out since the last census, and the pupils of that census, for divisions with
    a roll in both years.
  zh: 上一统计时点以来一至九年级辍学学生数与上年一至九年级在校生数，仅含两年均有名册的区划。
key: [school_year, division_code, sex]
partition: school_year
look_back: 1
not_null: [dropped_out_pupils, pupils_year_before]
codes: {sex: sex}
*/
with
rolls as (
    select
        school_year,
        division_code,
        sex,
        first_year_of(school_year) as first_year,
        count(*) filter (where is_counted and is_compulsory_grade(grade_number)) as pupils,
        count(*) filter (
            where roll_status = 'left' and roll_change = 'drop_out' and is_compulsory_grade(grade_number)
        ) as dropped_out_pupils
    from core.pupil_year
    group by school_year, division_code, sex
)

select
    later.school_year,
    later.division_code,
    later.sex,
    later.dropped_out_pupils,
    earlier.pupils as pupils_year_before
from rolls as later
inner join rolls as earlier
    on
        later.division_code = earlier.division_code
        and later.sex = earlier.sex
        and later.first_year = earlier.first_year + 1
