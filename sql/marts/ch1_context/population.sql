/*
title: {en: Resident population by age, zh: 分年龄常住人口}
grain:
  en: one row a school year, division, year of age and sex
  zh: 每学年、每区划、每岁、每性别一行
meaning:
  en: Resident population on the eve of the school year, the base of enrolment ratios.
  zh: 学年开始前一日的常住人口，为入学率的分母。
key: [school_year, division_code, age, sex]
not_null: [calendar_year, persons]
codes: {sex: sex}
*/
with
population as (select * from core.population)

select
    school_year,
    calendar_year,
    division_code,
    age,
    sex,
    persons
from population
