/*
title: {en: Pupil flows from year to year, zh: 学生年度流动}
grain:
  en: 'one row a division and grade of origin, division and grade of today, sex, kind of flow and school year'
  zh: 每来源区划与年级、现区划与年级、性别、流动类型、每学年一行
meaning:
  en: >
    What became of the persons counted in grades 1 to 9 of the ordinary stages the year before, and where those came
    from who are counted there now and were not then. Of arrivals, division, stage and grade are today's. Followed are
    persons of grades 1 to 8 who did not die or verifiably leave the city and whose division sent a roll this year.
  zh: 上年计数于一至九年级（小学、初中）学生本年的去向，以及本年新计数者的来源；新到者的区划、学段与年级为本年。跟踪对象为一至八年级、未死亡且未核实转出市外、所在区划本年有名册者。
key: [school_year, division_code, division_code_now, stage, grade, grade_number_now, sex, flow, is_followed]
partition: school_year
look_back: 1
not_null: [grade_number, pupils]
codes: {stage: stage, grade: grade, sex: sex, flow: pupil_flow}
columns:
  division_code_now: {en: 'Division of today, none where the person is counted nowhere', zh: 本年区划（未计数者为 none）}
  grade_number_now: {en: 'Grade number of today, 0 where the person is counted nowhere', zh: 本年年级序号（未计数者为 0）}
  flow: {en: What became of the pupils or where they came from, zh: 去向或来源}
  is_followed: {en: Whether the pupils are in the base of promotion, zh: 是否计入升级率分母}
*/
with
rolls as (
    select
        first_year_of(school_year) as first_year,
        person_key,
        division_code,
        sex,
        stage,
        grade,
        grade_number,
        roll_status,
        roll_change,
        is_counted,
        stage in ('primary', 'junior') and is_compulsory_grade(grade_number) as is_in_scope
    from core.pupil_year
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

counted as (
    select *
    from rolls
    where is_counted
),

in_scope as (
    select *
    from counted
    where is_in_scope
),

-- Distinct by grouping: a person may have left twice.
departures as (
    select
        first_year,
        person_key,
        bool_or(roll_change = 'death') as has_died,
        bool_or(roll_change = 'transfer_out_elsewhere') as has_left_city,
        bool_or(roll_status = 'left' and roll_change = 'drop_out') as has_dropped_out,
        bool_or(roll_status = 'suspended') as is_suspended,
        bool_or(roll_change in ('graduate', 'complete')) as has_completed
    from rolls
    where not is_counted
    group by first_year, person_key
),

leaving as (
    select
        earlier.first_year + 1 as first_year,
        earlier.division_code,
        coalesce(today.division_code, 'none') as division_code_now,
        earlier.stage,
        earlier.grade,
        earlier.grade_number,
        coalesce(today.grade_number, 0) as grade_number_now,
        earlier.sex,
        case
            when today.stage = 'special' then 'to_special_school'
            when earlier.grade_number = 9 and today.grade_number > 9 then 'completed'
            when today.grade_number = earlier.grade_number + 1 then 'promoted'
            when today.grade_number = earlier.grade_number then 'repeated'
            when today.grade_number > earlier.grade_number then 'skipped'
            when today.grade_number < earlier.grade_number then 'moved_down'
            when departures.has_died then 'died'
            when departures.has_left_city then 'left_city'
            when departures.has_dropped_out then 'dropped_out'
            when departures.is_suspended then 'suspended'
            when earlier.grade_number = 9 and departures.has_completed then 'completed'
            when roll_divisions.division_code is null then 'not_reported'
            else 'lost'
        end as flow,
        earlier.grade_number < 9
        and not coalesce(departures.has_died or departures.has_left_city, false)
        and roll_divisions.division_code is not null as is_followed
    from in_scope as earlier
    inner join roll_years on earlier.first_year + 1 = roll_years.first_year
    left join counted as today
        on earlier.first_year + 1 = today.first_year and earlier.person_key = today.person_key
    left join departures
        on earlier.first_year + 1 = departures.first_year and earlier.person_key = departures.person_key
    left join roll_divisions
        on earlier.first_year + 1 = roll_divisions.first_year and earlier.division_code = roll_divisions.division_code
),

arriving as (
    select
        today.first_year,
        today.division_code,
        today.division_code as division_code_now,
        today.stage,
        today.grade,
        today.grade_number,
        today.grade_number as grade_number_now,
        today.sex,
        case
            when earlier.stage = 'special' then 'from_special_school'
            when today.grade_number = 1 then 'entered'
            when today.roll_change = 'return' then 'returned'
            when today.roll_change = 'resume' then 'resumed'
            when today.roll_change = 'transfer_in' then 'transferred_in'
            when roll_divisions.division_code is null then 'not_reported_before'
            else 'arrived_otherwise'
        end as flow,
        false as is_followed
    from in_scope as today
    inner join roll_years on today.first_year = roll_years.first_year + 1
    left join counted as earlier
        on today.first_year = earlier.first_year + 1 and today.person_key = earlier.person_key
    left join roll_divisions
        on today.first_year = roll_divisions.first_year + 1 and today.division_code = roll_divisions.division_code
    where not coalesce(earlier.is_in_scope, false)
),

flows as (
    select * from leaving
    union all
    select * from arriving
)

select
    school_year_of(first_year) as school_year,
    division_code,
    division_code_now,
    stage,
    grade,
    grade_number,
    grade_number_now,
    sex,
    flow,
    is_followed,
    count(*) as pupils
from flows
group by
    first_year, division_code, division_code_now, stage, grade, grade_number, grade_number_now, sex, flow, is_followed
