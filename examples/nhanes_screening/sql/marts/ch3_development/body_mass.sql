/*
title: {en: 'Body mass, ages 2 to 19', zh: 2—19 岁体重指数}
grain: {en: 'one row a cycle, age and sex', zh: 每周期每岁每性别一行}
meaning:
  en: Children and youth by body-mass class, as persons of the sample and weighted to the population.
  zh: 按体重指数分级的儿童青少年，含样本人数与加权人数。
key: [calendar_year, age_years, sex]
partition: calendar_year
codes: {sex: sex}
warning:
  en: Make rates from the weighted columns; the sample holds some groups on purpose more often than the country does.
  zh: 计算比率须用加权列；样本对部分人群有意过度抽样。
*/
with

participants as (
    select * from core.participants
    where age_years between 2 and 19
),

measured as (
    select * from staging.body_measures
)

select
    participants.calendar_year,
    participants.age_years,
    participants.sex,
    case
        when participants.age_years <= 5 then '02-05'
        when participants.age_years <= 11 then '06-11'
        else '12-19'
    end as item,
    count(measured.body_mass_class) as children,
    cast(sum(case when measured.body_mass_class = 'overweight' then 1 else 0 end) as bigint) as overweight,
    cast(sum(case when measured.body_mass_class = 'obese' then 1 else 0 end) as bigint) as obese,
    sum(case when measured.body_mass_class is not null then participants.exam_weight else 0 end) as weighted_children,
    sum(case when measured.body_mass_class = 'overweight' then participants.exam_weight else 0 end)
        as weighted_overweight,
    sum(case when measured.body_mass_class = 'obese' then participants.exam_weight else 0 end) as weighted_obese,
    count(measured.body_mass_class) as units_reported,
    count(*) as units_expected
from participants
inner join measured
    on participants.calendar_year = measured.calendar_year and participants.respondent = measured.respondent
group by
    participants.calendar_year,
    participants.age_years,
    participants.sex
