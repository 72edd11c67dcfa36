/*
title: {en: Vision-screening coverage, zh: 视力筛查覆盖}
grain:
  en: one row a school, stage and school year
  zh: 每校、每学段、每学年一行
meaning:
  en: >
    Monitored pupils and those with at least one valid examination, by season. A season that nobody in the city has
    screened yet is null, not zero.
  zh: 各季监测对象人数与至少一次有效筛查人数。全市尚未开展的季次为空值而非零。
key: [school_year, school_code, stage]
partition: school_year
not_null: [division_code, urban_class, ownership, pupils]
codes: {stage: stage}
*/
with
enrolment as (
    select
        school_year,
        school_code,
        division_code,
        urban_class,
        ownership,
        stage,
        cast(sum(pupils) as bigint) as pupils
    from core.enrolment_cell
    where count_source = 'roll' and is_health_stage(stage)
    group by school_year, school_code, division_code, urban_class, ownership, stage
),

screened as (
    select
        school_year,
        school_code,
        stage,
        count(*) filter (where season = 'autumn') as autumn_screened,
        count(*) filter (where season = 'spring') as spring_screened
    from core.screening
    where is_monitored and is_counted and is_valid_examination
    group by school_year, school_code, stage
),

seasons as (
    select
        school_year,
        sum(autumn_screening_rows) > 0 as has_autumn,
        sum(spring_screening_rows) > 0 as has_spring
    from core.school_reporting
    group by school_year
)

select
    enrolment.school_year,
    enrolment.school_code,
    enrolment.division_code,
    enrolment.urban_class,
    enrolment.ownership,
    enrolment.stage,
    enrolment.pupils,
    case when seasons.has_autumn then enrolment.pupils end as autumn_pupils,
    case when seasons.has_autumn then coalesce(screened.autumn_screened, 0) end as autumn_screened,
    case when seasons.has_spring then enrolment.pupils end as spring_pupils,
    case when seasons.has_spring then coalesce(screened.spring_screened, 0) end as spring_screened
from enrolment
inner join seasons on enrolment.school_year = seasons.school_year
left join screened
    on
        enrolment.school_year = screened.school_year
        and enrolment.school_code = screened.school_code
        and enrolment.stage = screened.stage
