/*
title: {en: Primary schools and their resources, zh: 國小規模與師資}
grain: {en: one row a school and school year, zh: 每校每學年一列}
meaning:
  en: Pupils, classes, teachers and other staff of each school; every column adds over schools.
  zh: 各校學生、班級、專任教師與職員數，均可跨校相加。
key: [school_year, school_code]
partition: school_year
not_null: [pupils, classes, teachers]
codes: {division_code: county, remoteness: remoteness, school_level: school_level}
*/
with

schools as (
    select * from core.schools
),

pupils as (
    select
        school_year,
        school_code,
        cast(sum(pupils) as bigint) as pupils
    from core.enrolment
    group by school_year, school_code
),

classes as (
    select
        school_year,
        school_code,
        cast(sum(classes) as bigint) as classes
    from staging.class_count
    group by school_year, school_code
),

staff as (
    select
        school_year,
        school_code,
        cast(sum(case when staff_category = 'full_time_teacher' then persons else 0 end) as bigint) as teachers,
        cast(sum(case when staff_category = 'full_time_teacher' and sex = 'M' then persons else 0 end) as bigint)
            as teachers_male,
        cast(sum(case when staff_category = 'full_time_teacher' and sex = 'F' then persons else 0 end) as bigint)
            as teachers_female,
        cast(sum(case when staff_category = 'other_staff' then persons else 0 end) as bigint) as other_staff
    from staging.staff_count
    group by school_year, school_code
)

select
    schools.school_year,
    schools.school_code,
    schools.school_name,
    schools.division_code,
    schools.township,
    schools.school_level,
    schools.remoteness,
    coalesce(pupils.pupils, 0) as pupils,
    coalesce(classes.classes, 0) as classes,
    coalesce(staff.teachers, 0) as teachers,
    coalesce(staff.teachers_male, 0) as teachers_male,
    coalesce(staff.teachers_female, 0) as teachers_female,
    coalesce(staff.other_staff, 0) as other_staff,
    1 as schools,
    case when coalesce(pupils.pupils, 0) = 0 then 1 else 0 end as schools_without_pupils,
    case when pupils.school_code is not null and staff.school_code is not null then 1 else 0 end as units_reported,
    1 as units_expected
from schools
left join pupils
    on schools.school_year = pupils.school_year and schools.school_code = pupils.school_code
left join classes
    on schools.school_year = classes.school_year and schools.school_code = classes.school_code
left join staff
    on schools.school_year = staff.school_year and schools.school_code = staff.school_code
