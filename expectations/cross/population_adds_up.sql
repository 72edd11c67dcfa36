/*
title: {en: The districts add up to the city, zh: 各区县人口之和等于全市}
table: staging.population
severity: warning
rule: V32
why:
  en: A district is missing from the table, or the city's own row is of another date.
  zh: 表中缺少区县，或全市数为其他时点。
remedy:
  en: Ask the statistics office for one table of one date.
  zh: 请统计部门提供同一时点的完整表。
*/
with

listed as (
    select
        population.calendar_year,
        population.age,
        population.sex,
        population.persons,
        divisions.division_level
    from staging.population as population
    inner join staging.division as divisions
        on
            population.calendar_year = divisions.calendar_year
            and population.division_code = divisions.division_code
)

select
    calendar_year,
    age,
    sex,
    sum(persons) filter (where division_level = 'city') as persons_of_the_city,
    sum(persons) filter (where division_level = 'district') as persons_of_its_districts
from listed
group by calendar_year, age, sex
having
    sum(persons) filter (where division_level = 'city') is not null
    and sum(persons) filter (where division_level = 'city')
    <> coalesce(sum(persons) filter (where division_level = 'district'), 0)
