/*
title: {en: Classes by year, zh: 分学年班级}
grain:
  en: one row a class of a grade, school and school year
  zh: 每校、每年级、每班、每学年一行
meaning:
  en: Classes with at least one counted pupil, and how many they have. Census-only schools have no rows here.
  zh: 至少有一名计数学生的班级及其人数。仅有统计报表的学校不在此表。
key: [school_year, school_code, grade, class_name]
partition: school_year
not_null: [division_code, stage, grade_number, pupils]
codes: {stage: stage, grade: grade}
*/
with
pupils as (
    select
        school_year,
        school_code,
        division_code,
        stage,
        grade,
        grade_number,
        class_name
    from core.pupil_year
    where is_counted
)

select
    school_year,
    school_code,
    division_code,
    stage,
    grade,
    grade_number,
    class_name,
    count(*) as pupils
from pupils
group by school_year, school_code, division_code, stage, grade, grade_number, class_name
