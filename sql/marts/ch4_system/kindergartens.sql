/*
title: {en: Kindergartens, zh: 幼儿园}
grain:
  en: one row a school with preschool children, or an active kindergarten, and school year
  zh: 每所有在园幼儿的学校或在办幼儿园、每学年一行
meaning:
  en: >
    Children by what their kindergarten is, and whether its space is enough for them. Space is judged for
    kindergartens of their own (type 111) that have children.
  zh: 按办园属性统计的在园幼儿数，以及办园用房与场地是否达标。仅对有在园幼儿的独立幼儿园（111）判断达标。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, urban_class, ownership, children, active_kindergartens]
codes: {school_type: school_type, model_level: model_level}
*/
with
schools as (select * from core.school_year),

enrolment as (
    select
        school_year,
        school_code,
        cast(sum(pupils) as bigint) as children
    from core.enrolment_cell
    where stage = 'preschool'
    group by school_year, school_code
),

kindergartens as (
    select
        schools.*,
        coalesce(enrolment.children, 0) as children,
        schools.is_active and schools.school_type = '111' as is_active_kindergarten,
        schools.school_type = '111' and coalesce(enrolment.children, 0) > 0 as is_occupied_kindergarten
    from schools
    left join enrolment
        on schools.school_year = enrolment.school_year and schools.school_code = enrolment.school_code
    where (schools.is_active and schools.school_type = '111') or enrolment.children > 0
)

select
    school_year,
    school_code,
    school_type,
    division_code,
    urban_class,
    ownership,
    model_level,
    children,
    case when is_public_kindergarten then children else 0 end as children_in_public,
    case when is_public_kindergarten or is_inclusive_kindergarten then children else 0 end as children_in_inclusive,
    case when model_level <> 'none' then children else 0 end as children_in_model,
    cast(is_occupied_kindergarten as bigint) as occupied_kindergartens,
    cast(
        is_occupied_kindergarten
        and has_kindergarten_space(outdoor_area_m2, activity_area_m2, building_area_m2, children) as bigint
    ) as kindergartens_with_space,
    cast(is_active_kindergarten as bigint) as active_kindergartens,
    cast(is_active_kindergarten and school_group_id is not null as bigint) as grouped_kindergartens
from kindergartens
