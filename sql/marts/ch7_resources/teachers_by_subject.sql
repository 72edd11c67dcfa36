/*
title: {en: Teachers by subject, zh: 分学科专任教师}
grain:
  en: one row a school, stage taught, subject and school year
  zh: 每校、每任教学段、每学科、每学年一行
meaning:
  en: Active full-time teachers by the subject that they teach, and those who are near retirement.
  zh: 按任教学科统计的在职专任教师数，及其中临近退休者。
key: [school_year, school_code, stage, item]
partition: school_year
not_null: [division_code, urban_class, ownership, teachers, teachers_near_retirement]
codes: {item: subject}
columns:
  stage: {en: Stage that the teachers teach; _U where the roll names none, zh: 任教学段；名册未注明者为 _U}
  item: {en: Subject; other where the roll names none, zh: 学科；名册未注明者为其他}
publish:
  - name: teachers_by_subject
    by: [division_code, stage, item]
    title: {en: 'Teachers by district, stage and subject', zh: 教师（分区县、学段、学科）}
*/
with
schools as (select * from core.school_year),

teachers as (
    select
        school_year,
        school_code,
        coalesce(stage, '_U') as stage,
        coalesce(subject, 'other') as item,
        count(*) as teachers,
        count(*) filter (where is_near_retirement) as teachers_near_retirement
    from core.staff_year
    where is_teacher
    group by school_year, school_code, coalesce(stage, '_U'), coalesce(subject, 'other')
)

select
    teachers.school_year,
    teachers.school_code,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    teachers.stage,
    teachers.item,
    teachers.teachers,
    teachers.teachers_near_retirement
from teachers
inner join schools
    on teachers.school_year = schools.school_year and teachers.school_code = schools.school_code
