/*
title: {en: Schools at the quality-balance standard, zh: 优质均衡达标学校}
grain:
  en: one row a school, stage part and school year
  zh: 每校、每学段部分、每学年一行
meaning:
  en: A part is at standard when six of the seven items reach their threshold and the other at least 85 % of it.
  zh: 七项指标中至少六项达标、其余一项不低于标准值 85% 者为达标。
key: [school_year, school_code, stage]
partition: school_year
not_null: [division_code, urban_class, ownership, pupils, school_parts, balanced_parts, items_reached]
codes: {stage: stage}
*/
with
items as (select * from ch4_system.balance_items),

parts as (
    select
        school_year,
        school_code,
        division_code,
        urban_class,
        ownership,
        stage,
        pupils,
        count(*) filter (where reaches_threshold) as items_reached,
        count(*) filter (where is_near_threshold) as items_near
    from items
    group by school_year, school_code, division_code, urban_class, ownership, stage, pupils
)

select
    school_year,
    school_code,
    division_code,
    urban_class,
    ownership,
    stage,
    pupils,
    items_reached,
    items_near,
    cast(1 as bigint) as school_parts,
    cast(is_balanced(items_reached, items_near) as bigint) as balanced_parts
from parts
