/*
title: {en: Divisions by year, zh: 历年行政区划}
grain: {en: one row a division code and list, zh: 每份名单每个代码一行}
meaning:
  en: The lists as they are, with the level that the zeros of the code say and the year of the list before.
  zh: 各年名单，附按代码零位判断的级别及上一份名单年份。
key: [calendar_year, division_code]
not_null: [division_name]
*/
with

lists as (
    select
        calendar_year,
        lag(calendar_year) over (order by calendar_year) as previous_year
    from staging.division_list
    group by calendar_year
)

select
    divisions.calendar_year,
    lists.previous_year,
    divisions.division_code,
    divisions.division_name,
    substr(divisions.division_code, 1, 2) as province_code,
    case
        when substr(divisions.division_code, 3, 4) = '0000' then 'province'
        when substr(divisions.division_code, 5, 2) = '00' then 'prefecture'
        else 'county'
    end as division_level
from staging.division_list as divisions
inner join lists on divisions.calendar_year = lists.calendar_year
