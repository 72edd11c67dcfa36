/*
title: {en: Kindergarten class staffing and evaluation, zh: 幼儿园班级配备与质量评估}
grain: {en: one row an active kindergarten and school year, zh: 每所在办幼儿园每学年一行}
meaning:
  en: >
    Full-day classes and those with two teachers and a nurse at least, and whether the kindergarten was evaluated within
    the five years before the census date and passed.
  zh: 全日制班级及配齐“两教一保”的班级，以及统计时点前五年内是否接受质量评估并合格。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, urban_class, ownership, units_reported, units_expected]
columns:
  full_day_classes: {en: Full-day classes, zh: 全日制班级数, unit: classes}
  staffed_classes: {en: Of these with two teachers and a nurse at least, zh: 其中配齐两教一保班级数, unit: classes}
  reporting_kindergartens: {en: Kindergartens that sent the return, zh: 已报送幼儿园数, unit: kindergartens}
  evaluated_kindergartens: {en: Of these evaluated in the last five years, zh: 其中五年内已评估者, unit: kindergartens}
  passed_kindergartens: {en: Of the evaluated ones those that passed, zh: 其中评估合格者, unit: kindergartens}
*/
with
kindergartens as (
    select *
    from core.school_year
    where is_active and school_type = '111'
),

returns as (
    select
        quality.*,
        coalesce(is_evaluated_in_cycle(quality.evaluated_on, quality.school_year), false) as is_evaluated,
        coalesce(results.is_pass, false) as is_pass
    from staging.kindergarten_quality as quality
    left join codes.evaluation_result as results on quality.evaluation_result = results.code
)

select
    kindergartens.school_year,
    kindergartens.school_code,
    kindergartens.division_code,
    kindergartens.urban_class,
    kindergartens.ownership,
    coalesce(returns.full_day_classes, 0) as full_day_classes,
    coalesce(returns.staffed_classes, 0) as staffed_classes,
    cast(returns.school_code is not null as bigint) as reporting_kindergartens,
    cast(coalesce(returns.is_evaluated, false) as bigint) as evaluated_kindergartens,
    cast(coalesce(returns.is_evaluated and returns.is_pass, false) as bigint) as passed_kindergartens,
    cast(returns.school_code is not null as bigint) as units_reported,
    cast(1 as bigint) as units_expected
from kindergartens
left join returns
    on kindergartens.school_year = returns.school_year and kindergartens.school_code = returns.school_code
