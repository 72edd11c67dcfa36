/*
title: {en: Seven items of quality balance, zh: 优质均衡七项指标}
grain:
  en: one row a school, stage part, item and school year
  zh: 每校、每学段部分、每项、每学年一行
meaning:
  en: >
    What each primary and junior part of a school in scope has of each item, and the pupils it is for. What a school
    has as a whole is shared among all its stages by pupils. Only schools that reported roll and staff, and items
    that the register states.
  zh: 纳入范围的学校小学部、初中部各项资源量及对应学生数。学校整体资源按各学段学生数分摊。仅含学籍与教职工名册均已报送的学校及名录已填报的项目。
key: [school_year, school_code, stage, item]
partition: school_year
not_null: [division_code, urban_class, ownership, pupils, amount, threshold, per_pupils]
codes: {stage: stage}
warning:
  en: Amounts of different items have different units and must not be added.
  zh: 各项目单位不同，不可相加。
*/
with
schools as (select * from core.school_year),

part_pupils as (
    select
        school_year,
        school_code,
        stage,
        cast(sum(pupils) as bigint) as pupils
    from core.enrolment_cell
    where count_source = 'roll'
    group by school_year, school_code, stage
),

school_pupils as (
    select
        school_year,
        school_code,
        cast(sum(pupils) as bigint) as school_pupils
    from part_pupils
    group by school_year, school_code
),

staff_schools as (
    select
        school_year,
        school_code
    from core.school_reporting
    where staff_rows > 0
),

teachers as (
    select
        school_year,
        school_code,
        stage,
        count(*) filter (where is_above_qualified) as above_qualified,
        count(*) filter (where is_backbone) as backbone,
        count(*) filter (where teaches_pe_or_art) as pe_art
    from core.staff_year
    where is_teacher
    group by school_year, school_code, stage
),

parts as (
    select
        schools.school_year,
        schools.school_code,
        schools.division_code,
        schools.urban_class,
        schools.ownership,
        part_pupils.stage,
        part_pupils.pupils,
        cast(coalesce(teachers.above_qualified, 0) as decimal(26, 6)) as above_qualified,
        cast(coalesce(teachers.backbone, 0) as decimal(26, 6)) as backbone,
        cast(coalesce(teachers.pe_art, 0) as decimal(26, 6)) as pe_art,
        cast(apportion(schools.teaching_area_m2, part_pupils.pupils, school_pupils.school_pupils) as decimal(26, 6))
            as teaching_area,
        cast(apportion(schools.sports_area_m2, part_pupils.pupils, school_pupils.school_pupils) as decimal(26, 6))
            as sports_area,
        cast(
            apportion(schools.equipment_value_yuan, part_pupils.pupils, school_pupils.school_pupils) as decimal(26, 6)
        ) as equipment,
        cast(apportion(schools.multimedia_rooms, part_pupils.pupils, school_pupils.school_pupils) as decimal(26, 6))
            as multimedia
    from schools
    inner join part_pupils
        on schools.school_year = part_pupils.school_year and schools.school_code = part_pupils.school_code
    inner join school_pupils
        on schools.school_year = school_pupils.school_year and schools.school_code = school_pupils.school_code
    inner join staff_schools
        on schools.school_year = staff_schools.school_year and schools.school_code = staff_schools.school_code
    left join teachers
        on
            part_pupils.school_year = teachers.school_year
            and part_pupils.school_code = teachers.school_code
            and part_pupils.stage = teachers.stage
    where
        part_pupils.stage in ('primary', 'junior')
        and is_balance_school(schools.school_type, school_pupils.school_pupils)
),

items as (
    select
        parts.school_year,
        parts.school_code,
        parts.division_code,
        parts.urban_class,
        parts.ownership,
        parts.stage,
        thresholds.item,
        parts.pupils,
        case thresholds.item
            when 'above_qualified' then parts.above_qualified
            when 'backbone' then parts.backbone
            when 'pe_art' then parts.pe_art
            when 'teaching_area' then parts.teaching_area
            when 'sports_area' then parts.sports_area
            when 'equipment' then parts.equipment
            when 'multimedia' then parts.multimedia
        end as amount,
        cast(thresholds.threshold as decimal(8, 2)) as threshold,
        cast(thresholds.per_pupils as integer) as per_pupils
    from parts
    inner join reference.quality_balance_thresholds as thresholds on parts.stage = thresholds.stage
)

select
    school_year,
    school_code,
    division_code,
    urban_class,
    ownership,
    stage,
    item,
    pupils,
    amount,
    threshold,
    per_pupils,
    amount * per_pupils >= threshold * pupils as reaches_threshold,
    is_near(amount * per_pupils, threshold * pupils) as is_near_threshold
from items
where amount is not null
