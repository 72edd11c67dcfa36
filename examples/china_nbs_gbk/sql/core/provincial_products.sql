/*
title: {en: Gross regional product, zh: 地区生产总值}
grain: {en: one row a province and year, zh: 每省每年一行}
meaning:
  en: Product of each province at current prices; classification changed in 2004 and 2013, so the series is not one.
  zh: 各省当年价地区生产总值；2004年、2013年行业分类有变，前后不完全可比。
key: [calendar_year, division_code]
not_null: [product]
codes: {division_code: province}
*/
select
    calendar_year,
    division_code,
    product
from staging.provincial_product
