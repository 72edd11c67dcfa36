/*
title: {en: Institutions by province, zh: 分省高等学校数}
grain: {en: 'one row a year, list and province', zh: 每年每份名单每省一行}
meaning:
  en: Institutions counted from the rows, beside the figure that the heading announces.
  zh: 按行清点的学校数，并列标题行所载数。
key: [calendar_year, list_name, division_code]
partition: calendar_year
codes: {division_code: province}
columns:
  undergraduate: {en: Undergraduate institutions, zh: 本科学校数, unit: institutions}
  vocational: {en: Higher vocational institutions, zh: 专科学校数, unit: institutions}
  adult: {en: Adult institutions, zh: 成人学校数, unit: institutions}
  ordinary: {en: Undergraduate and higher vocational institutions, zh: 普通高等学校数, unit: institutions}
*/
select
    calendar_year,
    list_name,
    division_code,
    count(*) as institutions,
    cast(sum(case when list_name = 'ordinary' then 1 else 0 end) as bigint) as ordinary,
    cast(sum(case when institution_level = 'undergraduate' then 1 else 0 end) as bigint) as undergraduate,
    cast(sum(case when institution_level = 'vocational' then 1 else 0 end) as bigint) as vocational,
    cast(sum(case when institution_level = 'adult' then 1 else 0 end) as bigint) as adult,
    max(heading_count) as heading_count
from core.institutions
group by
    calendar_year,
    list_name,
    division_code
