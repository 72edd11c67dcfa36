/*
title: {en: First-time persons of all years add up to the distinct persons, zh: 各年首次获得称号人数之和等于去重人数}
table: ch7_resources.programme_persons
severity: critical
rule: V10
why:
  en: The published counts by year would not give the published number of distinct persons.
  zh: 已发布的分年人数无法得出已发布的去重人数。
remedy:
  en: Look at the mart; a person is a first-time person once.
  zh: 检查该集市；每人只应首次计一次。
*/
with

added as (
    select
        programme,
        cast(sum(first_time_persons) as bigint) as persons
    from ch7_resources.programme_persons
    group by programme
),

counted as (
    select
        programme,
        count(distinct person_key) as persons
    from core.person_designation
    where is_recognised_in_plan
    group by programme
)

select
    counted.programme,
    counted.persons as distinct_persons,
    added.persons as first_time_persons
from counted
left join added on counted.programme = added.programme
where coalesce(added.persons, 0) <> counted.persons
