/*
title: {en: Enrolment cells, zh: 在校生单元格}
grain:
  en: one row a school, stage, grade, sex and school year
  zh: 每校、每学段、每年级、每性别、每学年一行
meaning:
  en: >
    Pupils counted once, wherever they were counted: from the person roll, or from the school census for schools
    without a roll row that year (vocational schools always). What only the roll knows is null in census cells.
  zh: 每名学生只计一次：来自学籍名册；当年无名册记录的学校（中职学校始终如此）取自统计报表。仅名册可知的计数在报表单元格中为空。
key: [school_year, school_code, stage, grade, sex]
partition: school_year
not_null: [division_code, grade_number, count_source, pupils]
codes: {stage: stage, grade: grade, sex: sex}
*/
with
roll_cells as (
    select
        pupils.school_year,
        pupils.school_code,
        pupils.stage,
        pupils.grade,
        pupils.grade_number,
        pupils.sex,
        'roll' as count_source,
        count(*) as pupils,
        count(*) filter (where pupils.age >= 3) as pupils_aged_3_and_over,
        count(*) filter (where pupils.age between 6 and 11) as pupils_aged_6_to_11,
        count(*) filter (where pupils.age between 12 and 14) as pupils_aged_12_to_14,
        count(*) filter (where pupils.is_migrant) as migrant_pupils,
        count(*) filter (where pupils.is_migrant and pupils.is_bought_place) as migrant_bought_places,
        count(*) filter (where pupils.is_bought_place) as bought_places,
        count(*) filter (where pupils.is_left_behind) as left_behind_pupils,
        count(*) filter (where pupils.is_left_behind and pupils.has_care_record) as left_behind_with_record,
        count(*) filter (where pupils.entry_mode in ('zone', 'lottery')) as pupils_entered_by_zone,
        count(*) filter (where pupils.is_disabled) as pupils_with_disability,
        count(*) filter (where pupils.is_disabled and pupils.placement = 'ordinary_class') as ordinary_class_pupils,
        count(*) filter (where pupils.is_disabled and pupils.placement = 'home_delivered') as home_delivered_pupils
    from core.pupil_year as pupils
    where pupils.is_counted
    group by
        pupils.school_year, pupils.school_code, pupils.stage, pupils.grade, pupils.grade_number, pupils.sex
),

census_cells as (
    select
        census.school_year,
        census.school_code,
        stage_of(census.grade, grades.stage, schools.is_special_school, schools.school_system) as stage,
        census.grade,
        cast(grades.grade_number as integer) as grade_number,
        census.sex,
        'census' as count_source,
        cast(sum(census.pupils) as bigint) as pupils
    from staging.school_census as census
    inner join core.school_year as schools
        on census.school_year = schools.school_year and census.school_code = schools.school_code
    inner join core.school_reporting as reporting
        on census.school_year = reporting.school_year and census.school_code = reporting.school_code
    inner join codes.grade as grades on census.grade = grades.code
    where reporting.roll_rows = 0
    group by
        census.school_year,
        census.school_code,
        census.grade,
        census.sex,
        grades.stage,
        grades.grade_number,
        schools.is_special_school,
        schools.school_system
    having sum(census.pupils) > 0
),

cells as (
    select
        school_year,
        school_code,
        stage,
        grade,
        grade_number,
        sex,
        count_source,
        pupils,
        pupils_aged_3_and_over,
        pupils_aged_6_to_11,
        pupils_aged_12_to_14,
        migrant_pupils,
        migrant_bought_places,
        bought_places,
        left_behind_pupils,
        left_behind_with_record,
        pupils_entered_by_zone,
        pupils_with_disability,
        ordinary_class_pupils,
        home_delivered_pupils
    from roll_cells
    union all
    select
        school_year,
        school_code,
        stage,
        grade,
        grade_number,
        sex,
        count_source,
        pupils,
        null as pupils_aged_3_and_over,
        null as pupils_aged_6_to_11,
        null as pupils_aged_12_to_14,
        null as migrant_pupils,
        null as migrant_bought_places,
        null as bought_places,
        null as left_behind_pupils,
        null as left_behind_with_record,
        null as pupils_entered_by_zone,
        null as pupils_with_disability,
        null as ordinary_class_pupils,
        null as home_delivered_pupils
    from census_cells
)

select
    cells.school_year,
    cells.school_code,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    cells.stage,
    cells.grade,
    cells.grade_number,
    cells.sex,
    cells.count_source,
    cells.pupils,
    cells.pupils_aged_3_and_over,
    cells.pupils_aged_6_to_11,
    cells.pupils_aged_12_to_14,
    cells.migrant_pupils,
    cells.migrant_bought_places,
    cells.bought_places,
    cells.left_behind_pupils,
    cells.left_behind_with_record,
    cells.pupils_entered_by_zone,
    cells.pupils_with_disability,
    cells.ordinary_class_pupils,
    cells.home_delivered_pupils
from cells
inner join core.school_year as schools
    on cells.school_year = schools.school_year and cells.school_code = schools.school_code
