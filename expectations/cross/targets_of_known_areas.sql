/*
title:
  en: Areas with a target of their own are areas of this city
  zh: 单列目标值的区域均为本市现有区域
table: plan.target_areas
severity: error
rule: V34
why:
  en: A code that is written wrong, or was replaced, is never judged by its own value; the general one judges instead.
  zh: 代码写错或已变更时，该区域将按一般目标值而非单列目标值判断。
remedy:
  en: Correct the code under areas of that target; plan.areas lists those that there are.
  zh: 更正该目标 areas 下的代码；现有区域见 plan.areas。
*/
with

known as (
    select ref_area
    from plan.areas
)

select
    promised.indicator,
    promised.target_number,
    promised.ref_area,
    promised.target_value
from plan.target_areas as promised
left join known on promised.ref_area = known.ref_area
where known.ref_area is null
