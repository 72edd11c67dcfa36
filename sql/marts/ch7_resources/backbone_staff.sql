/*
title: {en: Backbone staff, zh: 骨干教职工}
grain:
  en: one row a school, stage taught and school year
  zh: 每校、每任教学段、每学年一行
meaning:
  en: >
    Active staff of all categories by the stage that they teach, and those with a backbone title of county level or
    higher.
  zh: 按任教学段统计的各类在职教职工数，及其中县级及以上骨干数。
key: [school_year, school_code, stage]
partition: school_year
not_null: [division_code, urban_class, ownership, staff, backbone_staff]
columns:
  stage: {en: Stage taught; _U where the roll names none, zh: 任教学段；名册未注明者为 _U}
publish:
  - name: backbone_staff
    by: [division_code, stage]
    title: {en: Backbone staff by district and stage, zh: 骨干教职工（分区县、学段）}
*/
with
schools as (select * from core.school_year),

staff as (
    select
        school_year,
        school_code,
        coalesce(stage, '_U') as stage,
        count(*) as staff,
        count(*) filter (where is_backbone) as backbone_staff
    from core.staff_year
    where is_active
    group by school_year, school_code, coalesce(stage, '_U')
)

select
    staff.school_year,
    staff.school_code,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    staff.stage,
    staff.staff,
    staff.backbone_staff
from staff
inner join schools
    on staff.school_year = schools.school_year and staff.school_code = schools.school_code
