/*
title: {en: Divisions, zh: 行政区划（缓慢变化维）}
grain:
  en: one row a division code and span of yearly lists in which nothing about it changed
  zh: 每个区划代码及其属性保持不变的年份区间一行
meaning:
  en: >
    City, districts and towns as the yearly lists give them. A code that was replaced leads to its latest successor, so
    that series run on; a code that is still listed beside the one that names it as predecessor was split, and keeps
    itself.
  zh: 历年区划表中的市、区县与镇街。已变更的代码指向最新代码以保证时间序列连续；若原代码与新代码同年并存，则视为拆分，原代码保持不变。
key: [division_code, valid_from_year]
not_null: [division_name, division_level, current_division_code, is_current]
codes: {division_level: division_level}
*/
with recursive
listed as (select * from staging.division),

described as (
    select
        division_code,
        calendar_year,
        division_name,
        division_name_en,
        division_level,
        parent_code,
        is_functional_zone,
        dense_rank() over (order by calendar_year) as list_number,
        concat_ws(
            '|',
            division_name,
            coalesce(division_name_en, ''),
            division_level,
            coalesce(parent_code, ''),
            cast(coalesce(is_functional_zone, false) as varchar)
        ) as description
    from listed
),

compared as (
    select
        *,
        case
            when
                description = lag(description) over (partition by division_code order by list_number)
                and list_number = lag(list_number) over (partition by division_code order by list_number) + 1
                then 0
            else 1
        end as is_new_span
    from described
),

spans as (
    select
        *,
        sum(is_new_span) over (partition by division_code order by list_number) as span
    from compared
),

renamings as (
    select
        renamed.predecessor_code as old_code,
        min(renamed.division_code) as new_code
    from listed as renamed
    where
        renamed.predecessor_code is not null
        and renamed.predecessor_code <> renamed.division_code
        and not exists (
            select 1
            from listed as still_listed
            where
                still_listed.division_code = renamed.predecessor_code
                and still_listed.calendar_year = renamed.calendar_year
        )
    group by renamed.predecessor_code
),

-- The step limit only guards against lists whose codes replace each other in a circle.
successors as (
    select
        division_code,
        division_code as successor_code,
        0 as step
    from listed
    group by division_code
    union all
    select
        successors.division_code,
        renamings.new_code as successor_code,
        successors.step + 1 as step
    from successors
    inner join renamings on successors.successor_code = renamings.old_code
    where successors.step < 20
),

latest_successors as (
    select
        division_code,
        successor_code
    from successors
    qualify row_number() over (partition by division_code order by step desc) = 1
),

latest_list as (select max(list_number) as list_number from described)

select
    spans.division_code,
    min(spans.calendar_year) as valid_from_year,
    case when max(spans.list_number) = max(latest_list.list_number) then null else max(spans.calendar_year) end
        as valid_to_year,
    max(spans.list_number) = max(latest_list.list_number) as is_current,
    min(latest_successors.successor_code) as current_division_code,
    min(spans.division_name) as division_name,
    min(spans.division_name_en) as division_name_en,
    min(spans.division_level) as division_level,
    min(spans.parent_code) as parent_code,
    bool_or(coalesce(spans.is_functional_zone, false)) as is_functional_zone
from spans
inner join latest_successors on spans.division_code = latest_successors.division_code
cross join latest_list
group by spans.division_code, spans.span
