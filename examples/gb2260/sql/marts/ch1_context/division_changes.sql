/*
title: {en: Changes of divisions between lists, zh: 行政区划变更}
grain: {en: 'one row a year, code and change', zh: 每年每个代码每项变更一行}
meaning:
  en: >-
    Codes dropped, added and renamed since the list before; a code that was added under the old name of a
    dropped one names its predecessor.
  zh: 较上一份名单撤销、新增、更名的代码；同省同名改码者注明原代码。
key: [calendar_year, division_code]
not_null: [change_kind]
*/
with

divisions as (
    select * from core.divisions
),

lists as (
    select distinct
        calendar_year,
        previous_year
    from core.divisions
    where previous_year is not null
),

before as (
    select
        lists.calendar_year,
        divisions.division_code,
        divisions.division_name,
        divisions.province_code
    from lists
    inner join divisions on lists.previous_year = divisions.calendar_year
),

after as (
    select
        lists.calendar_year,
        divisions.division_code,
        divisions.division_name,
        divisions.province_code
    from lists
    inner join divisions on lists.calendar_year = divisions.calendar_year
),

changes as (
    select
        coalesce(after.calendar_year, before.calendar_year) as calendar_year,
        coalesce(after.division_code, before.division_code) as division_code,
        coalesce(after.province_code, before.province_code) as province_code,
        case
            when after.division_code is null then 'dropped'
            when before.division_code is null then 'added'
            else 'renamed'
        end as change_kind,
        before.division_name as name_before,
        after.division_name as name_after
    from before
    full join after
        on before.calendar_year = after.calendar_year and before.division_code = after.division_code
    where
        before.division_code is null
        or after.division_code is null
        or before.division_name <> after.division_name
),

dropped as (
    select
        calendar_year,
        province_code,
        name_before,
        min(division_code) as code_before
    from changes
    where change_kind = 'dropped'
    group by calendar_year, province_code, name_before
    having count(*) = 1
)

select
    changes.calendar_year,
    changes.division_code,
    changes.province_code,
    changes.change_kind,
    changes.name_before,
    changes.name_after,
    dropped.code_before
from changes
left join dropped
    on
        changes.change_kind = 'added'
        and changes.calendar_year = dropped.calendar_year
        and changes.province_code = dropped.province_code
        and changes.name_after = dropped.name_before
