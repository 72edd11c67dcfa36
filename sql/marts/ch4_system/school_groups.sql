/*
title: {en: Schools in groups, zh: 集团化办学}
grain: {en: one row a compulsory school with primary or junior pupils and school year, zh: 每所有小学或初中学生的义务教育学校每学年一行}
meaning:
  en: Compulsory schools and those that belong to a group or alliance.
  zh: 义务教育学校及其中加入集团或联盟者。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, stage, urban_class, ownership, schools, grouped_schools]
codes: {stage: stage, school_type: school_type}
columns:
  stage: {en: First stage of the school's type; a school is counted under one, zh: 办学类型的首个学段；一校只归入一个学段}
*/
with
schools as (
    select *
    from core.school_year
    where is_compulsory_school(school_type)
),

enrolment as (
    select
        school_year,
        school_code
    from core.enrolment_cell
    where stage in ('primary', 'junior') and pupils > 0
    group by school_year, school_code
)

select
    schools.school_year,
    schools.school_code,
    schools.school_type,
    schools.division_code,
    schools.first_stage as stage,
    schools.urban_class,
    schools.ownership,
    schools.school_group_id,
    cast(1 as bigint) as schools,
    cast(schools.school_group_id is not null as bigint) as grouped_schools
from schools
inner join enrolment
    on schools.school_year = enrolment.school_year and schools.school_code = enrolment.school_code
