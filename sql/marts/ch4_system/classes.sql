/*
title: {en: Classes and their size, zh: 班级与班额}
grain:
  en: one row a school, stage and school year
  zh: 每校、每学段、每学年一行
meaning:
  en: >
    Classes counted from the roll with their sizes, and classes of schools that only the census knows, whose sizes are
    unknown; those stand under the first stage of the school's type.
  zh: 按学籍名册统计的班级及班额；仅有统计报表的学校只有班数而无班额，计入其办学类型的首个学段。
key: [school_year, school_code, stage]
partition: school_year
not_null: [division_code, urban_class, ownership, classes, sized_classes]
codes: {stage: stage}
*/
with
schools as (select * from core.school_year),

sized as (
    select
        classes.school_year,
        classes.school_code,
        classes.stage,
        count(*) as classes,
        count(*) as sized_classes,
        count(*) filter (where is_large_class(classes.pupils)) as large_classes,
        count(*) filter (where is_over_large_class(classes.pupils)) as over_large_classes,
        count(*) filter (where limits.largest_class is not null) as limited_classes,
        count(*) filter (where classes.pupils <= limits.largest_class) as classes_within_limit
    from core.class_year as classes
    left join reference.class_size_limits as limits
        on classes.stage = limits.stage and (limits.grade is null or classes.grade = limits.grade)
    group by classes.school_year, classes.school_code, classes.stage
),

census_schools as (
    select
        census.school_year,
        census.school_code,
        max(census.classes) as classes
    from staging.school_census as census
    inner join core.school_reporting as reporting
        on census.school_year = reporting.school_year and census.school_code = reporting.school_code
    where reporting.roll_rows = 0
    group by census.school_year, census.school_code
),

counted as (
    select
        school_year,
        school_code,
        stage,
        classes,
        sized_classes,
        large_classes,
        over_large_classes,
        limited_classes,
        classes_within_limit
    from sized
    union all
    select
        census_schools.school_year,
        census_schools.school_code,
        schools.first_stage as stage,
        census_schools.classes,
        0 as sized_classes,
        0 as large_classes,
        0 as over_large_classes,
        0 as limited_classes,
        0 as classes_within_limit
    from census_schools
    inner join schools
        on census_schools.school_year = schools.school_year and census_schools.school_code = schools.school_code
    where census_schools.classes > 0
)

select
    counted.school_year,
    counted.school_code,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    counted.stage,
    counted.classes,
    counted.sized_classes,
    counted.large_classes,
    counted.over_large_classes,
    counted.limited_classes,
    counted.classes_within_limit
from counted
inner join schools
    on counted.school_year = schools.school_year and counted.school_code = schools.school_code
