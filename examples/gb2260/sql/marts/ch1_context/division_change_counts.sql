/*
title: {en: Changes of divisions counted, zh: 行政区划变更数}
grain: {en: one row a list that has one before it, zh: 每份有前一名单的名单一行}
meaning:
  en: How many codes were dropped, added, renamed and recoded since the list before.
  zh: 较上一份名单撤销、新增、更名与改码的代码数。
key: [calendar_year]
*/
select
    calendar_year,
    cast(sum(case when change_kind = 'dropped' then 1 else 0 end) as bigint) as dropped,
    cast(sum(case when change_kind = 'added' then 1 else 0 end) as bigint) as added,
    cast(sum(case when change_kind = 'renamed' then 1 else 0 end) as bigint) as renamed,
    cast(sum(case when code_before is not null then 1 else 0 end) as bigint) as recoded
from ch1_context.division_changes
group by calendar_year
