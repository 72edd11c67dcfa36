/*
title: {en: 'Vision, ages 12 to 19', zh: 12—19 岁视力}
grain: {en: 'one row a cycle, age and sex', zh: 每周期每岁每性别一行}
meaning:
  en: Persons aged 12 to 19 with low presenting acuity of either eye and with a myopic right eye; unweighted counts.
  zh: 12—19 岁任一眼日常视力低下及右眼近视的人数（未加权）。
key: [calendar_year, age_years, sex]
partition: calendar_year
codes: {sex: sex}
warning:
  en: Counts of the sample, not estimates of the country.
  zh: 为样本人数，不是全国估计。
*/
with

participants as (
    select * from core.participants
    where age_years between 12 and 19
),

persons as (
    select
        calendar_year,
        respondent,
        max(case when eye = 'right' then acuity end) as acuity_right,
        max(case when eye = 'left' then acuity end) as acuity_left,
        max(case when eye = 'right' then spherical_equivalent end) as equivalent_right
    from core.eye_readings
    group by calendar_year, respondent
)

select
    participants.calendar_year,
    participants.age_years,
    participants.sex,
    count(*) as persons,
    count(persons.acuity_right + persons.acuity_left) as examined,
    cast(sum(case when persons.acuity_right > 20 or persons.acuity_left > 20 then 1 else 0 end) as bigint)
        as worse_than_20,
    count(persons.equivalent_right) as refracted,
    cast(sum(case when persons.equivalent_right <= -0.50 then 1 else 0 end) as bigint) as myopic
from participants
inner join persons
    on participants.calendar_year = persons.calendar_year and participants.respondent = persons.respondent
group by
    participants.calendar_year,
    participants.age_years,
    participants.sex
