/*
title:
  en: The population counts the districts and not the city beside them
  zh: 人口不应同时计入全市与各区县
table: core.population
severity: error
why:
  en: The city's own row would be added to those of its districts and halve every participation rate of the city.
  zh: 全市行与各区县行相加会使全市入学率减半。
remedy:
  en: Leave the city's row out of the population file.
  zh: 请在人口文件中去掉全市行。
*/
with

levels as (
    select
        population.calendar_year,
        divisions.division_level,
        population.division_code
    from core.population as population
    inner join core.division_year as divisions
        on
            population.calendar_year = divisions.calendar_year
            and population.division_code = divisions.division_code
    group by population.calendar_year, divisions.division_level, population.division_code
)

select
    calendar_year,
    count(*) filter (where division_level = 'city') as cities,
    count(*) filter (where division_level = 'district') as districts
from levels
group by calendar_year
having
    count(*) filter (where division_level = 'city') > 0
    and count(*) filter (where division_level = 'district') > 0
