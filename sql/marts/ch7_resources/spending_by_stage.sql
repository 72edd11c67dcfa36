/*
title: {en: Education spending by stage, zh: 分学段教育支出}
grain:
  en: one row a calendar year, district and stage of its final account
  zh: 每自然年每区县决算每学段一行
meaning:
  en: >
    Final general public budget spending on each stage, and the pupil-months of the stage. Both are null where either is
    unknown: a stage without a line, or a year without the census of the autumn before.
  zh: 各学段一般公共预算教育支出决算与学生人月数。任一未知（无该学段科目或缺上年秋季统计）则两者均为空。
key: [calendar_year, division_code, stage]
not_null: [units_reported, units_expected]
codes: {stage: stage}
columns:
  spending_yuan: {en: Spending on the stage, zh: 该学段支出, unit: yuan}
  pupil_months: {en: Pupil-months of the stage, zh: 该学段学生人月数, unit: pupil-months}
*/
with
districts as (
    select
        calendar_year,
        division_code
    from core.division_year
    where division_level = 'district'
),

accounts as (
    select finance.*
    from core.public_finance as finance
    inner join districts
        on finance.calendar_year = districts.calendar_year and finance.division_code = districts.division_code
    where finance.account = 'final'
),

spending as (
    select
        accounts.calendar_year,
        accounts.division_code,
        listed.code as stage,
        case listed.code
            when 'preschool' then accounts.preschool_spending_yuan
            when 'primary' then accounts.primary_spending_yuan
            when 'junior' then accounts.junior_spending_yuan
            when 'senior_general' then accounts.senior_general_spending_yuan
            when 'senior_vocational' then accounts.senior_vocational_spending_yuan
            when 'special' then accounts.special_spending_yuan
        end as spending_yuan
    from accounts
    cross join codes.stage as listed
),

pupils as (
    select
        calendar_year,
        division_code,
        stage,
        cast(sum(pupil_months) as bigint) as pupil_months
    from core.pupil_months
    group by calendar_year, division_code, stage
)

select
    spending.calendar_year,
    spending.division_code,
    spending.stage,
    case when pupils.pupil_months > 0 then spending.spending_yuan end as spending_yuan,
    case when spending.spending_yuan is not null then pupils.pupil_months end as pupil_months,
    case when spending.spending_yuan is not null and pupils.pupil_months > 0 then 1 else 0 end as units_reported,
    case when pupils.pupil_months > 0 then 1 else 0 end as units_expected
from spending
left join pupils
    on
        spending.calendar_year = pupils.calendar_year
        and spending.division_code = pupils.division_code
        and spending.stage = pupils.stage
