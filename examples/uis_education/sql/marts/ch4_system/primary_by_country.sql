/*
title: {en: Primary education by country, zh: 分国家小学教育}
grain: {en: one row a country and year, zh: 每个国家每年一行}
meaning:
  en: Primary pupils, teachers and school-age population of countries; a country without figures has an empty row.
  zh: 各国小学在校生、教师与学龄人口；无数据的国家保留空行。
key: [calendar_year, division_code]
*/
with

years as (
    select distinct calendar_year from core.primary_education
),

locations as (
    select distinct location
    from core.primary_education
    where not is_region
),

observed as (
    select * from core.primary_education
)

select
    years.calendar_year,
    locations.location as division_code,
    observed.pupils,
    observed.teachers,
    observed.population,
    observed.published_gross_enrolment,
    observed.published_pupils_per_teacher,
    case when observed.population is not null then observed.pupils end as pupils_with_population,
    case when observed.pupils is not null then observed.population end as population_with_pupils,
    case when observed.teachers is not null then observed.pupils end as pupils_with_teachers,
    case when observed.pupils is not null then observed.teachers end as teachers_with_pupils,
    case when observed.pupils is not null and observed.population is not null then 1 else 0 end as enrolment_reported,
    case when observed.pupils is not null and observed.teachers is not null then 1 else 0 end as teachers_reported,
    1 as units_expected
from years
cross join locations
left join observed
    on years.calendar_year = observed.calendar_year and locations.location = observed.location
