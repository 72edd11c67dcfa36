/*
title: {en: What each school reported, zh: 学校数据报送情况}
grain: {en: one row a school and school year that sent anything, zh: 每所有报送数据的学校每学年一行}
meaning:
  en: >
    Staged rows of each source by school. A school has reported a source of a year when it has at least one row there;
    measures that relate two sources count only units that reported both.
  zh: 各来源已入库行数。学校在某来源当年至少有一行即视为已报送；涉及两个来源的指标只统计两者均已报送的单位。
key: [school_year, school_code]
partition: school_year
not_null: [roll_rows, staff_rows, census_rows, autumn_screening_rows, spring_screening_rows]
*/
with
received as (
    select
        school_year,
        school_code,
        count(*) as roll_rows,
        0 as staff_rows,
        0 as census_rows,
        0 as autumn_screening_rows,
        0 as spring_screening_rows
    from staging.pupil_roll
    group by school_year, school_code
    union all
    select
        school_year,
        school_code,
        0 as roll_rows,
        count(*) as staff_rows,
        0 as census_rows,
        0 as autumn_screening_rows,
        0 as spring_screening_rows
    from staging.staff_roll
    group by school_year, school_code
    union all
    select
        school_year,
        school_code,
        0 as roll_rows,
        0 as staff_rows,
        count(*) as census_rows,
        0 as autumn_screening_rows,
        0 as spring_screening_rows
    from staging.school_census
    group by school_year, school_code
    union all
    select
        school_year,
        school_code,
        0 as roll_rows,
        0 as staff_rows,
        0 as census_rows,
        count(*) filter (where season = 'autumn') as autumn_screening_rows,
        count(*) filter (where season = 'spring') as spring_screening_rows
    from staging.health_screening
    group by school_year, school_code
)

select
    school_year,
    school_code,
    cast(sum(roll_rows) as bigint) as roll_rows,
    cast(sum(staff_rows) as bigint) as staff_rows,
    cast(sum(census_rows) as bigint) as census_rows,
    cast(sum(autumn_screening_rows) as bigint) as autumn_screening_rows,
    cast(sum(spring_screening_rows) as bigint) as spring_screening_rows
from received
group by school_year, school_code
