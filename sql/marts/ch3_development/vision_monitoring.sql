/*
title: {en: The three levels of vision monitoring, zh: 视力三级监测}
grain:
  en: one row a monitoring level (school, district, city), unit and school year
  zh: 每监测层级（学校、区县、市）、每单位、每学年一行
meaning:
  en: >
    A level is monitored through the one below: a school when nine in ten of its pupils were validly examined in autumn,
    a district when nine in ten of its schools are monitored, the city when nine in ten of its districts are.
  zh: 逐级判断：学校九成学生秋季有效受检即为已监测，区县九成学校已监测即为已监测，全市九成区县已监测即为已监测。
key: [school_year, monitoring_level, unit_code]
not_null: [units, monitored_units]
codes: {monitoring_level: monitoring_level}
columns:
  unit_code: {en: 'School, division, or the word city', zh: 学校标识码、区划代码或 city}
  parts:
    en: >-
      What the unit is judged by: schools of a district, districts of the city. The pupils of a school are in
      ch3_development.vision_screening, so far as they may be told
    zh: 判断依据：区县为学校、全市为区县；学校的学生数见 ch3_development.vision_screening（依披露规则公布）
  monitored_parts: {en: Parts that were reached, zh: 其中已监测者}
warning:
  en: Stay within one level; a school stands in its district and the district in the city.
  zh: 只能在同一层级内相加；下级已包含在上级之中。
*/
with
pupils as (
    select
        school_year,
        school_code,
        division_code,
        cast(sum(autumn_pupils) as bigint) as pupils,
        cast(sum(autumn_screened) as bigint) as screened
    from ch3_development.vision_screening
    where autumn_pupils is not null
    group by school_year, school_code, division_code
),

schools as (
    select
        school_year,
        school_code,
        division_code,
        pupils,
        screened,
        case when is_monitored_unit(screened, pupils) then 1 else 0 end as is_reached
    from pupils
),

districts as (
    select
        school_year,
        division_code,
        count(*) as schools,
        cast(sum(is_reached) as bigint) as schools_reached,
        cast(case when sum(screened) > 0 then 1 else 0 end as bigint) as units_reported
    from schools
    group by school_year, division_code
),

judged_districts as (
    select
        *,
        case when is_monitored_unit(schools_reached, schools) then 1 else 0 end as is_reached
    from districts
),

city as (
    select
        school_year,
        count(*) as districts,
        cast(sum(is_reached) as bigint) as districts_reached,
        max(units_reported) as units_reported
    from judged_districts
    group by school_year
)

select
    school_year,
    'school' as monitoring_level,
    school_code as unit_code,
    school_code,
    division_code,
    cast(1 as bigint) as units,
    cast(is_reached as bigint) as monitored_units,
    cast(null as bigint) as parts,
    cast(null as bigint) as monitored_parts,
    cast(case when screened > 0 then 1 else 0 end as bigint) as units_reported,
    cast(1 as bigint) as units_expected
from schools
union all
select
    school_year,
    'district' as monitoring_level,
    division_code as unit_code,
    null as school_code,
    division_code,
    cast(1 as bigint) as units,
    cast(is_reached as bigint) as monitored_units,
    schools as parts,
    schools_reached as monitored_parts,
    units_reported,
    cast(1 as bigint) as units_expected
from judged_districts
union all
select
    school_year,
    'city' as monitoring_level,
    'city' as unit_code,
    null as school_code,
    null as division_code,
    cast(1 as bigint) as units,
    cast(case when is_monitored_unit(districts_reached, districts) then 1 else 0 end as bigint) as monitored_units,
    districts as parts,
    districts_reached as monitored_parts,
    units_reported,
    cast(1 as bigint) as units_expected
from city
