/*
title: {en: Teachers for pupils with disability, zh: 特殊教育师资}
grain:
  en: one row a school with pupils with disability in grades 1 to 9, or with a return, and school year
  zh: 每所一至九年级有残疾学生或已报送的学校每学年一行
meaning:
  en: >
    Certified special teachers, and the teachers of inclusive classes with those trained this year, beside who should
    have reported and did. Pupils are not shown here, because those of one school are few.
  zh: 持证特教教师、随班就读教师及本年受训者，并列应报与已报单位。单校残疾学生人数过少，不在此列示。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, urban_class, ownership, is_expected, is_reported]
*/
with
schools as (select * from core.school_year),

returns as (select * from staging.special_teachers),

schools_with_pupils as (
    select
        school_year,
        school_code
    from core.enrolment_cell
    where is_compulsory_grade(grade_number)
    group by school_year, school_code
    having sum(pupils_with_disability) > 0
)

select
    schools.school_year,
    schools.school_code,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    case when schools_with_pupils.school_code is null then 0 else 1 end as is_expected,
    case when schools_with_pupils.school_code is null or returns.school_code is null then 0 else 1 end as is_reported,
    returns.certified_special_teachers,
    returns.inclusive_class_teachers,
    returns.inclusive_class_teachers_trained
from schools
left join schools_with_pupils
    on schools.school_year = schools_with_pupils.school_year and schools.school_code = schools_with_pupils.school_code
left join returns
    on schools.school_year = returns.school_year and schools.school_code = returns.school_code
where schools_with_pupils.school_code is not null or returns.school_code is not null
