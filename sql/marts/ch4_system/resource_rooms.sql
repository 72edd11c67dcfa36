/*
title: {en: Resource rooms, zh: 资源教室}
grain: {en: one row a compulsory school with pupils with disability and school year, zh: 每所有残疾学生的义务教育学校每学年一行}
meaning:
  en: Schools with at least five pupils with disability in grades 1 to 9, and those of them that have a resource room.
  zh: 一至九年级残疾学生达五名的学校，以及其中设有资源教室者。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, urban_class, ownership, pupils_with_disability, schools_in_need, schools_with_room]
codes: {school_type: school_type}
*/
with
schools as (
    select *
    from core.school_year
    where is_compulsory_school(school_type)
),

pupils as (
    select
        school_year,
        school_code,
        cast(sum(pupils_with_disability) as bigint) as pupils_with_disability
    from core.enrolment_cell
    where is_compulsory_grade(grade_number)
    group by school_year, school_code
    having sum(pupils_with_disability) > 0
)

select
    schools.school_year,
    schools.school_code,
    schools.school_type,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    pupils.pupils_with_disability,
    cast(needs_resource_room(pupils.pupils_with_disability) as bigint) as schools_in_need,
    cast(needs_resource_room(pupils.pupils_with_disability) and schools.has_resource_room as bigint)
        as schools_with_room
from schools
inner join pupils
    on schools.school_year = pupils.school_year and schools.school_code = pupils.school_code
