/*
title: {en: Grade-one entrants, zh: 小学一年级新生}
grain:
  en: one row a school year of entry, division and sex
  zh: 每入学学年、每区划、每性别一行
meaning:
  en: >
    Pupils who opened their primary schooling, from the roll where a roll exists for that year and from the history of
    entrants before.
  zh: 小学一年级学生数：有学籍名册的学年取自名册，更早学年取自历年新生数。
key: [school_year, division_code, sex]
not_null: [entrants, count_source]
codes: {sex: sex}
*/
with
roll_entrants as (
    select
        school_year,
        division_code,
        sex,
        cast(sum(pupils) as bigint) as entrants
    from core.enrolment_cell
    where count_source = 'roll' and stage = 'primary' and grade = 'p1'
    group by school_year, division_code, sex
),

roll_years as (
    select school_year
    from roll_entrants
    group by school_year
),

current_codes as (
    select
        division_code,
        min(current_division_code) as current_division_code
    from core.division
    group by division_code
),

earlier_entrants as (
    select
        history.school_year,
        coalesce(current_codes.current_division_code, history.division_code) as division_code,
        history.sex,
        cast(sum(history.entrants) as bigint) as entrants
    from staging.entrant_history as history
    left join current_codes on history.division_code = current_codes.division_code
    left join roll_years on history.school_year = roll_years.school_year
    where roll_years.school_year is null
    group by
        history.school_year, coalesce(current_codes.current_division_code, history.division_code), history.sex
)

select
    school_year,
    division_code,
    sex,
    entrants,
    'roll' as count_source
from roll_entrants
union all
select
    school_year,
    division_code,
    sex,
    entrants,
    'history' as count_source
from earlier_entrants
