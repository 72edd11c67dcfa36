/*
title: {en: Divisions by year, zh: 历年行政区划}
grain: {en: one row a division code and year, zh: 每年每个代码一行}
meaning:
  en: The divisions in the list of each year; counts add within a year.
  zh: 各年名单所列行政区划；同年内可相加。
key: [calendar_year, division_code]
*/
select
    calendar_year,
    division_code,
    division_name,
    division_level,
    province_code,
    1 as divisions,
    1 as units_reported,
    1 as units_expected
from core.divisions
