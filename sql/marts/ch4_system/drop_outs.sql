/*
title: {en: Drop-outs, zh: 辍学}
grain:
  en: one row a school, stage, sex and school year
  zh: 每校、每学段、每性别、每学年一行
meaning:
  en: >
    Pupils of grades 1 to 9 who dropped out since the last census, where they left, and the pupils of that census, where
    they were then, for divisions with a roll in both years. A school that closed since keeps its pupils in the base.
  zh: 上一统计时点以来一至九年级辍学学生数（计入离校学校）与上年一至九年级在校生数（计入上年学校），仅含两年均有名册的区划。已停办学校的上年学生仍在基数内。
key: [school_year, school_code, stage, sex]
partition: school_year
look_back: 1
not_null: [division_code, urban_class, ownership, dropped_out_pupils, pupils_year_before]
codes: {stage: stage, sex: sex}
publish:
  - name: drop_outs
    by: [division_code, sex]
    title: {en: Drop-outs by district and sex, zh: 辍学（分区县、性别）}
*/
with
rolls as (
    select
        school_year,
        first_year_of(school_year) as first_year,
        school_code,
        division_code,
        stage,
        sex,
        count(*) filter (where is_counted and is_compulsory_grade(grade_number)) as pupils,
        count(*) filter (
            where roll_status = 'left' and roll_change = 'drop_out' and is_compulsory_grade(grade_number)
        ) as dropped_out_pupils
    from core.pupil_year
    group by school_year, school_code, division_code, stage, sex
),

roll_divisions as (
    select
        school_year,
        first_year,
        division_code
    from rolls
    group by school_year, first_year, division_code
),

counted as (
    select
        later.school_year,
        later.school_code,
        later.stage,
        later.sex,
        later.dropped_out_pupils,
        0 as pupils_year_before
    from rolls as later
    inner join roll_divisions as earlier
        on later.division_code = earlier.division_code and later.first_year = earlier.first_year + 1
    where later.dropped_out_pupils > 0
    union all
    select
        later.school_year,
        earlier.school_code,
        earlier.stage,
        earlier.sex,
        0 as dropped_out_pupils,
        earlier.pupils as pupils_year_before
    from rolls as earlier
    inner join roll_divisions as later
        on earlier.division_code = later.division_code and later.first_year = earlier.first_year + 1
    where earlier.pupils > 0
),

schools as (
    select
        first_year_of(school_year) as first_year,
        school_code,
        division_code,
        urban_class,
        ownership
    from core.school_year
),

-- Where a school is; one that is listed no more where it was.
places as (
    select
        first_year,
        school_code,
        division_code,
        urban_class,
        ownership
    from schools
    union all
    select
        earlier.first_year + 1 as first_year,
        earlier.school_code,
        earlier.division_code,
        earlier.urban_class,
        earlier.ownership
    from schools as earlier
    left join schools as later
        on earlier.school_code = later.school_code and later.first_year = earlier.first_year + 1
    where later.school_code is null
)

select
    counted.school_year,
    counted.school_code,
    places.division_code,
    places.urban_class,
    places.ownership,
    counted.stage,
    counted.sex,
    cast(sum(counted.dropped_out_pupils) as bigint) as dropped_out_pupils,
    cast(sum(counted.pupils_year_before) as bigint) as pupils_year_before
from counted
inner join places
    on first_year_of(counted.school_year) = places.first_year and counted.school_code = places.school_code
group by
    counted.school_year,
    counted.school_code,
    places.division_code,
    places.urban_class,
    places.ownership,
    counted.stage,
    counted.sex
