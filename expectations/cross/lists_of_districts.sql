/*
title: {en: Catalogues and systems belong to districts of the list, zh: 数据目录与信息系统应归属当年区划表中的区县}
table: ch6_reform.data_catalogue
severity: error
why:
  en: Items and systems of other divisions are counted nowhere.
  zh: 归属其他区划的目录项与系统不会计入。
remedy:
  en: Ask the sender which district is responsible.
  zh: 向报送单位核实责任区县。
*/
with

lists as (
    select
        school_year,
        'data_catalogue' as list_name,
        item_number as list_number,
        division_code
    from staging.data_catalogue
    union all
    select
        school_year,
        'information_system' as list_name,
        system_number as list_number,
        division_code
    from staging.information_system
),

districts as (
    select
        school_year,
        listed_code
    from core.division_year
    where division_level = 'district'
)

select
    lists.school_year,
    lists.list_name,
    lists.list_number,
    lists.division_code
from lists
left join districts on lists.school_year = districts.school_year and lists.division_code = districts.listed_code
where districts.listed_code is null
