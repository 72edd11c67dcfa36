/*
title: {en: Pupils and teachers, zh: 生师比}
grain:
  en: one row a school, stage and school year
  zh: 每校、每学段、每学年一行
meaning:
  en: Pupils of a stage and the active full-time teachers who teach it, in schools that reported roll and staff.
  zh: 各学段在校生数与任教该学段的在职专任教师数，仅含学籍与教职工名册均已报送的学校。
key: [school_year, school_code, stage]
partition: school_year
not_null: [division_code, urban_class, ownership, pupils, teachers]
codes: {stage: stage}
*/
with
schools as (
    select schools.*
    from core.school_year as schools
    inner join core.school_reporting as reporting
        on schools.school_year = reporting.school_year and schools.school_code = reporting.school_code
    where reporting.roll_rows > 0 and reporting.staff_rows > 0
),

counted as (
    select
        school_year,
        school_code,
        stage,
        pupils,
        0 as teachers
    from core.enrolment_cell
    where stage <> 'senior_vocational'
    union all
    select
        school_year,
        school_code,
        stage,
        0 as pupils,
        teachers
    from ch7_resources.teachers
    where stage in ('preschool', 'primary', 'junior', 'senior_general', 'special')
)

select
    counted.school_year,
    counted.school_code,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    counted.stage,
    cast(sum(counted.pupils) as bigint) as pupils,
    cast(sum(counted.teachers) as bigint) as teachers
from counted
inner join schools
    on counted.school_year = schools.school_year and counted.school_code = schools.school_code
group by
    counted.school_year,
    counted.school_code,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    counted.stage
