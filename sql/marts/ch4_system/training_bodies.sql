/*
title: {en: Off-campus training bodies, zh: 校外培训机构}
grain: {en: 'one row a division, kind of training and school year', zh: 每区划、每培训类别、每学年一行}
meaning:
  en: >
    Bodies on the registers of the districts, those licensed on the census date, and those licensed without an open
    violation of fund supervision, fees, content or time.
  zh: 区县名录中的校外培训机构数、统计时点持有效许可证者，以及持证且资金、收费、内容、时间均无未整改问题者。
key: [school_year, division_code, item]
partition: school_year
not_null: [training_bodies, licensed_bodies, bodies_with_open_violations, compliant_bodies]
codes: {item: training_category}
columns:
  item: {en: Kind of training, zh: 培训类别}
*/
with
registered as (select * from staging.training_bodies),

current_codes as (
    select
        division_code,
        min(current_division_code) as current_division_code
    from core.division
    group by division_code
),

bodies as (
    select
        registered.school_year,
        coalesce(current_codes.current_division_code, registered.division_code) as division_code,
        registered.training_category,
        is_licensed(registered.licence_number, registered.licensed_until, registered.school_year) as is_licensed_now,
        coalesce(registered.open_fund_violations, 0)
        + coalesce(registered.open_fee_violations, 0)
        + coalesce(registered.open_content_violations, 0)
        + coalesce(registered.open_time_violations, 0) as open_violations
    from registered
    left join current_codes on registered.division_code = current_codes.division_code
)

select
    school_year,
    division_code,
    training_category as item,
    count(*) as training_bodies,
    count(*) filter (where is_licensed_now) as licensed_bodies,
    count(*) filter (where open_violations > 0) as bodies_with_open_violations,
    count(*) filter (where is_licensed_now and open_violations = 0) as compliant_bodies
from bodies
group by school_year, division_code, training_category
