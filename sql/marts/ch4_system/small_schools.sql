/*
title: {en: Small rural schools and township boarding schools, zh: 乡村小规模学校与乡镇寄宿制学校}
grain: {en: one row such a school and school year, zh: 每所此类学校每学年一行}
meaning:
  en: >
    Compulsory schools and teaching points in rural places with 1 to 99 pupils in grades 1 to 9, and boarding schools in
    towns and rural places, with whether all basic-condition items that were checked are met. A school that is both
    counts once.
  zh: 一至九年级学生 1—99 人的乡村义务教育学校及教学点、镇区与乡村寄宿制学校，以及核查的基本办学条件是否全部达标。两者兼具的学校只计一次。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, urban_class, ownership, is_small, is_boarding_school, units_reported, units_expected]
codes: {school_type: school_type}
columns:
  is_small: {en: Whether a rural school of 1 to 99 pupils in grades 1 to 9, zh: 是否乡村小规模学校（1—99 人）}
  checked_schools: {en: Schools whose basic conditions were checked, zh: 已核查学校数, unit: schools}
  schools_at_standard: {en: Of these with every item met, zh: 其中全部达标学校数, unit: schools}
*/
with
schools as (
    select *
    from core.school_year
    where is_active and is_compulsory_school(school_type)
),

enrolment as (
    select
        school_year,
        school_code,
        sum(pupils) as pupils
    from core.enrolment_cell
    where is_compulsory_grade(grade_number)
    group by school_year, school_code
),

facilities as (
    select *
    from staging.facilities
    where basic_items > 0 and basic_items_met is not null
),

in_scope as (
    select
        schools.*,
        schools.urban_class = 'rural' and is_small_school(enrolment.pupils) as is_small
    from schools
    inner join enrolment
        on schools.school_year = enrolment.school_year and schools.school_code = enrolment.school_code
    where enrolment.pupils > 0
)

select
    in_scope.school_year,
    in_scope.school_code,
    in_scope.school_type,
    in_scope.division_code,
    in_scope.urban_class,
    in_scope.ownership,
    in_scope.is_small,
    in_scope.is_boarding_school,
    cast(facilities.school_code is not null as bigint) as checked_schools,
    cast(coalesce(facilities.basic_items_met = facilities.basic_items, false) as bigint) as schools_at_standard,
    cast(facilities.school_code is not null as bigint) as units_reported,
    cast(1 as bigint) as units_expected
from in_scope
left join facilities
    on in_scope.school_year = facilities.school_year and in_scope.school_code = facilities.school_code
where in_scope.is_small or (in_scope.is_boarding_school and in_scope.urban_class <> 'city')
