/*
title: {en: Compulsory pupils and fairness, zh: 义务教育学生与公平}
grain:
  en: one row a school, stage, sex and school year
  zh: 每校、每学段、每性别、每学年一行
meaning:
  en: >
    Pupils of grades 1 to 9: migrant children, left-behind children, bought places, entry by zone, pupils with
    disability and where they are taught. Special schools are in; what only the roll knows is null for census-only
    schools.
  zh: 一至九年级学生：随迁子女、留守儿童、购买学位、就近入学、残疾学生及其安置方式。含特殊教育学校；仅有统计报表的学校相关计数为空。
key: [school_year, school_code, stage, sex]
partition: school_year
not_null: [division_code, urban_class, ownership, pupils, private_pupils]
codes: {stage: stage, sex: sex}
publish:
  - name: compulsory_pupils
    by: [division_code, stage, sex]
    title: {en: 'Compulsory pupils by district, stage and sex', zh: 义务教育学生（分区县、学段、性别）}
  - name: compulsory_pupils_schools
    by: [school_code, division_code, urban_class, ownership, stage]
    title: {en: Compulsory pupils by school, zh: 义务教育学生（分学校）}
*/
with
cells as (
    select
        cells.*,
        cells.ownership = 'public' as is_public,
        is_entry_grade(cells.grade, cells.grade_number, cells.stage, schools.school_system) as is_entry_cell
    from core.enrolment_cell as cells
    inner join core.school_year as schools
        on cells.school_year = schools.school_year and cells.school_code = schools.school_code
    where is_compulsory_grade(cells.grade_number)
)

select
    school_year,
    school_code,
    division_code,
    urban_class,
    ownership,
    stage,
    sex,
    cast(sum(pupils) as bigint) as pupils,
    cast(sum(case when is_public then 0 else pupils end) as bigint) as private_pupils,
    cast(sum(case when is_public then 0 else pupils - coalesce(bought_places, 0) end) as bigint)
        as private_pupils_net_of_bought_places,
    cast(sum(migrant_pupils) as bigint) as migrant_pupils,
    cast(sum(case when is_public then migrant_pupils else migrant_bought_places end) as bigint)
        as migrant_pupils_in_public_places,
    cast(sum(left_behind_pupils) as bigint) as left_behind_pupils,
    cast(sum(left_behind_with_record) as bigint) as left_behind_with_record,
    cast(sum(case when is_public and is_entry_cell and count_source = 'roll' then pupils else 0 end) as bigint)
        as public_entrants,
    cast(sum(case when is_public and is_entry_cell then coalesce(pupils_entered_by_zone, 0) else 0 end) as bigint)
        as public_entrants_by_zone,
    cast(sum(pupils_with_disability) as bigint) as pupils_with_disability,
    cast(sum(ordinary_class_pupils) as bigint) as ordinary_class_pupils,
    cast(sum(home_delivered_pupils) as bigint) as home_delivered_pupils
from cells
group by school_year, school_code, division_code, urban_class, ownership, stage, sex
