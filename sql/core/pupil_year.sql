/*
title: {en: Pupils by year, zh: 分学年学生}
grain:
  en: one row a person, school, roll status and school year
  zh: 每人、每校、每种学籍状态、每学年一行
meaning:
  en: >
    The pupil roll with stage, grade number and age at the census. A person active in several schools is counted in one:
    where the latest roll change or, failing that, entry is dated; on a tie in the smallest school code. The other
    rows stay, not counted.
  zh: 学籍名册，附学段、年级序号与统计时点年龄。同一人在多校在读时只计一次：取异动（或入学）日期最晚者，日期相同取学校代码最小者；其余保留但不计数。
key: [school_year, person_key, school_code, roll_status]
partition: school_year
kept_in: parquet
not_null: [division_code, sex, age, stage, grade, grade_number, is_counted]
codes:
  stage: stage
  grade: grade
  sex: sex
  roll_status: roll_status
  roll_change: roll_change
  entry_mode: entry_mode
  attendance_mode: attendance_mode
  disability_type: disability_type
  placement: placement
warning:
  en: Count pupils with is_counted; every other row is somebody who left, is suspended, or is counted elsewhere.
  zh: 统计在校生时须以 is_counted 为条件；其余行为已离校、休学或已在他校计数者。
*/
with
rolls as (select * from staging.pupil_roll),

-- Only these few persons need a window. They are looked for in few columns of the source itself: a roll that several
-- steps share would be kept whole in memory.
double_persons as (
    select
        school_year,
        person_key
    from staging.pupil_roll
    where roll_status = 'active'
    group by school_year, person_key
    having count(*) > 1
),

ranked_doubles as (
    select
        candidates.school_year,
        candidates.person_key,
        candidates.school_code,
        row_number() over (
            partition by candidates.school_year, candidates.person_key
            order by
                coalesce(candidates.roll_change_on, candidates.entered_on) desc nulls last, candidates.school_code asc
        ) as preference
    from staging.pupil_roll as candidates
    inner join double_persons
        on candidates.school_year = double_persons.school_year and candidates.person_key = double_persons.person_key
    where candidates.roll_status = 'active'
),

counted_elsewhere as (
    select
        school_year,
        person_key,
        school_code
    from ranked_doubles
    where preference > 1
)

select
    rolls.school_year,
    rolls.person_key,
    rolls.school_code,
    schools.division_code,
    rolls.sex,
    rolls.birth_month,
    cast(age_at_census(rolls.school_year, rolls.birth_month) as integer) as age,
    stage_of(rolls.grade, grades.stage, schools.is_special_school, schools.school_system) as stage,
    rolls.grade,
    cast(grades.grade_number as integer) as grade_number,
    rolls.class_name,
    rolls.roll_status,
    coalesce(rolls.roll_change, 'none') as roll_change,
    rolls.roll_change_on,
    rolls.entered_on,
    rolls.entry_mode,
    rolls.attendance_mode,
    coalesce(rolls.is_migrant, false) as is_migrant,
    coalesce(rolls.is_left_behind, false) as is_left_behind,
    coalesce(rolls.has_care_record, false) as has_care_record,
    coalesce(rolls.is_bought_place, false) as is_bought_place,
    coalesce(rolls.disability_type, 'none') as disability_type,
    coalesce(rolls.placement, 'none') as placement,
    coalesce(rolls.disability_type, 'none') <> 'none' and coalesce(rolls.placement, 'none') <> 'none' as is_disabled,
    rolls.roll_status = 'active' and counted_elsewhere.person_key is null as is_counted
from rolls
inner join core.school_year as schools
    on rolls.school_year = schools.school_year and rolls.school_code = schools.school_code
inner join codes.grade as grades on rolls.grade = grades.code
left join counted_elsewhere
    on
        rolls.school_year = counted_elsewhere.school_year
        and rolls.person_key = counted_elsewhere.person_key
        and rolls.school_code = counted_elsewhere.school_code
