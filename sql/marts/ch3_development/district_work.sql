/*
title: {en: Public venues and the districts' assessment, zh: 公益场馆与区县考核}
grain: {en: one row a district and school year, zh: 每区县每学年一行}
meaning:
  en: >
    Public venues and those that pupils may visit free of charge, and whether the government's published assessment of
    the district has myopia control in it. A district that sent no return counts as expected alone.
  zh: 公益场馆及对学生免费开放者，以及近视防控是否纳入对该区县的考核并公布。未报送的区县只计为应报单位。
key: [school_year, division_code]
partition: school_year
not_null: [districts, units_reported, units_expected]
columns:
  districts: {en: Districts that sent the return, zh: 已报送年报的区县数}
*/
with
listed as (
    select *
    from core.division_year
    where division_level = 'district'
),

returns as (select * from staging.district_return)

select
    listed.school_year,
    listed.division_code,
    cast(returns.division_code is not null as bigint) as districts,
    cast(returns.is_assessed_on_myopia as bigint) as districts_assessed_on_myopia,
    cast(returns.venues as bigint) as venues,
    cast(returns.free_venues as bigint) as free_venues,
    cast(returns.venue_visits as bigint) as venue_visits,
    cast(returns.division_code is not null as bigint) as units_reported,
    cast(1 as bigint) as units_expected
from listed
left join returns
    on listed.school_year = returns.school_year and listed.listed_code = returns.division_code
