/*
title: {en: Programmes of vocational schools, zh: 中职学校专业}
grain:
  en: one row a vocational school, programme and school year
  zh: 每所中职学校、每专业、每学年一行
meaning:
  en: >
    Programmes with what became of them this year and the industry chain that they serve, their graduates and
    certificates. A programme closed this year is listed and not offered.
  zh: 各专业当年设置状态与对接产业链，以及毕业去向与证书。当年撤销的专业列入但不计为开设。
key: [school_year, school_code, programme_code]
partition: school_year
not_null: [division_code, programme_status, item, programmes_listed, programmes_offered]
codes: {programme_status: programme_status, item: industry_chain}
columns:
  item: {en: Industry chain that the programme serves, zh: 对接产业链}
*/
with
returns as (select * from staging.vocational),

schools as (
    select *
    from core.school_year
    where is_active and is_vocational_school
)

select
    returns.school_year,
    returns.school_code,
    schools.division_code,
    schools.ownership,
    returns.programme_code,
    returns.programme_name,
    returns.programme_status,
    returns.industry_chain as item,
    cast(1 as bigint) as programmes_listed,
    cast(case when statuses.is_offered then 1 else 0 end as bigint) as programmes_offered,
    cast(case when statuses.is_adjusted then 1 else 0 end as bigint) as programmes_adjusted,
    cast(case when statuses.is_offered and chains.is_key then 1 else 0 end as bigint) as programmes_in_key_chains,
    cast(returns.entrants as bigint) as entrants,
    cast(returns.continuous_entrants as bigint) as continuous_entrants,
    cast(returns.pilot_pupils as bigint) as pilot_pupils,
    cast(returns.certified_pupils as bigint) as certified_pupils,
    cast(returns.graduates as bigint) as graduates,
    cast(returns.employed_graduates + returns.continuing_graduates as bigint) as placed_graduates,
    cast(returns.matching_graduates as bigint) as matching_graduates
from returns
inner join schools
    on returns.school_year = schools.school_year and returns.school_code = schools.school_code
inner join codes.programme_status as statuses on returns.programme_status = statuses.code
inner join codes.industry_chain as chains on returns.industry_chain = chains.code
