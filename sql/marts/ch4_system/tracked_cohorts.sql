/*
title: {en: Cohorts tracked to grade 9, zh: 追踪至九年级的队列}
grain:
  en: 'one row a cohort, division, urban class and sex of the year it began in, and school year of its ninth grade'
  zh: 每队列、每区划、每城乡类别、每性别（以入队学年为准）、每九年级学年一行
meaning:
  en: >
    Persons counted in the grade that a cohort begins with, without those who died or verifiably left the city since,
    and how many of them are counted in grade 9 now, in any school of the city. The junior cohort begins in grade 7
    two years before; the compulsory one in grade 1 eight years before or, while rolls do not reach back so far, in the
    grade that it had in the year of the first roll. Who skipped past grade 9 stays in the compulsory cohort. Divisions
    without a roll this year are left out.
  zh: 入队年级的在册学生（扣除此后死亡与核实转出市外者）及其中本年在本市九年级者。初中队列自两年前七年级起；义务教育队列自八年前一年级起，学籍年限不足时自首个学籍年度所在年级起，跳过九年级者仍计为巩固。本年无名册的区划不计。
key: [school_year, item, division_code, urban_class, sex]
partition: school_year
look_back: 8
not_null: [years_tracked, cohort_pupils, retained_pupils]
codes: {item: tracked_cohort, sex: sex}
columns:
  item: {en: Cohort, zh: 队列}
publish:
  - name: tracked_cohorts
    by: [item, division_code, sex]
    title: {en: 'Cohorts tracked to grade 9, by district and sex', zh: 追踪至九年级的队列（分区县、性别）}
*/
with
rolls as (
    select
        first_year_of(school_year) as first_year,
        person_key,
        school_code,
        division_code,
        sex,
        stage,
        grade_number,
        roll_change,
        is_counted
    from core.pupil_year
),

places as (
    select
        first_year_of(school_year) as first_year,
        school_code,
        urban_class
    from core.school_year
),

roll_divisions as (
    select
        first_year,
        division_code
    from rolls
    group by first_year, division_code
),

roll_years as (
    select first_year
    from roll_divisions
    group by first_year
),

-- How many years back each cohort of a ninth grade begins; the rolls themselves limit it to the years that there are.
spans as (
    select
        years.first_year as ninth_year,
        'compulsory' as item,
        years.first_year - greatest(min(earlier.first_year), years.first_year - 8) as years_tracked
    from roll_years as years
    inner join roll_years as earlier on years.first_year > earlier.first_year
    group by years.first_year
    union all
    select
        years.first_year as ninth_year,
        'junior' as item,
        2 as years_tracked
    from roll_years as years
),

members as (
    select
        spans.item,
        spans.ninth_year,
        spans.years_tracked,
        rolls.person_key,
        rolls.division_code,
        places.urban_class,
        rolls.sex
    from rolls
    inner join spans
        on
            rolls.first_year = spans.ninth_year - spans.years_tracked
            and rolls.grade_number = 9 - spans.years_tracked
    inner join places on rolls.first_year = places.first_year and rolls.school_code = places.school_code
    where
        rolls.is_counted
        and (rolls.stage = 'junior' or (rolls.stage = 'primary' and spans.item = 'compulsory'))
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

gone as (
    select
        members.item,
        members.ninth_year,
        members.person_key
    from members
    inner join departures
        on
            members.person_key = departures.person_key
            and departures.first_year > members.ninth_year - members.years_tracked
            and members.ninth_year >= departures.first_year
    group by members.item, members.ninth_year, members.person_key
),

leavers as (
    select
        first_year,
        person_key,
        grade_number
    from rolls
    where is_counted and grade_number >= 9
)

select
    school_year_of(members.ninth_year) as school_year,
    members.item,
    members.division_code,
    members.urban_class,
    members.sex,
    min(members.years_tracked) as years_tracked,
    count(*) as cohort_pupils,
    count(*) filter (
        where leavers.grade_number = 9 or (leavers.grade_number > 9 and members.item = 'compulsory')
    ) as retained_pupils
from members
inner join roll_divisions
    on members.ninth_year = roll_divisions.first_year and members.division_code = roll_divisions.division_code
left join gone
    on
        members.item = gone.item
        and members.ninth_year = gone.ninth_year
        and members.person_key = gone.person_key
left join leavers
    on members.ninth_year = leavers.first_year and members.person_key = leavers.person_key
where gone.person_key is null
group by members.ninth_year, members.item, members.division_code, members.urban_class, members.sex
