/*
title: {en: Validity of division names and codes, zh: 行政区划代码名称有效期}
grain: {en: one row a code and name, zh: 每个代码与名称一行}
meaning:
  en: From which list to which list a code carried a name; a code that came back after a gap keeps one row.
  zh: 代码与名称的首末见名单；中断后恢复者仍为一行。
key: [division_code, division_name]
not_null: [first_year, last_year, is_current]
*/
select
    division_code,
    division_name,
    min(calendar_year) as first_year,
    max(calendar_year) as last_year,
    max(calendar_year) = (select max(latest.calendar_year) from core.divisions as latest) as is_current
from core.divisions
group by
    division_code,
    division_name
