/*
title: {en: Special teachers and pupils with disability, zh: 特教教师与残疾学生}
grain: {en: one row a division and school year, zh: 每区划每学年一行}
meaning:
  en: >
    Certified special teachers and pupils with disability of grades 1 to 9, of the schools that reported both; by
    division, because the pupils of one school are few.
  zh: 两项均已报送学校的持证特教教师数与一至九年级残疾学生数；按区划汇总，以免单校人数过少。
key: [school_year, division_code]
partition: school_year
not_null: [certified_special_teachers, pupils_with_disability]
*/
with
teachers as (
    select *
    from ch4_system.special_teachers
    where is_reported = 1
),

pupils as (
    select
        school_year,
        school_code,
        sum(pupils_with_disability) as pupils_with_disability
    from core.enrolment_cell
    where is_compulsory_grade(grade_number)
    group by school_year, school_code
)

select
    teachers.school_year,
    teachers.division_code,
    cast(sum(teachers.certified_special_teachers) as bigint) as certified_special_teachers,
    cast(sum(pupils.pupils_with_disability) as bigint) as pupils_with_disability
from teachers
inner join pupils
    on teachers.school_year = pupils.school_year and teachers.school_code = pupils.school_code
group by teachers.school_year, teachers.division_code
