/*
title: {en: What pupils and teachers take part in, zh: 学生活动与教师参与}
grain:
  en: one row a primary or secondary school, stage and school year that the return has
  zh: 每所已填报的中小学、每学段、每学年一行
meaning:
  en: >
    Pupils and staff of the yearly return and how many of them were reached; music and art periods of the week and how
    many are filled. Full-time teachers fill the standard load of their stage, part-time ones what they give; a surplus
    in one school does not fill the gap of another. Staffing is known where the staff roll came.
  zh: >
    年报中的学生、教职工及其参与情况；音乐、美术周课时及其落实情况。专任教师按学段标准课时计，兼职教师按实际课时计，
    一校之余不抵他校之缺；仅统计已报送教职工名册的学校。
key: [school_year, school_code, stage]
partition: school_year
not_null: [division_code, urban_class, ownership, pupils, school_parts]
codes: {school_type: school_type, stage: stage}
columns:
  pupils: {en: Pupils on the return, zh: 年报填报学生数}
  staff: {en: Staff on the return, zh: 年报填报教职工数}
*/
with
schools as (
    select *
    from core.school_year
    where is_active and is_ordinary_school(school_type)
),

returns as (
    select *
    from staging.school_activities
    where is_health_stage(stage)
),

art_teachers as (
    select
        school_year,
        school_code,
        stage,
        count(*) as art_teachers
    from core.staff_year
    where is_teacher and subject in ('music', 'art')
    group by school_year, school_code, stage
),

-- A school without a staff roll is not one without teachers.
staff_schools as (
    select
        school_year,
        school_code
    from core.staff_year
    group by school_year, school_code
),

loads as (select * from reference.art_teacher_load)

select
    returns.school_year,
    returns.school_code,
    schools.school_type,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    returns.stage,
    cast(1 as bigint) as school_parts,
    cast(returns.pupils as bigint) as pupils,
    cast(returns.staff as bigint) as staff,
    cast(case when staff_schools.school_code is null then 0 else returns.art_periods end as bigint) as art_periods,
    cast(
        case
            when staff_schools.school_code is null then 0
            else least(
                returns.art_periods,
                coalesce(art_teachers.art_teachers, 0) * loads.periods_per_teacher + returns.part_time_art_periods
            )
        end as bigint
    ) as filled_art_periods,
    cast(returns.pupils_in_practice as bigint) as pupils_in_practice,
    cast(returns.practice_pupil_days as bigint) as practice_pupil_days,
    cast(returns.visited_pupils as bigint) as visited_pupils,
    cast(returns.open_days as bigint) as open_days,
    cast(returns.reception_days as bigint) as reception_days,
    cast(returns.trained_pupils as bigint) as trained_pupils,
    cast(returns.trained_staff as bigint) as trained_staff,
    cast(returns.first_aid_staff as bigint) as first_aid_staff
from returns
inner join schools on returns.school_year = schools.school_year and returns.school_code = schools.school_code
inner join loads on returns.stage = loads.stage
left join staff_schools
    on returns.school_year = staff_schools.school_year and returns.school_code = staff_schools.school_code
left join art_teachers
    on
        returns.school_year = art_teachers.school_year
        and returns.school_code = art_teachers.school_code
        and returns.stage = art_teachers.stage
