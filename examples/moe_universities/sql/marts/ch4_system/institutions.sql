/*
title: {en: List of institutions, zh: 高等学校名单}
grain: {en: one row an institution and year, zh: 每校每年一行}
meaning:
  en: Every institution with its province, level and authority, as listed.
  zh: 名单所列各校及其省份、层次与主管部门。
key: [calendar_year, institution_code]
partition: calendar_year
codes: {division_code: province, institution_level: institution_level, operation: operation}
*/
select
    calendar_year,
    list_name,
    division_code,
    code_province,
    institution_code,
    institution_name,
    institution_level,
    authority,
    seat,
    operation,
    list_number
from core.institutions
