/*
title: {en: Countries, zh: 国家}
grain: {en: one row a country, zh: 每国家一行}
meaning:
  en: Names of the areas that indicators are broken down by.
  zh: 指标分解所用地区的名称。
key: [division_code]
not_null: [division_name, division_level]
columns:
  division_name: {en: 'Its code; the bulk files give no names', zh: 国家代码，批量文件不含名称}
  division_name_en: {en: Its code, zh: 国家代码}
  division_level: {en: 'Always district: the level below the whole area', zh: 固定为 district，即整体之下一级}
  valid_from_year: {en: 'Always 0: the list has no history', zh: 固定为 0，名单无沿革}
*/
with

countries as (
    -- A country has a row for every year and figure.
    select distinct location
    from core.primary_education
    where not is_region
)

select
    location as division_code,
    location as division_name,
    location as division_name_en,
    'district' as division_level,
    0 as valid_from_year
from countries
