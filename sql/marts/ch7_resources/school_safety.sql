/*
title: {en: School safety, zh: 校园安全防范}
grain:
  en: one row an active school or kindergarten and school year
  zh: 每所在办学校（幼儿园）每学年一行
meaning:
  en: >
    What each school and kindergarten has against risks, by its safety return. Teaching points and attached classes
    are reported by their parent. A school that sent no return counts in the units expected alone; a school of
    several stages stands under the first one of its type.
  zh: >
    各校（园）安全防范条件，取自安全防范情况表。教学点与附设班由所属学校填报；未报送的学校仅计入应报单位；
    多学段学校按其办学类型的首个学段归类。
key: [school_year, school_code]
partition: school_year
not_null:
  - division_code
  - stage
  - urban_class
  - ownership
  - schools_with_return
  - schools_judged_for_guards
  - schools_with_guards
  - gates
  - gates_with_identification
  - units_reported
  - units_expected
codes: {stage: stage, school_type: school_type}
*/
with
schools as (
    select *
    from core.school_year
    where is_active and not is_attached_class(school_type)
),

returns as (select * from staging.safety_return),

pupils as (
    select
        school_year,
        school_code,
        cast(sum(pupils) as bigint) as pupils
    from core.enrolment_cell
    group by school_year, school_code
),

joined as (
    select
        schools.school_year,
        schools.school_code,
        schools.school_type,
        schools.division_code,
        schools.first_stage as stage,
        schools.urban_class,
        schools.ownership,
        schools.is_boarding_school,
        pupils.pupils,
        returns.school_code is not null as is_returned,
        coalesce(returns.full_time_guards, 0) as full_time_guards,
        coalesce(returns.has_morning_post and returns.has_afternoon_post, false) as has_posts,
        coalesce(returns.is_closed_site, false) as is_closed_site,
        coalesce(returns.has_alarm, false) and is_tested(returns.alarm_tested_on, returns.filled_on) as has_alarm,
        coalesce(returns.has_linked_video, false) as has_linked_video,
        coalesce(returns.is_on_safety_platform, false)
        and is_reporting(returns.last_reported_on, returns.filled_on) as is_on_platform,
        coalesce(returns.gates, 0) as gates,
        coalesce(returns.gates_with_identification, 0) as gates_with_identification,
        coalesce(returns.months_with_drill, 0) as months_with_drill
    from schools
    left join returns
        on schools.school_year = returns.school_year and schools.school_code = returns.school_code
    left join pupils
        on schools.school_year = pupils.school_year and schools.school_code = pupils.school_code
)

select
    school_year,
    school_code,
    school_type,
    division_code,
    stage,
    urban_class,
    ownership,
    pupils,
    cast(is_returned as bigint) as schools_with_return,
    cast(is_returned and pupils is not null as bigint) as schools_judged_for_guards,
    cast(
        is_returned and pupils is not null and full_time_guards >= guards_needed(pupils, is_boarding_school) as bigint
    ) as schools_with_guards,
    cast(has_posts as bigint) as schools_with_posts,
    cast(is_closed_site as bigint) as closed_schools,
    cast(has_alarm as bigint) as schools_with_alarm,
    cast(has_linked_video as bigint) as schools_with_linked_video,
    cast(is_on_platform as bigint) as schools_on_platform,
    cast(gates as bigint) as gates,
    cast(gates_with_identification as bigint) as gates_with_identification,
    cast(is_returned and gates_with_identification >= gates as bigint) as schools_with_identification,
    cast(is_returned and has_enough_drills(stage, months_with_drill) as bigint) as schools_with_drills,
    cast(is_returned as bigint) as units_reported,
    cast(1 as bigint) as units_expected
from joined
