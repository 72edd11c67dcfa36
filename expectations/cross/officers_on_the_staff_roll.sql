/*
title: {en: Chief information officers in post are on the staff roll, zh: 在岗首席信息官应在教职工名册中}
table: core.person_designation
severity: warning
rule: V40
why:
  en: The register says that they are in post, and no school employs them.
  zh: 登记表称其在岗，但无学校在册。
remedy:
  en: Ask the information centre whether they have left.
  zh: 请信息中心核实是否已离任。
*/
with

officers as (
    select
        school_year,
        person_key,
        school_code
    from core.person_designation
    where programme = 'chief_information_officer' and is_counted and is_in_post
),

on_the_roll as (
    select
        school_year,
        person_key
    from core.staff_year
    where is_active
    group by school_year, person_key
),

-- A district whose staff roll is late says nothing about its officers.
reporting as (
    select
        school_year,
        school_code
    from core.staff_year
    group by school_year, school_code
)

select
    officers.school_year,
    officers.school_code,
    count(*) as officers
from officers
inner join reporting
    on officers.school_year = reporting.school_year and officers.school_code = reporting.school_code
left join on_the_roll
    on officers.school_year = on_the_roll.school_year and officers.person_key = on_the_roll.person_key
where on_the_roll.person_key is null
group by officers.school_year, officers.school_code
