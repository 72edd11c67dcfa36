/*
title: {en: Districts and what they were recognised for, zh: 区县认定情况}
grain: {en: one row a district of the year's list, zh: 每学年区划表中的每个区县一行}
meaning:
  en: >
    National recognitions held by each district in the list of a calendar year, shown under the school year that
    starts in it.
  zh: 区划表所载各区县获得的国家认定，归入当年开始的学年。
key: [school_year, division_code]
not_null: [division_name, districts, universal_preschool_districts, quality_balanced_districts]
*/
with
districts as (
    select *
    from core.division_year
    where division_level = 'district'
)

select
    school_year,
    calendar_year,
    division_code,
    division_name,
    is_functional_zone,
    cast(1 as bigint) as districts,
    cast(recognised_universal_preschool as bigint) as universal_preschool_districts,
    cast(recognised_quality_balanced as bigint) as quality_balanced_districts,
    cast(1 as bigint) as units_reported,
    cast(1 as bigint) as units_expected
from districts
