/*
title: {en: Primary education by location, zh: 各地小学教育}
grain: {en: one row a location and year, zh: 每地每年一行}
meaning:
  en: The observations side by side, so that a ratio can be made from its parts and compared with the published one.
  zh: 各项观测值并列，以便由分子分母计算比率并与公布值对照。
key: [calendar_year, location]
not_null: [is_region]
*/
select
    calendar_year,
    location,
    regexp_matches(location, '^[0-9]+$') as is_region,
    max(case when indicator = '20062' then observation end) as pupils,
    max(case when indicator = '20162' then observation end) as teachers,
    max(case when indicator = 'sap_1' then observation end) as population,
    max(case when indicator = 'ger_1' then observation end) as published_gross_enrolment,
    max(case when indicator = 'ptrhc_1' then observation end) as published_pupils_per_teacher
from staging.uis_observation
group by
    calendar_year,
    location
