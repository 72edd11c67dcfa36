/*
title: {en: After-school service, zh: 课后服务}
grain:
  en: one row a compulsory school, stage (primary or junior) and school year
  zh: 每所义务教育学校、每学段（小学、初中）、每学年一行
meaning:
  en: >
    Who asked for after-school service, who gets it and who takes part, by school part. A school is counted once, on
    the row of its first stage and once all its parts reported; it offers the service when each part does, five days
    a week and two hours a day. Counts of parts that sent nothing are null.
  zh: 各校各学段课后服务的需求、保障与参加人数。学校只在其首个学段行计一次，且须全部学段均已报送；各学段均达到每周 5 天、每天 2 小时方计为开展。未报送的学段相关计数为空。
key: [school_year, school_code, stage]
partition: school_year
not_null: [division_code, urban_class, ownership, pupils, is_expected, is_reported]
codes: {stage: stage}
columns:
  schools:
    en: Schools whose parts all reported, on the row of the first stage
    zh: 各学段均已报送的学校数（计于首个学段）
    unit: schools
  school_parts: {en: Primary or junior parts of schools that reported, zh: 已报送的学校学段部分数, unit: school parts}
*/
with
schools as (
    select *
    from core.school_year
    where is_compulsory_school(school_type)
),

returns as (select * from staging.after_school_service),

enrolment as (
    select
        school_year,
        school_code,
        stage,
        cast(sum(pupils) as bigint) as pupils
    from core.enrolment_cell
    where stage in ('primary', 'junior') and pupils > 0
    group by school_year, school_code, stage
),

parts as (
    select
        schools.school_year,
        schools.school_code,
        enrolment.stage,
        schools.division_code,
        schools.urban_class,
        schools.ownership,
        enrolment.pupils,
        case when returns.school_code is null then 0 else 1 end as is_reported,
        cast(is_full_service(returns.days_a_week, returns.hours_a_day) as bigint) as offers_service,
        cast(coalesce(returns.counts_in_workload, false) as bigint) as is_in_workload,
        returns.pupils_requesting,
        returns.pupils_served,
        returns.pupils_taking_part,
        returns.families_asked,
        returns.families_content
    from schools
    inner join enrolment
        on schools.school_year = enrolment.school_year and schools.school_code = enrolment.school_code
    left join returns
        on
            schools.school_year = returns.school_year
            and schools.school_code = returns.school_code
            and enrolment.stage = returns.stage
),

wholes as (
    select
        *,
        row_number() over (partition by school_year, school_code order by stage desc) = 1
        and min(is_reported) over (partition by school_year, school_code) = 1 as is_counted_here,
        min(offers_service) over (partition by school_year, school_code) as whole_school_offers,
        min(is_in_workload) over (partition by school_year, school_code) as whole_school_in_workload
    from parts
)

select
    school_year,
    school_code,
    stage,
    division_code,
    urban_class,
    ownership,
    pupils,
    1 as is_expected,
    is_reported,
    cast(is_counted_here as bigint) as schools,
    case when is_counted_here then whole_school_offers else 0 end as schools_offering,
    case when is_counted_here then whole_school_in_workload else 0 end as schools_in_workload,
    cast(is_reported as bigint) as school_parts,
    coalesce(offers_service, 0) as school_parts_offering,
    case when is_reported = 1 then pupils else 0 end as pupils_of_reporting_parts,
    pupils_requesting,
    pupils_served,
    pupils_taking_part,
    families_asked,
    families_content
from wholes
