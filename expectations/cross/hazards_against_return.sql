/*
title: {en: The log has the hazards that the returns declare, zh: 隐患台账与情况表所填隐患数应一致}
table: ch7_resources.hazards
severity: warning
rule: V40
why:
  en: Hazards that are declared and not logged cannot be followed up, and the share on time looks better than it is.
  zh: 只填数不入台账的隐患无从跟踪，及时率会偏高。
remedy:
  en: Ask the district for the rest of the log.
  zh: 请该区补报台账。
*/
with

declared as (
    select
        sent.school_year,
        schools.division_code,
        cast(sum(sent.hazards_found) as bigint) as hazards
    from staging.safety_return as sent
    inner join core.school_year as schools
        on sent.school_year = schools.school_year and sent.school_code = schools.school_code
    group by sent.school_year, schools.division_code
),

logged as (
    select
        school_year,
        division_code,
        cast(sum(hazards_found) as bigint) as hazards
    from ch7_resources.hazards
    group by school_year, division_code
)

select
    declared.school_year,
    declared.division_code,
    declared.hazards as hazards_declared,
    coalesce(logged.hazards, 0) as hazards_logged
from declared
left join logged
    on declared.school_year = logged.school_year and declared.division_code = logged.division_code
where 10 * coalesce(logged.hazards, 0) < 9 * declared.hazards
