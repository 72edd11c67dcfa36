/*
title: {en: Course choice and mobility of senior schools, zh: 普通高中选课走班与职普融通}
grain:
  en: one row a school with pupils of the general senior stage and school year
  zh: 每所有普通高中学生的学校每学年一行
meaning:
  en: >
    Whether the school can offer all twelve subject combinations with rooms and teachers, and pupils who moved between
    general and vocational schools or had credit recognised by the other, beside its pupils of the first two grades.
  zh: 学校能否以足够教室与教师开设全部 12 种选科组合，以及职普互转与学分互认人数，并列高一、高二在校生数。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, ownership, schools_reported, schools_with_choice, units_reported, units_expected]
*/
with
pupils as (
    select
        school_year,
        school_code,
        division_code,
        ownership,
        cast(coalesce(sum(pupils) filter (where grade_number in (10, 11)), 0) as bigint) as pupils_of_two_grades
    from core.enrolment_cell
    where stage = 'senior_general'
    group by school_year, school_code, division_code, ownership
),

returns as (select * from staging.course_choice)

select
    pupils.school_year,
    pupils.school_code,
    pupils.division_code,
    pupils.ownership,
    case when returns.school_code is null then 0 else pupils.pupils_of_two_grades end as pupils_of_two_grades,
    cast(returns.school_code is not null as bigint) as schools_reported,
    cast(coalesce(has_combinations(returns.combinations_offered), false) as bigint) as schools_with_combinations,
    cast(
        coalesce(
            has_combinations(returns.combinations_offered)
            and returns.rooms_available >= returns.rooms_needed
            and returns.short_subjects = 0,
            false
        ) as bigint
    ) as schools_with_choice,
    cast(coalesce(returns.moved_to_vocational + returns.moved_from_vocational, 0) as bigint) as pupils_moved,
    cast(coalesce(returns.mutual_credit_pupils, 0) as bigint) as mutual_credit_pupils,
    cast(returns.school_code is not null as bigint) as units_reported,
    cast(1 as bigint) as units_expected
from pupils
left join returns on pupils.school_year = returns.school_year and pupils.school_code = returns.school_code
