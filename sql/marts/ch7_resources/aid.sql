/*
title: {en: Aid and nutrition meals, zh: 学生资助与营养改善}
grain:
  en: one row a school with pupils, stage and school year
  zh: 每所有在校生学校、每学段、每学年一行
meaning:
  en: >
    Pupils found eligible for aid, those of them who were paid, and payments as person-times: a pupil paid in both terms
    is one person and two person-times. Meals are those of the compulsory stages in rural places. Rows exist for school
    years that any school reported; a school that did not has no counts.
  zh: 认定的资助对象、实际资助人数（人）与资助人次（两学期均发放者计一人、两人次）。营养餐限乡村义务教育学段。仅含已有学校报送的学年，未报送学校为空。
key: [school_year, school_code, stage]
partition: school_year
not_null: [division_code, urban_class, ownership, reported, expected]
codes: {stage: stage}
columns:
  eligible_pupils: {en: Pupils found eligible for aid, zh: 认定资助对象人数, unit: persons}
  aided_pupils: {en: Of these paid in the school year, zh: 其中实际资助人数, unit: persons, of: eligible_pupils}
  aid_payments: {en: Payments of aid, zh: 资助人次, unit: person-times, of: aided_pupils}
  aid_amount_yuan: {en: Aid paid in the school year, zh: 资助金额, unit: yuan, of: aided_pupils}
  rural_pupils_in_meal_scope:
    en: Rural compulsory pupils in scope of nutrition meals
    zh: 乡村义务教育应享受营养餐人数
    unit: persons
    same_as: pupils
  rural_pupils_with_meals: {en: Of these with meals, zh: 其中受益人数, unit: persons, of: rural_pupils_in_meal_scope}
  reported: {en: 1 where the return was sent, zh: 已报送者记 1}
  expected: {en: 1 where it should have been, zh: 应报送者记 1}
warning: {en: Count distinct schools; do not add the flags over stages., zh: 请按学校去重计数，勿将各学段标志相加。}
*/
with
aid as (select * from staging.aid),

reported_years as (
    select school_year
    from aid
    group by school_year
),

parts as (
    select
        cells.school_year,
        cells.school_code,
        cells.stage,
        cells.division_code,
        cells.urban_class,
        cells.ownership,
        cells.urban_class = 'rural' and cells.stage in ('primary', 'junior') as is_rural_compulsory
    from core.enrolment_cell as cells
    inner join reported_years on cells.school_year = reported_years.school_year
    where cells.pupils > 0
    group by
        cells.school_year, cells.school_code, cells.stage, cells.division_code, cells.urban_class, cells.ownership
)

select
    parts.school_year,
    parts.school_code,
    parts.stage,
    parts.division_code,
    parts.urban_class,
    parts.ownership,
    aid.eligible_pupils,
    aid.aided_pupils,
    aid.aid_payments,
    aid.aid_amount_yuan,
    case when parts.is_rural_compulsory then aid.pupils_in_meal_scope end as rural_pupils_in_meal_scope,
    case when parts.is_rural_compulsory then aid.pupils_with_meals end as rural_pupils_with_meals,
    case when aid.school_code is not null then 1 else 0 end as reported,
    1 as expected
from parts
left join aid
    on
        parts.school_year = aid.school_year
        and parts.school_code = aid.school_code
        and parts.stage = aid.stage
