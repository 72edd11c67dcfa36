/*
title: {en: Gross regional product by province, zh: 分省地区生产总值}
grain: {en: one row a province and year, zh: 每省每年一行}
meaning:
  en: Product of each province; the denominator of spending rates.
  zh: 各省地区生产总值，用作经费占比的分母。
key: [calendar_year, division_code]
codes: {division_code: province}
warning:
  en: The sum of the provinces is not the national product that the bureau publishes.
  zh: 各省之和不等于国家统计局公布的国内生产总值。
*/
select
    calendar_year,
    division_code,
    product,
    1 as units_reported,
    1 as units_expected
from core.provincial_products
