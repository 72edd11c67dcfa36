/*
title: {en: Teacher training in information technology, zh: 教师信息技术应用能力培训}
grain: {en: one row an active primary or secondary school and school year, zh: 每所在办中小学每学年一行}
meaning:
  en: >
    Teachers of schools that sent their training summary, and those with fifty hours in five years of which half were
    practice.
  zh: 已报送培训汇总表的学校的专任教师数，以及五年内满 50 学时且实践学时过半的教师数。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, listed_teachers, ict_trained_teachers, units_reported, units_expected]
codes: {school_type: school_type}
*/
with
schools as (
    select *
    from core.school_year
    where is_active and is_ordinary_school(school_type)
),

training as (select * from staging.ict_training)

select
    schools.school_year,
    schools.school_code,
    schools.school_type,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    cast(coalesce(training.listed_teachers, 0) as bigint) as listed_teachers,
    cast(coalesce(training.teachers_with_fifty_hours, 0) as bigint) as teachers_with_fifty_hours,
    cast(coalesce(training.ict_trained_teachers, 0) as bigint) as ict_trained_teachers,
    cast(training.school_code is not null as bigint) as units_reported,
    cast(1 as bigint) as units_expected
from schools
left join training
    on schools.school_year = training.school_year and schools.school_code = training.school_code
