/*
title: {en: Mental health, zh: 心理健康}
grain:
  en: one row a school, stage and school year
  zh: 每校、每学段、每学年一行
meaning:
  en: >
    Pupils of grades 4 to 12, those screened and those with a mental-health file in autumn, and of those with a warning
    level the ones followed up. Levels and scores of single pupils stay below the marts.
  zh: 四至十二年级在校生、秋季已筛查与已建档人数，以及预警学生中已跟踪干预者。个人等级与得分不进入集市。
key: [school_year, school_code, stage]
partition: school_year
not_null: [division_code, urban_class, ownership, pupils_in_scope, screened_pupils, pupils_with_file]
codes: {stage: stage}
*/
with
enrolment as (
    select
        school_year,
        school_code,
        division_code,
        urban_class,
        ownership,
        stage,
        cast(sum(pupils) as bigint) as pupils_in_scope
    from core.enrolment_cell
    where count_source = 'roll' and is_health_stage(stage) and is_mental_health_grade(grade_number)
    group by school_year, school_code, division_code, urban_class, ownership, stage
),

examined as (
    select
        school_year,
        school_code,
        stage,
        count(*) filter (where is_mental_screened) as screened_pupils,
        count(*) filter (where has_mental_file) as pupils_with_file,
        count(*) filter (where mental_level <> 'none') as warned_pupils,
        count(*) filter (where mental_level <> 'none' and is_mental_followed_up) as followed_up_pupils
    from core.screening
    where season = 'autumn' and is_monitored and is_counted and is_mental_health_grade(grade_number)
    group by school_year, school_code, stage
)

select
    enrolment.school_year,
    enrolment.school_code,
    enrolment.division_code,
    enrolment.urban_class,
    enrolment.ownership,
    enrolment.stage,
    enrolment.pupils_in_scope,
    coalesce(examined.screened_pupils, 0) as screened_pupils,
    coalesce(examined.pupils_with_file, 0) as pupils_with_file,
    coalesce(examined.warned_pupils, 0) as warned_pupils,
    coalesce(examined.followed_up_pupils, 0) as followed_up_pupils
from enrolment
left join examined
    on
        enrolment.school_year = examined.school_year
        and enrolment.school_code = examined.school_code
        and enrolment.stage = examined.stage
