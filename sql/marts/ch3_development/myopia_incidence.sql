/*
title: {en: New myopia, zh: 近视新发}
grain:
  en: one row a division, stage, grade, sex and school year, of the later of two autumns
  zh: 每区划、每学段、每年级、每性别、每学年（后一年秋季）一行
meaning:
  en: Pupils validly examined in this autumn and the one before who were not myopic then, and those who now are.
  zh: 连续两年秋季均有效受检且上年未近视的学生，以及其中本年近视者。
key: [school_year, division_code, stage, grade, sex]
partition: school_year
look_back: 1
not_null: [pupils_not_myopic_before, newly_myopic_pupils]
codes: {stage: stage, grade: grade, sex: sex}
*/
with
valid_examinations as (
    select
        first_year_of(school_year) as first_year,
        school_year,
        person_key,
        division_code,
        stage,
        grade,
        sex,
        is_myopic
    from core.screening
    where season = 'autumn' and is_counted and is_monitored and is_valid_examination
),

followed as (
    select
        later.school_year,
        later.division_code,
        later.stage,
        later.grade,
        later.sex,
        later.is_myopic
    from valid_examinations as later
    inner join valid_examinations as earlier
        on later.person_key = earlier.person_key and later.first_year = earlier.first_year + 1
    where not earlier.is_myopic
)

select
    school_year,
    division_code,
    stage,
    grade,
    sex,
    count(*) as pupils_not_myopic_before,
    count(*) filter (where is_myopic) as newly_myopic_pupils
from followed
group by school_year, division_code, stage, grade, sex
