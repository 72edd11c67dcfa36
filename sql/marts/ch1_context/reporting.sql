/*
title: {en: Who should have reported and who did, zh: 应报与已报单位}
grain:
  en: one row an active school, stage of its type and school year
  zh: 每所在办学校、其办学类型所含学段、每学年一行
meaning:
  en: >
    The units behind every coverage figure. A flag is 1 where the school should report a source or did; a school with
    several stages has a row for each, so schools are counted distinct.
  zh: 各覆盖率所依据的单位。应报或已报某来源者记 1；一校多学段则多行，因此按学校去重计数。
key: [school_year, school_code, stage]
partition: school_year
not_null: [division_code, urban_class, ownership]
codes: {stage: stage, school_type: school_type}
warning: {en: Count distinct schools; do not add the flags over stages., zh: 请按学校去重计数，勿将各学段标志相加。}
*/
with
schools as (
    select *
    from core.school_year
    where is_active
),

school_stages as (
    select
        code as school_type,
        unnest(stages) as stage
    from codes.school_type
),

reporting as (select * from core.school_reporting)

select
    schools.school_year,
    schools.school_code,
    school_stages.stage,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    schools.school_type,
    is_ordinary_school(schools.school_type) as is_ordinary_school,
    is_compulsory_school(schools.school_type) as is_compulsory_school,
    1 as expected,
    case when schools.is_vocational_school then 0 else 1 end as expected_roll,
    case when is_health_stage(school_stages.stage) then 1 else 0 end as expected_screening,
    case when coalesce(reporting.roll_rows, 0) + coalesce(reporting.census_rows, 0) > 0 then 1 else 0 end
        as reported_pupils,
    case when coalesce(reporting.roll_rows, 0) > 0 then 1 else 0 end as reported_roll,
    case when coalesce(reporting.staff_rows, 0) > 0 then 1 else 0 end as reported_staff,
    case when coalesce(reporting.roll_rows, 0) > 0 and coalesce(reporting.staff_rows, 0) > 0 then 1 else 0 end
        as reported_roll_and_staff,
    case
        when
            is_health_stage(school_stages.stage)
            and coalesce(reporting.roll_rows, 0) > 0
            and coalesce(reporting.autumn_screening_rows, 0) > 0
            then 1
        else 0
    end as reported_autumn_screening,
    case
        when
            is_health_stage(school_stages.stage)
            and coalesce(reporting.roll_rows, 0) > 0
            and coalesce(reporting.spring_screening_rows, 0) > 0
            then 1
        else 0
    end as reported_spring_screening
from schools
inner join school_stages on schools.school_type = school_stages.school_type
left join reporting
    on schools.school_year = reporting.school_year and schools.school_code = reporting.school_code
