/*
title: {en: Vision warnings and prevention stages, zh: 近视预警分级与防控阶段}
grain:
  en: one row a school, stage, grade and school year with validly examined pupils
  zh: 每校、每学段、每年级、每学年一行（有有效受检学生者）
meaning:
  en: >
    Monitored pupils by the worst warning tier of their eyes in autumn (0 watch, 1 to 3 by severity, or none) and, apart
    from it, by prevention stage: not myopic, low or middle, high. The thresholds of the tiers are a table of their own.
  zh: 秋季有效受检学生按双眼最重预警等级（0 关注，1—3 级，或无）计数；另按防控阶段（未近视、低中度、高度）计数。等级界值另有参照表。
key: [school_year, school_code, stage, grade]
partition: school_year
not_null:
  - division_code
  - grade_number
  - valid_examinations
  - tier_0_pupils
  - tier_1_pupils
  - tier_2_pupils
  - tier_3_pupils
  - prevent_pupils
  - control_pupils
  - specialist_pupils
codes: {stage: stage, grade: grade}
publish:
  - name: vision_warning
    by: [division_code, stage, grade, grade_number]
    title: {en: Vision warnings by district and grade, zh: 近视预警（分区县、年级）}
  - name: vision_warning_schools
    by: [school_code, division_code, urban_class, stage]
    title: {en: Vision warnings by school, zh: 近视预警（分学校）}
*/
with
schools as (select * from core.school_year),

examined as (
    select
        school_year,
        school_code,
        stage,
        grade,
        grade_number,
        count(*) as valid_examinations,
        count(*) filter (where warning_tier = 0) as tier_0_pupils,
        count(*) filter (where warning_tier = 1) as tier_1_pupils,
        count(*) filter (where warning_tier = 2) as tier_2_pupils,
        count(*) filter (where warning_tier = 3) as tier_3_pupils,
        count(*) filter (where prevention_stage = 'prevent') as prevent_pupils,
        count(*) filter (where prevention_stage = 'control') as control_pupils,
        count(*) filter (where prevention_stage = 'specialist') as specialist_pupils
    from core.screening
    where season = 'autumn' and is_monitored and is_counted and is_valid_examination
    group by school_year, school_code, stage, grade, grade_number
)

select
    examined.school_year,
    examined.school_code,
    schools.division_code,
    schools.urban_class,
    examined.stage,
    examined.grade,
    examined.grade_number,
    examined.valid_examinations,
    examined.tier_0_pupils,
    examined.tier_1_pupils,
    examined.tier_2_pupils,
    examined.tier_3_pupils,
    examined.prevent_pupils,
    examined.control_pupils,
    examined.specialist_pupils
from examined
inner join schools
    on examined.school_year = schools.school_year and examined.school_code = schools.school_code
