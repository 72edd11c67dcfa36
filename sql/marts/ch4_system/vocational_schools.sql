/*
title: {en: Vocational schools, zh: 中职学校}
grain: {en: one row an active vocational school and school year, zh: 每所在办中职学校每学年一行}
meaning:
  en: >
    Teachers, training places, equipment, outside training and service income of each school, added up over its
    programmes, beside its pupils of the census. The pupils of schools that sent no return are kept apart.
  zh: 各校教师、实训工位、设备、社会培训与服务到款（按专业合计），并列统计报表在校生数；未报送学校的学生另列。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, ownership, pupils, pupils_reported, units_reported, units_expected]
*/
with
schools as (
    select *
    from core.school_year
    where is_active and is_vocational_school
),

enrolment as (
    select
        school_year,
        school_code,
        cast(sum(pupils) as bigint) as pupils
    from core.enrolment_cell
    where stage = 'senior_vocational'
    group by school_year, school_code
),

returns as (
    select
        school_year,
        school_code,
        sum(training_places) as training_places,
        sum(training_equipment_yuan) as training_equipment_yuan,
        sum(full_time_teachers) as full_time_teachers,
        sum(part_time_teachers) as part_time_teachers,
        sum(professional_teachers) as professional_teachers,
        sum(dual_qualified_teachers) as dual_qualified_teachers,
        sum(training_person_times) as training_person_times,
        sum(training_person_days) as training_person_days,
        sum(service_income_yuan) as service_income_yuan
    from staging.vocational
    group by school_year, school_code
)

select
    schools.school_year,
    schools.school_code,
    schools.division_code,
    schools.ownership,
    coalesce(enrolment.pupils, 0) as pupils,
    case when returns.school_code is null then 0 else coalesce(enrolment.pupils, 0) end as pupils_reported,
    cast(coalesce(returns.training_places, 0) as bigint) as training_places,
    coalesce(returns.training_equipment_yuan, 0) as training_equipment_yuan,
    cast(coalesce(returns.full_time_teachers, 0) as bigint) as full_time_teachers,
    cast(coalesce(returns.full_time_teachers + returns.part_time_teachers, 0) as bigint) as teachers_converted,
    cast(coalesce(returns.professional_teachers, 0) as bigint) as professional_teachers,
    cast(coalesce(returns.dual_qualified_teachers, 0) as bigint) as dual_qualified_teachers,
    cast(coalesce(returns.training_person_times, 0) as bigint) as training_person_times,
    cast(coalesce(returns.training_person_days, 0) as bigint) as training_person_days,
    coalesce(returns.service_income_yuan, 0) as service_income_yuan,
    cast(case when returns.school_code is null then 0 else 1 end as bigint) as units_reported,
    cast(1 as bigint) as units_expected
from schools
left join enrolment
    on schools.school_year = enrolment.school_year and schools.school_code = enrolment.school_code
left join returns
    on schools.school_year = returns.school_year and schools.school_code = returns.school_code
