/*
title: {en: Which districts should have reported and did, zh: 应报与已报区县}
grain: {en: one row a district of the year's list and school year, zh: 每学年区划表中的每个区县一行}
meaning:
  en: >
    The units behind the coverage of figures that districts report as a whole. A flag is 1 where the district sent at
    least one row of the source; teaching at home is expected where the roll has pupils taught at home.
  zh: 区县整体报送指标的覆盖率单位。某来源至少有一行即记 1；学籍中有送教上门学生的区县应报送教情况。
key: [school_year, division_code]
not_null:
  - expected
  - expected_home_teaching
  - reported_special_needs
  - reported_home_teaching
  - reported_training_bodies
  - reported_quality_monitoring
*/
with
districts as (
    select *
    from core.division_year
    where division_level = 'district'
),

received as (
    select
        school_year,
        division_code,
        'special_needs' as what
    from ch4_system.special_needs
    union all
    select
        school_year,
        division_code,
        'home_teaching' as what
    from ch4_system.home_teaching
    union all
    select
        school_year,
        division_code,
        'training_bodies' as what
    from ch4_system.training_bodies
    union all
    select
        school_year,
        division_code,
        'quality_monitoring' as what
    from ch4_system.quality_monitoring
    union all
    select
        school_year,
        division_code,
        'pupils_at_home' as what
    from core.enrolment_cell
    where home_delivered_pupils > 0 and is_compulsory_grade(grade_number)
),

reports as (
    select
        school_year,
        division_code,
        max(case when what = 'special_needs' then 1 else 0 end) as special_needs,
        max(case when what = 'home_teaching' then 1 else 0 end) as home_teaching,
        max(case when what = 'training_bodies' then 1 else 0 end) as training_bodies,
        max(case when what = 'quality_monitoring' then 1 else 0 end) as quality_monitoring,
        max(case when what = 'pupils_at_home' then 1 else 0 end) as pupils_at_home
    from received
    group by school_year, division_code
)

select
    districts.school_year,
    districts.division_code,
    1 as expected,
    coalesce(reports.pupils_at_home, 0) as expected_home_teaching,
    coalesce(reports.special_needs, 0) as reported_special_needs,
    case when reports.pupils_at_home = 1 then reports.home_teaching else 0 end as reported_home_teaching,
    coalesce(reports.training_bodies, 0) as reported_training_bodies,
    coalesce(reports.quality_monitoring, 0) as reported_quality_monitoring
from districts
left join reports
    on districts.school_year = reports.school_year and districts.division_code = reports.division_code
