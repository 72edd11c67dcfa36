/*
title: {en: Institutions of higher education, zh: 高等学校}
grain: {en: one row an institution and list, zh: 每校每份名单一行}
meaning:
  en: Both lists together. The province is that of the heading; the province in the code is kept beside it.
  zh: 合并两份名单。省份取自标题行，另保留标识码所示省份。
key: [calendar_year, institution_code]
partition: calendar_year
not_null: [division_code, institution_name]
codes: {division_code: province, institution_level: institution_level, operation: operation}
*/
select
    calendar_year,
    'ordinary' as list_name,
    division_code,
    substr(institution_code, 3, 2) as code_province,
    institution_code,
    institution_name,
    institution_level,
    authority,
    seat,
    operation,
    list_number,
    heading_count
from staging.ordinary_institution
union all
select
    calendar_year,
    'adult' as list_name,
    division_code,
    substr(institution_code, 3, 2) as code_province,
    institution_code,
    institution_name,
    'adult' as institution_level,
    authority,
    cast(null as varchar) as seat,
    operation,
    list_number,
    heading_count
from staging.adult_institution
