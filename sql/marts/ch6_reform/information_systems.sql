/*
title: {en: Protection of information systems, zh: 网络安全等级保护}
grain:
  en: one row a district and school year
  zh: 每区县每学年一行
meaning:
  en: >
    Information systems, those from level two on that need filing, those of them filed and assessed in time (level two
    within two years, higher levels within one), and security incidents. Single systems stay below the marts.
  zh: 信息系统数、二级及以上应备案系统数、其中已备案且在有效期内完成测评者（二级两年内、三级及以上一年内），以及网络安全事件数；不含单个系统信息。
key: [school_year, division_code]
not_null: [systems, systems_to_file, protected_systems, units_reported, units_expected]
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

counted as (
    select
        systems.school_year,
        coalesce(current_codes.current_division_code, systems.division_code) as division_code,
        count(*) as systems,
        count(*) filter (where needs_filing(systems.protection_level)) as systems_to_file,
        count(*) filter (
            where
            needs_filing(systems.protection_level)
            and systems.is_filed
            and has_valid_assessment(systems.protection_level, systems.assessed_on, systems.school_year)
        ) as protected_systems,
        cast(sum(systems.security_incidents) as bigint) as security_incidents
    from staging.information_system as systems
    left join current_codes on systems.division_code = current_codes.division_code
    group by systems.school_year, coalesce(current_codes.current_division_code, systems.division_code)
)

select
    districts.school_year,
    districts.division_code,
    coalesce(counted.systems, 0) as systems,
    coalesce(counted.systems_to_file, 0) as systems_to_file,
    coalesce(counted.protected_systems, 0) as protected_systems,
    counted.security_incidents,
    cast(counted.systems is not null as bigint) as units_reported,
    cast(1 as bigint) as units_expected
from districts
left join counted
    on districts.school_year = counted.school_year and districts.division_code = counted.division_code
