/*
title: {en: Promotion from grade to grade, zh: 升级}
grain:
  en: one row a division, grade number and sex of the year before, and school year
  zh: 每区划、每年级序号、每性别（以上年为准）、每学年一行
meaning:
  en: >
    Persons counted in grades 1 to 8 of the ordinary stages the year before, without those who died or verifiably
    left the city since, and how many are counted one grade higher now. Divisions without a roll this year are left
    out.
  zh: 上年计数于一至八年级（小学、初中）的学生（扣除此后死亡与核实转出市外者），以及其中本年升高一级者。本年无名册的区划不计。
key: [school_year, division_code, grade_number_before, sex]
partition: school_year
look_back: 1
not_null: [pupils_year_before, promoted_pupils]
codes: {sex: sex}
*/
with
rolls as (
    select
        school_year,
        first_year_of(school_year) as first_year,
        person_key,
        division_code,
        sex,
        stage,
        grade_number,
        roll_change,
        is_counted
    from core.pupil_year
),

starters as (
    select
        first_year + 1 as next_year,
        person_key,
        division_code,
        sex,
        grade_number
    from rolls
    where is_counted and stage in ('primary', 'junior') and grade_number between 1 and 8
),

-- Distinct by grouping: a person may have left twice.
departures as (
    select
        first_year,
        person_key
    from rolls
    where roll_change in ('death', 'transfer_out_elsewhere')
    group by first_year, person_key
),

counted as (
    select
        first_year,
        person_key,
        grade_number
    from rolls
    where is_counted
),

roll_divisions as (
    select
        school_year,
        first_year,
        division_code
    from rolls
    group by school_year, first_year, division_code
)

select
    roll_divisions.school_year,
    starters.division_code,
    starters.grade_number as grade_number_before,
    starters.sex,
    count(*) as pupils_year_before,
    count(*) filter (where counted.grade_number = starters.grade_number + 1) as promoted_pupils
from starters
inner join roll_divisions
    on starters.next_year = roll_divisions.first_year and starters.division_code = roll_divisions.division_code
left join departures
    on starters.next_year = departures.first_year and starters.person_key = departures.person_key
left join counted
    on starters.next_year = counted.first_year and starters.person_key = counted.person_key
where departures.person_key is null
group by
    roll_divisions.school_year, starters.division_code, starters.grade_number, starters.sex
