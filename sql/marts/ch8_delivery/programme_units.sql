/*
title: {en: Recognitions of units in force, zh: 有效的单位称号}
grain:
  en: one row a district, programme, level, stage and school year; a district without any has one row of zeros
  zh: 每区县、每项目、每级别、每学段、每学年一行；没有该称号的区县记一行零
meaning:
  en: >
    Designations in force on 31 December by programme. A unit that holds one by several documents counts once, at its
    highest level. A year whose register never came has no counts.
  zh: 12 月 31 日有效的单位称号数。同一单位同一称号有多份文件者只计一次，取最高级别。未收到登记表的年份不计数。
key: [school_year, division_code, programme, recognition_level, stage]
partition: school_year
not_null: [item, units_reported, units_expected]
columns:
  item: {en: 'Programme, as the breakdown of indicators', zh: 项目（供指标分项）}
  recognition_level: {en: 'Level of recognition; _U where the district has none', zh: 认定级别；没有该称号者为 _U}
  stage: {en: Stage that it belongs to; _U where none is named, zh: 所属学段；未注明者为 _U}
*/
with
districts as (
    select *
    from core.division_year
    where division_level = 'district'
),

unit_programmes as (
    select code as programme
    from codes.programme
    where holder = 'unit'
),

designations as (select * from core.unit_designation),

registers as (
    select school_year
    from designations
    group by school_year
),

counted as (
    select
        school_year,
        division_code,
        programme,
        recognition_level,
        coalesce(stage, '_U') as stage,
        count(*) as designations,
        count(*) filter (where year(valid_from) = first_year_of(school_year)) as new_designations,
        cast(sum(centre_staff) as bigint) as centre_staff,
        cast(sum(centre_pupils) as bigint) as centre_pupils
    from designations
    where is_counted
    group by school_year, division_code, programme, recognition_level, coalesce(stage, '_U')
)

select
    districts.school_year,
    districts.division_code,
    unit_programmes.programme,
    unit_programmes.programme as item,
    coalesce(counted.recognition_level, '_U') as recognition_level,
    coalesce(counted.stage, '_U') as stage,
    case when registers.school_year is not null then coalesce(counted.designations, 0) end as designations,
    case when registers.school_year is not null then coalesce(counted.new_designations, 0) end as new_designations,
    case when registers.school_year is not null then coalesce(counted.centre_staff, 0) end as centre_staff,
    case when registers.school_year is not null then coalesce(counted.centre_pupils, 0) end as centre_pupils,
    case when registers.school_year is not null then 1 else 0 end as units_reported,
    1 as units_expected
from districts
cross join unit_programmes
left join registers on districts.school_year = registers.school_year
left join counted
    on
        districts.school_year = counted.school_year
        and districts.division_code = counted.division_code
        and unit_programmes.programme = counted.programme
