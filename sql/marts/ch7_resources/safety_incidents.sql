/*
title: {en: Safety incidents, zh: 学生安全事件}
grain:
  en: one row a division, stage and school year with pupils
  zh: 每区划、每学段、每学年一行（有在校生者）
meaning:
  en: >
    Events of a school year by type, beside the pupils on roll of the same year in districts that reported the stage.
    Deaths are counted beside the event that led to them, so that the columns must not be added up. Schools are not
    known here, on purpose.
  zh: 学年内各类安全事件数，并列同学年已报送区县该学段的在校生数。死亡人数与致因事件分别统计，各列不可相加；本表不含学校。
key: [school_year, division_code, stage]
partition: school_year
not_null: [pupils, pupils_reported, units_reported, units_expected]
codes: {stage: stage}
columns:
  pupils_reported:
    en: Pupils of districts that reported incidents of the stage
    zh: 已报送该学段安全事件的区县在校生数
    unit: persons
    same_as: pupils
*/
with
pupils as (
    select
        school_year,
        division_code,
        stage,
        cast(sum(pupils) as bigint) as pupils
    from core.enrolment_cell
    group by school_year, division_code, stage
),

current_codes as (
    select
        division_code,
        min(current_division_code) as current_division_code
    from core.division
    group by division_code
),

incidents as (
    select
        incidents.school_year,
        coalesce(current_codes.current_division_code, incidents.division_code) as division_code,
        incidents.stage,
        cast(sum(incidents.bullying_events) as bigint) as bullying_events,
        cast(sum(incidents.drowning_events) as bigint) as drowning_events,
        cast(sum(incidents.traffic_events) as bigint) as traffic_events,
        cast(sum(incidents.injury_events) as bigint) as injury_events,
        cast(sum(incidents.deaths) as bigint) as deaths
    from staging.incident as incidents
    left join current_codes on incidents.division_code = current_codes.division_code
    group by
        incidents.school_year,
        coalesce(current_codes.current_division_code, incidents.division_code),
        incidents.stage
)

select
    pupils.school_year,
    pupils.division_code,
    pupils.stage,
    pupils.pupils,
    case when incidents.stage is null then 0 else pupils.pupils end as pupils_reported,
    coalesce(incidents.bullying_events, 0) as bullying_events,
    coalesce(incidents.drowning_events, 0) as drowning_events,
    coalesce(incidents.traffic_events, 0) as traffic_events,
    coalesce(incidents.injury_events, 0) as injury_events,
    coalesce(incidents.deaths, 0) as deaths,
    cast(incidents.stage is not null as bigint) as units_reported,
    cast(1 as bigint) as units_expected
from pupils
left join incidents
    on
        pupils.school_year = incidents.school_year
        and pupils.division_code = incidents.division_code
        and pupils.stage = incidents.stage
