/*
title: {en: Junior cohorts, zh: 初中三年巩固队列}
grain:
  en: one row a division and sex of the cohort year, and school year of its ninth grade
  zh: 每区划、每性别（以入队学年为准）、每九年级学年一行
meaning:
  en: >
    Persons counted in grade 7 two years before, without those who died or verifiably left the city since, and how
    many of them are counted in grade 9 now. Divisions without a roll this year are left out.
  zh: 两年前计数于七年级的学生（扣除此后死亡与核实转出市外者），以及其中本年计数于九年级者。本年无名册的区划不计。
key: [school_year, division_code, sex]
partition: school_year
look_back: 2
not_null: [cohort_pupils, retained_pupils]
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

entrants as (
    select
        first_year + 2 as ninth_year,
        person_key,
        division_code,
        sex
    from rolls
    where is_counted and stage = 'junior' and grade_number = 7
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

cohort as (
    select
        entrants.ninth_year,
        entrants.person_key,
        entrants.division_code,
        entrants.sex
    from entrants
    left join departures as early_departures
        on entrants.person_key = early_departures.person_key and entrants.ninth_year = early_departures.first_year + 1
    left join departures as late_departures
        on entrants.person_key = late_departures.person_key and entrants.ninth_year = late_departures.first_year
    where early_departures.person_key is null and late_departures.person_key is null
),

ninth_grade as (
    select
        first_year,
        person_key
    from rolls
    where is_counted and grade_number = 9
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
    cohort.division_code,
    cohort.sex,
    count(*) as cohort_pupils,
    count(ninth_grade.person_key) as retained_pupils
from cohort
inner join roll_divisions
    on cohort.ninth_year = roll_divisions.first_year and cohort.division_code = roll_divisions.division_code
left join ninth_grade
    on cohort.ninth_year = ninth_grade.first_year and cohort.person_key = ninth_grade.person_key
group by roll_divisions.school_year, cohort.division_code, cohort.sex
