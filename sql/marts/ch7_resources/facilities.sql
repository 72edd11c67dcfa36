/*
title: {en: Buildings and teacher housing, zh: 校舍与教师周转宿舍}
grain: {en: one row an active school and school year, zh: 每所在办学校每学年一行}
meaning:
  en: >
    What each school reported of its land and of its buildings by appraisal grade (A and B are safe, C is partly and D
    wholly dangerous), and rural teachers who need housing and have it. A building without a grade is not safe until it
    is appraised. Attached classes stand in their parent's buildings and have no row.
  zh: 各校占地与校舍鉴定等级（A、B 级为安全，C 级局部危险，D 级整体危险），以及乡村教师周转宿舍需求与入住情况。未鉴定校舍不计为安全；附设班使用主校校舍，不单列。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, stage, urban_class, ownership, units_reported, units_expected]
codes: {stage: stage, school_type: school_type}
columns:
  stage: {en: First stage of the school's type; a school is counted under one, zh: 办学类型的首个学段；一校只归入一个学段}
  buildings: {en: Buildings in use, zh: 在用校舍栋数, unit: buildings}
  safe_buildings: {en: Of these appraised at grade A or B, zh: 其中鉴定为 A、B 级栋数, unit: buildings}
  dangerous_area_m2: {en: Floor area of grade C or D in use, zh: 在用 C、D 级校舍面积, unit: m2}
  area_grade_d_m2: {en: Floor area of grade D in use, zh: 在用 D 级校舍面积, unit: m2}
  land_area_m2: {en: Land of the school, zh: 占地面积, unit: m2}
  built_area_m2: {en: Floor area of schools with pupils, zh: 有在校生学校的校舍建筑面积, unit: m2}
  pupils_with_land:
    en: Pupils of schools that stated their land
    zh: 已填报占地面积学校的在校生数
    unit: persons
    same_as: pupils
  pupils_with_buildings:
    en: Pupils of schools that stated their floor area
    zh: 已填报校舍面积学校的在校生数
    unit: persons
    same_as: pupils
  classrooms: {en: Ordinary classrooms, zh: 普通教室数, unit: rooms}
  places: {en: Places that the school was approved for, zh: 核定学位数, unit: places}
  rural_teachers_needing_housing: {en: Teachers of rural schools who need housing, zh: 乡村学校需周转宿舍教师数, unit: persons}
  rural_teachers_housed: {en: Of these housed, zh: 其中已入住教师数, unit: persons, of: rural_teachers_needing_housing}
*/
with
schools as (
    select *
    from core.school_year
    where is_active and has_premises(school_type)
),

facilities as (select * from staging.facilities),

enrolment as (
    select
        school_year,
        school_code,
        cast(sum(pupils) as bigint) as pupils
    from core.enrolment_cell
    group by school_year, school_code
)

select
    schools.school_year,
    schools.school_code,
    schools.school_type,
    schools.division_code,
    schools.first_stage as stage,
    schools.urban_class,
    schools.ownership,
    cast(facilities.buildings as bigint) as buildings,
    cast(facilities.buildings_grade_a + facilities.buildings_grade_b as bigint) as safe_buildings,
    facilities.area_grade_c_m2 + facilities.area_grade_d_m2 as dangerous_area_m2,
    facilities.area_grade_d_m2,
    case when enrolment.pupils > 0 then facilities.land_area_m2 end as land_area_m2,
    case when enrolment.pupils > 0 then schools.building_area_m2 end as built_area_m2,
    case when facilities.land_area_m2 is not null then enrolment.pupils end as pupils_with_land,
    case when schools.building_area_m2 is not null then enrolment.pupils end as pupils_with_buildings,
    cast(facilities.classrooms as bigint) as classrooms,
    cast(facilities.places as bigint) as places,
    case when schools.urban_class = 'rural' then cast(facilities.teachers_needing_housing as bigint) end
        as rural_teachers_needing_housing,
    case when schools.urban_class = 'rural' then cast(facilities.teachers_housed as bigint) end
        as rural_teachers_housed,
    cast(facilities.school_code is not null as bigint) as units_reported,
    cast(1 as bigint) as units_expected
from schools
left join facilities
    on schools.school_year = facilities.school_year and schools.school_code = facilities.school_code
left join enrolment
    on schools.school_year = enrolment.school_year and schools.school_code = enrolment.school_code
