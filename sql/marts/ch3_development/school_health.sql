/*
title: {en: School doctors and mental-health teachers, zh: 校医与心理健康教师配备}
grain: {en: one row a primary or secondary school with pupils and school year, zh: 每所有在校生的中小学每学年一行}
meaning:
  en: >
    Whether each school has the health staff and the mental-health teachers that its size asks for. Mental-health
    teachers are judged only where the staff roll was reported.
  zh: 各中小学卫生人员与心理健康教师是否按规模配备。心理健康教师仅对已报送教职工名册的学校判断。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, stage, urban_class, ownership, pupils, schools, schools_with_doctor, staff_reporting_schools]
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

enrolment as (
    select
        school_year,
        school_code,
        cast(sum(pupils) as bigint) as pupils
    from core.enrolment_cell
    group by school_year, school_code
),

counsellors as (
    select
        school_year,
        school_code,
        count(*) filter (where is_active and mental_health_role in ('full_time', 'part_time')) as counsellors,
        count(*) filter (where is_active and mental_health_role = 'full_time') as full_time_counsellors
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
    enrolment.pupils,
    cast(1 as bigint) as schools,
    cast(
        case
            when needs_school_doctor(schools.is_boarding_school, enrolment.pupils)
                then coalesce(schools.health_professionals, 0) >= doctors_needed(enrolment.pupils)
            else coalesce(schools.health_professionals, 0) + coalesce(schools.health_teachers, 0) >= 1
        end as bigint
    ) as schools_with_doctor,
    cast(counsellors.school_code is not null as bigint) as staff_reporting_schools,
    cast(coalesce(counsellors.counsellors, 0) > 0 as bigint) as schools_with_counsellor,
    cast(counsellors.school_code is not null and needs_full_time_counsellor(enrolment.pupils) as bigint)
        as large_schools,
    cast(
        coalesce(counsellors.full_time_counsellors, 0) > 0 and needs_full_time_counsellor(enrolment.pupils) as bigint
    ) as large_schools_with_full_time_counsellor
from schools
inner join enrolment
    on schools.school_year = enrolment.school_year and schools.school_code = enrolment.school_code
left join counsellors
    on schools.school_year = counsellors.school_year and schools.school_code = counsellors.school_code
