/*
title: {en: Pupil-months of calendar years, zh: 自然年学生人月数}
grain:
  en: one row a calendar year, school and stage
  zh: 每自然年每校每学段一行
meaning:
  en: >
    Pupils of a calendar year, whose money is counted from January to December: those of the census of the autumn before
    for eight months, and those of the autumn of the year for four. A twelfth is the year-average. Calendar years
    without both censuses have no rows.
  zh: 与自然年经费对应的学生人月数：上年秋季统计人数计八个月，当年秋季统计人数计四个月，除以十二即年平均人数。缺任一学年统计的年份无记录。
key: [calendar_year, school_code, stage]
not_null: [division_code, urban_class, ownership, school_type, pupil_months, disability_pupil_months]
codes: {stage: stage, school_type: school_type}
columns:
  pupil_months: {en: Pupil-months, zh: 学生人月数, unit: pupil-months}
  disability_pupil_months:
    en: Pupil-months of pupils with disability in grades 1 to 9
    zh: 一至九年级残疾学生人月数
    unit: pupil-months
*/
with
cells as (
    select
        school_year,
        first_year_of(school_year) as first_year,
        school_code,
        stage,
        sum(pupils) as pupils,
        sum(case when is_compulsory_grade(grade_number) then coalesce(pupils_with_disability, 0) else 0 end)
            as pupils_with_disability
    from core.enrolment_cell
    group by school_year, school_code, stage
),

counted_years as (
    select first_year
    from cells
    group by first_year
),

complete_years as (
    select later.first_year as calendar_year
    from counted_years as later
    inner join counted_years as earlier on later.first_year = earlier.first_year + 1
),

weighted as (
    select
        first_year + 1 as calendar_year,
        school_code,
        stage,
        months_until_census(pupils) as pupil_months,
        months_until_census(pupils_with_disability) as disability_pupil_months
    from cells
    union all
    select
        first_year as calendar_year,
        school_code,
        stage,
        months_since_census(pupils) as pupil_months,
        months_since_census(pupils_with_disability) as disability_pupil_months
    from cells
),

summed as (
    select
        weighted.calendar_year,
        weighted.school_code,
        weighted.stage,
        cast(sum(weighted.pupil_months) as bigint) as pupil_months,
        cast(sum(weighted.disability_pupil_months) as bigint) as disability_pupil_months
    from weighted
    inner join complete_years on weighted.calendar_year = complete_years.calendar_year
    group by weighted.calendar_year, weighted.school_code, weighted.stage
)

-- A school that closed in summer may be missing from the register of the autumn: that of the year before has it.
select
    summed.calendar_year,
    summed.school_code,
    summed.stage,
    coalesce(later.division_code, earlier.division_code) as division_code,
    coalesce(later.urban_class, earlier.urban_class) as urban_class,
    coalesce(later.ownership, earlier.ownership) as ownership, -- noqa: RF04
    coalesce(later.school_type, earlier.school_type) as school_type,
    coalesce(later.is_public_kindergarten, earlier.is_public_kindergarten) as is_public_kindergarten,
    coalesce(later.is_inclusive_kindergarten, earlier.is_inclusive_kindergarten) as is_inclusive_kindergarten,
    summed.pupil_months,
    summed.disability_pupil_months
from summed
left join core.school_year as later
    on school_year_of(summed.calendar_year) = later.school_year and summed.school_code = later.school_code
left join core.school_year as earlier
    on school_year_of(summed.calendar_year - 1) = earlier.school_year and summed.school_code = earlier.school_code
