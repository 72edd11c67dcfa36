/*
title: {en: Nine-year retention, zh: 九年义务教育巩固}
grain:
  en: one row a division, sex and school year
  zh: 每区划、每性别、每学年一行
meaning:
  en: Grade-9 junior pupils of a year and the grade-one entrants of eight years before, for divisions that have both.
  zh: 当年九年级学生数与八年前小学一年级新生数，仅含两者均有的区划。
key: [school_year, division_code, sex]
partition: school_year
look_back: 8
not_null: [grade_nine_pupils, entrants_eight_years_before]
codes: {sex: sex}
*/
with
leavers as (
    select
        school_year,
        division_code,
        sex,
        cast(sum(pupils) as bigint) as grade_nine_pupils
    from core.enrolment_cell
    where stage = 'junior' and grade_number = 9
    group by school_year, division_code, sex
),

entrants as (select * from core.grade_one_entrants)

select
    leavers.school_year,
    leavers.division_code,
    leavers.sex,
    leavers.grade_nine_pupils,
    entrants.entrants as entrants_eight_years_before
from leavers
inner join entrants
    on
        leavers.division_code = entrants.division_code
        and leavers.sex = entrants.sex
        and first_year_of(leavers.school_year) = first_year_of(entrants.school_year) + 8
