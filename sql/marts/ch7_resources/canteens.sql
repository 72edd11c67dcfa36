/*
title: {en: Canteens, zh: 学校食堂}
grain: {en: one row an active school or kindergarten and school year, zh: 每所在办学校（幼儿园）每学年一行}
meaning:
  en: >
    Canteens in the list, those at the standard (grade A or B with a licence valid on the census date) and those whose
    kitchen is shown. Expected are the canteens that the safety return declares, or one where nothing is known.
  zh: >
    食堂表所列食堂数、达标食堂数（A 级或 B 级且统计时点许可证有效）与明厨亮灶食堂数。应报数取安全防范情况表所填食堂数，情况不明的学校按一个计。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, stage, canteens, canteens_at_standard, open_kitchens, internet_kitchens]
codes: {stage: stage, school_type: school_type}
*/
with
schools as (
    select *
    from core.school_year
    where is_active and not is_attached_class(school_type)
),

returns as (select * from staging.safety_return),

listed as (
    select
        canteens.school_year,
        canteens.school_code,
        count(*) as canteens,
        count(*) filter (
            where grades.is_standard and is_valid_at_census(canteens.licence_valid_to, canteens.school_year)
        ) as canteens_at_standard,
        count(*) filter (where modes.is_open) as open_kitchens,
        count(*) filter (where canteens.kitchen_mode = 'internet') as internet_kitchens
    from staging.canteen as canteens
    left join codes.food_safety_grade as grades on canteens.food_safety_grade = grades.code
    left join codes.kitchen_mode as modes on canteens.kitchen_mode = modes.code
    group by canteens.school_year, canteens.school_code
)

select
    schools.school_year,
    schools.school_code,
    schools.school_type,
    schools.division_code,
    schools.first_stage as stage,
    schools.urban_class,
    schools.ownership,
    coalesce(listed.canteens, 0) as canteens,
    coalesce(listed.canteens_at_standard, 0) as canteens_at_standard,
    coalesce(listed.open_kitchens, 0) as open_kitchens,
    coalesce(listed.internet_kitchens, 0) as internet_kitchens,
    coalesce(listed.canteens, 0) as units_reported,
    cast(
        case
            when listed.canteens is null and returns.canteens is null then 1
            else greatest(coalesce(listed.canteens, 0), coalesce(returns.canteens, 0))
        end as bigint
    ) as units_expected
from schools
left join returns
    on schools.school_year = returns.school_year and schools.school_code = returns.school_code
left join listed
    on schools.school_year = listed.school_year and schools.school_code = listed.school_code
