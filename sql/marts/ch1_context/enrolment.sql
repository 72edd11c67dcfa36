/*
title: {en: Enrolment, zh: 在校生}
grain:
  en: one row a school, stage, grade, sex and school year
  zh: 每校、每学段、每年级、每性别、每学年一行
meaning:
  en: Pupils on the census date, from the roll or, for schools without one, from the school census.
  zh: 统计时点在校生数，取自学籍名册；无名册的学校取自统计报表。
key: [school_year, school_code, stage, grade, sex]
partition: school_year
not_null: [division_code, urban_class, ownership, grade_number, count_source, pupils]
codes: {stage: stage, grade: grade, sex: sex}
publish:
  - name: enrolment
    by: [division_code, stage, grade, grade_number, sex]
    title: {en: 'Enrolment by district, grade and sex', zh: 在校生（分区县、年级、性别）}
  - name: enrolment_schools
    by: [school_code, division_code, urban_class, ownership, stage, count_source]
    title: {en: Enrolment by school, zh: 在校生（分学校）}
*/
with
cells as (select * from core.enrolment_cell)

select
    school_year,
    school_code,
    division_code,
    urban_class,
    ownership,
    stage,
    grade,
    grade_number,
    sex,
    count_source,
    pupils
from cells
