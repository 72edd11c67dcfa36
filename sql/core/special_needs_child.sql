/*
title: {en: Children with disability, zh: 适龄残疾儿童少年}
grain: {en: one row a child on the joint register and school year, zh: 登记册每名儿童每学年一行}
meaning:
  en: >
    The joint register with each child's standing at the census: placed, completed, deferred with or without approval,
    or out of school; and whether the pupil roll of that year counts the child too. A child that several districts
    registered is counted in the one that assessed it last; on a tie in the smallest division code.
  zh: 联合登记册及每名儿童在统计时点的状态：已安置、已完成、缓学（是否获批）、未入学，并比对当年学籍。多地重复登记者取评估日期最晚的区划，日期相同取代码最小者。
key: [school_year, person_key]
partition: school_year
not_null:
  - division_code
  - sex
  - age
  - disability_type
  - placement
  - standing
  - is_age_eligible
  - is_deferral_approved
  - is_assessed_and_tracked
  - is_leaver
  - is_on_roll
codes: {sex: sex, disability_type: disability_type, placement: register_placement, destination: leaver_destination}
*/
with
registered as (select * from staging.special_needs_register),

placements as (select * from codes.register_placement),

trackings as (select * from codes.tracking_status),

current_codes as (
    select
        division_code,
        min(current_division_code) as current_division_code
    from core.division
    group by division_code
),

children as (
    select
        registered.*,
        coalesce(current_codes.current_division_code, registered.division_code) as home_division_code
    from registered
    left join current_codes on registered.division_code = current_codes.division_code
    qualify
        row_number() over (
            partition by registered.school_year, registered.person_key
            order by
                registered.assessed_on desc nulls last,
                coalesce(current_codes.current_division_code, registered.division_code) asc
        ) = 1
),

-- Distinct by grouping: a person may stand on the rolls of two schools.
on_roll as (
    select
        school_year,
        person_key
    from core.pupil_year
    where is_counted
    group by school_year, person_key
)

select
    children.school_year,
    children.person_key,
    children.home_division_code as division_code,
    children.sex,
    cast(age_at_census(children.school_year, children.birth_month) as integer) as age,
    children.disability_type,
    children.placement,
    placements.standing,
    is_compulsory_age(
        age_at_census(children.school_year, children.birth_month), placements.standing = 'placed'
    ) as is_age_eligible,
    placements.standing = 'deferred'
    and is_approved_deferral(children.deferral_reason, children.deferred_until, children.school_year)
        as is_deferral_approved,
    is_recent_assessment(children.assessed_on, children.school_year) and coalesce(trackings.is_tracked, false)
        as is_assessed_and_tracked,
    placements.standing = 'completed' and is_recent_completion(children.completed_on, children.school_year)
        as is_leaver,
    coalesce(children.wishes_to_continue, false) as wishes_to_continue,
    children.destination,
    on_roll.person_key is not null as is_on_roll
from children
inner join placements on children.placement = placements.code
left join trackings on children.tracking_status = trackings.code
left join on_roll
    on children.school_year = on_roll.school_year and children.person_key = on_roll.person_key
