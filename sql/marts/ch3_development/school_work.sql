/*
title: {en: What schools offer and do, zh: 中小学教育教学工作}
grain: {en: one row a primary or secondary school with pupils and school year, zh: 每所有在校生的中小学每学年一行}
meaning:
  en: >
    Which schools offer their courses in full, labour and health education, an art troupe, work with parents, count
    after-school service as work, and have myopia control in their assessment. A school has reported when every stage
    with pupils has its line in the return; it meets a demand when each of these stages does (one troupe is enough).
  zh: >
    各中小学课程、劳动教育、健康教育、学生艺术团、家校工作、课后服务计入工作量及近视防控纳入考核情况。有在校生的各学段均已填报
    即视为已报送；各学段均达到要求（艺术团有一个即可）方视为该校达到。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, stage, urban_class, ownership, schools, reporting_schools, units_reported, units_expected]
codes: {stage: stage, school_type: school_type}
columns:
  stage: {en: First stage of the school's type; a school is counted under one, zh: 办学类型的首个学段；一校只归入一个学段}
*/
with
schools as (
    select *
    from core.school_year
    where is_active and is_ordinary_school(school_type)
),

stage_parts as (
    select
        school_year,
        school_code,
        stage
    from core.enrolment_cell
    where is_health_stage(stage) and pupils > 0
    group by school_year, school_code, stage
),

returns as (select * from staging.school_activities),

flagged as (
    select
        stage_parts.school_year,
        stage_parts.school_code,
        returns.school_code is not null as is_returned,
        offers_full_course(returns.offered_subject_grades, returns.planned_subject_grades) as is_full_course,
        has_labour_course(returns.labour_periods, returns.has_labour_week) as is_labour_course,
        has_health_course(returns.health_periods) as is_health_course,
        returns.has_art_troupe,
        works_with_parents(returns.has_parent_school, returns.has_parent_committee, returns.parent_sessions)
            as is_with_parents,
        returns.offers_after_school and stage_parts.stage in ('primary', 'junior') as is_serving,
        returns.counts_after_school_as_work,
        returns.is_assessed_on_myopia
    from stage_parts
    left join returns
        on
            stage_parts.school_year = returns.school_year
            and stage_parts.school_code = returns.school_code
            and stage_parts.stage = returns.stage
),

judged as (
    select
        school_year,
        school_code,
        bool_and(is_returned) as is_returned,
        bool_and(coalesce(is_full_course, false)) as is_full_course,
        bool_and(coalesce(is_labour_course, false)) as is_labour_course,
        bool_and(coalesce(is_health_course, false)) as is_health_course,
        bool_or(coalesce(has_art_troupe, false)) as has_art_troupe,
        bool_and(coalesce(is_with_parents, false)) as is_with_parents,
        bool_or(coalesce(is_serving, false)) as is_serving,
        bool_and(coalesce(counts_after_school_as_work, false) or not coalesce(is_serving, false)) as is_counted_as_work,
        bool_and(coalesce(is_assessed_on_myopia, false)) as is_assessed_on_myopia
    from flagged
    group by school_year, school_code
),

-- What is set against teachers needs the staff roll as well.
staff_schools as (
    select
        school_year,
        school_code
    from core.staff_year
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
    cast(1 as bigint) as schools,
    cast(judged.is_returned as bigint) as reporting_schools,
    cast(judged.is_returned and judged.is_full_course as bigint) as schools_with_full_course,
    cast(judged.is_returned and judged.is_labour_course as bigint) as schools_with_labour_course,
    cast(judged.is_returned and judged.is_health_course as bigint) as schools_with_health_course,
    cast(judged.is_returned and judged.has_art_troupe as bigint) as schools_with_troupe,
    cast(judged.is_returned and judged.is_with_parents as bigint) as schools_with_parents,
    cast(judged.is_returned and judged.is_serving as bigint) as serving_schools,
    cast(judged.is_returned and judged.is_serving and judged.is_counted_as_work as bigint)
        as serving_schools_counting_work,
    cast(judged.is_returned and judged.is_assessed_on_myopia as bigint) as schools_assessed_on_myopia,
    cast(judged.is_returned and staff_schools.school_code is not null as bigint) as reported_with_staff,
    cast(judged.is_returned as bigint) as units_reported,
    cast(1 as bigint) as units_expected
from schools
inner join judged on schools.school_year = judged.school_year and schools.school_code = judged.school_code
left join staff_schools
    on schools.school_year = staff_schools.school_year and schools.school_code = staff_schools.school_code
