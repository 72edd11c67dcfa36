/*
title: {en: Staff and staffing standard, zh: 教职工与编制标准}
grain: {en: one row a school with staff and school year, zh: 每所有教职工记录的学校每学年一行}
meaning:
  en: >
    Active staff of all categories, and what the unified staffing standard asks for by pupils in primary and secondary
    schools that reported a roll too.
  zh: 各类在职教职工数，以及已同时报送学籍名册的中小学按统一编制标准应配教职工数。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, stage, urban_class, ownership, staff]
codes: {stage: stage, school_type: school_type}
columns:
  stage: {en: First stage of the school's type; a school is counted under one, zh: 办学类型的首个学段；一校只归入一个学段}
*/
with
schools as (select * from core.school_year),

staff as (
    select
        school_year,
        school_code,
        count(*) filter (where is_active) as staff,
        count(*) filter (
            where is_active and stage = 'preschool' and staff_category in ('head', 'full_time_teacher')
        ) as preschool_educators,
        count(*) filter (
            where is_active and is_certified and stage = 'preschool' and staff_category in ('head', 'full_time_teacher')
        ) as certified_preschool_educators
    from core.staff_year
    group by school_year, school_code
),

required as (
    select
        cells.school_year,
        cells.school_code,
        cast(round(sum(cells.pupils / standard.pupils_per_staff), 6) as decimal(18, 6)) as required_staff
    from (
        select
            school_year,
            school_code,
            stage,
            sum(pupils) as pupils
        from core.enrolment_cell
        where count_source = 'roll'
        group by school_year, school_code, stage
    ) as cells
    inner join reference.staffing_standard as standard on cells.stage = standard.stage
    group by cells.school_year, cells.school_code
)

select
    staff.school_year,
    staff.school_code,
    schools.school_type,
    schools.division_code,
    schools.first_stage as stage,
    schools.urban_class,
    schools.ownership,
    staff.staff,
    staff.preschool_educators,
    staff.certified_preschool_educators,
    case when required.required_staff is not null then staff.staff end as staff_under_standard,
    required.required_staff
from staff
inner join schools
    on staff.school_year = schools.school_year and staff.school_code = schools.school_code
left join required
    on
        staff.school_year = required.school_year
        and staff.school_code = required.school_code
        and (is_ordinary_school(schools.school_type) or is_compulsory_school(schools.school_type))
