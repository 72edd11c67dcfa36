/*
title: {en: Homework time, zh: 作业时长}
grain:
  en: one row a sampled school, grade band and school year
  zh: 每所抽样学校、每年级段、每学年一行
meaning:
  en: >
    Pupils drawn for the homework survey, pupils who answered, and those whose written homework is within the limit of
    their grade band. A sample: figures of it come with an interval, and the share that answered is their coverage.
  zh: 作业时长调查的抽样人数、有效答卷人数，以及书面作业未超出年级段时限的人数。为抽样数据，指标附置信区间，并以应答率为覆盖率。
key: [school_year, school_code, item]
partition: school_year
not_null: [division_code, urban_class, ownership, sampled_pupils, answering_pupils, pupils_within_limit]
codes: {item: grade_band}
columns:
  item: {en: Grade band, zh: 年级段}
*/
with
survey as (select * from staging.homework_survey),

schools as (select * from core.school_year)

select
    survey.school_year,
    survey.school_code,
    survey.grade_band as item,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    survey.sampled_pupils,
    survey.answering_pupils,
    survey.pupils_within_limit
from survey
inner join schools
    on survey.school_year = schools.school_year and survey.school_code = schools.school_code
