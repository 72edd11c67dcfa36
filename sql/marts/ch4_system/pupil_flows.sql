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
follows:
  column: pupils
  mart: ch1_context.enrolment
  by: [division_code, stage, grade, sex]
  where: not is_arrival(flow)
  among: count_source = 'roll' and stage in ('primary', 'junior') and is_compulsory_grade(grade_number)
  within: [grade_number < 9]
  years_before: 1
columns:
  division_code_now: {en: 'Division of today, none where the person is counted nowhere', zh: 本年区划（未计数者为 none）}
  grade_number_now: {en: 'Grade number of today, 0 where the person is counted nowhere', zh: 本年年级序号（未计数者为 0）}
  flow: {en: What became of the pupils or where they came from, zh: 去向或来源}
  is_followed: {en: Whether the pupils are in the base of promotion, zh: 是否计入升级率分母}
publish:
  - name: pupil_flows
    by: [division_code, stage, flow]
    title: {en: 'Pupil flows from year to year, by district and stage', zh: 学生年度流动（分区县、学段）}
  - name: pupil_flows_by_grade
    by: [stage, grade, sex, flow]
    title: {en: 'Pupil flows from year to year, by grade and sex', zh: 学生年度流动（分年级、性别）}
*/
with
-- Each step reads the few columns of the roll that it needs by itself: a roll that several steps share would be kept
-- whole in memory.
roll_divisions as (
    select
        school_year,
        first_year_of(school_year) as first_year,
        division_code
    from core.pupil_year
    group by school_year, division_code
),

roll_years as (
    select
        school_year,
        first_year
    from roll_divisions
    group by school_year, first_year
),

-- The years that have a roll to be compared with.
years as (
    select
        roll_years.school_year,
        roll_years.first_year
    from roll_years
    inner join roll_years as years_before on roll_years.first_year = years_before.first_year + 1
),

earlier as (
    select
        years.first_year,
        pupils.person_key,
        pupils.division_code,
        pupils.sex,
        pupils.stage,
        pupils.grade,
        pupils.grade_number,
        pupils.stage in ('primary', 'junior') and is_compulsory_grade(pupils.grade_number) as is_in_scope
    from core.pupil_year as pupils
    inner join years on first_year_of(pupils.school_year) + 1 = years.first_year
    where pupils.is_counted
),

today as (
    select
        years.first_year,
        pupils.person_key,
        pupils.division_code,
        pupils.sex,
        pupils.stage,
        pupils.grade,
        pupils.grade_number,
        pupils.roll_change,
        pupils.stage in ('primary', 'junior') and is_compulsory_grade(pupils.grade_number) as is_in_scope
    from core.pupil_year as pupils
    inner join years on pupils.school_year = years.school_year
    where pupils.is_counted
),

-- Distinct by grouping: a person may have left twice.
departures as (
    select
        first_year_of(school_year) as first_year,
        person_key,
        bool_or(roll_change = 'death') as has_died,
        bool_or(roll_change = 'transfer_out_elsewhere') as has_left_city,
        bool_or(roll_status = 'left' and roll_change = 'drop_out') as has_dropped_out,
        bool_or(roll_status = 'suspended') as is_suspended,
        bool_or(roll_change in ('graduate', 'complete')) as has_completed
    from core.pupil_year
    where not is_counted
    group by school_year, person_key
),

-- Somebody leaves from where they were in scope the year before, or else arrives where they are in scope today.
persons as (
    select
        coalesce(earlier.first_year, today.first_year) as first_year,
        earlier.person_key,
        coalesce(earlier.is_in_scope, false) as is_leaving,
        case when earlier.is_in_scope then earlier.division_code else today.division_code end as division_code,
        case when earlier.is_in_scope then earlier.stage else today.stage end as stage,
        case when earlier.is_in_scope then earlier.grade else today.grade end as grade,
        case when earlier.is_in_scope then earlier.grade_number else today.grade_number end as grade_number,
        case when earlier.is_in_scope then earlier.sex else today.sex end as sex,
        earlier.stage as stage_before,
        today.division_code as division_code_now,
        today.stage as stage_now,
        today.grade_number as grade_number_now,
        today.roll_change
    from earlier
    full outer join today
        on earlier.first_year = today.first_year and earlier.person_key = today.person_key
    where earlier.is_in_scope or today.is_in_scope
),

-- What decides a flow is alike for many: it is decided once for all of them.
alike as (
    select
        persons.first_year,
        persons.is_leaving,
        persons.division_code,
        persons.stage,
        persons.grade,
        persons.grade_number,
        persons.sex,
        persons.stage_before,
        persons.division_code_now,
        persons.stage_now,
        persons.grade_number_now,
        persons.roll_change,
        departures.has_died,
        departures.has_left_city,
        departures.has_dropped_out,
        departures.is_suspended,
        departures.has_completed,
        count(*) as pupils
    from persons
    left join departures
        on persons.first_year = departures.first_year and persons.person_key = departures.person_key
    group by
        persons.first_year, persons.is_leaving, persons.division_code, persons.stage, persons.grade,
        persons.grade_number, persons.sex, persons.stage_before, persons.division_code_now, persons.stage_now,
        persons.grade_number_now, persons.roll_change, departures.has_died, departures.has_left_city,
        departures.has_dropped_out, departures.is_suspended, departures.has_completed
),

-- The roll that tells the other side: today's of who leaves, and the one before of who arrives.
compared as (
    select
        *,
        case when is_leaving then first_year else first_year - 1 end as compared_year
    from alike
),

flows as (
    select
        compared.first_year,
        compared.division_code,
        coalesce(compared.division_code_now, 'none') as division_code_now,
        compared.stage,
        compared.grade,
        compared.grade_number,
        coalesce(compared.grade_number_now, 0) as grade_number_now,
        compared.sex,
        case
            when compared.is_leaving
                then
                    case
                        when compared.stage_now = 'special' then 'to_special_school'
                        when compared.grade_number = 9 and compared.grade_number_now > 9 then 'completed'
                        when compared.grade_number_now = compared.grade_number + 1 then 'promoted'
                        when compared.grade_number_now = compared.grade_number then 'repeated'
                        when compared.grade_number_now > compared.grade_number then 'skipped'
                        when compared.grade_number_now < compared.grade_number then 'moved_down'
                        when compared.has_died then 'died'
                        when compared.has_left_city then 'left_city'
                        when compared.has_dropped_out then 'dropped_out'
                        when compared.is_suspended then 'suspended'
                        when compared.grade_number = 9 and compared.has_completed then 'completed'
                        when roll_divisions.division_code is null then 'not_reported'
                        else 'lost'
                    end
            when compared.stage_before = 'special' then 'from_special_school'
            when compared.grade_number = 1 then 'entered'
            when compared.roll_change = 'return' then 'returned'
            when compared.roll_change = 'resume' then 'resumed'
            when compared.roll_change = 'transfer_in' then 'transferred_in'
            when roll_divisions.division_code is null then 'not_reported_before'
            else 'arrived_otherwise'
        end as flow,
        compared.is_leaving
        and compared.grade_number < 9
        and not coalesce(compared.has_died or compared.has_left_city, false)
        and roll_divisions.division_code is not null as is_followed,
        compared.pupils
    from compared
    left join roll_divisions
        on compared.compared_year = roll_divisions.first_year and compared.division_code = roll_divisions.division_code
)

select
    years.school_year,
    flows.division_code,
    flows.division_code_now,
    flows.stage,
    flows.grade,
    flows.grade_number,
    flows.grade_number_now,
    flows.sex,
    flows.flow,
    flows.is_followed,
    cast(sum(flows.pupils) as bigint) as pupils
from flows
inner join years on flows.first_year = years.first_year
group by
    years.school_year, flows.division_code, flows.division_code_now, flows.stage, flows.grade, flows.grade_number,
    flows.grade_number_now, flows.sex, flows.flow, flows.is_followed
