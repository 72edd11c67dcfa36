/*
title: {en: Provinces, zh: 省份}
grain: {en: one row a province, zh: 每省份一行}
meaning:
  en: Names of the areas that indicators are broken down by.
  zh: 指标分解所用地区的名称。
key: [division_code]
not_null: [division_name, division_level]
columns:
  division_name: {en: Name, zh: 名称}
  division_name_en: {en: English name, zh: 英文名称}
  division_level: {en: 'Always district: the level below the whole area', zh: 固定为 district，即整体之下一级}
  valid_from_year: {en: 'Always 0: the list has no history', zh: 固定为 0，名单无沿革}
*/
select
    code as division_code,
    zh as division_name,
    en as division_name_en,
    'district' as division_level,
    0 as valid_from_year
from codes.province
