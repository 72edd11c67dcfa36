/*
title: {en: Hazards and their removal, zh: 隐患排查与整改}
grain:
  en: one row a school, grade of hazard and school year with hazards
  zh: 每校、每隐患等级、每学年一行（有隐患者）
meaning:
  en: >
    Hazards found in a school year, those that were removed or due by its end, and of these the ones removed by their
    due date. A hazard that is still open and due later is not judged yet.
  zh: 学年内发现的隐患、截至学年末已销号或已到期者，以及其中按期销号者；未到期且未销号者暂不评判。
key: [school_year, school_code, item]
partition: school_year
not_null: [division_code, stage, hazards_found, hazards_judged, hazards_closed_on_time]
codes: {item: hazard_grade, stage: stage}
columns:
  item: {en: Grade of the hazard, zh: 隐患等级}
*/
with
schools as (select * from core.school_year),

hazards as (
    select
        school_year,
        school_code,
        hazard_grade,
        count(*) as hazards_found,
        count(*) filter (where is_hazard_judged(due_on, closed_on, school_year)) as hazards_judged,
        count(*) filter (where is_closed_on_time(due_on, closed_on)) as hazards_closed_on_time
    from staging.hazard
    group by school_year, school_code, hazard_grade
)

select
    hazards.school_year,
    hazards.school_code,
    schools.division_code,
    schools.first_stage as stage,
    schools.urban_class,
    schools.ownership,
    hazards.hazard_grade as item,
    hazards.hazards_found,
    hazards.hazards_judged,
    hazards.hazards_closed_on_time
from hazards
inner join schools
    on hazards.school_year = schools.school_year and hazards.school_code = schools.school_code
