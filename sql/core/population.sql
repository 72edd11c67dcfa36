/*
title: {en: Resident population, zh: 常住人口}
grain:
  en: one row a year, division, year of age and sex
  zh: 每年、每区划、每岁、每性别一行
meaning:
  en: >
    Resident population at 31 August by today's division codes; the school year that starts the day after takes it as
    its base.
  zh: 8 月 31 日常住人口，按现行区划代码；次日开始的学年以其为分母。
key: [calendar_year, division_code, age, sex]
not_null: [school_year, persons]
codes: {sex: sex}
*/
with
population as (select * from staging.population),

current_codes as (
    select
        division_code,
        min(current_division_code) as current_division_code
    from core.division
    group by division_code
)

select
    population.calendar_year,
    school_year_of(population.calendar_year) as school_year,
    coalesce(current_codes.current_division_code, population.division_code) as division_code,
    cast(population.age as integer) as age,
    population.sex,
    cast(sum(population.persons) as bigint) as persons
from population
left join current_codes on population.division_code = current_codes.division_code
group by
    population.calendar_year,
    coalesce(current_codes.current_division_code, population.division_code),
    population.age,
    population.sex
