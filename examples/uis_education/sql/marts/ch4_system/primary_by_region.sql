/*
title: {en: Primary education by region, zh: 分区域小学教育}
grain: {en: one row a region and year, zh: 每个区域每年一行}
meaning:
  en: The regional aggregates that UIS estimates, kept apart from the countries.
  zh: 统计所估算的区域汇总，与国家分列。
key: [calendar_year, region_code]
warning:
  en: Regions overlap; never add them to each other or to countries.
  zh: 区域互有重叠，不可相加，亦不可与国家相加。
*/
with

years as (
    select distinct calendar_year from core.primary_education
),

locations as (
    select distinct location
    from core.primary_education
    where is_region
),

observed as (
    select * from core.primary_education
)

select
    years.calendar_year,
    locations.location as region_code,
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
