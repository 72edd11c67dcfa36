/*
title: {en: Data in the lake, zh: 数据入湖与共享}
grain:
  en: one row a district, domain of data and school year
  zh: 每区县、每数据域、每学年一行
meaning:
  en: >
    Items of the data catalogue, those loaded into the data lake by their day, and those of which an interface was
    used. A district that sent no catalogue counts in the units expected alone.
  zh: 数据资源目录项数、按期入湖项数与接口被调用项数；未报送目录的区县仅计入应报单位。
key: [school_year, division_code, item]
not_null: [items, items_loaded, items_shared, units_reported, units_expected]
codes: {item: data_domain}
columns:
  item: {en: Domain of data, zh: 数据域}
*/
with
districts as (
    select *
    from core.division_year
    where division_level = 'district'
),

current_codes as (
    select
        division_code,
        min(current_division_code) as current_division_code
    from core.division
    group by division_code
),

catalogue as (
    select
        catalogue.school_year,
        coalesce(current_codes.current_division_code, catalogue.division_code) as division_code,
        catalogue.data_domain,
        catalogue.due_on,
        catalogue.loaded_on,
        catalogue.interface_calls
    from staging.data_catalogue as catalogue
    left join current_codes on catalogue.division_code = current_codes.division_code
),

counted as (
    select
        school_year,
        division_code,
        data_domain,
        count(*) as items,
        count(*) filter (where loaded_on <= due_on) as items_loaded,
        count(*) filter (where interface_calls > 0) as items_shared
    from catalogue
    group by school_year, division_code, data_domain
),

senders as (
    select
        school_year,
        division_code
    from catalogue
    group by school_year, division_code
)

select
    districts.school_year,
    districts.division_code,
    domains.code as item,
    coalesce(counted.items, 0) as items,
    coalesce(counted.items_loaded, 0) as items_loaded,
    coalesce(counted.items_shared, 0) as items_shared,
    cast(senders.division_code is not null as bigint) as units_reported,
    cast(1 as bigint) as units_expected
from districts
cross join codes.data_domain as domains
left join senders
    on districts.school_year = senders.school_year and districts.division_code = senders.division_code
left join counted
    on
        districts.school_year = counted.school_year
        and districts.division_code = counted.division_code
        and domains.code = counted.data_domain
